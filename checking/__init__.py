"""The student's side of the examiner: `check`, the comparison, the known mistakes, the card.

The notebook's `check` and the grader both come here, so that they can never disagree. It knows no course: a course has a
package `helpers`, in which `check` is made of the course's own cases.
"""
