"""Whether a chart's law says anything: how it does on known levels that it did not see."""

import numpy as np

from howdah.kernels.rank_fit import TAIL, Fit
from howdah.kernels.rank_law import Chart
from howdah.kernels.rank_neighbours import APART
from howdah.kernels.rank_prediction import CrossFit, cross_fit, predict_ranks

#: Standard errors by which a law must predict better than no law.
_LEAST_GAIN_SES = 1.0


def why_not(chart: Chart, law: tuple[Fit, CrossFit], flat: Fit) -> str:
    """Why a chart's law says nothing; empty where it holds.

    Law and no law are compared by the log density they give each known level that they did not
    see, each entity counting once.

    Parameters
    ----------
    flat
        Of the same chart with `rank_fit.FLAT`: a level for each day.
    """
    # Neighbours are neighbours in rank, so without ranks there are none.
    without = (flat, cross_fit(chart, flat)._replace(near=APART))
    is_point = np.isfinite(chart.value)
    means, densities = [], []
    for fit, cross in (law, without):
        found = predict_ranks(chart, fit, cross, chart.day, chart.log_rank, chart.entity)
        scale = np.sqrt(found.variance + chart.own_var)[is_point]
        means.append(found.mean[is_point])
        z = (chart.value - found.mean)[is_point] / scale
        # The logs of t densities, but for a constant that both have.
        densities.append(-(TAIL + 1) / 2 * np.log1p(z**2 / TAIL) - np.log(scale))
    _, entity, count = np.unique(chart.entity[is_point], return_inverse=True, return_counts=True)
    gain = np.bincount(entity, densities[0] - densities[1]) / count
    needed = _LEAST_GAIN_SES * float(gain.std(ddof=1)) / np.sqrt(len(gain))
    if not gain.mean() > needed:
        return "rank explains nothing: levels are predicted as well without it"
    away = chart.log_rank[is_point] - chart.log_rank[is_point].mean()
    if float(away @ (means[0] - means[1])) > 0.0:
        return "levels rise with the rank, from first to last"
    return ""
