"""What is kept of a graded class. `class_folder` knows where; `verdicts` are what grading decided, and `grades.csv`; `verdict_file`
keeps them; `attempts` are several of one student; `gradebook` is nbgrader's, `manual` reads what a person has entered there, and
`nbgrader` is nbgrader itself as a library.
"""
