"""What `course grade` prints when it is done: a table of points and statuses, and where everything lies."""

import shutil
import sys
from collections import Counter
from pathlib import Path

from autograde.course import command_for_this
from autograde.paths import typed
from autograde.records.class_folder import ClassFolder
from autograde.records.verdict_file import WHY_ANEW
from autograde.records.verdicts import Row, needing_attention, waiting_answers
from autograde.reporting.statistics import answers
from autograde.results import IN_ORDER
from autograde.running.request import Result
from autograde.text import one_line, some

WIDEST = 40  # characters of a cell
MOST_LINES = 40  # of a table, and of a list below it: what a screen has
MOST_NAMES = 10  # of whom the same is said
SIGNS = {"*": "not plainly graded, see report.html", "+?": "more points may come from a person"}


def print_summary(result: Result, out: Path) -> None:
    """Points by student and assignment, what needs a person, how isolated it ran, and the files."""
    rows, folder = result.rows, ClassFolder(out)
    assignments = list(dict.fromkeys(row.assignment for row in rows if row.question))
    students = list(dict.fromkeys(row.student for row in rows))
    table = [["student", *assignments]]
    of_submission: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        of_submission.setdefault((row.student, row.assignment), []).append(row)
    for student in students[:MOST_LINES]:
        table.append([student, *(_cell(of_submission.get((student, a), [])) for a in assignments)])
    print()
    print_table(table)
    if left := students[MOST_LINES:]:
        print(f"... and {len(left):,} more students, in {folder.tables / 'students.csv'}")
    if signs := [f"{sign} {words}" for sign, words in SIGNS.items() if _occurs(sign, table)]:
        print("; ".join(signs))
    counts = Counter(row.status for row in rows)
    print(f"\n{len(rows)} rows: {', '.join(f'{n} {status}' for status, n in counts.most_common())}.")
    attention = _attention(rows)
    for line in attention[:MOST_LINES]:
        print(f"  {one_line(line)}")
    if left_out := attention[MOST_LINES:]:
        print(f"  ... and {len(left_out):,} more, in {folder.tables / 'attention.csv'}")
    by_hand = f"{command_for_this()} lab {typed(out)}"
    for assignment, question, n in waiting_answers(rows):
        print(f"  {'manual':<9} {assignment}: {question}: {answers(n)}; {by_hand}")
    print()
    for line in (*_resumed(result), result.isolation, *result.notes, result.left_out):
        if line:
            print(one_line(line))
    print(f"Seed       {result.seed}")
    print(f"Grades     {folder.grades}")
    print(f"Report     {folder.report}")
    print(f"Feedback   {folder.pages}")
    print(f"Gradebook  {folder.gradebook}; to grade by hand: {by_hand}")


def print_table(table: list[list[str]]) -> None:
    """Columns aligned, a line under the head; all but the first column to the right. Long cells are cut.

    What is wider than the terminal comes in several tables, each with the first column.
    """
    table = [[cell if len(cell) <= WIDEST else f"{cell[: WIDEST - 1]}…" for cell in line] for line in table]
    first, *widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize  # a file is as wide as one likes
    begin = 0
    while begin < len(widths) or begin == 0:
        end = begin + 1
        while end < len(widths) and first + sum(2 + w for w in widths[begin : end + 1]) <= room:
            end += 1
        if begin:
            print()
        shown = slice(begin, end)
        for i, (name, *cells) in enumerate(table):
            aligned = [cell.rjust(w) for cell, w in zip(cells[shown], widths[shown], strict=True)]
            print(one_line("  ".join([name.ljust(first), *aligned])))
            if i == 0:
                print("  ".join("-" * w for w in (first, *widths[shown])))
        begin = end


def _occurs(sign: str, table: list[list[str]]) -> bool:
    """Whether any cell with points has it."""
    return any(sign in cell.split() for line in table[1:] for cell in line[1:])


def _cell(rows: list[Row]) -> str:
    """Points, or the status if no question has any; a * where a question needs a second look, +? where one has no points yet."""
    if not rows:
        return ""
    odd = [row.status for row in rows if not row.is_in_order]
    more = " +?" if any(row.status == "manual" for row in rows) else ""
    if len(odd) == len(rows) and len(set(odd)) == 1 and odd[0] not in ("tampered", *IN_ORDER):
        return odd[0]
    return f"{'* ' if odd else ''}{round(sum(row.score for row in rows), 2):g}{more}"


def _resumed(result: Result) -> list[str]:
    """What a run that was resumed has taken over, and what it has graded and why, a line each."""
    if not result.taken_over and set(result.anew) <= {"new"}:
        return []
    lines = [f"{result.taken_over:,} taken over from before"]
    for why, words in WHY_ANEW.items():
        if names := result.anew.get(why):
            lines.append(f"{len(names):,} {words}: {some(names, MOST_NAMES)}")
    return lines


def _attention(rows: list[Row]) -> list[str]:
    """One line for each submission and reason that is not plainly graded, those first for which a person has to choose.

    Of whole assignments that several students lack for the same reason, there is a line for all of them.
    """
    asked = Counter((row.student, row.assignment) for row in rows)
    to_choose = {(row.student, row.assignment) for row in rows if row.needs_person}
    needing = sorted(needing_attention(rows), key=lambda one: one[:2] not in to_choose)
    lacking: dict[tuple[str, str], list[str]] = {}
    for student, assignment, status, reason, questions in needing:
        if status == "missing" and len(questions) == asked[student, assignment]:
            lacking.setdefault((assignment, reason), []).append(student)
    lines: dict[str, None] = {}  # in order, and each once
    for student, assignment, status, reason, questions in needing:
        is_whole = len(questions) == asked[student, assignment]
        students = lacking.get((assignment, reason), []) if is_whole and status == "missing" else []
        if len(students) > 1:
            names = ", ".join([*students[:MOST_NAMES], *(["..."] if students[MOST_NAMES:] else [])])
            what = f"{assignment}: nothing from {names} ({len(students):,})"
        else:
            what = f"{student}/{assignment}{'' if is_whole else ': ' + ', '.join(questions)}"
        lines[f"{status:<9} {what}: {reason}"] = None
    return list(lines)
