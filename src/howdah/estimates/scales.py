"""Scales on which errors add up: log for counts and money, logit for shares, linear, rank."""

import numpy as np
from numpy.typing import NDArray

from howdah.core.metrics import Scale

Floats = NDArray[np.float64]

#: Least distance of a share from 0 and 100 percent, so that its logit is finite.
_SHARE_EDGE = 1e-4


def to_scale(values: Floats, scale: Scale) -> Floats:
    """Values on the additive scale; NaN where the scale cannot hold them (zero on log).

    Shares are in percent.

    Examples
    --------
    >>> to_scale(np.array([50.0]), "logit").tolist()
    [0.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        match scale:
            case "log":
                return np.where(values > 0, np.log(values), np.nan)
            case "logit":
                share = np.clip(values / 100, _SHARE_EDGE, 1 - _SHARE_EDGE)
                return np.log(share / (1 - share))
            case "linear" | "rank" | "none":
                return values.astype(np.float64)


def from_scale(values: Floats, scale: Scale) -> Floats:
    """Inverse of `to_scale`."""
    match scale:
        case "log":
            return np.exp(values)
        case "logit":
            return 100 / (1 + np.exp(-values))
        case "linear" | "rank" | "none":
            return values
