"""Making the report card of every source from the observations of a date."""

import datetime as dt

import numpy as np
import polars as pl

from howdah.estimates import (
    CELL,
    SERIES,
    Models,
    estimate_levels,
    is_shared,
    row_codes,
    source_cards,
)
from howdah.market.prints import read_prints
from howdah.market.workspace import Workspace


def make_cards(
    ws: Workspace,
    observations: pl.DataFrame,
    models: Models,
    suspects: pl.DataFrame,
    as_of: dt.date,
) -> pl.DataFrame:
    """Bias, noise, lag, revisions, coverage and suspects of every source, as known on a date.

    Parameters
    ----------
    suspects
        From `estimate_levels` of the observations, and perhaps of others.
    """
    prints = read_prints(ws, as_of)
    left_out = _left_out(observations, models, as_of)
    return source_cards(observations, models, left_out, prints, suspects)


def _left_out(observations: pl.DataFrame, models: Models, as_of: dt.date) -> pl.DataFrame:
    """Estimates of cells with several sources, each source left out in turn."""
    used = np.flatnonzero(~observations["suspect"].to_numpy())
    cell, source = (row_codes(observations, names)[used] for names in (CELL, ["source"]))
    shared = observations[used[is_shared(cell, source)]].select(SERIES).unique()
    # The whole series: its other periods bear on the cell.
    several = observations.join(shared, on=SERIES, how="semi").filter(~pl.col("suspect"))
    parts = []
    for source in several["source"].unique().sort().to_list():
        own = several.filter(pl.col("source") == source).select(SERIES).unique()
        others = several.filter(pl.col("source") != source).join(own, on=SERIES, how="semi")
        found = estimate_levels(others, models, as_of=as_of).estimates
        parts.append(found.with_columns(pl.lit(source).alias("left_out")))
    empty = estimate_levels(observations.head(0), models, as_of=as_of).estimates
    return pl.concat([empty.with_columns(pl.lit("").alias("left_out")), *parts])
