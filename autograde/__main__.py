"""`python -m autograde VERB`: the command `course`, where it is not on the path."""

import sys

from autograde.cli import main

if __name__ == "__main__":  # and not where a process is begun that goes on from this one's modules
    sys.exit(main())
