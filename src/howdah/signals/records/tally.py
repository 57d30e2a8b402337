r"""Tallies: from the cases of a class to its record.

A rate is of independent cases. Findings of one entity at one origin are one case, with the share
of them that was right. Cases of one origin share their market: with $m_o$ cases and a share $p_o$
at each of $k$ origins and $p$ over all, $D = \sum m_o (p_o - p)^2 / (p (1 - p)) / (k - 1)$ is
about 1 where they do not, and $n / \max(1, D)$ cases tell what as many independent ones would. The
interval is Wilson's with that number.

What it cannot tell: how much the next stretch of time will differ from all those before; and of a
class that has had one origin alone nothing is told of how origins differ.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from howdah.core.record import LEAST_CASES, Record
from howdah.kernels.proportions import share_interval
from howdah.signals.records.cases import Base, Case
from howdah.signals.records.origins import HORIZON_MONTHS

if TYPE_CHECKING:
    import datetime as dt

Floats = NDArray[np.float64]


def tally(cases: Sequence[Case], bases: Sequence[Base], test: str, *, prob: float) -> Record:
    """The record of one class.

    Parameters
    ----------
    cases
        Of that class, from all origins.
    bases
        One an origin at which the class was looked for, with or without cases.

    Returns
    -------
    Record
        "not asked" without any origin, "too few" below `LEAST_CASES` independent cases.

    Examples
    --------
    >>> tally([], [], "kept_half", prob=0.9).state
    'not asked'
    """
    origins = tuple(sorted({base.as_of for base in bases}))
    if not origins:
        return Record("not asked", test)
    clean = [c for c in cases if c.outcome != "open" and not c.is_contaminated]
    spoilt = [c for c in cases if c.outcome != "open" and c.is_contaminated]
    n_right = sum(c.outcome == "right" for c in clean)
    units: dict[tuple[dt.date, str], list[bool]] = {}
    for case in clean:
        units.setdefault((case.as_of, case.entity), []).append(case.outcome == "right")
    share = np.array([np.mean(rights) for rights in units.values()], np.float64)
    place = np.array([origins.index(day) for day, _ in units], np.int64)
    horizon = int(np.median([(base.judged_on - base.as_of).days for base in bases]))
    # Where horizons overlap, as many origins as fit into one tell as much as one.
    size = independent(share, place) / max(1.0, horizon / (31 * HORIZON_MONTHS))
    is_told = size >= LEAST_CASES
    lower, upper = share_interval(np.array([_mean(share)]), np.array([max(size, 1.0)]), prob)
    n_base = sum(base.n for base in bases)
    leads = [c.lead_days for c in clean if c.lead_days is not None]
    return Record(
        state="scored" if is_told else "too few",
        test=test,
        n=len(clean),
        n_right=n_right,
        n_cases=int(size),
        rate=_mean(share) if is_told else None,
        lower=float(lower[0]) if is_told else None,
        upper=float(upper[0]) if is_told else None,
        prob=prob,
        base_rate=sum(base.n_right for base in bases) / n_base if n_base else None,
        n_base=n_base,
        lead_days=float(np.median(leads)) if leads else None,
        false_alarms=(len(clean) - n_right) / (HORIZON_MONTHS * len(origins)),
        n_contaminated=len(spoilt),
        n_contaminated_right=sum(c.outcome == "right" for c in spoilt),
        n_open=sum(c.outcome == "open" for c in cases),
        origins=origins,
        horizon_days=horizon,
    )


def independent(share: Floats, origin: NDArray[np.int64]) -> float:
    """Independent cases that some cases tell as much as.

    Examples
    --------
    >>> alike = np.repeat([1.0, 0.0, 1.0, 0.0], 10)
    >>> independent(alike, np.repeat(np.arange(4), 10))
    3.0
    >>> independent(alike, np.tile(np.arange(10), 4))
    40.0
    """
    n, p = len(share), _mean(share)
    counts = np.bincount(origin)
    used = counts > 0
    n_origins = int(used.sum())
    spread = p * (1 - p)
    if n_origins < 2 or spread == 0:  # noqa: PLR2004 - nothing to compare
        return float(n)
    means = np.bincount(origin, share)[used] / counts[used]
    factor = float(counts[used] @ (means - p) ** 2) / spread / (n_origins - 1)
    return n / max(1.0, factor)


def _mean(share: Floats) -> float:
    return float(share.mean()) if len(share) else 0.0
