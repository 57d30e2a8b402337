"""Training rows: entities at past origins whose horizons were over by the day of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.core.errors import LookAheadError
from howdah.signals.breakouts.features import FeatureMaker, Features
from howdah.signals.breakouts.labels import are_known, candidates, label
from howdah.signals.breakouts.panel import Panel
from howdah.signals.breakouts.target import Target

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Months of history that an origin needs.
_LEAST_HISTORY = 3

#: Fewest clean origins, in horizons, for those with a break in their horizon to be left out: what
#: fewer years tell of is one of them.
_ENOUGH_HORIZONS = 2

#: Origins that are learnt from, the last ones, and rows of all of them.
_MOST_ORIGINS = 48
_MOST_ROWS = 24_000

#: Months after which an origin counts half: markets settle.
_HALF_LIFE = 24.0


@dataclass(frozen=True, slots=True)
class Origins:
    """Past origins to learn from.

    Attributes
    ----------
    columns
        Ascending.
    has_breaks
        Whether some have a measurement event in their horizon, for want of enough others.
    """

    columns: tuple[int, ...]
    has_breaks: bool


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """Entities at origins.

    Attributes
    ----------
    features
        One row each.
    came, months
        Labels.
    weight
        What a row stands for: rows that never came are a sample of theirs.
    column
        The origin.
    """

    features: Features
    came: Bools
    months: Ints
    weight: Floats
    column: Ints


def breaks_of(panel: Panel, target: Target) -> Bools:
    """(n_month,) months with an event that the target's labels suffer from.

    A list that is recut far below a top does not touch it; whoever falls off the end of a list
    has no growth, so growth suffers from every recut.
    """
    return panel.breaks(lists_below=None if target.kind == "growth" else 2 * target.n)


def past_origins(panel: Panel, target: Target, horizon: int) -> Origins:
    """Origins whose horizon is over; without those that have breaks in it, if enough are left."""
    known = [
        c for c in range(_LEAST_HISTORY, panel.last + 1)
        if panel.length[c] > 0 and are_known(panel, c, horizon)
    ]  # fmt: skip
    broken = breaks_of(panel, target)
    clean = [c for c in known if not broken[c + 1 : c + horizon + 1].any()]
    is_enough = len(clean) >= _ENOUGH_HORIZONS * horizon or len(clean) == len(known)
    return Origins(tuple((clean if is_enough else known)[-_MOST_ORIGINS:]), not is_enough)


def training_rows(
    maker: FeatureMaker, columns: Sequence[int], horizon: int, *, seed: int
) -> TrainingRows:
    """Candidates in the list at past origins, with what became of them.

    Parameters
    ----------
    columns
        Origins, each with its horizon over.

    Raises
    ------
    LookAheadError
        A horizon is not over: what came of it is not known yet.
    """
    panel, target = maker.panel, maker.target
    rng = np.random.default_rng(seed)
    budget = max(_MOST_ROWS // max(len(columns), 1), 100)
    names: tuple[str, ...] = maker.names
    parts: list[tuple[Floats, Bools, Ints, Floats, Ints]] = []
    for column in columns:
        if not are_known(panel, column, horizon):
            raise LookAheadError("A label", panel.as_of, panel.ends[column])
        found = label(panel, column, target, horizon)
        asked = candidates(panel, column, target) & (panel.rank[:, column] > 0)
        rows, weight = _sample(asked, found.came, panel.rank[:, column], budget, rng)
        age = 0.5 ** ((panel.last - column) / _HALF_LIFE)
        parts.append(
            (
                maker.at(column, rows).values,
                found.came[rows],
                found.months[rows],
                weight * age,
                np.full(len(rows), column),
            )
        )
    if not parts:
        none = np.zeros(0)
        empty = Features(names, np.zeros((0, len(names))))
        return TrainingRows(empty, none > 0, none.astype(np.int64), none, none.astype(np.int64))
    values, came, months, weights, origins = (np.concatenate(p) for p in zip(*parts, strict=True))
    return TrainingRows(Features(names, values), came, months, weights, origins)


def _sample(
    asked: Bools, came: Bools, rank: NDArray[np.int32], budget: int, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """All that came, and of the others half near the top of the list and half of the rest."""
    hits = np.flatnonzero(asked & came)
    others = np.flatnonzero(asked & ~came)
    if len(others) <= budget:
        rows = np.concatenate([hits, others])
        return rows, np.ones(len(rows))
    ordered = others[np.argsort(rank[others], kind="stable")]
    near, far = ordered[: budget // 2], ordered[budget // 2 :]
    drawn = np.sort(rng.choice(far, budget - len(near), replace=False))
    weight = np.ones(len(hits) + budget)
    weight[len(hits) + len(near) :] = len(far) / len(drawn)
    return np.concatenate([hits, near, drawn]), weight


def base_rate(rows: TrainingRows) -> float:
    """Share of candidates that came true, as weighted; NaN without any."""
    return float(np.average(rows.came, weights=rows.weight)) if len(rows.came) else float("nan")
