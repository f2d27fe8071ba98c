"""How often a classifier is right, group by group, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Group:
    """Some of the examples. right: how many of them are answered rightly, of `total`, which come from `people` people."""

    name: str
    right: int
    total: int
    people: int


def by_group(right: np.ndarray, groups: Sequence[str], people: np.ndarray) -> list[Group]:
    """The examples counted by group, in the order of the groups' names.

    right: whether each is answered rightly. groups: what each belongs to. people: who is on each. All m long.
    """
    found = []
    for name in sorted(set(groups)):
        chosen = np.equal(groups, name)
        found.append(Group(str(name), int(right[chosen].sum()), int(chosen.sum()), len(np.unique(people[chosen]))))
    return found


def wilson_interval(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Between which shares the accuracy may well lie of which `right` of `total` independent examples are a sample.

    It covers the true share in about 95 of 100 samples; other z, other confidence. The score interval of E. B. Wilson,
    "Probable inference, the law of succession, and statistical inference", Journal of the American Statistical
    Association 22 (1927): all p with |right/total - p| <= z sqrt(p (1 - p) / total). Raises ValueError if there is none.
    """
    if not 0 <= right <= total or total < 1:
        raise ValueError(
            f"{right} of {total} is no share: give how many are right, and of how many examples, at least 1."
        )
    share, weight = right / total, z**2 / total
    centre = (share + weight / 2) / (1 + weight)
    half = np.sqrt(weight * share * (1 - share) + weight**2 / 4) / (1 + weight)
    return float(max(centre - half, 0)), float(min(centre + half, 1))
