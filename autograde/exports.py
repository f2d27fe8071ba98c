"""Where nbgrader's users name the exports: see autograde.lms.exports."""

from autograde.lms.exports import CanvasExport, CsvExport, MoodleExport

__all__ = ["CanvasExport", "CsvExport", "MoodleExport"]
