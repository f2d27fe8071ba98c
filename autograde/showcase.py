"""An nbgrader preprocessor that leaves demonstrations out of grading: they cost minutes, and no verdict depends on them."""

from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from autograde.script import is_showcase


class SkipShowcase(NbGraderPreprocessor):
    """Turns showcase cells into raw cells, which are kept and not run."""

    enabled = Bool(True, help="Leave showcase cells out of grading.").tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        if is_showcase(cell) and cell.cell_type == "code":
            cell.cell_type = "raw"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
        return cell, resources
