"""Errors that a student reads: what happened, where, and what to do, in a sentence. Notebooks show it without a traceback."""


class OneSentence(Exception):
    """Shown in a notebook as its message alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
