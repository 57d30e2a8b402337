r"""Fusing one value a series: which way of combining the sources the truth prefers.

Sources share errors and copy each other, so that no rule is best everywhere. With truth for some
series, candidates are compared by cross-validation on the loss that is asked for: the median, the
single best source, the median without the sources' biases, and generalised least squares by the
shrunk covariance of the sources' **errors against truth** (not against each other). [1]_ A
combination is chosen only when it beats the single best source. Without truth it is the median:
nothing could show that anything is better.

References
----------
.. [1] Ledoit & Wolf (2004), "Honey, I Shrunk the Sample Covariance Matrix".
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Folds of the cross-validation.
_N_FOLDS = 10

#: Fewest series with truth for anything but the median.
LEAST_TRUTH = 20

#: Series by which a source's bias is shrunk to none, and its covariance to the common one.
_SHRINK_SERIES = 5.0

#: Robust standard deviations at which errors are clipped before a covariance is taken.
_CLIP_SDS = 4.0

#: Ridge on covariances, as part of the mean variance.
_RIDGE = 1e-3

#: Weights of least squares against the single best source that are tried as one candidate each.
_BLENDS = (0.25, 0.5, 0.75)


class Fitted(NamedTuple):
    """What training series taught a candidate."""

    bias: Floats  # (n_source,)
    covariance: Floats  # (n_source, n_source) of errors without bias, NaN for unknown sources
    order: Ints  # sources, best first
    squared: bool


class Choice(NamedTuple):
    """Candidates that were chosen, to be averaged, and how each did."""

    names: tuple[str, ...]
    losses: dict[str, float]
    fitted: Fitted | None


Candidate = Callable[[Floats, Fitted], Floats]


def choose(claims: Floats, truth: Floats, *, squared: bool, seed: int) -> tuple[Choice, Floats]:
    """Choose a candidate by cross-validation.

    Parameters
    ----------
    claims
        (n_series, n_source) on the additive scale, NaN where a source says nothing.
    truth
        (n_series,) NaN where unknown.
    squared
        Whether the loss is squared error, else absolute.

    Returns
    -------
    (Choice, residuals)
        Truth minus what the chosen candidate says without having seen it, (n_series,), NaN
        where there is no truth.
    """
    known = np.flatnonzero(np.isfinite(truth) & np.isfinite(claims).any(1))
    nothing = np.full(len(truth), np.nan)
    if len(known) < LEAST_TRUTH:
        nothing[known] = truth[known] - np.nanmedian(claims[known], axis=1)
        return Choice(("median",), {}, None), nothing
    fold = np.random.default_rng(seed).permutation(len(known)) % _N_FOLDS
    said = {name: np.empty(len(known)) for name in CANDIDATES}
    for f in range(_N_FOLDS):
        held = known[fold == f]
        fitted = fit(claims[known[fold != f]], truth[known[fold != f]], squared=squared)
        for name, candidate in CANDIDATES.items():
            said[name][fold == f] = candidate(claims[held], fitted)
    errors = {name: truth[known] - value for name, value in said.items()}
    losses = {name: _loss(error, squared=squared) for name, error in errors.items()}
    names = _as_good_as_best(errors, losses, squared=squared)
    nothing[known] = np.mean([errors[name] for name in names], axis=0)
    return Choice(names, losses, fit(claims[known], truth[known], squared=squared)), nothing


def combine(claims: Floats, choice: Choice) -> Floats:
    """Values of all series, (n_series,), by the chosen candidates."""
    if choice.fitted is None:
        return _median(claims)
    fitted = choice.fitted
    said = [CANDIDATES[name](claims, fitted) for name in choice.names]
    return np.asarray(np.mean(said, axis=0), np.float64)


def _as_good_as_best(
    errors: dict[str, Floats], losses: dict[str, float], *, squared: bool
) -> tuple[str, ...]:
    """The best candidate; under squared error with those that truth cannot tell from it.

    The mean of several has a squared error below their mean squared errors; an absolute error
    gains nothing from a mean, for a source that is often exact no longer is.
    """
    best = min(losses, key=lambda name: losses[name])
    if not squared:
        return (best,)
    names = []
    for name, error in errors.items():
        apart = error**2 - errors[best] ** 2
        if apart.mean() <= apart.std() / np.sqrt(len(apart)):
            names.append(name)
    return tuple(names)


def fit(claims: Floats, truth: Floats, *, squared: bool) -> Fitted:
    """Biases, covariance of errors and order of the sources, from series with truth."""
    error = claims - truth[:, None]
    n_source = error.shape[1]
    n = np.isfinite(error).sum(0)
    center = np.zeros(n_source)
    loss = np.full(n_source, np.inf)
    for s in np.flatnonzero(n):
        own = error[np.isfinite(error[:, s]), s]
        center[s] = np.median(own) * n[s] / (n[s] + _SHRINK_SERIES)
        loss[s] = _loss(own, squared=squared)
    usual = np.median(loss[np.isfinite(loss)])
    # A source that truth hardly knows is not the best by luck.
    loss = np.where(
        np.isfinite(loss), (n * loss + _SHRINK_SERIES * usual) / (n + _SHRINK_SERIES), usual
    )
    return Fitted(center, _covariance(error - center), np.argsort(loss, kind="stable"), squared)


def _covariance(error: Floats) -> Floats:
    """Covariance by common series, shrunk to equal variances and equal correlations."""
    spread = 1.4826 * np.nanmedian(np.abs(error)) if np.isfinite(error).any() else 1.0
    width = np.maximum(_mad(error), 0.2 * spread)
    clipped = np.clip(error, -_CLIP_SDS * width, _CLIP_SDS * width)
    present = np.isfinite(clipped)
    filled = np.where(present, clipped, 0.0)
    common = (present.T.astype(np.float64)) @ present
    product = filled.T @ filled
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.where(common > 0, product / common, 0.0)
    variance = np.diag(raw)
    seen = np.diag(common) > 0
    mean_variance = float(np.average(variance[seen], weights=np.diag(common)[seen])) or 1.0
    sd = np.sqrt(np.where(seen & (variance > 0), variance, mean_variance))
    correlation = raw / np.outer(sd, sd)
    off = (common >= _SHRINK_SERIES) & ~np.eye(len(sd), dtype=bool)
    mean_correlation = float(np.clip(correlation[off].mean(), 0.0, 0.95)) if off.any() else 0.0
    weight = common / (common + 4 * _SHRINK_SERIES)
    correlation = weight * correlation + (1 - weight) * mean_correlation
    own = np.diag(common) / (np.diag(common) + _SHRINK_SERIES)
    sd = np.sqrt(own * sd**2 + (1 - own) * mean_variance)
    np.fill_diagonal(correlation, 1.0)
    covariance = correlation * np.outer(sd, sd)
    # Correlations from different series need not fit together: negative directions are cut off.
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, _RIDGE * mean_variance)
    return np.asarray((vectors * values) @ vectors.T, np.float64)


def _mad(error: Floats) -> Floats:
    found = np.zeros(error.shape[1])
    for s in range(error.shape[1]):
        own = error[np.isfinite(error[:, s]), s]
        found[s] = 1.4826 * np.median(np.abs(own)) if len(own) else 0.0
    return found


def _loss(error: Floats, *, squared: bool) -> float:
    return float(np.mean(error**2) if squared else np.mean(np.abs(error)))


def _median(claims: Floats) -> Floats:
    value = np.full(len(claims), np.nan)
    known = np.isfinite(claims).any(1)
    value[known] = np.nanmedian(claims[known], axis=1)
    return value


def _say_median(claims: Floats, _: Fitted) -> Floats:
    return _median(claims)


def _say_unbiased_median(claims: Floats, fitted: Fitted) -> Floats:
    return _median(claims - fitted.bias)


def _say_best(claims: Floats, fitted: Fitted) -> Floats:
    value = np.full(len(claims), np.nan)
    for s in fitted.order:
        value = np.where(np.isnan(value), claims[:, s], value)
    return value


def _say_least_squares(claims: Floats, fitted: Fitted) -> Floats:
    return _least_squares(claims, fitted, clip=False)


def _say_clipped_least_squares(claims: Floats, fitted: Fitted) -> Floats:
    return _least_squares(claims, fitted, clip=True)


def _least_squares(claims: Floats, fitted: Fitted, *, clip: bool) -> Floats:
    unbiased = claims - fitted.bias
    if clip:
        middle = _median(unbiased)[:, None]
        reach = _CLIP_SDS * np.sqrt(np.diag(fitted.covariance))
        apart = np.where(np.isfinite(unbiased), np.abs(unbiased - middle), np.inf)
        # The nearest to the middle always stays.
        off = (apart > reach) & (apart > apart.min(1)[:, None])
        unbiased = np.where(off, np.nan, unbiased)
    value = np.full(len(claims), np.nan)
    present = np.isfinite(unbiased)
    patterns, which = np.unique(present, axis=0, return_inverse=True)
    for p, pattern in enumerate(patterns):
        if not pattern.any():
            continue
        rows = np.flatnonzero(which.ravel() == p)
        weight = np.linalg.solve(
            fitted.covariance[np.ix_(pattern, pattern)], np.ones(int(pattern.sum()))
        )
        value[rows] = unbiased[np.ix_(rows, np.flatnonzero(pattern))] @ (weight / weight.sum())
    return value


def _blend(candidate: Candidate, share: float) -> Candidate:
    """So much of a candidate, the rest of the single best source."""

    def say(claims: Floats, fitted: Fitted) -> Floats:
        return share * candidate(claims, fitted) + (1 - share) * _say_best(claims, fitted)

    return say


#: Candidates, the simplest first: the first of equals is chosen.
CANDIDATES: dict[str, Candidate] = {
    "single best source": _say_best,
    "median": _say_median,
    "unbiased median": _say_unbiased_median,
    "least squares": _say_least_squares,
    "clipped least squares": _say_clipped_least_squares,
    "half best, half least squares": _blend(_say_least_squares, 0.5),
    **{
        f"{share:.0%} clipped least squares": _blend(_say_clipped_least_squares, share)
        for share in _BLENDS
    },
}
