"""A page on its way to the student: into nbgrader's exchange, where `fetch_feedback` looks for it, or into an outbox.

A page is handed back once, and again if a person enters something. That it was shows in the file that is there, so that nobody has to remember it.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import notebook_hash

from autograde.campus.inbox import Arrival, ExchangeInbox, Inbox, Refused, secret_of
from autograde.files import write_atomically
from autograde.notebook import notebook_stem
from autograde.text import as_text

FEEDBACK = "feedback"  # beside the inbox, as nbgrader's exchange has it
LIST_NOBODY = 0o711  # of the exchange's folder: others open what they can name, and list nothing
READABLE = 0o644
MOST_PAGES = 10  # of one attempt, which nbgrader looks for by the name of each notebook


@dataclass(frozen=True)
class Outlet:
    """Where the pages of an inbox go. outbox: a folder for those of an inbox that is not nbgrader's exchange, if any."""

    inbox: Inbox
    outbox: Path | None = None

    @property
    def folder(self) -> Path | None:
        """That in which all pages lie."""
        return self.inbox.root.parent / FEEDBACK if isinstance(self.inbox, ExchangeInbox) else self.outbox

    def places(self, arrival: Arrival) -> list[Path]:
        """The files as which the page of an attempt is handed back; by its secret, which nobody else can guess.

        Raises OSError.
        """
        if not isinstance(self.inbox, ExchangeInbox):
            if self.outbox is None:
                return []
            return [self.outbox / arrival.student / arrival.assignment / f"{arrival.attempt}.html"]
        with contextlib.suppress(FileNotFoundError, Refused):  # whoever takes their secret away gets no page
            secret, names = secret_of(arrival, self.inbox)
            found = {stem for name in names if (stem := notebook_stem(name)) and stem == as_text(stem)}
            stems = sorted(found, key=lambda stem: (stem != arrival.assignment, stem))[:MOST_PAGES]
            folder = self.inbox.root.parent / FEEDBACK
            return [folder / f"{notebook_hash(secret=secret, notebook_id=stem)}.html" for stem in stems if secret]
        return []

    def hand_back(self, arrival: Arrival, page: str, anew: bool = False) -> list[Path]:
        """Write the page wherever it is not yet; the files that were written. Raises OSError.

        anew: where it is as well, since a person has entered something.
        """
        written = []
        for place in self.places(arrival):
            if anew or not place.exists():
                if isinstance(self.inbox, ExchangeInbox) and not place.parent.is_dir():
                    place.parent.mkdir()
                    place.parent.chmod(LIST_NOBODY)
                write_atomically(page, place)
                place.chmod(READABLE)
                written.append(place)
        return written
