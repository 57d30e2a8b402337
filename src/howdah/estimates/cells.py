"""What stands beside the numbers of a cell: its name, its claims, its sources, what was said."""

import numpy as np
import polars as pl

from howdah.estimates.observations import CELL, is_immature
from howdah.estimates.statements import Statements

#: Note of an estimate whose claims were all published before its period was over.
IMMATURE = "immature: stated before the period was over"

#: Start of the note of an estimate whose claims name another party.
OTHER_PARTY = "other party: "


def describe_cells(rows: Statements) -> pl.DataFrame:
    """One row a cell, in order, with what was said and by whom.

    The cell's columns, ``name, n_claims, n_sources, sources, claim_ids, stated_low, stated_high,
    note``.
    """
    frame = rows.frame.with_columns(pl.Series("cell", rows.cell))
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
        _note(is_immature()),
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
    )
    return grouped.with_columns(_note(pl.col("immature"))).drop("object", "immature")


def _note(immature: pl.Expr) -> pl.Expr:
    party = pl.when(pl.col("object") != "").then(pl.lit(OTHER_PARTY) + pl.col("object"))
    when = pl.when(immature).then(pl.lit(IMMATURE))
    return pl.concat_str([party, when], separator="; ", ignore_nulls=True).alias("note")
