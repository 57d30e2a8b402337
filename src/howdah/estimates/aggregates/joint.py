r"""The joint posterior of the levels of several series in several periods.

$$x_{it} = \hat x_{it} + s_{it} e_{it} + l_{it}^\top z, \qquad
e_i \sim N(0, \Sigma_i), \quad z \sim N(0, I)$$

with $\Sigma_i$ the series' own covariance (`kernels.join_cells`), $l$ how its levels move with what
all series have in common (`sharing`), and $s$ what makes the interval of each single level that of
the estimates, calibration and all: an aggregate of one level is that level.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.errors import InputError, UnknownNameError
from howdah.core.metrics import Scale
from howdah.estimates.aggregates.sharing import (
    Sharing,
    learn_sharing,
    take_posterior,
    without_biases,
)
from howdah.estimates.fusion import Fusion
from howdah.estimates.fusion.coding import Coded, Numbered, code_claims
from howdah.estimates.fusion.fusing import reviewed
from howdah.estimates.fusion.learned import Learned, solve_chunk
from howdah.estimates.fusion.solving import Solved, take_series
from howdah.kernels import Cells, Panel, join_cells, leave_out

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int8]

_EPOCH = dt.date(1970, 1, 1)

#: Least share of a variance that stays a level's own when what is common is taken out.
_LEAST_OWN = 1e-6

#: Names that a message gives at most.
_N_NAMES = 3


@dataclass(frozen=True, slots=True)
class Joint:
    """Levels of some series in some periods, as one Gaussian on the additive scale.

    Attributes
    ----------
    mean
        (n_series, n_period)
    own
        (n_series, n_period, n_period) covariance that a series shares with no other.
    common
        (n_series, n_period, n_factor) loadings on what all series share.
    is_tested
        (n_series,) whether truth of its segment has tested the intervals of a series' levels.
    is_calibrated
        Whether there was enough truth for any interval to be tested.
    unit
        Of the additive scale.
    """

    series: pl.Series
    periods: tuple[dt.date, ...]
    mean: Floats
    own: Floats
    common: Floats
    segment: Ints
    size: Ints
    n_sources: Ints
    is_tested: NDArray[np.bool_]
    is_calibrated: bool
    scale: Scale
    unit: float
    prob: float

    def at(self, period: dt.date) -> int:
        """Place of a period."""
        if period not in self.periods:
            raise UnknownNameError(
                "period", period.isoformat(), [p.isoformat() for p in self.periods],
                hint="Ask for it when the levels are joined.",
            )  # fmt: skip
        return self.periods.index(period)

    def of(self, names: Sequence[str]) -> Ints:
        """Places of some series, in the order of the joint."""
        found = np.flatnonzero(self.series.is_in(list(names)).to_numpy())
        if len(found) < len(set(names)):
            known = self.series.to_list()
            missing = sorted(set(names) - set(known))
            raise UnknownNameError("series", missing[0], known, hint="It is not in the joint.")
        return found

    def take(self, names: Sequence[str]) -> "Joint":
        """The joint of some of its series."""
        rows = self.of(names)
        return replace(
            self,
            series=self.series.gather(rows),
            mean=self.mean[rows],
            own=self.own[rows],
            common=self.common[rows],
            segment=self.segment[rows],
            size=self.size[rows],
            n_sources=self.n_sources[rows],
            is_tested=self.is_tested[rows],
        )


@dataclass(frozen=True, slots=True)
class Levels:
    """A chunk of claims that was fused, ready to be joined.

    Attributes
    ----------
    panel
        Without the claims that were left out.
    """

    learned: Learned
    coded: Coded
    solved: Solved
    panel: Panel
    sharing: Sharing

    @classmethod
    def of(cls, run: Fusion, numbered: Numbered) -> "Levels":
        """Fuse a chunk as `Fusion.estimates` does and learn what its series have in common."""
        coded = code_claims(numbered, run.learned.coding)
        verdict, _ = reviewed(run.reviews, numbered, coded, run.learned.coding.names)
        return cls.solve(run.learned, coded, verdict)

    @classmethod
    def solve(cls, learned: Learned, coded: Coded, verdict: Small | None = None) -> "Levels":
        """Solve a chunk with what was learnt, and what a reviewer says of each claim."""
        solved = solve_chunk(learned, coded, verdict)
        panel = leave_out(coded.panel, solved.reason > 0)
        return cls(learned, coded, solved, panel, learn_sharing(learned, coded, solved, panel))

    def covering(self, *periods: dt.date) -> pl.Series:
        """Series that have a level in each of some periods."""
        places = self._places(periods)
        first = self.panel.first[:, None]
        inside = (places >= first) & (places < first + self.panel.length[:, None])
        return self.coded.series.filter(pl.Series(inside.all(1)))

    def join(self, series: Sequence[str] | pl.Series, periods: Sequence[dt.date]) -> Joint:
        """Joint posterior of some series in some periods.

        Raises
        ------
        InputError
            No series or no period is asked for, or a series has no level in one of the periods:
            a level reaches from the first claim of its series to the last.
        UnknownNameError
            A series or period is not in the chunk.
        """
        names = pl.Series(sorted(set(series)), dtype=pl.String)
        if not len(names) or not len(periods):
            raise InputError("Nothing is asked for. Give at least one series and one period.")
        days = tuple(sorted(set(periods)))
        places = self._places(days)
        chosen = self._numbers(names)
        first, length = self.panel.first[chosen, None], self.panel.length[chosen, None]
        outside = (places < first) | (places >= first + length)
        if outside.any():
            raise _no_level(names, days, outside)
        return self.join_places(chosen, np.tile(places.astype(np.int32), (len(chosen), 1)), days)

    def join_places(
        self, chosen: Ints, asked: NDArray[np.int32], days: tuple[dt.date, ...]
    ) -> Joint:
        """Joint posterior of series by number, in periods by place.

        Parameters
        ----------
        asked
            (n_series, n_period) places; -1 asks for nothing, and is NaN in the joint.
        """
        learned, coding = self.learned, self.learned.coding
        panel, rows = take_series(self.panel, chosen)
        posterior = take_posterior(self.solved.posterior, chosen, rows)
        cells = join_cells(panel, *without_biases(learned, posterior), asked)
        at = posterior.level_start[:-1, None] + np.maximum(asked - panel.first[:, None], 0)
        variance, is_anchored = posterior.variance[at], self.coded.is_anchored[chosen]
        common_var = learned.common_vars(variance, is_anchored[:, None])
        own, common = self._split(cells, panel.segment, common_var)
        n_sources = np.diff(posterior.house_start) - is_anchored
        widen = np.ones(len(chosen))
        calibration = learned.calibration
        is_tested = np.zeros(len(chosen), np.bool_)
        if learned.is_calibrated:
            widen = calibration.factors(panel.segment, panel.size, n_sources)
            is_tested = calibration.has_truth[panel.segment]
        said = widen[:, None] ** 2 * (learned.widening * variance + common_var)
        alone = np.diagonal(own, axis1=1, axis2=2)
        left = np.maximum(said - (common**2).sum(2), _LEAST_OWN * said)
        scale = np.sqrt(left / alone)
        return Joint(
            series=self.coded.series.gather(chosen),
            periods=days,
            mean=np.where(asked >= 0, posterior.mean[at], np.nan),
            own=own * scale[:, :, None] * scale[:, None, :],
            common=common,
            segment=panel.segment.astype(np.int64),
            size=panel.size.astype(np.int64),
            n_sources=n_sources.astype(np.int64),
            is_tested=is_tested,
            is_calibrated=learned.is_calibrated,
            scale=coding.scale,
            unit=coding.unit,
            prob=learned.calibration.prob,
        )

    def _split(
        self, cells: Cells, segment: NDArray[np.int32], common_var: Floats
    ) -> tuple[Floats, Floats]:
        """Covariance that is a series' own, and loadings on what all share."""
        sharing = self.sharing
        widening = self.learned.widening
        root = np.sqrt(widening) * sharing.bias_root[:, segment]
        parts = [np.einsum("ias,sik->iak", cells.on_bias, root)]
        if self.learned.common_var > 0.0:
            parts.append(np.sqrt(common_var)[:, :, None])
        own = widening * cells.covariance
        for f in np.flatnonzero(sharing.period_var > 0.0):
            shared = cells.on_shared[:, :, f] * np.sqrt(widening * sharing.period_var[f])
            own = own - np.einsum("iau,ibu->iab", shared, shared)
            parts.append(shared)
        # Weights that have not settled must not leave less than nothing.
        diagonal = widening * np.diagonal(cells.covariance, axis1=1, axis2=2)
        lifted = np.einsum("ia,ab->iab", _LEAST_OWN * diagonal, np.eye(diagonal.shape[1]))
        return own + lifted, np.concatenate(parts, axis=2)

    def _places(self, periods: Sequence[dt.date]) -> Ints:
        known = self.learned.coding.names.days
        days = np.array([(day - _EPOCH).days for day in periods], np.int64)
        places = np.searchsorted(known, days)
        for day, n, place in zip(periods, days, places, strict=True):
            if place >= len(known) or known[place] != n:
                labels = [(_EPOCH + dt.timedelta(days=int(d))).isoformat() for d in known]
                raise UnknownNameError(
                    "period", day.isoformat(), labels, hint="No claim of any series speaks of it."
                )
        return places

    def _numbers(self, names: pl.Series) -> Ints:
        known = self.coded.series
        missing = names.filter(~names.is_in(known.implode()))
        if len(missing):
            raise UnknownNameError("series", missing[0], known.to_list())
        return np.flatnonzero(known.is_in(names.implode()).to_numpy())


def _no_level(
    names: pl.Series, days: tuple[dt.date, ...], outside: NDArray[np.bool_]
) -> InputError:
    without = np.flatnonzero(outside.any(1))
    shown = ", ".join(
        f"{names[int(i)]} ({days[int(outside[i].argmax())]})" for i in without[:_N_NAMES]
    )
    more = f" and {len(without) - _N_NAMES} more" if len(without) > _N_NAMES else ""
    return InputError(
        f"No level of {shown}{more}: the claims of a series have to begin before the period and "
        "end after it. Ask for the series that `covering` gives, or for other periods."
    )
