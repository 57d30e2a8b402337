r"""The model: a penalised regression of what came, calibrated on origins that it left out.

The log odds are $\eta = \beta^\top d(f)$. Fitted on some past origins and asked about others, far
enough away that no horizon is shared, it gives odds that are off by a slope $b$ and a level $a$;
the probability is $\sigma(a + b\eta)$.

The interval holds what the coefficients may be off by, allowing for horizons that overlap ($H$
months of origins tell little more than one), how much more or less than expected came true from one
stretch of time to another, and that features do not tell all of an entity's odds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.kernels.logistic import Logistic, chance, fit_logistic
from howdah.signals.breakouts.design import Design, learn_design
from howdah.signals.breakouts.training import TrainingRows

Floats = NDArray[np.float64]

#: Penalty of a column, in rows of origins that share no outcomes; and of one of a companion, which
#: covers few entities as a rule and must show more to count.
_PENALTY = 80.0
_COMPANION_PENALTY = 240.0

#: Stretches of time that are left out in turn.
_STRETCHES = 3

#: Fewest that came true to learn from, where horizons that overlap count as one, and to calibrate
#: on.
LEAST_CAME = 10

#: Slope where nothing was left out to learn it from.
_DEFAULT_SLOPE = 1.0

#: Standard deviation of what single entities differ by from what their features tell, on the scale
#: of log odds: chosen on simulated markets, whose odds are known.
_MISFIT = 1.1

#: Rows whose columns are made at a time.
_CHUNK = 50_000

#: Weight of that slope, and least spread between stretches of time on the log scale.
_SLOPE_PENALTY = 10.0
_LEAST_DRIFT = 0.15


@dataclass(frozen=True, slots=True)
class Forecast:
    """Probabilities of rows, (n,), with their intervals."""

    probability: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt from past origins.

    Attributes
    ----------
    design, fitted
        How features become columns, and their coefficients.
    shift, slope
        Calibration on the scale of log odds.
    drift
        Standard deviation of log(observed / expected) between stretches of time.
    overlap
        Origins that tell as much as one.
    n_came, n_rows, n_origins
        What it rests on.
    """

    design: Design
    fitted: Logistic
    shift: float
    slope: float
    drift: float
    overlap: float
    n_came: int
    n_rows: int
    n_origins: int

    def forecast(self, values: Floats, prob: float) -> Forecast:
        """Probabilities of rows of features.

        Parameters
        ----------
        values
            (n, k) features.
        prob
            Mass inside the intervals.
        """
        parts = [self._part(part, prob) for part in _chunks(values)]
        return Forecast(*(np.concatenate(ends) for ends in zip(*parts, strict=True)))

    def _part(self, values: Floats, prob: float) -> tuple[Floats, Floats, Floats]:
        matrix = self.design.matrix(values)
        eta = self.shift + self.slope * self.fitted.log_odds(matrix)
        stderr = self.slope * np.sqrt(self.overlap) * self.fitted.stderr(matrix)
        reach = float(ndtri(0.5 + prob / 2)) * np.sqrt(stderr**2 + self.drift**2 + _MISFIT**2)
        return chance(eta), chance(eta - reach), chance(eta + reach)

    def contributions(self, values: Floats) -> Floats:
        """(n, k) what each feature adds to the log odds, against the usual candidate."""
        owners = self.design.owners()
        adds = (
            self.slope
            * self.fitted.coefficients[1:, None]
            * (owners[1:, None] == np.arange(len(self.design.names)))
        )
        parts = [self.design.matrix(part)[:, 1:] @ adds for part in _chunks(values)]
        return np.concatenate(parts)


