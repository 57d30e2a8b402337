"""Fusing what a market knows: models and levels, of each metric kept or made.

What a metric's claims lead to is read where it is kept (`market.parts`) and made where it is
not, so that a new figure costs what its own metric does.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from howdah.estimates import CELL, Levels, Models, estimate_levels, learn_models
from howdah.market.observing import without_simulated
from howdah.market.parts import Part, model_document, part_digests
from howdah.market.prints import read_prints
from howdah.market.workspace import Workspace


class Fused(NamedTuple):
    """What a market's claims lead to on a date.

    Attributes
    ----------
    models
        Of every metric.
    levels
        Every cell of members of segments, and of everybody else those of the last period, where
        they were asked for.
    digests
        Of the part of each metric.
    made
        Parts that were not kept and are whole.
    """

    models: Models
    levels: Levels
    digests: dict[str, str]
    made: dict[str, Part]


def fuse(
    ws: Workspace, observations: pl.DataFrame, as_of: dt.date, *, everybody: bool = True
) -> Fused:
    """Models and levels of everything that is known on a date.

    Parameters
    ----------
    observations
        All of them, with ``suspect``.
    everybody
        Whether also those who are in no segment are estimated.
    """
    models, digests = _models(ws, observations, as_of, None)
    of_metrics: list[Levels] = []
    made: dict[str, Part] = {}
    is_member = pl.col("entity").is_in(list(ws.segments))
    for metric, digest in sorted(digests.items()):
        found = ws.parts.levels(metric, digest)
        if found is None:
            own = observations.filter(pl.col("metric") == metric)
            found = estimate_levels(own.filter(is_member), models, as_of=as_of)
            if everybody:
                others = own.filter(~is_member)
                last = estimate_levels(others, models, as_of=as_of, latest_only=True)
                found = Levels(*(pl.concat(pair) for pair in zip(found, last, strict=True)))
                made[metric] = Part(model_document(models, metric), found)
        of_metrics.append(found)
    nothing = estimate_levels(observations.head(0), models, as_of=as_of)
    estimates = pl.concat([nothing.estimates, *(levels.estimates for levels in of_metrics)])
    suspects = pl.concat([nothing.suspects, *(levels.suspects for levels in of_metrics)])
    # What was kept may have been made on another date on which the same was known.
    dated = estimates.with_columns(pl.lit(as_of).alias("as_of"))
    return Fused(
        models,
        Levels(dated.sort(CELL, maintain_order=True), suspects.sort("claim_id")),
        digests,
        made,
    )


def models_of(
    ws: Workspace,
    observations: pl.DataFrame,
    as_of: dt.date,
    metrics: Sequence[str] | None = None,
) -> Models:
    """Models learnt from all observations of some metrics, and from how they were restated.

    What is simulated teaches nothing; its own estimates rest on the priors of its source's nature.

    Parameters
    ----------
    observations
        With ``suspect``.
    metrics
        Those of the observations; None for all.
    """
    return _models(ws, observations, as_of, metrics)[0]


def _models(
    ws: Workspace, observations: pl.DataFrame, as_of: dt.date, metrics: Sequence[str] | None
) -> tuple[Models, dict[str, str]]:
    flows = [m.id for m in ws.metrics.metrics.values() if m.shape == "flow"]
    prints = without_simulated(read_prints(ws, as_of, metrics=metrics))
    digests = part_digests(observations, prints, ws.segments, prob=ws.prob, flows=flows)
    kept = ws.parts.models(digests, ws.segments, ws.prob)
    missing = [metric for metric in digests if metric not in kept.by_metric]
    own = observations.filter(pl.col("metric").is_in(missing))
    made = learn_models(
        without_simulated(own),
        ws.segments,
        prob=ws.prob,
        prints=prints.filter(pl.col("metric").is_in(missing)),
        flows=flows,
        grid=own,
    )
    models = replace(
        kept,
        by_metric={**kept.by_metric, **made.by_metric},
        curves={**kept.curves, **made.curves},
    )
    return models, digests
