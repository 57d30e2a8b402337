"""Families: entities whose names begin alike, as an owner's or a brand's do, and how they move."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from howdah.signals.breakouts.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What is known of an entity's family, the entity itself left out, in order.
FAMILY = ("family_growth_3", "family_growth_12", "family_top")

#: Fewest names that make a family; two may well begin alike by chance.
_LEAST_MEMBERS = 4

#: A growth beyond this, on the log scale, counts as this much in a family's mean.
_GROWTH_CAP = 1.5

_SEPARATOR = re.compile(r"(?<=[^\s@])[-_./:\s]")


def name_families(names: Sequence[str]) -> Ints:
    """(n,) family of each name, -1 where it has none.

    A family shares what stands before the first separator (``-``, ``_``, ``.``, ``/``, ``:`` or a
    space).

    Examples
    --------
    >>> name_families(["tea-a", "tea-b", "tea_c", "tea.d", "milk", "milk-e"]).tolist()
    [0, 0, 0, 0, -1, -1]
    """
    stems = [_SEPARATOR.split(name.casefold(), maxsplit=1)[0] for name in names]
    counts = Counter(stems)
    large = sorted(stem for stem, n in counts.items() if n >= _LEAST_MEMBERS)
    number = {stem: n for n, stem in enumerate(large)}
    return np.array([number.get(stem, -1) for stem in stems], np.int64)


def family_features(panel: Panel, families: Ints, column: int, n_top: int) -> Floats:
    """How the rest of each entity's family moved up to an origin.

    Parameters
    ----------
    families
        (n,) as of `name_families`.
    n_top
        Ranks up to this one are the top.

    Returns
    -------
    ndarray
        (n, len(FAMILY)): mean growth of the others over 3 and 12 months, log, and the share of
        those in the list that are in the top; NaN where no other one tells.
    """
    panel.require(column)
    out = np.full((len(families), len(FAMILY)), np.nan)
    member = np.flatnonzero(families >= 0)
    group = families[member]
    size = int(group.max(initial=-1)) + 1
    rank = panel.rank[member, column]
    told = [(rank > 0, ((rank > 0) & (rank <= n_top)).astype(np.float64))]
    for lag in (3, 12):
        if column >= lag:
            growth = panel.level[member, column] - panel.level[member, column - lag]
            is_known = np.isfinite(growth)
            capped = np.clip(np.where(is_known, growth, 0.0), -_GROWTH_CAP, _GROWTH_CAP)
        else:
            is_known, capped = np.zeros(len(member), np.bool_), np.zeros(len(member))
        told.append((is_known, capped))
    for k, (is_known, told_of) in zip((2, 0, 1), told, strict=True):
        value = np.where(is_known, told_of, 0.0)
        count = np.bincount(group, is_known, size)[group] - is_known
        total = np.bincount(group, value, size)[group] - value
        out[member, k] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return out