def _chunks(values: Floats) -> list[Floats]:
    """Rows in parts whose columns fit into memory; at least one part."""
    n_parts = max(-(-len(values) // _CHUNK), 1)
    return np.array_split(values, n_parts)


def learn_model(rows: TrainingRows, horizon: int, *, without: Sequence[str] = ()) -> Model | None:
    """Learn from past origins; None where too few came true to learn anything.

    Parameters
    ----------
    horizon
        Months; origins closer than this share outcomes.
    without
        Features that are not used.
    """
    n_came = int(rows.came.sum())
    if n_came < LEAST_CAME or n_came == len(rows.came):
        return None
    origins = np.unique(rows.column)
    span = max((origins[-1] - origins[0]) / horizon, 0.0) + 1
    overlap = float(max(len(origins) / span, 1.0))
    if n_came < LEAST_CAME * overlap:
        return None
    design = learn_design(rows.features, without=without)
    matrix = design.matrix(rows.features.values)
    penalty = overlap * _penalties(design)
    fitted = _fit(matrix, rows, np.ones(len(rows.came), np.bool_), penalty)
    shift, slope, drift = _calibrate(matrix, rows, horizon, penalty, fitted)
    return Model(
        design, fitted, shift, slope, drift, overlap, n_came, len(rows.came), len(origins)
    )  # fmt: skip


def _penalties(design: Design) -> Floats:
    """Penalty of each column; the intercept has next to none."""
    owners = design.owners()[1:]
    is_companion = np.array([":" in name for name in design.names])[owners]
    return np.concatenate([[1e-6], np.where(is_companion, _COMPANION_PENALTY, _PENALTY)])


def _fit(
    matrix: Floats,
    rows: TrainingRows,
    used: NDArray[np.bool_],
    penalty: Floats,
    start: Floats | None = None,
) -> Logistic:
    came = rows.came[used].astype(np.float64)
    return fit_logistic(matrix[used], came, penalty, weight=rows.weight[used], start=start)


def _calibrate(
    matrix: Floats, rows: TrainingRows, horizon: int, penalty: Floats, fitted: Logistic
) -> tuple[float, float, float]:
    """Shift, slope and drift from stretches of time that the fit left out."""
    origins = np.unique(rows.column)
    eta, told, stretch = np.zeros(len(rows.came)), np.zeros(len(rows.came), np.bool_), 0
    stretches = np.full(len(rows.came), -1)
    for part in np.array_split(origins, _STRETCHES):
        if len(part) == 0:
            continue
        apart = (rows.column <= part[0] - horizon) | (rows.column >= part[-1] + horizon)
        if rows.came[apart].sum() < LEAST_CAME:
            continue
        asked = np.isin(rows.column, part)
        eta[asked] = _fit(matrix, rows, apart, penalty, fitted.coefficients).log_odds(matrix[asked])
        told |= asked
        stretches[asked] = stretch
        stretch += 1
    if rows.came[told].sum() < LEAST_CAME:
        level = _level(fitted.log_odds(matrix), rows, _DEFAULT_SLOPE)
        return level, _DEFAULT_SLOPE, 2 * _LEAST_DRIFT
    design = np.column_stack([np.ones(told.sum()), eta[told]])
    weight = rows.weight[told]
    came = rows.came[told].astype(np.float64)
    # The slope is held near its usual value by a penalty on what it differs by.
    found = fit_logistic(
        design, came, np.array([1e-6, _SLOPE_PENALTY]), weight=weight,
        offset=_DEFAULT_SLOPE * eta[told],
    )  # fmt: skip
    slope = float(np.clip(_DEFAULT_SLOPE + found.coefficients[1], 0.3, 2.0))
    off = []
    for k in range(stretch):
        own = stretches[told] == k
        expected = weight[own] @ chance(found.coefficients[0] + slope * eta[told][own])
        off.append(np.log((weight[own] @ came[own] + 0.5) / (expected + 0.5)))
    drift = float(np.sqrt(np.mean(np.square(off)))) if stretch > 1 else 0.0
    # Where a fit left whole stretches out, its level is theirs; the fit of all has its own.
    return _level(fitted.log_odds(matrix), rows, slope), slope, max(drift, _LEAST_DRIFT)


def _level(fitted: Floats, rows: TrainingRows, slope: float) -> float:
    """Shift at which the calibrated fit expects as many as came."""
    eta = slope * fitted
    found = fit_logistic(
        np.ones((len(eta), 1)), rows.came.astype(np.float64), np.zeros(1), weight=rows.weight,
        offset=eta,
    )  # fmt: skip
    return float(found.coefficients[0])
