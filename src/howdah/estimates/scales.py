"""Scales on which errors add up: log for counts and money, logit for shares, linear, rank."""

import numpy as np
from numpy.typing import NDArray

from howdah.core.metrics import Scale

Floats = NDArray[np.float64]

#: Least distance of a share from 0 and 100 percent, so that its logit is finite.
_SHARE_EDGE = 1e-4

#: A share stated as 0 or 100 percent is within this of it, in percent: shares are stated to a
#: tenth at best, and a logit would take the words for perfect knowledge.
SHARE_ROUNDING = 0.1


def to_scale(values: Floats, scale: Scale) -> Floats:
    """Values on the additive scale; NaN where the scale cannot hold them (zero on log).

    Shares are in percent; those within .01 of 0 or 100 percent are taken to be that far from it,
    so that only shares in between come back unchanged from `from_scale`.

    Examples
    --------
    >>> to_scale(np.array([50.0]), "logit").tolist()
    [0.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        match scale:
            case "log":
                found: Floats = np.log(values)
                # In place: tables of claims are large, and fresh memory costs more than the test.
                np.copyto(found, np.nan, where=found == -np.inf)
                return found
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


def ends_on_scale(low: Floats, high: Floats, scale: Scale) -> tuple[Floats, Floats]:
    """Ends of statements on the additive scale; NaN for an end that is open or not held.

    A share that reaches 0 or 100 percent has no finite logit there: that end is put where the
    middle of the statement stays its middle. A statement from 0 to 100 percent says nothing: both
    its ends are open here.
    """
    if scale == "logit":
        at_zero, at_hundred = low <= 0, high >= 100  # noqa: PLR2004 - percent
        exact = low == high
        low = np.where(exact & at_hundred, 100 - SHARE_ROUNDING, low)
        high = np.where(exact & at_zero, SHARE_ROUNDING, high)
        middle = 2 * to_scale((low + high) / 2, scale)
        below, above = to_scale(low, scale), to_scale(high, scale)
        reaches_both = at_zero & at_hundred
        return (
            np.where(reaches_both, np.nan, np.where(at_zero, middle - above, below)),
            np.where(reaches_both, np.nan, np.where(at_hundred, middle - below, above)),
        )
    return to_scale(low, scale), to_scale(high, scale)
