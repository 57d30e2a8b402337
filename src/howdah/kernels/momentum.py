r"""How entities of a market have moved lately, each seen from one column of a table of months.

Of a log level $x_{it}$ (relative to the market) and a rank $r_{it}$, column $c$ being the origin:

$$g_k = x_{ic} - x_{i,c-k},\quad a = g_3 - (x_{i,c-3} - x_{i,c-6}),\quad
v = \frac{1}{n}\sum_{t > c-12} |x_{it} - x_{i,t-1}|.$$

No column after $c$ is looked at.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Months that "lately" spans.
WINDOW = 12

#: What `momentum` tells, in order.
MOMENTUM = (
    "growth_1", "growth_3", "growth_6", "growth_12", "acceleration", "volatility", "rises",
    "listed", "near", "best", "age",
)  # fmt: skip

#: Steps from which on a volatility means something.
_MIN_STEPS = 3

#: A step beyond this, on the log scale, counts as this much of volatility.
_STEP_CAP = 2.0


def momentum(
    level: NDArray[np.float32],
    rank: NDArray[np.int32],
    column: int,
    *,
    near: int,
    since: int = 0,
) -> Floats:
    """What each entity did in the months up to one column.

    Parameters
    ----------
    level
        (n, n_month) log level, NaN where there is none.
    rank
        (n, n_month) place in the list, 0 where it is not in it.
    column
        The origin; columns after it are not read.
    near
        Ranks up to this one are near the threshold; 0 where there is none.
    since
        First column that is measured as `column` is: steps from before it are not known.

    Returns
    -------
    ndarray
        (n, len(MOMENTUM)), NaN where it cannot be told. ``rises`` is the share of steps that go
        up, ``listed`` and ``near`` shares of the last `WINDOW` months, ``best`` the log of the
        best rank of the months before over that of now (negative: it was higher up), ``age`` the
        log of 1 + months since the first listing, of which `WINDOW` is as good as for ever: who
        is in the first column may have been there for longer.
    """
    out = np.full((len(level), len(MOMENTUM)), np.nan)
    _momentum(level, rank, column, near, since, out)
    return out


@nb.njit(cache=True)
def _momentum(level, rank, column, near, since, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n_back = min(WINDOW, column + 1)
    for i in range(len(level)):
        here = level[i, column]
        lags = (1, 3, 6, 12)
        for k in range(4):
            if column - lags[k] >= since:
                out[i, k] = here - level[i, column - lags[k]]
        if column - 6 >= since:
            out[i, 4] = out[i, 1] - (level[i, column - 3] - level[i, column - 6])
        n_steps, n_up, total = 0, 0, 0.0
        n_listed, n_near, best = 0, 0, 0
        for t in range(column - n_back + 1, column + 1):
            if t > since:
                step = float(level[i, t]) - float(level[i, t - 1])
                if not np.isnan(step):
                    n_steps += 1
                    n_up += step > 0
                    total += min(abs(step), _STEP_CAP)
            at = rank[i, t]
            n_listed += at > 0
            n_near += 0 < at <= near
            if at > 0 and t < column and (best == 0 or at < best):
                best = at
        if n_steps >= _MIN_STEPS:
            out[i, 5] = total / n_steps
            out[i, 6] = n_up / n_steps
        out[i, 7] = n_listed / n_back
        out[i, 8] = n_near / n_back
        if best > 0 and rank[i, column] > 0:
            out[i, 9] = np.log(best / rank[i, column])
        for t in range(column + 1):
            if rank[i, t] > 0:
                months = column - t if t > 0 else WINDOW
                out[i, 10] = np.log(1.0 + min(months, WINDOW))
                break
