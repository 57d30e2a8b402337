"""Levels that charts give as observations, each under the claim of the place that it came from."""

import polars as pl

from howdah.core.metrics import MetricRegistry
from howdah.estimates.assembly import LEAST_FOLLOWED
from howdah.estimates.observations import CELL, is_exact
from howdah.estimates.ranks.inputs import REFUSED_SCHEMA
from howdah.estimates.ranks.observed import chart_of, levels_from_observations

#: Nature of the source that a chart is.
CHART = "chart"

#: What the claim of a level says itself; all else it takes over from the place it came from.
_OWN = {
    "entity", "metric", "definition", "unit", "currency", "valid_from", "valid_to", "precision",
    "source", "value", "value_low", "value_high", "own_var", "scale", "nature", "anchor", "suspect",
}  # fmt: skip

#: What tells who an entity is, as far as observations have it.
_WHO = ("scheme", "subject", "entity_name", "entity_type")


def observe_charts(
    observations: pl.DataFrame, metrics: MetricRegistry, *, prob: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Observations of levels that the places of charts give, and what charts do not give.

    A chart is a source of its own, "rank in" the list, of the nature *chart*: the error that its
    law states of a level stands in ``own_var``. Who is absent has a bound where the list is whole
    from the first place to the last, so that its cut-off is known, and where nobody states a
    level for that period: the bound is no certainty, and beside a figure it says little.

    Parameters
    ----------
    observations
        From `flag_suspects`: of ranks, and of the levels that they rank by.
    prob
        Mass of the intervals that bounds are the upper ends of.

    Returns
    -------
    observations
        With the columns of the input. Each has the claim of its place, of an absent entity that
        of the last place.
    refused
        ``source, metric, definition`` of the list, ``chart, period, entity, reason``. Levels that
        are not on the log scale are refused too.
    """
    related = {m.id: m.relates for m in metrics.metrics.values() if m.scale == "rank"}
    unfit = [rank for rank, level in related.items() if level and metrics[level].scale != "log"]
    is_unfit = pl.col("metric").is_in(unfit)
    refused = (
        observations.filter(is_unfit)
        .select(chart_of(), pl.lit("the level that it ranks by is on no log scale").alias("reason"))
        .unique(maintain_order=True)
    )
    claims, others = levels_from_observations(observations.filter(~is_unfit), metrics, prob=prob)
    places = (
        observations.filter(pl.col("metric").is_in(list(related)) & is_exact() & ~pl.col("suspect"))
        .with_columns(chart_of(), pl.col("valid_to").alias("period"))
        .sort("value_low", "claim_id")
    )
    taken = [name for name in observations.columns if name not in _OWN]
    ranked = claims.drop_nulls("value").join(
        places.unique(["chart", "period", "entity"], keep="first", maintain_order=True).select(
            "chart", "period", "entity", pl.col("definition").alias("list"), *taken
        ),
        on=["chart", "period", "entity"],
    )
    rows = pl.concat([_as_rows(ranked), _as_rows(_absent(claims, places, observations))])
    lists = observations.select(chart_of(), "source", "metric", "definition").unique("chart")
    silent = pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), refused, others], how="diagonal")
    return (
        rows.select(observations.columns).cast(observations.schema),
        silent.join(lists, on="chart", how="left", maintain_order="left"),
    )


def _absent(claims: pl.DataFrame, places: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Bounds of who is absent from a whole list, with the claim of its last place."""
    taken = [name for name in observations.columns if name not in _OWN]
    who = [name for name in _WHO if name in taken]
    last = (
        places.filter(
            pl.len().over("chart", "period") >= pl.col("value_low").max().over("chart", "period")
        )
        .unique(["chart", "period"], keep="last", maintain_order=True)
        .select(
            "chart",
            "period",
            pl.col("definition").alias("list"),
            *(name for name in taken if name not in who),
        )
    )
    known = observations.unique("entity", keep="first", maintain_order=True)
    stated = observations.select(CELL).unique()
    return (
        claims.filter(pl.col("value").is_null())
        .join(last, on=["chart", "period"])
        .join(known.select("entity", *who), on="entity")
        .with_columns(pl.col("period").alias("valid_to"))
        .join(stated, on=CELL, how="anti", nulls_equal=True)
        .drop("valid_to")
        .select(*claims.columns, "list", *taken)
    )


def _as_rows(claims: pl.DataFrame) -> pl.DataFrame:
    name = pl.concat_str(pl.lit("rank in "), "source")
    # Who is unlike its neighbours is so day after day. Where a series is followed from one
    # period to the next, all its places together say as much as one.
    n = pl.len().over("chart", "entity", "metric", "definition", "unit", "currency")
    n_repeats = pl.when(n >= LEAST_FOLLOWED).then(n).otherwise(1)
    return claims.with_columns(
        pl.when(pl.col("list") == "")
        .then(name)
        .otherwise(pl.concat_str(name, pl.lit(", "), "list"))
        .alias("source"),
        pl.col("period").alias("valid_to"),
        pl.col("value").alias("value_low"),
        pl.coalesce("value", "value_high").alias("value_high"),
        (pl.col("sd_log") ** 2 * n_repeats).fill_null(0.0).alias("own_var"),
        pl.lit("log").alias("scale"),
        pl.lit(CHART).alias("nature"),
        pl.lit(value=False).alias("anchor"),
        pl.lit(value=False).alias("suspect"),
    )
