"""Level claims from a market's observations: its lists of ranks, its levels, one law a list."""

from collections.abc import Iterator

import polars as pl

from howdah.core.metrics import MetricRegistry
from howdah.estimates.observations import is_exact
from howdah.estimates.ranks.inputs import REFUSED_SCHEMA
from howdah.estimates.ranks.levels import CLAIM_SCHEMA, levels_from_ranks

#: What makes one list of ranks.
_LIST = ("metric", "definition", "source", "nature", "precision")

#: What levels must have in common to stand beside each other.
_LEVEL = ("definition", "unit", "currency")

#: What stands before the columns of a claim from a chart.
OBSERVED_SCHEMA = {
    "metric": pl.String,
    "definition": pl.String,
    "unit": pl.String,
    "currency": pl.String,
    "source": pl.String,
    "valid_from": pl.Date,
    "precision": pl.String,
    **CLAIM_SCHEMA,
}


def levels_from_observations(
    observations: pl.DataFrame, metrics: MetricRegistry, *, prob: float = 0.9
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Level claims that the market's ranks give, and what they do not give with the reason.

    A metric whose relation is "rank" gives its lists, one a definition and source; the metric
    that it relates to gives the levels, one law a definition, unit and currency of them, since
    definitions never mix. Rank and level must speak of the same kind of period, ending on the
    same day. Absence bounds a level only in feeds that are lists: who is not named in a
    statement may still be large.

    Parameters
    ----------
    observations
        As `observe` gives them; rows marked ``suspect`` are left out.

    Returns
    -------
    claims
        ``OBSERVED_SCHEMA``: the level's metric, definition, unit and currency, the list's source
        and name (``chart``), and the claim; ``period`` is the period's last day.
    refused
        ``chart, period, entity, reason``.
    """
    rows = observations
    if "suspect" in rows.columns:
        rows = rows.filter(~pl.col("suspect"))
    ranked = [m.id for m in metrics.metrics.values() if m.scale == "rank"]
    ranks = rows.filter(pl.col("metric").is_in(ranked) & is_exact()).with_columns(chart_of())
    claims, refused = [pl.DataFrame(schema=OBSERVED_SCHEMA)], [pl.DataFrame(schema=REFUSED_SCHEMA)]
    for (metric_id, precision), lists in _parts(ranks, "metric", "precision"):
        level = metrics[metric_id].relates
        if not level:
            refused.append(_refuse(lists, f"the metric {metric_id} names no level it ranks by"))
            continue
        levels = rows.filter((pl.col("metric") == level) & (pl.col("precision") == precision))
        if levels.is_empty():
            refused.append(_refuse(lists, f"no level of {level} is known"))
        for key, known in _parts(levels, *_LEVEL):
            found = levels_from_ranks(_as_ranks(lists), _as_known(known), prob=prob)
            refused.append(found.refused)
            named = dict(zip(_LEVEL, key, strict=True))
            claims.append(_claims(found.claims, lists, {"metric": level, **named}))
    return pl.concat(claims), pl.concat(refused).unique(maintain_order=True)


def chart_of() -> pl.Expr:
    """Name of the list that a rank is in: metric, definition, source, nature and precision."""
    return pl.concat_str(*_LIST, separator="|").alias("chart")


def _parts(rows: pl.DataFrame, *columns: str) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    for key, part in rows.sort(*columns).group_by(*columns, maintain_order=True):
        yield tuple(str(value) for value in key), part


def _refuse(lists: pl.DataFrame, why: str) -> pl.DataFrame:
    names = lists["chart"].unique().sort().to_list()
    return pl.DataFrame([{"chart": n, "reason": why} for n in names], schema=REFUSED_SCHEMA)


def _as_ranks(lists: pl.DataFrame) -> pl.DataFrame:
    return lists.select(
        "chart", pl.col("valid_to").alias("period"), "entity", pl.col("value_low").alias("rank")
    )


def _as_known(known: pl.DataFrame) -> pl.DataFrame:
    return known.select(
        "entity",
        pl.col("valid_to").alias("period"),
        pl.when(is_exact()).then("value_low").alias("value"),
        "value_low",
        "value_high",
    )


def _claims(found: pl.DataFrame, lists: pl.DataFrame, level: dict[str, str]) -> pl.DataFrame:
    traits = lists.group_by("chart", pl.col("valid_to").alias("period")).agg(
        pl.col("source", "nature", "precision").first(), pl.col("valid_from").min()
    )
    return (
        found.join(traits, on=["chart", "period"], how="left", maintain_order="left")
        .filter((pl.col("nature") == "list") | pl.col("value").is_not_null())
        .with_columns(pl.lit(value).alias(name) for name, value in level.items())
        .select(*OBSERVED_SCHEMA)
    )
