r"""Measures of one method at one origin.

With candidates ordered by a score, $y_k$ being whether the $k$-th came and $m$ how many came:

$$\mathrm{precision@}K = \frac1K \sum_{k \le K} y_k,\qquad
\mathrm{recall@}K = \frac1m \sum_{k \le K} y_k,\qquad
\mathrm{AP} = \frac1m \sum_k y_k \,\mathrm{precision@}k .$$
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measures:
    """How well an order of candidates did.

    Attributes
    ----------
    precision_at_20, precision_at_50
        Of fewer candidates, of all of them; NaN without any.
    recall_at_50, average_precision
        Against all that came, also those that nobody could name; NaN where nobody came.
    brier
        Mean squared error of the probabilities; NaN without any.
    base_rate
        Share of candidates that came.
    n
        Candidates.
    """

    precision_at_20: float
    precision_at_50: float
    recall_at_50: float
    average_precision: float
    brier: float
    base_rate: float
    n: int


def measure(order: NDArray[np.int64], came: Bools, n_came: int, probability: Floats) -> Measures:
    """Measure an order.

    Parameters
    ----------
    order
        (n,) positions of the candidates, best first.
    came
        (n,) by position.
    n_came
        All that came, at least those among the candidates.
    probability
        (n,) by position; NaN where none is given.
    """
    n = len(order)
    hits = came[order].astype(np.float64)
    running = np.cumsum(hits)
    nothing = float("nan")
    precision = running / np.arange(1, n + 1)
    told = np.isfinite(probability)
    return Measures(
        precision_at_20=float(precision[min(20, n) - 1]) if n else nothing,
        precision_at_50=float(precision[min(50, n) - 1]) if n else nothing,
        recall_at_50=float(running[min(50, n) - 1] / n_came) if n and n_came else nothing,
        average_precision=float(hits @ precision / n_came) if n_came else nothing,
        brier=float(np.mean((probability[told] - came[told]) ** 2)) if told.any() else nothing,
        base_rate=float(came.mean()) if n else nothing,
        n=n,
    )
