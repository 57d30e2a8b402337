r"""Logistic regression with a ridge, and what its coefficients may be off by.

$$\max_\beta \sum_i w_i \left[y_i \eta_i - \log(1 + e^{\eta_i})\right]
- \tfrac12 \sum_j \lambda_j \beta_j^2, \qquad \eta = X\beta + o$$

by Newton's method with halved steps. The covariance is the inverse of the Hessian at the maximum
(Laplace), $(X^\top W X + \Lambda)^{-1}$; rows that hang together tell less than they count, which
the caller allows for.

References
----------
.. [1] le Cessie & van Houwelingen (1992), "Ridge Estimators in Logistic Regression".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

Floats = NDArray[np.float64]

_MAX_STEPS = 50
_TOLERANCE = 1e-7

#: Log odds beyond which a probability is 0 or 1 in all but name.
_LARGEST = 30.0


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted regression.

    Attributes
    ----------
    coefficients
        (k,).
    covariance
        (k, k).
    """

    coefficients: Floats
    covariance: Floats

    def log_odds(self, design: Floats) -> Floats:
        """Log odds of rows, (n,)."""
        return np.asarray(design @ self.coefficients, np.float64)

    def stderr(self, design: Floats) -> Floats:
        """Standard error of the log odds of rows, (n,)."""
        spread = np.einsum("ij,ij->i", design @ self.covariance, design)
        return np.asarray(np.sqrt(np.maximum(spread, 0.0)), np.float64)


def chance(log_odds: Floats) -> Floats:
    """Probability of log odds.

    Examples
    --------
    >>> chance(np.array([0.0, -1000.0])).tolist()
    [0.5, 9.357622968839299e-14]
    """
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -_LARGEST, _LARGEST))), np.float64)


def fit_logistic(
    design: Floats,
    outcome: Floats,
    penalty: Floats,
    *,
    weight: Floats | None = None,
    offset: Floats | None = None,
    start: Floats | None = None,
) -> Logistic:
    r"""Fit a regression.

    Parameters
    ----------
    design
        (n, k), finite; a column of ones is the intercept.
    outcome
        (n,) from 0 to 1.
    penalty
        (k,) of $\lambda$, 0 or more; a column of all zeros needs one above 0.
    weight
        (n,) of $w$, 0 or more; 1 each if absent.
    offset
        (n,) of $o$; 0 if absent.
    start
        (k,) coefficients to begin with, of a fit that is alike; 0 if absent.

    Returns
    -------
    Logistic
        With outcomes all alike and an intercept without penalty there is no maximum; the
        coefficients are then those of the last step, and log odds stop at 30.
    """
    n, k = design.shape
    weights = np.ones(n) if weight is None else weight
    base = np.zeros(n) if offset is None else offset
    beta = np.zeros(k) if start is None else start.copy()
    objective = _objective(design, outcome, penalty, weights, base, beta)
    factor = cho_factor(np.diag(penalty) + 1e-9 * np.eye(k))
    for _ in range(_MAX_STEPS):
        p = chance(design @ beta + base)
        gradient = design.T @ (weights * (outcome - p)) - penalty * beta
        curvature = np.maximum(weights * p * (1 - p), 1e-12)
        hessian = (design * curvature[:, None]).T @ design + np.diag(penalty)
        factor = cho_factor(hessian + 1e-9 * np.eye(k))
        step = cho_solve(factor, gradient)
        size = 1.0
        while True:
            tried = _objective(design, outcome, penalty, weights, base, beta + size * step)
            if tried >= objective or size < _TOLERANCE:
                break
            size /= 2
        beta = beta + size * step
        gained, objective = tried - objective, tried
        if abs(gained) <= _TOLERANCE * (1 + abs(objective)) or np.abs(beta).max() > _LARGEST:
            break
    return Logistic(beta, cho_solve(factor, np.eye(k)))


def _objective(
    design: Floats, outcome: Floats, penalty: Floats, weight: Floats, offset: Floats, beta: Floats
) -> float:
    eta = design @ beta + offset
    fit = weight @ (outcome * eta - np.logaddexp(0.0, eta))
    return float(fit - 0.5 * penalty @ beta**2)
