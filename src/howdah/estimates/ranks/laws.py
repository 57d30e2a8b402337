"""The laws themselves, to be looked at: one row a chart and day."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.estimates.ranks.inputs import Sheet
from howdah.kernels.rank_fit import TAIL, Fit
from howdah.kernels.rank_law import Chart

Ints = NDArray[np.int64]

LAW_SCHEMA = {
    "chart": pl.String,
    "period": pl.Date,
    "rank": pl.Float64,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "slope": pl.Float64,
    "slope_sd": pl.Float64,
    "scatter": pl.Float64,
    "n_known": pl.Int64,
    "n_entities": pl.Int64,
}


def law_frame(sheet: Sheet, chart: Chart, fit: Fit, prob: float) -> pl.DataFrame:
    """Each day's law of a chart: the columns of ``LAW_SCHEMA``."""
    n_day = len(sheet.days)
    # At the pivot the level is a alone, but for the bends, which start beside it.
    at = 2 * np.arange(n_day)
    middle, sd = fit.law.mean[at], np.sqrt(fit.law.cov[at, at])
    half = float(ndtri(0.5 + prob / 2.0)) * sd
    noise = fit.scales.noise(np.array([chart.pivot]))[0] + fit.scales.entity
    scatter = float(np.sqrt(noise * TAIL / (TAIL - 2.0)))
    return pl.DataFrame(
        {
            "chart": [sheet.name] * n_day,
            "period": sheet.days,
            "rank": np.full(n_day, np.exp(chart.pivot)),
            "value": np.exp(middle),
            "lower": np.exp(middle - half),
            "upper": np.exp(middle + half),
            "slope": fit.law.mean[at + 1],
            "slope_sd": np.sqrt(fit.law.cov[at + 1, at + 1]),
            "scatter": np.full(n_day, scatter),
            "n_known": n_by_day(chart),
            "n_entities": np.full(n_day, sheet.n_known, np.int64),
        },
        schema=LAW_SCHEMA,
    )


def n_by_day(chart: Chart) -> Ints:
    """Known levels of each day, bounds not counted."""
    is_point = np.isfinite(chart.value)
    return np.bincount(chart.day[is_point], minlength=len(chart.gap) + 1).astype(np.int64)
