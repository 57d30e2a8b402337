"""Simulated vendors whose structure is unlike the model's, with the truth known.

Levels have trends, seasons and jumps; sources lag, copy one another, drift, slip units, round,
are noisier for small products, make errors that last, and publish lists with a cut-off.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: One row a source: (usual periods between figures, coverage of large products, of small ones,
#: noise of the log, house effect's spread over products, lag in periods, share of products below
#: its list's cut-off, how long its errors last as an autocorrelation).
VENDORS = (
    (1, 0.95, 0.60, 0.10, 0.15, 0, 0.0, 0.5),
    (1, 0.90, 0.40, 0.15, 0.25, 0, 0.3, 0.0),
    (4, 0.90, 0.70, 0.08, 0.30, 1, 0.0, 0.0),
    (4, 0.80, 0.30, 0.20, 0.20, 0, 0.5, 0.3),
    (4, 0.70, 0.50, 0.12, 0.35, 4, 0.0, 0.0),
    (1, 0.60, 0.10, 0.25, 0.30, 0, 0.7, 0.6),
    (4, 0.90, 0.80, 0.30, 0.40, 0, 0.0, 0.0),
    (13, 0.80, 0.50, 0.06, 0.20, 0, 0.0, 0.0),
    (1, 0.50, 0.40, 0.20, 0.30, 0, 0.2, 0.8),
    (4, 0.60, 0.30, 0.05, 0.15, 0, 0.0, 0.0),
)
#: The last vendor resells the first one's figures, this much of them unchanged.
COPIES = 0.9

SLIPS = (1000.0, 0.001, 10.0, 0.1, 12.0, 1 / 12, 30.0, 100.0, 0.01)


class Simulation(NamedTuple):
    """Claims as flat arrays ordered by series and period, and what they speak of."""

    level: Floats  # (n_series, n_period) true log level
    segment: NDArray[np.int64]  # (n_series,)
    series: NDArray[np.int64]  # (n,)
    period: NDArray[np.int64]  # (n,)
    source: NDArray[np.int64]  # (n,)
    value: Floats  # (n,) on the natural scale, NaN where not listed
    cutoff: Floats  # (n,) of the list where not listed, else NaN


def simulate(
    n_series: int,
    n_period: int = 156,
    n_segment: int = 4,
    *,
    seed: int = 0,
    habits_seed: int = 0,
    is_whole: bool = False,
) -> Simulation:
    """Levels and claims of `n_series` products over `n_period` weeks.

    `habits_seed` draws the vendors' biases, `seed` everything else. If `is_whole`, every vendor
    has a figure of every product in every week.
    """
    habits = np.random.default_rng(habits_seed)
    n_source = len(VENDORS)
    bias = habits.normal(0, 0.3, n_source)
    by_segment = habits.normal(0, 0.15, (n_source, n_segment))
    shared_by_all = habits.normal(0, 0.05, n_period)
    draws = np.random.default_rng((seed, n_series))
    level = _levels(draws, n_series, n_period)
    segment = draws.integers(0, n_segment, n_series)
    size = np.argsort(np.argsort(level.mean(1))) / n_series
    shared = 0.06 * draws.normal(size=(n_series, n_period)) + shared_by_all
    figures: list[Floats] = []
    parts = []
    for s, (every, large, small, noise, spread, lag, below, lasting) in enumerate(VENDORS):
        seen = level[:, np.maximum(np.arange(n_period) - lag, 0)]
        drift = np.cumsum(draws.normal(0, 0.01, (n_series, n_period)), axis=1)
        error = _lasting(draws, n_series, n_period, lasting)
        # Small products are measured on fewer people.
        width = noise * (1.6 - 1.0 * size)[:, None]
        house = bias[s] + by_segment[s, segment] + spread * draws.normal(size=n_series)
        log = seen + house[:, None] + drift + shared + width * error
        wrong = draws.random((n_series, n_period)) < 0.01
        log = np.where(wrong, log + np.log(draws.choice(SLIPS, (n_series, n_period))), log)
        if s == n_source - 1:
            kept = draws.random((n_series, n_period)) < COPIES
            log = np.where(kept, figures[0], log)
        log = np.log(_rounded(np.exp(log)))
        figures.append(log)
        offset = draws.integers(0, every, n_series)[:, None]
        due = (np.arange(n_period)[None] - offset) % every == 0
        covered = draws.random(n_series) < small + (large - small) * size
        due &= covered[:, None] & (draws.random((n_series, n_period)) < 0.97)
        due |= is_whole
        i, t = np.nonzero(due)
        value, cutoff = np.exp(log[i, t]), np.full(len(i), np.nan)
        if below:
            line = np.exp(np.quantile(log, below, axis=0))[t]
            cutoff = np.where(value < line, line, np.nan)
            value = np.where(value < line, np.nan, value)
        parts.append((i, t, np.full(len(i), s), value, cutoff))
    series, period, source, value, cutoff = (
        np.concatenate([p[n] for p in parts]) for n in range(5)
    )
    order = np.lexsort((source, period, series))
    return Simulation(
        level, segment, series[order], period[order], source[order], value[order], cutoff[order]
    )


def _levels(draws: np.random.Generator, n_series: int, n_period: int) -> Floats:
    start = draws.normal(11, 2, n_series)
    slope = np.cumsum(draws.normal(0, 0.002, (n_series, n_period)), axis=1)
    slope += draws.normal(0.001, 0.006, (n_series, 1))
    wobble = np.exp(draws.normal(np.log(0.02), 0.5, (n_series, 1)))
    steps = slope + wobble * draws.normal(size=(n_series, n_period))
    steps += (draws.random((n_series, n_period)) < 0.001) * draws.normal(
        0, 0.7, (n_series, n_period)
    )
    height = np.abs(draws.normal(0, 0.05, (n_series, 1)))
    phase = draws.uniform(0, 2 * np.pi, (n_series, 1))
    season = height * np.sin(2 * np.pi * np.arange(n_period) / 52 + phase)
    return start[:, None] + np.cumsum(steps, axis=1) + season


def _lasting(draws: np.random.Generator, n_series: int, n_period: int, lasting: float) -> Floats:
    """Heavy-tailed errors of unit scale, autocorrelated."""
    fresh = draws.standard_t(4, (n_series, n_period)) / np.sqrt(2)
    if not lasting:
        return fresh
    error = np.empty_like(fresh)
    error[:, 0] = fresh[:, 0]
    for t in range(1, n_period):
        error[:, t] = lasting * error[:, t - 1] + np.sqrt(1 - lasting**2) * fresh[:, t]
    return error


def _rounded(value: Floats) -> Floats:
    """To three digits, as vendors print."""
    unit = 10.0 ** (np.floor(np.log10(value)) - 2)
    return np.round(value / unit) * unit
