"""Hostile submissions, one or several for each line of the course's list of attacks, and what must come out.

An attack edits a solved notebook. What it attacks is judged by `statuses`, `least` and `most` (shares of the points) and
`words`; every other question of the same notebook stays solved and must get all its points. An attack that looks for
what should be out of reach returns the right result, and prints a word that the tests look for, if it finds it; if
not, it raises an error that says in how many places it looked. So a probe that did not run cannot pass for one that
found nothing.

Everything is bounded, so that a machine survives where isolation does not hold: 300 forks, 6 GB of memory, 2 GB on the
disk, 100,000 files. A process that might hit others first makes sure that it cannot see the tests.

Each kind of attack is a page of its own; a new page is named below. `table.py` tells how an attack is entered, and
`attempt.py` what it may use. All pages together are `ATTACKS`, by line.

    PYTHONPATH=tests python -m attacks FOLDER [LINE ...]     writes the submissions of these lines, or of all, to try them by hand
"""

from attacks import (  # noqa: F401  # each adds its attacks to the table
    active_content,
    changing_python,
    ending_the_process,
    escaping,
    exhausting_the_machine,
    flooding_the_grader,
    forging_points,
    forging_values,
    handing_in_no_notebook,
    honest_habits,
    planting_files,
    reading_answers,
    running_for_ever,
    smuggling_inputs,
    spoiling_what_follows,
    staying_behind,
    taking_from_the_class,
    tampering_with_cells,
)
from attacks.active_content import ACTIVE
from attacks.attempt import EVERY, FORWARD, LEAK, NOTHING, A, Attempt, World
from attacks.smuggling_inputs import token
from attacks.table import ATTACKS, Attack, make_class

__all__ = [
    "ACTIVE",
    "ATTACKS",
    "EVERY",
    "FORWARD",
    "LEAK",
    "NOTHING",
    "A",
    "Attack",
    "Attempt",
    "World",
    "make_class",
    "token",
]

ATTACKS.sort(key=lambda attack: attack.number)  # in whatever order the pages came
