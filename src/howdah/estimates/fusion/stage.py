"""Fusing a table that need not fit into memory: a sample to learn from, then chunks of series."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from howdah.engines import text_literal
from howdah.estimates.fusion.coding import Coded, Names, Numbered
from howdah.estimates.fusion.fusing import (
    Fusion,
    Options,
    begin,
    choose_sample,
)
from howdah.estimates.fusion.reviewing import Reviews

Progress = Callable[[str, int, int], None]

#: Claims of one chunk: its arrays and those of its estimates stay within a few hundred MB.
CHUNK_CLAIMS = 8_000_000
CHUNK_SERIES = 20_000


@dataclass(slots=True)
class Claims:
    """Claims and truth as queries of an engine.

    Attributes
    ----------
    claims
        SQL of ``series, source, period, value, value_low, value_high, segment, listed, cutoff``.
    truth
        SQL of ``series, period, value``.
    """

    engine: duckdb.DuckDBPyConnection
    claims: str
    truth: str

    @classmethod
    def of_tables(
        cls,
        engine: duckdb.DuckDBPyConnection,
        claims: str,
        anchors: str | None,
        *,
        as_of: dt.date | None,
        has_periods: bool,
    ) -> Self:
        """Claims of a stage's input tables, as known on a date.

        Parameters
        ----------
        claims
            SQL of the claims' columns, ``published_at`` among them.
        anchors
            SQL of ``series, period, value``; several of one cell are averaged.
        has_periods
            Whether there is a ``period``.
        """
        known = f"SELECT * REPLACE (coalesce(segment, '') AS segment) FROM ({claims})"
        if as_of is not None:
            known += f" WHERE published_at IS NULL OR published_at < DATE '{as_of}' + 1"
        period = "period, " if has_periods else ""
        truth = f"SELECT series, {period}value FROM ({known}) LIMIT 0"
        if anchors is not None:
            truth = f"SELECT series, {period}avg(value) AS value FROM ({anchors}) GROUP BY ALL"
        return cls(engine, f"SELECT * EXCLUDE (published_at) FROM ({known})", truth)

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All claims and all truth."""
        return self.frame(self.claims), self.frame(self.truth)

    def frame(self, query: str) -> pl.DataFrame:
        """Rows of a query over the two."""
        return pl.DataFrame(self.engine.sql(query).to_arrow_table())


