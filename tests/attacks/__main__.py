"""Write the submissions of some lines of the list, or of all, to try them by hand."""

import os
import sys
from pathlib import Path

from attacks import ATTACKS, World, make_class


def main(arguments: list[str]) -> None:
    folder, numbers = Path(arguments[0]).resolve(), frozenset(map(int, arguments[1:]))
    evidence = folder.with_name("evidence")
    evidence.mkdir(parents=True, exist_ok=True)
    world = World(str(folder), str(folder.with_name("out")), os.path.expanduser("~"), str(evidence))
    chosen = [each for each in ATTACKS if not numbers or each.number in numbers]
    make_class(folder, world, chosen)
    print("\n".join(each.student for each in chosen))


if __name__ == "__main__":
    main(sys.argv[1:])
