"""Steps that nbgrader takes with a submission before it runs it, besides its own; nbgrader_config.py lists them."""

from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from autograde.script import is_showcase


class DropEmptyMarks(NbGraderPreprocessor):
    """Removes the empty marks that nbgrader's DeduplicateIds leaves on copied cells, at which its OverwriteCells stumbles."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources


class SkipShowcase(NbGraderPreprocessor):
    """Marks demonstrations as not to be run: they cost minutes, and no verdict depends on them."""

    enabled = Bool(True, help="Leave showcase cells out of grading.").tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        if is_showcase(cell):
            cell.metadata.tags = [*cell.metadata.tags, "skip-execution"]  # nbclient's own word for it
        return cell, resources