class Numbering:
    """Numbers for the names in a table of claims, kept in the engine as enumerations.

    The names are read in two scans; every later read gives numbers.
    """

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self.series = claims.frame(
            f"SELECT series, max(segment) AS segment, count(*) AS n FROM ({claims.claims}) "
            "GROUP BY series ORDER BY series"
        )
        cells = claims.frame(
            f"SELECT source, period FROM ({claims.claims}) GROUP BY ALL "
            f"UNION SELECT NULL, period FROM ({claims.truth})"
        )
        self.names = Names(
            tuple(cells["source"].drop_nulls().unique().sort()),
            tuple(self.series["segment"].unique().sort()),
            cells["period"].unique().sort().to_physical().to_numpy().astype(np.int64),
        )
        self._segment = (
            self.series["segment"]
            .cast(pl.Enum(self.names.segments))
            .to_physical()
            .to_numpy()
            .astype(np.int32)
        )
        for kind, texts in (
            ("series", self.series["series"]),
            ("source", pl.Series(self.names.sources, dtype=pl.String)),
        ):
            self._make_enumeration(kind, texts)

    def chunks(self) -> list[tuple[int, int]]:
        """First and last series of each chunk, in order."""
        n = self.series.height
        if not n:
            return []
        # A chunk ends with the series that makes either of its limits full.
        weight = np.maximum(self.series["n"].to_numpy() / CHUNK_CLAIMS, 1 / CHUNK_SERIES)
        part = np.floor(np.cumsum(weight) - weight / 2).astype(np.int64)
        first = np.flatnonzero(np.diff(part, prepend=-1))
        return list(zip(first.tolist(), (np.append(first[1:], n) - 1).tolist(), strict=True))

    def between(self, first: int, last: int) -> Numbered:
        """Claims and truth of a chunk."""
        series = self.series["series"]
        low, high = text_literal(series[first]), text_literal(series[last])
        where = f"WHERE series >= {low} AND series <= {high}"
        return self._numbered(where, series.slice(first, last - first + 1), first)

    def sample(self, seed: int) -> Numbered:
        """Claims and truth of some series with truth and some without."""
        anchored = self._claims.frame(f"SELECT DISTINCT series FROM ({self._claims.truth})")[
            "series"
        ]
        chosen = choose_sample(self.series["series"], anchored, seed)
        self._claims.engine.register("chosen", pl.DataFrame({"series": chosen}).to_arrow())
        found = self._numbered("SEMI JOIN chosen USING (series)", self.series["series"], 0)
        number = np.searchsorted(self.series["series"].to_numpy(), chosen.to_numpy())
        place = pl.Series(number)
        claims, truth = (
            frame.with_columns(
                pl.Series(np.searchsorted(number, frame["series"].to_numpy())).alias("series")
            )
            for frame in (found.claims, found.truth)
        )
        return Numbered(claims, truth, self.series["series"].gather(place))

    def _numbered(self, where: str, series: pl.Series, first: int) -> Numbered:
        number = f"enum_code(try_cast(series AS howdah_series))::INT - {first}"
        claims = self._claims.frame(
            f"SELECT {number} AS series, enum_code(source::howdah_source) AS source, "
            "period, value, value_low, value_high, listed, cutoff "
            f"FROM ({self._claims.claims}) {where}"
        )
        own = self._segment[claims["series"].to_numpy() + first]
        claims = claims.with_columns(pl.Series("segment", own))
        truth = self._claims.frame(
            f"SELECT {number} AS series, period, value FROM ({self._claims.truth}) {where}"
        )
        # Truth of a series without claims has no number.
        return Numbered(claims, truth.drop_nulls("series"), series)

    def _make_enumeration(self, kind: str, texts: pl.Series) -> None:
        engine = self._claims.engine
        # An enumeration needs a value, even where there is no claim.
        frame = pl.DataFrame({"name": texts if len(texts) else pl.Series([""])})
        engine.register(f"names_{kind}", frame.to_arrow())
        engine.execute(
            f"CREATE OR REPLACE TYPE howdah_{kind} AS ENUM "
            f"(SELECT name FROM names_{kind} ORDER BY name)"
        ).fetchall()


class FusedTable:
    """A run over queries, chunk by chunk.

    The estimates are a stream: sources, suspects and summary are complete when it has ended.
    """

    def __init__(
        self, claims: Claims, options: Options, progress: Progress, reviews: Reviews | None = None
    ) -> None:
        self._progress = progress
        progress("naming what there is", 0, 2)
        self._numbering = Numbering(claims)
        self._chunks = self._numbering.chunks()
        progress("learning from a sample", 1, 2)
        sample = self._numbering.sample(options.seed)
        self.run: Fusion = begin(sample, self._numbering.names, options, reviews)
        nothing = Numbered(sample.claims.head(0), sample.truth.head(0), sample.series.head(0))
        self.schema = self.run.estimates(nothing, self.run.code(nothing)).to_arrow().schema
        self._suspect_schema = pl.concat(self.run.suspects()).to_arrow().schema

    def estimates(self) -> pa.RecordBatchReader:
        """Estimates of all series, in order of series and period."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def suspects(self) -> pa.RecordBatchReader:
        """Claims held to be wrong, once the estimates have been read."""
        return pa.RecordBatchReader.from_batches(
            self._suspect_schema,
            (
                batch
                for part in self.run.suspects()
                for batch in part.to_arrow().cast(self._suspect_schema).to_batches()
            ),
        )

    def _batches(self) -> Iterator[pa.RecordBatch]:
        n_chunks = len(self._chunks)
        # The next chunk is read and coded while this one is solved.
        with ThreadPoolExecutor(1) as reader:
            ahead = [reader.submit(self._read, *chunk) for chunk in self._chunks[:1]]
            for n in range(n_chunks):
                self._progress("fusing", n, n_chunks)
                numbered, coded = ahead.pop().result()
                if n + 1 < n_chunks:
                    ahead.append(reader.submit(self._read, *self._chunks[n + 1]))
                estimates = self.run.estimates(numbered, coded)
                yield from estimates.to_arrow().cast(self.schema).to_batches()
        self._progress("fusing", n_chunks, n_chunks)

    def _read(self, first: int, last: int) -> tuple[Numbered, Coded]:
        numbered = self._numbering.between(first, last)
        return numbered, self.run.code(numbered)
