"""Features: what is known of each entity at an origin, from the past of all its sources."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.local_trend import learn_trend, nearness
from howdah.kernels.momentum import MOMENTUM, momentum
from howdah.kernels.paths import seasonal_peak
from howdah.signals.breakouts.companions import COMPANION, Companion
from howdah.signals.breakouts.families import FAMILY, family_features, name_families
from howdah.signals.breakouts.panel import Panel
from howdah.signals.breakouts.target import Target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Ranks up to this many times the threshold are near it.
NEAR = 1.5

#: Series that the shared parameters of the trend are learnt from.
_TREND_SAMPLE = 400


@dataclass(frozen=True, slots=True)
class Features:
    """What is known at one origin.

    Attributes
    ----------
    names
        (k,). Those of a companion begin with its number: ``0:growth_3``.
    values
        (n, k), NaN where nothing is known.
    """

    names: tuple[str, ...]
    values: Floats

    def column(self, name: str) -> Floats:
        """Values of one feature, (n,)."""
        return self.values[:, self.names.index(name)]


class FeatureMaker:
    """Makes the features of a panel's entities at any of its columns.

    Parameters
    ----------
    panel
        Everything is as of its day; a feature at a column rests on that column and earlier ones,
        except the parameters of the trend, which the whole panel shares.
    companions
        Other sources, lined up.
    target
        What is to be reached.
    horizon
        Months to reach it in.
    columns
        Origins that will be asked for.
    seed
        Draws the series that the trend is learnt from.
    """

    def __init__(
        self,
        panel: Panel,
        companions: Sequence[Companion],
        target: Target,
        horizon: int,
        columns: Sequence[int],
        *,
        seed: int = 0,
    ) -> None:
        self.panel = panel
        self.companions = tuple(companions)
        self.target = target
        self.families = name_families(panel.entities.to_list())
        self._columns = np.array(sorted(set(columns)), np.int64)
        known = np.flatnonzero(np.isfinite(panel.level).sum(axis=1) > 2)  # noqa: PLR2004 - a step and a change of it
        drawn = np.random.default_rng(seed).permutation(known)[:_TREND_SAMPLE]
        self.trend = learn_trend(panel.level[np.sort(drawn)])
        if target.kind == "top":
            limits = np.array([threshold(panel, int(c), target.n) for c in self._columns])
            rise = 0.0
        else:
            limits, rise = None, float(np.log(target.size))
        self._horizon, self._limits, self._rise = horizon, limits, rise
        self._nearness = nearness(
            panel.level, self.trend, self._columns, horizon, threshold=limits, rise=rise
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all features."""
        others = [f"{n}:{name}" for n in range(len(self.companions)) for name in COMPANION]
        return ("place", "crossing", "seasonal", *MOMENTUM, *FAMILY, *others)

    def at(self, column: int, rows: Ints) -> Features:
        """The features of some entities at an origin.

        Parameters
        ----------
        rows
            (m,) positions in the panel.

        Raises
        ------
        LookAheadError
            The panel does not know that column.
        """
        panel, target = self.panel, self.target
        panel.require(column)
        level, rank = panel.level[rows], panel.rank[rows]
        base = target.n if target.kind == "top" else max(int(panel.length[: column + 1].max()), 1)
        here = rank[:, column]
        place = np.where(here > 0, np.log(np.maximum(here, 1) / base), np.nan)
        at = int(np.searchsorted(self._columns, column))
        own = level[:, column].astype(np.float64)
        wanted = self._rise if self._limits is None else self._limits[at] - own
        n_top = target.n or max(base // 10, 1)
        parts = [
            place[:, None],
            self._nearness[rows, at, None].astype(np.float64),
            (seasonal_peak(level, column, self._horizon) - wanted)[:, None],
            momentum(level, rank, column, near=int(NEAR * target.n)),
            family_features(panel, self.families, column, n_top)[rows],
            *(other.features(panel.ends[column])[rows] for other in self.companions),
        ]
        return Features(self.names, np.hstack(parts))


def threshold(panel: Panel, column: int, n: int) -> float:
    """Log level of the last place of a top in a month: between its last and the next one.

    Infinite where the list is shorter, as nobody need cross anything; NaN without a level there.
    """
    rank, level = panel.rank[:, column], panel.level[:, column]
    is_near = (rank >= n) & (rank <= n + 1) & np.isfinite(level)
    if not is_near.any():
        inside = (rank > 0) & (rank <= n) & np.isfinite(level)
        return float(level[inside].min()) if inside.any() else float("nan")
    return float(level[is_near].mean())
