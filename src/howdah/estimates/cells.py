"""What stands beside the numbers of a cell: its name, its claims, its sources, what was said."""

import numpy as np
import polars as pl

from howdah.core.estimate import NOWCAST, OTHER_PARTY
from howdah.estimates.maturing import CANNOT_TELL
from howdah.estimates.observations import CELL, is_immature
from howdah.estimates.statements import Statements

#: Note of an estimate whose claims were all published before its period was over.
IMMATURE = "immature: stated before the period was over"

#: What `IMMATURE` is followed by where a source's history is silent about figures of this age.
UNKNOWN_END = ", cannot tell where it ends"


def is_immature_note() -> pl.Expr:
    """Whether an estimate's ``note`` says that its figures may still move."""
    note = pl.col("note")
    return note.str.contains(IMMATURE, literal=True) | note.str.contains(NOWCAST, literal=True)


def describe_cells(rows: Statements, outlook: pl.Series) -> pl.DataFrame:
    """One row a cell, in order, with what was said and by whom.

    Parameters
    ----------
    outlook
        (n,) what becomes of each row's figure, from `bring_forward`.

    Returns
    -------
    DataFrame
        The cell's columns, ``name, n_claims, n_sources, sources, claim_ids, stated_low,
        stated_high, note``.
    """
    frame = rows.frame.with_columns(pl.Series("cell", rows.cell), outlook.alias("outlook"))
    size = np.bincount(rows.cell, minlength=rows.n_cells)[rows.cell]
    # Grouping is slow, and most cells of a large market have one statement.
    alone = _describe_single(frame.filter(pl.Series(size == 1)))
    if (size == 1).all():
        return alone.drop("cell")
    several = _describe_several(frame.filter(pl.Series(size > 1)))
    return pl.concat([alone, several]).sort("cell").drop("cell")


def _describe_single(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        "cell",
        *CELL,
        pl.col("entity_name").alias("name"),
        pl.lit(1, pl.Int64).alias("n_claims"),
        pl.lit(1, pl.Int64).alias("n_sources"),
        pl.concat_list("source").alias("sources"),
        pl.concat_list("claim_id").alias("claim_ids"),
        pl.col("value_low").alias("stated_low"),
        pl.col("value_high").alias("stated_high"),
        _note(is_immature(), _is_told().cast(pl.Int64), pl.lit(1)),
    )


def _describe_several(frame: pl.DataFrame) -> pl.DataFrame:
    grouped = frame.group_by("cell", maintain_order=True).agg(
        pl.col(*CELL, "object").first(),
        pl.col("entity_name").min().alias("name"),
        pl.len().cast(pl.Int64).alias("n_claims"),
        pl.col("source").n_unique().cast(pl.Int64).alias("n_sources"),
        pl.col("source").unique().sort().alias("sources"),
        pl.col("claim_id").sort().alias("claim_ids"),
        # The hull of what was said is open where any statement is.
        pl.when(pl.col("value_low").null_count() == 0)
        .then(pl.col("value_low").min())
        .alias("stated_low"),
        pl.when(pl.col("value_high").null_count() == 0)
        .then(pl.col("value_high").max())
        .alias("stated_high"),
        is_immature().all().alias("immature"),
        pl.col("source").filter(_is_told()).n_unique().alias("n_told"),
        pl.col("source").filter(_is_told()).min(),
        pl.coalesce(pl.col("outlook").filter(_is_told()).min(), pl.col("outlook").min()),
    )
    noted = grouped.with_columns(_note(pl.col("immature"), pl.col("n_told"), pl.col("n_sources")))
    return noted.drop("object", "immature", "n_told", "source", "outlook")


def _is_told() -> pl.Expr:
    return (pl.col("outlook") != CANNOT_TELL).fill_null(value=False)


def _note(immature: pl.Expr, n_told: pl.Expr, n_sources: pl.Expr) -> pl.Expr:
    party = pl.when(pl.col("object") != "").then(pl.lit(OTHER_PARTY) + pl.col("object"))
    whose = (
        pl.when(n_sources == 1)
        .then(pl.lit("this source's figures of this age "))
        .otherwise(pl.format("figures of {} of this age ", pl.col("source")))
    )
    told = (
        pl.when(n_told == 1)
        .then(whose + pl.col("outlook"))
        .otherwise(pl.format("figures of {} sources still move at this age", n_told))
    )
    unknown = (
        pl.when(pl.col("outlook") == CANNOT_TELL).then(pl.lit(UNKNOWN_END)).otherwise(pl.lit(""))
    )
    when = (
        pl.when(n_told > 0)
        .then(pl.lit(NOWCAST) + told)
        .when(immature)
        .then(pl.lit(IMMATURE) + unknown)
    )
    return pl.concat_str([party, when], separator="; ", ignore_nulls=True).alias("note")
