"""Explorers: pictures that move under your hand. `from helpers import explorers`, then for example `explorers.ewa()`.

Nothing here is graded, and nothing needs TensorFlow or a network.
"""

from typing import Any

from helpers.explorers.ewa import EWA
from helpers.explorers.explorer import Explorer
from helpers.explorers.widget import show

EXPLORERS: dict[str, Explorer] = {explorer.name: explorer for explorer in (EWA,)}


def ewa(**values: Any) -> None:
    """Exponentially weighted averages: what beta keeps, and what bias correction repairs. values: of the controls."""
    show(EWA, **values)
