"""Fusing a table that need not fit into memory: a sample to learn from, then chunks of series."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from howdah.engines import text_literal
from howdah.estimates.fusion.coding import Names
from howdah.estimates.fusion.fusing import (
    N_ANCHORED,
    N_SAMPLE,
    Fusion,
    Options,
    begin,
)

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
        return self._frame(self.claims), self._frame(self.truth)

    def empty(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Claims and truth without rows."""
        return (
            self._frame(f"SELECT * FROM ({self.claims}) LIMIT 0"),
            self._frame(f"SELECT * FROM ({self.truth}) LIMIT 0"),
        )

    def _frame(self, query: str) -> pl.DataFrame:
        return pl.DataFrame(self.engine.sql(query).to_arrow_table())

    def names(self) -> Names:
        """Sources, segments and days that occur."""
        query = self.engine.sql(
            f"SELECT source, segment, period FROM ({self.claims}) GROUP BY ALL "
            f"UNION SELECT NULL, NULL, period FROM ({self.truth})"
        )
        found = pl.DataFrame(query.to_arrow_table())
        days = found["period"].unique().sort().to_physical().to_numpy().astype(np.int64)
        return Names(
            tuple(found["source"].drop_nulls().unique().sort()),
            tuple(found["segment"].drop_nulls().unique().sort()),
            days,
        )

    def sample(self, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Claims and truth of some series with truth and some without."""
        anchored = f"SELECT DISTINCT series FROM ({self.truth})"
        chosen = " UNION ALL ".join(
            f"(SELECT series FROM (SELECT DISTINCT series FROM ({self.claims})) "
            f"{join} JOIN ({anchored}) USING (series) "
            f"ORDER BY hash(series || '{seed}'), series LIMIT {n})"
            for join, n in (("SEMI", N_ANCHORED), ("ANTI", N_SAMPLE))
        )
        self.engine.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {chosen}").fetchall()
        return (
            self._frame(f"SELECT * FROM ({self.claims}) SEMI JOIN chosen USING (series)"),
            self._frame(f"SELECT * FROM ({self.truth}) SEMI JOIN chosen USING (series)"),
        )

    def chunks(self) -> list[tuple[str, str]]:
        """First and last series of each chunk, in order."""
        sizes = pl.DataFrame(
            self.engine.sql(
                f"SELECT series, count(*) AS n FROM ({self.claims}) GROUP BY series ORDER BY series"
            ).to_arrow_table()
        )
        if not sizes.height:
            return []
        # Whichever is reached first: so many claims, or so many series.
        by_claims = sizes["n"].cum_sum().to_numpy() // CHUNK_CLAIMS
        by_series = np.arange(sizes.height) // CHUNK_SERIES
        is_new = np.ones(sizes.height, np.bool_)
        is_new[1:] = (np.diff(by_claims) > 0) | (np.diff(by_series) > 0)
        first = np.flatnonzero(is_new)
        last = np.append(first[1:], sizes.height) - 1
        series = sizes["series"]
        return list(zip(series.gather(first), series.gather(last), strict=True))

    def between(self, first: str, last: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Claims and truth of a chunk."""
        range_ = f"series >= {text_literal(first)} AND series <= {text_literal(last)}"
        return (
            self._frame(f"SELECT * FROM ({self.claims}) WHERE {range_}"),
            self._frame(f"SELECT * FROM ({self.truth}) WHERE {range_}"),
        )


class FusedTable:
    """A run over queries, chunk by chunk.

    The estimates are a stream: sources, suspects and summary are complete when it has ended.
    """

    def __init__(self, claims: Claims, options: Options, progress: Progress) -> None:
        self._claims = claims
        self._progress = progress
        progress("learning from a sample", 0, 1)
        self._chunks = claims.chunks()
        names = claims.names()
        self.run: Fusion = begin(*claims.sample(options.seed), names, options)
        self.schema = self.run.estimates(*claims.empty()).to_arrow().schema

    def estimates(self) -> pa.RecordBatchReader:
        """Estimates of all series, in order of series and period."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for n, (first, last) in enumerate(self._chunks):
            self._progress("fusing", n, len(self._chunks))
            claims, truth = self._claims.between(first, last)
            yield from self.run.estimates(claims, truth).to_arrow().cast(self.schema).to_batches()
        self._progress("fusing", len(self._chunks), len(self._chunks))
