"""What a unit of outcome costs in each channel: of all that was bought, and the next one.

Where the outcome is new users, spend a unit bought is the customer acquisition cost (CAC) of paid
users; spend over all new users, as it is often quoted, is lower the more come by themselves.
"""

import numpy as np
from numpy.typing import NDArray

from howdah.growth.fitting import Fit
from howdah.growth.results import Range, quantiles
from howdah.kernels.response import response_to_more

Floats = NDArray[np.float64]

#: Share of spend by which it is raised to tell what the next unit brings, and draws it takes.
_RAISE, _N_RAISED = 0.05, 60


def find_costs(
    fit: Fit, totals: Range, spent: Floats, factor: Floats,
    ends: tuple[float, float],
) -> tuple[Range, Range]:  # fmt: skip
    """Spend a unit bought, and a unit bought by a little more spend everywhere."""
    at = fit.channels
    costs, next_costs = Range.blank(len(spent)), Range.blank(len(spent))
    step = -(-len(factor) // _N_RAISED)
    some = fit.draws.at(np.arange(0, len(factor), step))
    more = response_to_more(fit.prepared.spend[at], some, _RAISE) * fit.prepared.scale
    with np.errstate(divide="ignore", invalid="ignore"):
        costs.value[:] = spent / totals.value[:-1]
        costs.lower[:], costs.upper[:] = spent / totals.upper[:-1], spent / totals.lower[:-1]
        for k, c in enumerate(at):
            bought = more[:, k] * factor[::step, k]
            low, high = quantiles(bought, ends)
            next_costs.value[c] = _RAISE * spent[c] / bought.mean()
            next_costs.lower[c] = _RAISE * spent[c] / high
            next_costs.upper[c] = _RAISE * spent[c] / low if totals.lower[c] > 0.0 else np.inf
    return costs, next_costs
