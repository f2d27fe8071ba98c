"""Where things lie. `build/` and all below it is derived and not committed."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"
HELPERS = ROOT / "helpers"
DATASETS = ROOT / "datasets"
REFERENCE = ROOT / "autograde" / "reference"
VISIBLE_CASES = HELPERS / "cases"
NBGRADER_CONFIG = ROOT / "autograde" / "nbgrader_config.py"
BUILD = ROOT / "build"  # nbgrader's course folder: source/, release/, submitted/, autograded/, feedback/, gradebook.db
SOURCE = BUILD / "source"
