"""Whatever a run of the grader draws, every right variant of an assignment gets full marks: many seeds, one after the other.

    python tests/many_seeds.py ASSIGNMENT [NUMBER]      (1,000 seeds unless it says otherwise; about 0.7 s each)

Prints each variant that lost something, with the seed and the case, and exits with 1 if there is one.
tests/test_variants.py does the same with a few seeds.
"""

import sys

from autograde.authoring.asking import questions_for_run
from autograde.authoring.variants import variants_of
from checking.calls import call_case
from checking.examiner import examine


def main(assignment: str, number: int) -> int:
    variants = [(variant, variant.function()) for variant in variants_of(assignment)]
    lost = 0
    for seed in range(1, number + 1):
        asked = questions_for_run(assignment, seed)
        for variant, function in variants:
            question = asked[variant.question]
            verdict = examine(question, lambda case, f=function: call_case(f, case))
            if verdict.score != question.points:
                lost += 1
                cases = [result.case.name for result in verdict.results if result.status != "passed"]
                print(
                    f"seed {seed}, {variant.question}, {variant.style}: {verdict.score} of {question.points}, {cases}"
                )
        if seed % 100 == 0:
            print(f"{seed} seeds, {len(variants)} variants, {lost} lost points", flush=True)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000))
