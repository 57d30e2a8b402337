r"""Can a series tell what a channel brought? Tests that a fit has to stand, and what widens it.

- **Collinear channels**: the variance inflation of each response among the others, all whitened
  and with the fixed columns taken out.
- **Placebos**: the response shifted in time (around the end) must bring nothing. The $z$ of many
  shifts have a mean square near 1 when noise and drift are right; what is above 1 widens intervals.
- **Spend that chases growth**: spend, given its own past and the season, must not follow from how
  the organic outcome grew before. If it does, growth would be booked as bought.
- **Reliability** of counts that stand for spend: counted once more, $x^* \sim
  \mathrm{Poisson}(x)$, the response loses as much of its slope as the first counting cost [1]_.
  What being on or off tells loses nothing, so the truth lies between that and 1.

References
----------
.. [1] Cook & Stefanski (1994), "Simulation-Extrapolation Estimation in Parametric Measurement
   Error Models".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, ndtri

from howdah.growth.fitting import Fit
from howdah.kernels.response import placebo_spread, project, respond

Floats = NDArray[np.float64]

#: Placebos at most, and periods that a shift is at least apart from the truth.
_MOST_SHIFTS, _LEAST_SHIFT = 48, 4

#: Observations beyond its columns that the test of chasing needs, and starts of spend: of fewer
#: any outcome that moved before them looks like their cause.
_LEAST_LEFT, _LEAST_STARTS = 12, 3

#: Reliability that is assumed of proxies that are no counts: from, to.
ASSUMED_RELIABILITY = (0.6, 1.0)

#: Countings more, and the least reliability that they can tell.
_N_COUNTINGS, _LEAST_RELIABILITY = 20, 0.2


@dataclass(frozen=True, slots=True)
class Contrast:
    """How much higher the outcome was in periods with spend, whatever its amount.

    Attributes
    ----------
    value, lower, upper
        A period, in the outcome's unit.
    n_on, n_off, n_switches
        Periods with and without spend, and changes between the two.
    """

    value: float
    lower: float
    upper: float
    n_on: int
    n_off: int
    n_switches: int


@dataclass(frozen=True, slots=True)
class Checks:
    """What was found of the fitted channels, each (n_channel,).

    Attributes
    ----------
    inflation, partner
        Variance inflation, and the place of the channel that it is most alike; -1 for none.
    placebo
        Root mean square of the placebos' z.
    chases
        p-value of spend that does not follow past growth; NaN where it cannot be tested.
    reliability
        (n_channel, 2) from and to.
    contrasts
        None where spend was never off or never on for long.
    apart
        (n_channel, n_channel) correlation of the errors of sizes: of two that move together one
        is too large where the other is too small.
    told, left
        (n_channel, n_channel) products of the whitened courses at the mean sizes, and (n_channel,)
        theirs with what the fit leaves, in units of the noise's variance.
    """

    inflation: Floats
    partner: NDArray[np.int64]
    placebo: Floats
    chases: Floats
    reliability: Floats
    contrasts: tuple[Contrast | None, ...]
    apart: Floats
    told: Floats
    left: Floats


def check(fit: Fit, *, is_proxy: bool, prob: float, seed: int) -> Checks:
    """Test every fitted channel of a series."""
    prepared, draws = fit.prepared, fit.draws
    n = prepared.n_period
    d = int(np.bincount(draws.drift, minlength=len(prepared.bases.drift)).argmax())
    raw = np.array([_response(fit, c) for c in range(len(fit.channels))])
    padded = np.hstack([raw, np.zeros((len(raw), len(prepared.days) - n))])
    size = draws.size.mean(0)
    white = project(padded, prepared.bases, d)
    rest = project(prepared.outcome - size @ padded, prepared.bases, d)
    noise = float(np.sqrt((draws.noise**2).mean()))
    organic = prepared.outcome[:n] - size @ raw
    inflation, partner, apart = _collinearity(white)
    courses = size[:, None] * white / max(noise, 1e-300)
    rng = np.random.default_rng(seed)
    n_channel = len(raw)
    return Checks(
        inflation,
        partner,
        np.array([_placebo(fit, raw[c], rest, noise, d) for c in range(n_channel)]),
        np.array([_chasing(fit, c, organic) for c in range(n_channel)]),
        np.array(
            [_reliability(fit, c, rng) if is_proxy else (1.0, 1.0) for c in range(n_channel)]
        ).reshape(n_channel, 2),
        tuple(
            _contrast(fit, c, rest + size[c] * white[c], noise, d, prob) for c in range(n_channel)
        ),
        apart,
        courses @ courses.T,
        courses @ rest / max(noise, 1e-300),
    )


def _response(fit: Fit, c: int, spend: Floats | None = None) -> Floats:
    """A channel's response at the mean of its curve."""
    of = fit.prepared.spend[fit.channels[c]] if spend is None else spend
    logit, saturation, power = fit.draws.shape[:, c].mean(0)
    out = np.empty(len(of))
    respond(of, 1 / (1 + np.exp(-logit)), np.exp(saturation), np.exp(power), 0.0, out)
    return out


def _collinearity(white: Floats) -> tuple[Floats, NDArray[np.int64], Floats]:
    n_channel = len(white)
    partner = np.full(n_channel, -1)
    if n_channel < 2:  # noqa: PLR2004 - one channel is alike to none
        return np.ones(n_channel), partner, np.eye(n_channel)
    lengths = np.sqrt((white**2).sum(1))
    unit = white / np.where(lengths > 0.0, lengths, 1.0)[:, None]
    alike = unit @ unit.T
    inverse = np.linalg.pinv(alike + 1e-9 * np.eye(n_channel), hermitian=True)
    np.fill_diagonal(alike, 0.0)
    spread = np.sqrt(np.diag(inverse))
    return np.diag(inverse).copy(), np.abs(alike).argmax(1), inverse / np.outer(spread, spread)


