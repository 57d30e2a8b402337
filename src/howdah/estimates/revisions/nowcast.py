"""What an immature value will have become, from how earlier ones of its age did."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.revisions.curve import AgeClass, RevisionCurve, SourceCurve
from howdah.estimates.revisions.prints import read_prints
from howdah.estimates.scales import from_scale

Floats = NDArray[np.float64]

#: Why a nowcast abstains.
CANNOT_TELL = "no revision history of this source at this age: cannot tell"

#: How far beyond a class's ages its prints still say something, as a share of the age.
_REACH = 0.1

_NUMBERS = ("nowcast", "lower", "upper", "level", "sd", "shift", "factor")


def nowcast(
    claims: pl.DataFrame,
    curve: RevisionCurve,
    *,
    keys: Sequence[str] = ("series",),
    prob: float = 0.9,
) -> pl.DataFrame:
    """Expected final value of each claim, with its band.

    Parameters
    ----------
    claims
        As the prints of `learn_revisions`. Every print gets a row, whatever is known later of
        its period: pass `newest_prints` to have one a period.
    prob
        Mass inside the bands.

    Returns
    -------
    DataFrame
        The claims that `read_prints` keeps, ordered, with ``age_days``; ``nowcast, lower,
        upper`` in units of the value; ``level`` and ``sd``, the nowcast on the additive scale and
        its standard deviation, whose square is the variance that a claim brings of its own
        (`kernels.Panel.own_var`); ``shift``, added on that scale, and ``factor``, its exponential
        on the log scale; ``n_periods`` behind it; ``status``: *nowcast*; *final*, at or beyond
        the age at which the source's values count as final: as it is, with no variance of its
        own; or *cannot tell*, with nulls and the ``reason``. Where the curve says that values
        never settle, *final* means the value at that age.

        The band holds what a value of this source will be when final, not the truth: the
        source's own bias and noise are the business of fusion.
    """
    read = read_prints(claims, keys=keys, flows=curve.flows).frame
    parts = [_of_one(part, curve, prob) for part in read.partition_by("source", "metric", "scale")]
    empty = _filled(read.clear(), np.zeros((len(_NUMBERS), 0)), np.zeros(0), np.zeros(0, np.str_))
    return pl.concat([empty, *parts]).sort("source", "metric", *keys, "valid_to", "published_at")


def _of_one(claims: pl.DataFrame, curve: RevisionCurve, prob: float) -> pl.DataFrame:
    source, metric = claims["source"][0], claims["metric"][0]
    scale = claims["scale"][0]
    level, elapsed = claims["level"].to_numpy(), claims["elapsed"].to_numpy()
    age = claims["age_days"].to_numpy()
    n = claims.height
    shift, low, high, sd = np.full((4, n), np.nan)
    n_periods = np.zeros(n, np.int64)
    status = np.full(n, "cannot tell")
    learnt = curve.curves.get((source, metric))
    if learnt is not None and learnt.scale == scale and learnt.settling.after_days is not None:
        is_final = age >= learnt.settling.after_days
        status[is_final] = "final"
        shift[is_final] = low[is_final] = high[is_final] = sd[is_final] = 0.0
        for days in np.unique(age[~is_final]):
            found = _class_of(learnt, int(days))
            if found is None:
                continue
            own = age == days
            status[own] = "nowcast"
            shift[own] = found.shift
            low[own], high[own] = found.move_ends(prob)
            sd[own] = found.sd
            n_periods[own] = found.link.n_clusters
    # A running count is scaled up by the share that has gone by before anything else.
    shift, low, high = shift - elapsed, low - elapsed, high - elapsed
    ends = [from_scale(level + move, scale) for move in (shift, low, high)]
    factor = np.exp(shift) if scale == "log" else np.full(n, np.nan)
    return _filled(claims, np.stack([*ends, level + shift, sd, shift, factor]), n_periods, status)


def _class_of(curve: SourceCurve, days: int) -> AgeClass | None:
    """The class of an age, or the nearest one close by on the same side of the period's end."""
    beside = [c for c in curve.classes if c.is_known and (c.first_day >= 0) == (days >= 0)]
    if not beside:
        return None
    away = [max(c.first_day - days, days - c.last_day, 0) for c in beside]
    nearest = int(np.argmin(away))
    return beside[nearest] if away[nearest] <= max(1.0, _REACH * abs(days)) else None


def _filled(
    claims: pl.DataFrame, numbers: Floats, n_periods: NDArray[np.generic], status: NDArray[np.str_]
) -> pl.DataFrame:
    columns = {
        name: pl.Series(name, values, pl.Float64, nan_to_null=True)
        for name, values in zip(_NUMBERS, numbers, strict=True)
    }
    told = pl.col("status") != "cannot tell"
    return (
        claims.drop("level", "elapsed")
        .with_columns(
            *columns.values(),
            pl.Series("n_periods", n_periods, pl.Int64),
            pl.Series("status", status, pl.String),
        )
        .with_columns(pl.when(~told).then(pl.lit(CANNOT_TELL)).alias("reason"))
    )
