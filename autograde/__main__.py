"""`python -m autograde VERB`: the command `course`, where it is not on the path."""

import sys

from autograde.cli import main

sys.exit(main())
