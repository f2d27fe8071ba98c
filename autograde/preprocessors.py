"""Where configurations of nbgrader name our preprocessors: see autograde.judging.preprocessors."""

from autograde.judging.preprocessors import DropEmptyMarks, JudgeInBox, MakeHarmless, SkipShowcase

__all__ = ["DropEmptyMarks", "JudgeInBox", "MakeHarmless", "SkipShowcase"]
