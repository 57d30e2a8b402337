"""Errors of a source that last: by what its noise is widened, as passes take them one by one."""

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.codes import distinct_pairs
from howdah.kernels import Panel, Posterior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Most that lasting errors widen the noise by.
_MOST_LASTING = 8.0
_LEAST_PAIRS = 50


def lasting_errors(panel: Panel, posterior: Posterior, n_source: int) -> Floats:
    r"""By how much errors that last widen the noise of each source, (n_source,), from 1.

    With $\rho$ the correlation of a source's successive residuals within a series, the mean of
    many of them has a variance $(1 + \rho) / (1 - \rho)$ times that of independent errors. Only
    claims beside another source's tell: what lasts in those of a source alone is the level.
    """
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    has_company = _has_company(panel, series)
    order = np.lexsort((panel.period, panel.source, series))
    residual = posterior.residual[order] * np.sqrt(posterior.weight[order])
    is_pair = (series[order][1:] == series[order][:-1]) & (
        panel.source[order][1:] == panel.source[order][:-1]
    )
    is_pair &= np.isfinite(residual[1:]) & np.isfinite(residual[:-1])
    is_pair &= has_company[order][1:] & has_company[order][:-1]
    first, second = residual[:-1][is_pair], residual[1:][is_pair]
    source = panel.source[order][1:][is_pair]
    product = np.bincount(source, first * second, n_source)
    square = np.bincount(source, (first**2 + second**2) / 2, n_source)
    n = np.bincount(source, minlength=n_source)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = np.where(n >= _LEAST_PAIRS, product / square, 0.0)
    rho = np.clip(np.nan_to_num(rho), 0.0, 0.95)
    return np.asarray(np.minimum((1 + rho) / (1 - rho), _MOST_LASTING), np.float64)


def _has_company(panel: Panel, series: Ints) -> NDArray[np.bool_]:
    """Whether another source gives a figure of the period of each claim, (n,)."""
    cell = series * len(panel.gap) + panel.period
    said = np.flatnonzero(np.isfinite(panel.value))
    shared = distinct_pairs(cell[said], panel.source[said].astype(np.int64))[0]
    voices = np.bincount(shared, minlength=int(cell.max(initial=-1)) + 1)
    found: NDArray[np.bool_] = voices[cell] > 1
    return found
