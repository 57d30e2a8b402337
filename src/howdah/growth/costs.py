"""What a unit of outcome costs in each channel: of all that was bought, and the next one.

Where the outcome is new users, spend a unit bought is the customer acquisition cost (CAC) of paid
users; spend over all new users, as it is often quoted, is lower the more come by themselves.
"""

import numpy as np
from numpy.typing import NDArray

from howdah.growth.fitting import Fit
from howdah.growth.results import Range, quantiles
from howdah.kernels.response import Draws, unfold

Floats = NDArray[np.float64]

#: Share of spend by which it is raised to tell what the next unit brings, and draws it takes.
_RAISE, _N_RAISED = 0.05, 100


def find_costs(
    fit: Fit, totals: Range, spent: Floats, factor: Floats, correction: Floats,
    ends: tuple[float, float],
) -> tuple[Range, Range]:  # fmt: skip
    """Spend a unit bought, and a unit bought by a little more spend everywhere."""
    prepared, at = fit.prepared, fit.channels
    n, n_channel = prepared.n_period, len(spent)
    costs, next_costs = Range.blank(n_channel), Range.blank(n_channel)
    spend = np.hstack([prepared.spend[at], np.zeros((len(at), len(prepared.days) - n))])
    step = -(-len(factor) // _N_RAISED)
    some = Draws(*(part[::step] for part in fit.draws))
    with np.errstate(divide="ignore", invalid="ignore"):
        costs.value[:] = spent / totals.value[:-1]
        costs.lower[:], costs.upper[:] = spent / totals.upper[:-1], spent / totals.lower[:-1]
        raised = unfold(
            prepared.outcome, spend, (1 + _RAISE) * spend, prepared.design.columns,
            prepared.bases, some,
        )  # fmt: skip
        more = (raised.without - raised.paid).sum(2) * prepared.scale
        for k, c in enumerate(at):
            low, high = quantiles(more[:, k] * factor[::step, k], ends)
            next_costs.value[c] = _RAISE * spent[c] / (more[:, k].mean() * correction[k])
            next_costs.lower[c] = _RAISE * spent[c] / high
            next_costs.upper[c] = _RAISE * spent[c] / low if totals.lower[c] > 0.0 else np.inf
    return costs, next_costs