def _placebo(fit: Fit, raw: Floats, rest: Floats, noise: float, d: int) -> float:
    n = len(raw)
    shifts = np.arange(_LEAST_SHIFT, n - _LEAST_SHIFT + 1)
    if len(shifts) < 2 * _LEAST_SHIFT or noise <= 0.0:
        return 1.0
    if len(shifts) > _MOST_SHIFTS:
        shifts = shifts[np.linspace(0, len(shifts) - 1, _MOST_SHIFTS).astype(np.int64)]
    bases = fit.prepared.bases
    return placebo_spread(raw, rest, shifts, bases.gain[d], bases.scale[d], bases.basis[d]) / noise


def _chasing(fit: Fit, c: int, organic: Floats) -> float:
    """Smaller p-value of two tests, of spend while on and of being on, doubled."""
    prepared = fit.prepared
    n = prepared.n_period
    spend = prepared.spend[fit.channels[c]]
    is_known = prepared.is_known[:n]
    filled = np.interp(np.arange(n), np.flatnonzero(is_known), organic[is_known])
    total = np.concatenate([[0.0], np.cumsum(filled)])

    def before(first: int, last: int) -> Floats:
        """Mean from `first` to `last` periods ago."""
        at = np.arange(n)
        low, high = np.maximum(at - last, 0), np.maximum(at - first + 1, 0)
        return np.asarray((total[high] - total[low]) / np.maximum(high - low, 1), np.float64)

    growth = np.array([before(1, 1) - before(2, 5), before(1, 4) - before(5, 12)])
    is_on = (spend > 0.0).astype(np.float64)
    lags = [np.concatenate([[0.0] * k, spend[:-k]]) for k in (1, 2)]
    on_lag = np.concatenate([[0.0], is_on[:-1]])
    fixed = prepared.design.columns[:, :n]
    late = np.arange(n) >= 12  # noqa: PLR2004 - the longest look-back
    found = []
    while_on = late & (is_on > 0.0) & (on_lag > 0.0)
    logs = np.log(np.maximum(spend, 1e-9))
    log_lags = [np.log(np.maximum(lag, 1e-3)) for lag in lags]
    found.append(_joint_p(logs, np.vstack([fixed, log_lags]), growth, while_on))
    if int((np.diff(is_on[late]) > 0.0).sum()) >= _LEAST_STARTS:
        found.append(_joint_p(is_on, np.vstack([fixed, on_lag, *lags]), growth, late))
    told = [p for p in found if np.isfinite(p)]
    return min(1.0, len(told) * min(told)) if told else np.nan


def _joint_p(response: Floats, null: Floats, tested: Floats, rows: NDArray[np.bool_]) -> float:
    """p-value that the tested columns add nothing; NaN where too few rows are left."""
    y, base = response[rows], null[:, rows].T
    n_left = int(rows.sum()) - base.shape[1] - len(tested)
    if n_left < _LEAST_LEFT:
        return np.nan
    basis = np.linalg.qr(np.column_stack([base, tested[:, rows].T, y]))[1]
    # Of the triangle's last column the lower parts are what each further column leaves of y.
    left = basis[base.shape[1] :, -1] ** 2
    without, with_all = float(left.sum()), float(left[len(tested) :].sum())
    if with_all <= 1e-12 * max(float(y @ y), 1e-300):
        return np.nan
    ratio = (without - with_all) / len(tested) / (with_all / n_left)
    return float(fdtrc(len(tested), n_left, max(ratio, 0.0)))


def _reliability(fit: Fit, c: int, rng: np.random.Generator) -> tuple[float, float]:
    prepared = fit.prepared
    at = fit.channels[c]
    stated = prepared.series.spend[at][prepared.series.is_stated]
    if not np.array_equal(stated, np.round(stated)) or stated.max() > 1e6:  # noqa: PLR2004 - counts
        return ASSUMED_RELIABILITY
    counts = np.round(prepared.spend[at] * prepared.most[at])
    d = int(np.bincount(fit.draws.drift).argmax())
    n_ahead = len(prepared.days) - prepared.n_period
    rows = [_response(fit, c, counts)]
    rows += [_response(fit, c, rng.poisson(counts).astype(np.float64)) for _ in range(_N_COUNTINGS)]
    white = project(np.hstack([rows, np.zeros((len(rows), n_ahead))]), prepared.bases, d)
    slopes = (white[1:] @ white[0]) / np.maximum((white[1:] ** 2).sum(1), 1e-300)
    return float(np.clip(np.median(slopes), _LEAST_RELIABILITY, 1.0)), 1.0


def _contrast(fit: Fit, c: int, rest: Floats, noise: float, d: int, prob: float) -> Contrast | None:
    prepared = fit.prepared
    n = prepared.n_period
    is_on = prepared.spend[fit.channels[c]] > 0.0
    n_on, n_off = int(is_on.sum()), int((~is_on).sum())
    if min(n_on, n_off) < 3:  # noqa: PLR2004 - fewer are no level
        return None
    column = np.zeros(len(rest))
    column[:n] = is_on
    white = project(column, prepared.bases, d)
    length = white @ white
    if length <= 1e-9:  # noqa: PLR2004 - the fixed columns hold it
        return None
    value = float(white @ rest / length) * prepared.scale
    reach = float(ndtri(0.5 + prob / 2) * noise / np.sqrt(length)) * prepared.scale
    switches = int(np.abs(np.diff(is_on.astype(np.int64))).sum())
    return Contrast(value, value - reach, value + reach, n_on, n_off, switches)
