"""Histories: the counted series of a league's first places, read from the market in one go."""

import datetime as dt
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from howdah.core.errors import InputError
from howdah.market import Market
from howdah.market.pages import League
from howdah.surfaces.reports.marks import Band, Reading

#: A series with fewer periods is stated now and then, and is shown as single readings.
MIN_PERIODS = 5


@dataclass(frozen=True, slots=True)
class History:
    """One series of one entity: its estimates by day, and what every source said.

    Attributes
    ----------
    estimate_ids
        Ids of the estimates, in the order of `bands`.
    names
        Identifiers that its sources use, where one scheme knows it by more than one: a rename.
    """

    entity: str
    name: str
    bands: tuple[tuple[dt.date, Band], ...]
    readings: tuple[Reading, ...]
    estimate_ids: tuple[str, ...]
    names: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Its sources, in order of name."""
        return tuple(sorted({reading.source for reading in self.readings}))


def read_histories(
    market: Market, league: League, as_of: dt.date, *, limit: int, without: Iterable[str]
) -> dict[str, History]:
    """The series behind the first places of a league, by entity.

    Parameters
    ----------
    without
        Feeds whose terms keep them out of whatever leaves the market.
    """
    entities = [place.estimate.entity for place in league.places[:limit]]
    if not entities:
        return {}
    frames: dict[str, pl.DataFrame] = {}
    with tempfile.TemporaryDirectory() as folder:
        kinds: tuple[Literal["estimates", "claims"], ...] = ("estimates", "claims")
        for what in kinds:
            path = Path(folder) / f"{what}.parquet"
            try:
                market.export(
                    path,
                    what=what,
                    entities=entities,
                    metrics=[league.metric],
                    without=tuple(without),
                    as_of=as_of,
                )
            except InputError:
                # Every feed behind it is kept out, or nothing is known at the date.
                return {}
            frames[what] = _of_series(pl.read_parquet(path), league)
    return {
        entity: found
        for entity in entities
        if (found := _history(entity, frames["estimates"], frames["claims"])) is not None
    }


def _of_series(frame: pl.DataFrame, league: League) -> pl.DataFrame:
    return frame.filter(
        (pl.col("definition") == league.definition)
        & (pl.col("unit") == league.unit)
        & (pl.col("currency") == league.currency)
        & pl.col("valid_to").is_not_null()
    ).sort("valid_to")


def _history(entity: str, estimates: pl.DataFrame, claims: pl.DataFrame) -> History | None:
    own = estimates.filter(pl.col("entity") == entity)
    said = claims.filter(pl.col("entity") == entity)
    if own.height == 0:
        return None
    bands = tuple(
        (row["valid_to"], Band(row["value"], row["lower"], row["upper"], row["status"]))
        for row in own.iter_rows(named=True)
    )
    readings = tuple(
        Reading(row["source"], row["value"], row["value_low"], row["value_high"], row["valid_to"])
        for row in said.iter_rows(named=True)
    )
    return History(
        entity, own["name"][0], bands, readings, tuple(own["estimate_id"].to_list()), _renames(said)
    )


def _renames(claims: pl.DataFrame) -> tuple[str, ...]:
    """Identifiers of a scheme that has more than one, in order of use."""
    first = (
        claims.group_by("scheme", "subject")
        .agg(pl.col("valid_to").min().alias("since"))
        .filter(pl.len().over("scheme") > 1)
        .sort("scheme", "since")
    )
    return tuple(first["subject"].to_list())
