r"""What each claim contributed to a level: its weight, what was taken off it, what is left of it.

On the additive scale (log for counts and money) the level is

$$\text{level} = p \cdot \text{start} + r + \sum_k w_k\,(\text{claim}_k - \text{bias}_k)$$

with the weights of `kernels.trace_level`, which add up to one with that of the start, $p$: the
prior, the middle of what is said, which counts for next to nothing. $r$ is what the usual growth of
such series adds. The sum is exact.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from howdah.core.metrics import Scale
from howdah.estimates.assembly import series_codes
from howdah.estimates.explaining.fitted import Cell, Fitted, find_cell
from howdah.estimates.fusion import REASONS
from howdah.estimates.fusion.solving import DROP
from howdah.estimates.models import Models
from howdah.estimates.observations import is_immature
from howdah.kernels import Influence, trace_level

#: Why a claim is not in the sum, beside the reasons of `fusion.REASONS`: far from its source's own
#: neighbours in time; said of a period that was not over, and others spoke after it; cited: told
#: by a text of a source that says it itself; not fused: said twice, or a bound beside no number,
#: or in a cell whose statements exclude each other.
NOTES = (*REASONS[1:], "own_neighbours", "immature", "cited", "not_fused")

_SCHEMA = {
    "claim_id": pl.String,
    "is_of_cell": pl.Boolean,
    "weight": pl.Float64,
    "robust": pl.Float64,
    "said": pl.Float64,
    "bias": pl.Float64,
    "house": pl.Float64,
    "residual": pl.Float64,
    "residual_sds": pl.Float64,
    "reason": pl.String,
    "factor": pl.Float64,
}


class Contributions(NamedTuple):
    """A level as the sum of its parts.

    Attributes
    ----------
    level
        On the additive scale, in the metric's own unit there.
    prior_weight, start
        Weight of the prior, and the value that it pulls towards.
    trend
        What the mean trend of all series adds.
    claims
        A row a claim of the series, heaviest first: ``claim_id, is_of_cell, weight`` (derivative
        of the level by what it says), ``robust`` (1 for an ordinary claim, under 1 for one that
        is far off), ``said`` (on the additive scale; of a range what stands for it), ``bias`` of
        its source for all series, ``house``: its source's house effect on this series beside
        that, ``residual`` and ``residual_sds`` (in standard deviations of its noise), ``reason``
        (one of `NOTES`, or '') and ``factor``, how many times too large it is held to be.
        Anchors that state the same period share a weight evenly. Null where it has none.
    """

    level: float
    scale: Scale
    prior_weight: float
    start: float
    trend: float
    claims: pl.DataFrame


def explain_level(observations: pl.DataFrame, models: Models, cell: Cell) -> Contributions | None:
    """What each claim of a series contributed to the level of one of its cells.

    Parameters
    ----------
    observations
        Of one series, with ``suspect``: all that is known of it.

    Returns
    -------
    Contributions or None
        None where no level was formed: of bounds alone, contested statements, ranks and zeros.

    Notes
    -----
    A weight is what the level does when a claim changes a little. What it cannot tell: what it
    would do if the claim were another altogether, which the robust weights would notice.
    """
    fitted = find_cell(observations, models, cell)
    if fitted is None:
        return None
    found = trace_level(fitted.solved, fitted.model, fitted.period)
    claims = pl.concat([_in_fit(fitted, found), _left_over(observations, fitted, cell)])
    own = observations.filter(cell.is_own())["claim_id"].implode()
    return Contributions(
        found.level * fitted.unit,
        fitted.scale,
        found.prior_weight,
        found.start * fitted.unit,
        found.trend * fitted.unit,
        claims.with_columns(pl.col("claim_id").is_in(own).alias("is_of_cell")).sort(
            pl.col("weight").abs(), "claim_id", descending=[True, False], nulls_last=True
        ),
    )


def _in_fit(fitted: Fitted, found: Influence) -> pl.DataFrame:
    unit = fitted.unit
    n_ids = [len(ids) for ids in fitted.claim_ids]
    of = np.repeat(np.arange(len(n_ids)), n_ids)
    says = np.isfinite(found.said[of])
    return pl.DataFrame(
        {
            "claim_id": [claim_id for ids in fitted.claim_ids for claim_id in ids],
            "is_of_cell": np.zeros(len(of), np.bool_),
            "weight": found.weight[of] / np.array(n_ids)[of],
            "robust": np.where(says, found.robust[of], 0.0),
            "said": found.said[of] * unit,
            "bias": found.bias[of] * unit,
            "house": found.house[of] * unit,
            "residual": found.residual[of] * unit,
            "residual_sds": (found.residual / found.noise_sd)[of],
            "reason": [REASONS[n] for n in fitted.reason[of]],
            "factor": fitted.factor[of],
        },
        schema=_SCHEMA,
    ).fill_nan(None)


def _left_over(observations: pl.DataFrame, fitted: Fitted, cell: Cell) -> pl.DataFrame:
    """Claims that did not reach the fit, and why."""
    there = [claim_id for ids in fitted.claim_ids for claim_id in ids]
    series = series_codes(observations)
    own = observations.select(cell.is_own()).to_series().to_numpy()
    # Of periods as long as the cell's: others are another series.
    others = observations.filter(
        pl.Series(series == series[own][0]) & ~pl.col("claim_id").is_in(there)
    )
    reason = (
        pl.when(pl.col("verdict") == DROP)
        .then(pl.lit("reviewed"))
        .when("suspect")
        .then(pl.lit("own_neighbours"))
        .when(is_immature())
        .then(pl.lit("immature"))
        .when("cited")
        .then(pl.lit("cited"))
        .otherwise(pl.lit("not_fused"))
    )
    missing = [name for name in _SCHEMA if name not in {"claim_id", "weight", "reason"}]
    return others.select(
        "claim_id",
        *(pl.lit(None, _SCHEMA[name]).alias(name) for name in missing),
        pl.lit(0.0).alias("weight"),
        reason.alias("reason"),
    ).select(list(_SCHEMA))
