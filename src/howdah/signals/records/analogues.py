r"""Analogues: the past findings of a class that are most alike to one, and what became of them.

Alike by size and level, each on the log scale in units of their spread over the class, and by the
same segment; what is of another metric is not alike. Past findings of the entity itself are its
history, not analogues.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from howdah.core.finding import Finding
from howdah.core.record import Analogue
from howdah.signals.records.cases import Case, extent_of

Floats = NDArray[np.float64]

#: Analogues that are named.
MOST_ANALOGUES = 3

#: What another segment adds to the squared distance: as much as half a spread of size.
_OTHER_SEGMENT = 0.25

#: What is farther off than this, squared and in spreads, is no analogue: the nearest of strangers
#: tells nothing.
_FARTHEST = 6.0

#: Distance of a size or level that only one of the two has.
_UNKNOWN = 1.0


def closest(
    finding: Finding, cases: Sequence[Case], test: str, *, most: int = MOST_ANALOGUES
) -> tuple[Analogue, ...]:
    """The closest past cases, one an entity, the closest first.

    Parameters
    ----------
    cases
        Of the class of the finding, with outcomes known by its date.
    """
    able = [
        c
        for c in cases
        if c.entity != finding.entity
        and c.metric == finding.metric
        and c.outcome != "open"
        and not c.is_contaminated
        and c.judged_on <= finding.as_of
    ]
    if not able:
        return ()
    size, level = extent_of(finding)
    distance = _apart(size, [c.size for c in able]) + _apart(level, [c.level for c in able])
    distance += [_OTHER_SEGMENT * (c.segment != finding.segment) for c in able]
    found: dict[str, Analogue] = {}
    # Of those as close the latest.
    order = sorted(
        range(len(able)),
        key=lambda n: (distance[n], -able[n].as_of.toordinal(), able[n].finding_id),
    )
    for n in order:
        if distance[n] > _FARTHEST:
            break
        c = able[n]
        if c.entity not in found:
            found[c.entity] = Analogue(
                c.finding_id, c.entity, c.name, c.metric, c.segment, c.as_of, c.judged_on, c.size,
                c.outcome, test, c.after,
            )  # fmt: skip
        if len(found) == most:
            break
    return tuple(found.values())


def _apart(own: float | None, others: Sequence[float | None]) -> Floats:
    """Squared distances on the log scale, in spreads of the class."""
    logs = np.array([_log(x) for x in others])
    known = np.isfinite(logs)
    mine = _log(own)
    if not known.any() or not np.isfinite(mine):
        return np.where(known == np.isfinite(mine), 0.0, _UNKNOWN)
    spread = max(float(np.std(logs[known])), 0.05)
    return np.where(known, ((logs - mine) / spread) ** 2, _UNKNOWN)


def _log(x: float | None) -> float:
    return float(np.log(x)) if x is not None and x > 0 else float("nan")
