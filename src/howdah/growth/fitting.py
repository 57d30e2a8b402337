"""One series fitted: which channels can take part, the draws, and the courses made of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.growth.design import Design, design
from howdah.growth.prior import DRIFTS
from howdah.growth.series import Calendar, GroupSeries, Names, days_after
from howdah.kernels.response import Bases, Draws, Prior, project, sample_response, whitened_bases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Known periods that must be left for the noise, beside fixed columns and three a channel.
LEAST_FREE = 10

#: Periods after the last one that are drawn along, by rhythm.
HORIZONS = {"day": 28, "week": 13, "month": 6, "quarter": 4, "year": 3, "uneven": 6}

#: Name of the courses of groups without spend among the controls.
OTHER_GROUPS = "other groups"

#: Of a channel's movement at least this share must be its own: not of level, season or controls.
LEAST_OWN = 0.02

#: Drift under which that is judged: a level that moves by a tenth of the noise a period.
_JUDGED_AT = int(np.flatnonzero(DRIFTS == 0.01)[0])  # noqa: PLR2004 - one of the drifts


@dataclass(frozen=True, slots=True)
class Prepared:
    """A series ready to be fitted.

    Attributes
    ----------
    is_known
        (n_period + n_ahead,) periods with an outcome.
    outcome
        (n_period + n_ahead,) over `scale`.
    spend
        (n_channel, n_period), the largest of each channel 1.
    most
        (n_channel,) largest spend.
    own
        (n_channel,) share of a channel's movement that level, season and controls do not explain.
    takes_part
        (n_channel,) channels that are fitted.
    scale
        Unit in which the series is fitted.
    noise
        Rough standard deviation of the noise, in that unit.
    """

    series: GroupSeries
    days: Ints
    is_known: Bools
    outcome: Floats
    spend: Floats
    most: Floats
    design: Design
    bases: Bases
    own: Floats
    takes_part: Bools
    scale: float
    noise: float

    @property
    def n_period(self) -> int:
        """Periods of the calendar, those ahead not counted."""
        return len(self.series.calendar.days)

    @property
    def n_free(self) -> int:
        """Known periods beyond fixed columns."""
        return self.bases.n_known - len(self.design.columns)


@dataclass(frozen=True, slots=True)
class Fit:
    """A series and the draws of its posterior; channels are those that take part."""

    prepared: Prepared
    prior: Prior
    draws: Draws

    @property
    def channels(self) -> Ints:
        """Places of the fitted channels."""
        return np.flatnonzero(self.prepared.takes_part)


class Preparation:
    """Prepares series; those with the same periods and no controls share their bases."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[int, bytes], tuple[Design, Bases]] = {}

    def prepare(self, series: GroupSeries, others: Floats | None = None) -> Prepared:
        """Scale a series, make its fixed columns, and tell which channels can take part.

        Parameters
        ----------
        others
            (n_other, n_period) courses of groups without spend, as further controls.
        """
        calendar = series.calendar
        n_period = len(calendar.days)
        ahead = days_after(calendar, HORIZONS[calendar.rhythm])
        days = np.concatenate([calendar.days, ahead])
        is_known = np.zeros(len(days), np.bool_)
        is_known[:n_period] = np.isfinite(series.outcome)
        controls = series.controls if others is None else np.vstack([series.controls, others])
        n_other = len(controls) - len(series.controls)
        names = (*self._names.controls, *(f"{OTHER_GROUPS} {n + 1}" for n in range(n_other)))
        fixed, bases = self._bases(calendar, days, is_known, _held(controls, len(ahead)), names)
        known = series.outcome[is_known[:n_period]]
        scale = float(np.abs(known).mean()) if len(known) else 0.0
        scale = scale if scale > 0.0 else 1.0
        outcome = np.zeros(len(days))
        outcome[is_known] = known / scale
        most = series.spend.max(1, initial=0.0)
        spend = series.spend / np.where(most > 0.0, most, 1.0)[:, None]
        left = project(outcome, bases, _JUDGED_AT)
        free = max(bases.n_known - len(fixed.columns), 1)
        own = own_share(spend, bases, n_ahead=len(ahead))
        return Prepared(
            series, days, is_known, outcome, spend, most, fixed, bases, own,
            own >= LEAST_OWN, scale, float(np.sqrt(left @ left / free)),
        )  # fmt: skip

    def _bases(
        self, calendar: Calendar, days: Ints, is_known: Bools, controls: Floats,
        names: tuple[str, ...],
    ) -> tuple[Design, Bases]:  # fmt: skip
        key = id(calendar), is_known.tobytes()
        if key in self._known and not len(controls):
            return self._known[key]
        fixed = design(calendar, days, is_known, controls, names)
        made = fixed, whitened_bases(fixed.columns, is_known, DRIFTS)
        if not len(controls):
            self._known[key] = made
        return made


def _held(controls: Floats, n_ahead: int) -> Floats:
    """Controls carried on: nothing is known of them ahead, so each keeps its last value."""
    return np.hstack([controls, np.repeat(controls[:, -1:], n_ahead, axis=1)])


def own_share(spend: Floats, bases: Bases, *, n_ahead: int) -> Floats:
    """Share of each channel's movement that level and fixed columns leave.

    Of the whitened column its mean square after they are taken out, over that of the column less
    its mean: what a level that drifts would leave of spend that goes its own ways is near 1, of a
    trend or a constant 0.
    """
    found = np.zeros(len(spend))
    padded = np.hstack([spend, np.zeros((len(spend), n_ahead))])
    left = project(padded, bases, _JUDGED_AT)
    is_known = bases.scale[_JUDGED_AT] > 0.0
    for c, row in enumerate(padded[:, is_known]):
        total = ((row - row.mean()) ** 2).sum() if len(row) else 0.0
        # Rounding leaves dust of a constant.
        if total > 1e-12:  # noqa: PLR2004
            found[c] = (left[c] @ left[c]) / total
    return found


def fit(prepared: Prepared, prior: Prior, *, n_draw: int, thin: int, n_burn: int, seed: int) -> Fit:
    """Draw from the posterior of a prepared series.

    Parameters
    ----------
    prior
        Of the channels that take part.
    """
    at = np.flatnonzero(prepared.takes_part)
    n = prepared.n_period
    bases = prepared.bases
    short = bases._replace(
        gain=np.ascontiguousarray(bases.gain[:, :n]),
        scale=np.ascontiguousarray(bases.scale[:, :n]),
        basis=np.ascontiguousarray(bases.basis[:, :, :n]),
    )
    draws = sample_response(
        prepared.outcome[:n], prepared.spend[at], short, prior,
        n_draw=n_draw, n_burn=n_burn, thin=thin, seed=seed,
    )  # fmt: skip
    return Fit(prepared, prior, draws)
