r"""Do bought users stay as long as earned ones? From cohorts with different shares of bought users.

Of the cohort of month $m$ the share $s_m$ was bought. If bought users stay with share $r_b$ and
earned ones with $r_e$, whatever the month, then $r_m = s_m r_b + (1 - s_m) r_e$: a line over
$s_m$, fitted by weighted least squares. Nobody says of a single user whether an ad brought it.

What it cannot tell: months in which everybody stayed longer, when they are those with few ads too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

#: Cohorts, and range of their bought shares, below which no line is drawn.
LEAST_COHORTS, LEAST_RANGE = 4, 0.2

#: A share whose interval is wider than this says nothing.
_MOST_WIDTH = 0.5


@dataclass(frozen=True, slots=True)
class Cohort:
    """Units that entered together.

    Attributes
    ----------
    bought, bought_error
        Share of them that was bought, and its standard error.
    kept, kept_error
        Share of them that stayed, and its standard error.
    """

    bought: float
    bought_error: float
    kept: float
    kept_error: float


@dataclass(frozen=True, slots=True)
class Stayed:
    """A share that stayed, within 0 and 1, with its interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Kept:
    """How many bought and earned users stay.

    Attributes
    ----------
    n
        Cohorts.
    missing
        Why it cannot be told, '' where it can: "cohorts" (too few), "range" (all were bought
        alike), "width" (anything fits). Then both shares are None.
    """

    n: int
    bought: Stayed | None
    earned: Stayed | None
    missing: str = ""


def find_kept(cohorts: Sequence[Cohort], *, prob: float) -> Kept:
    """Shares of bought and of earned users that stay."""
    n = len(cohorts)
    if n < LEAST_COHORTS:
        return Kept(n, None, None, "cohorts")
    bought = np.array([c.bought for c in cohorts])
    if np.ptp(bought) < LEAST_RANGE:
        return Kept(n, None, None, "range")
    kept = np.array([c.kept for c in cohorts])
    columns = np.column_stack([bought, 1.0 - bought])
    own = np.array([max(c.kept_error, 1e-6) for c in cohorts]) ** 2
    doubt = np.array([c.bought_error for c in cohorts]) ** 2
    slope = 0.0
    scale = 1.0
    coefficients: Floats = np.zeros(2)
    inverse: Floats = np.eye(2)
    # An error in the bought share is one in the share kept, by the slope, which is not known yet.
    for _ in range(5):
        weight = 1.0 / (own + slope**2 * doubt)
        inverse = np.asarray(np.linalg.inv(columns.T @ (columns * weight[:, None])), np.float64)
        coefficients = inverse @ (columns.T @ (weight * kept))
        left = kept - columns @ coefficients
        # Months differ by more than chance: what does not fit widens, what fits never narrows.
        scale = max(1.0, float((weight * left**2).sum()) / (n - 2))
        slope = float(coefficients[0] - coefficients[1])
    reach = float(stdtrit(n - 2, 0.5 + prob / 2)) * np.sqrt(np.diag(inverse) * scale)
    low, high = np.clip([coefficients - reach, coefficients + reach], 0.0, 1.0)
    value = np.clip(coefficients, 0.0, 1.0)
    if (high - low > _MOST_WIDTH).any():
        return Kept(n, None, None, "width")
    bought_kept, earned_kept = (
        Stayed(float(value[k]), float(low[k]), float(high[k])) for k in range(2)
    )
    return Kept(n, bought_kept, earned_kept)
