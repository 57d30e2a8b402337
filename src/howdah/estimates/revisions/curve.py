"""The revision curve of a source: how far a value still moves, by the age of its period."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from howdah.estimates.revisions.ages import Settling
from howdah.kernels import PooledLink

Floats = NDArray[np.float64]

#: Fewest periods that show quantiles of their own at 90 %: one must lie beyond each end.
LEAST_FOR_QUANTILES = 19


@dataclass(frozen=True, slots=True)
class AgeClass:
    """What became of prints of one class of age.

    Attributes
    ----------
    first_day, last_day
        Ages of the class, in days after the end of the period; negative before it.
    n, n_periods
        Periods of series that have a print in the class and a final value, and how many distinct
        periods they are of.
    n_revised, n_unrevised
        Of those, whose final value differs from the newest print in the class, and whose not.
    n_open
        Periods of series that have a print in the class and are too young for a final value.
    n_unseen
        Old enough, but never printed again: whether they were revised is unknown.
    link
        Final minus print, pooled; for partial periods of a flow, beyond the elapsed share.
    spread
        Of final minus print around its mean, as a standard deviation.
    moves
        Final minus print, ordered; empty where the link was chained over a later class.
    is_lasting
        Whether the mean move has the same sign, beyond its 90 % interval, in the older and in the
        newer half of the periods. What holds in one of them alone is not carried forward: the
        band has it, the nowcast has not.
    """

    first_day: int
    last_day: int
    n: int
    n_periods: int
    n_revised: int
    n_unrevised: int
    n_open: int
    n_unseen: int
    link: PooledLink
    spread: float
    moves: Floats
    is_chained: bool
    is_lasting: bool

    @property
    def shift(self) -> float:
        """What a nowcast adds: the mean move where it lasts, else nothing."""
        return self.link.mean if self.is_lasting else 0.0

    @property
    def is_known(self) -> bool:
        """Whether there is enough to say what becomes of such a print."""
        return bool(np.isfinite(self.spread) and np.isfinite(self.link.parameter_var))

    @property
    def sd(self) -> float:
        """Standard deviation of a final value around its nowcast."""
        off = self.link.mean - self.shift
        return float(np.sqrt(self.spread**2 + off**2 + self.link.parameter_var))

    def bias_ends(self, prob: float) -> tuple[float, float]:
        """Interval of the mean move, by Student's t of the number of periods."""
        reach = student_reach(self.link.n_clusters, prob) * np.sqrt(self.link.parameter_var)
        return self.link.mean - reach, self.link.mean + reach

    def move_ends(self, prob: float) -> tuple[float, float]:
        """Interval of one move.

        Quantiles of the moves seen, taken as far out as makes them right for one more period
        among as many; by Student's t where the periods are too few to have such quantiles.
        """
        n = self.link.n_clusters
        rank = (n + 1) * (1 - prob) / 2
        if len(self.moves) and n >= LEAST_FOR_QUANTILES and rank >= 1:
            tail = (rank - 0.5) / n
            low, high = np.quantile(self.moves, [tail, 1 - tail], method="hazen")
            return float(low), float(high)
        reach = student_reach(n, prob) * self.sd
        return self.link.mean - reach, self.link.mean + reach


@dataclass(frozen=True, slots=True)
class SourceCurve:
    """Revision curve of one source and metric.

    Attributes
    ----------
    classes
        Those younger than final, ordered.
    steps
        Days on which settled history was restated at once: ``published_at, step, n``.
    since
        First end of a period that the classes are learnt from.
    """

    source: str
    metric: str
    scale: str
    is_flow: bool
    settling: Settling
    classes: tuple[AgeClass, ...]
    steps: pl.DataFrame
    since: dt.date


@dataclass(frozen=True, slots=True)
class RevisionCurve:
    """Revision curves of sources and metrics.

    Attributes
    ----------
    frame
        A row a source, metric and class of age younger than final: ``source, metric, scale,
        age_days_from, age_days_to, n, n_periods, n_revised, n_unrevised, n_open, n_unseen, bias,
        bias_lower, bias_upper, spread, route, final_after_days, is_settled``; bias is final minus
        print on the additive scale, null where it cannot be told. ``route`` is *direct*,
        *chained* over a later class, or *cannot tell*.
    set_aside
        Prints that could not be used: ``reason, n``.
    """

    prob: float
    flows: tuple[str, ...]
    curves: dict[tuple[str, str], SourceCurve]
    set_aside: pl.DataFrame
    frame: pl.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        rows = [self._row(c, a) for _, c in sorted(self.curves.items()) for a in c.classes]
        object.__setattr__(self, "frame", pl.DataFrame(rows, schema=_SCHEMA, orient="row"))

    def _row(self, curve: SourceCurve, age: AgeClass) -> tuple[object, ...]:
        ends: tuple[float | None, float | None] = (None, None)
        if age.is_known:
            ends = age.bias_ends(self.prob)
        route = "chained" if age.is_chained else "direct"
        return (
            curve.source, curve.metric, curve.scale, age.first_day, age.last_day, age.n,
            age.n_periods, age.n_revised, age.n_unrevised, age.n_open, age.n_unseen,
            age.link.mean if age.is_known else None, *ends, age.spread if age.is_known else None,
            route if age.is_known else "cannot tell", curve.settling.after_days,
            curve.settling.is_settled,
        )  # fmt: skip


_SCHEMA: dict[str, type[pl.DataType]] = {
    "source": pl.String,
    "metric": pl.String,
    "scale": pl.String,
    "age_days_from": pl.Int64,
    "age_days_to": pl.Int64,
    "n": pl.Int64,
    "n_periods": pl.Int64,
    "n_revised": pl.Int64,
    "n_unrevised": pl.Int64,
    "n_open": pl.Int64,
    "n_unseen": pl.Int64,
    "bias": pl.Float64,
    "bias_lower": pl.Float64,
    "bias_upper": pl.Float64,
    "spread": pl.Float64,
    "route": pl.String,
    "final_after_days": pl.Int64,
    "is_settled": pl.Boolean,
}


def student_reach(n: int, prob: float) -> float:
    """How many standard errors an interval reaches to each side, by Student's t of n periods."""
    return float(stdtrit(n - 1, (1 + prob) / 2))
