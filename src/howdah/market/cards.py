"""Making the report card of every source from the observations of a date."""

import datetime as dt

import polars as pl

from howdah.claims import read_claims
from howdah.core.calendar import end_of_day
from howdah.estimates import CELL, CLAIM_INPUT, estimate_levels, source_cards, with_entities
from howdah.market.workspace import Workspace


def make_cards(
    ws: Workspace, observations: pl.DataFrame, houses: pl.DataFrame, as_of: dt.date
) -> pl.DataFrame:
    """Bias, noise, lag, revisions, coverage and suspects of every source, as known on a date."""
    revised = read_claims(
        ws.engine, ws.store, as_of=end_of_day(as_of), prints="revised", columns=CLAIM_INPUT
    )
    prints = ws.observed(pl.concat(with_entities(revised, ws.mapping)))
    held_out = _left_out(observations, houses, as_of, ws.prob)
    return source_cards(observations, houses, held_out, prints)


def _left_out(
    observations: pl.DataFrame, houses: pl.DataFrame, as_of: dt.date, prob: float
) -> pl.DataFrame:
    """Estimates of cells with several sources, each source left out in turn."""
    several = observations.filter(~pl.col("suspect") & (pl.col("source").n_unique().over(CELL) > 1))
    parts = [
        estimate_levels(
            several.filter(
                (pl.col("source") != source)
                & pl.struct(CELL).is_in(
                    several.filter(pl.col("source") == source)
                    .select(pl.struct(CELL))
                    .to_series()
                    .implode()
                )
            ),
            houses,
            as_of=as_of,
            prob=prob,
        ).with_columns(pl.lit(source).alias("left_out"))
        for source in several["source"].unique().sort().to_list()
    ]
    if parts:
        return pl.concat(parts)
    empty = estimate_levels(observations.head(0), houses, as_of=as_of, prob=prob)
    return empty.with_columns(pl.lit("").alias("left_out"))
