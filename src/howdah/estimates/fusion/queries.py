"""Claims and truth of a stage as queries of an engine."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

import duckdb
import polars as pl


@dataclass(slots=True)
class Claims:
    """Claims and truth as queries of an engine.

    Attributes
    ----------
    claims
        SQL of ``series, source, period, value, value_low, value_high, segment, listed, cutoff``.
    truth
        SQL of ``series, period, value, published_at``.
    has_prints
        Whether claims have ``published_at``: of a source that says it again, the last one counts.
    has_rows
        Whether claims and truth have ``row``, their place in the file.
    """

    engine: duckdb.DuckDBPyConnection
    claims: str
    truth: str
    has_prints: bool = False
    has_rows: bool = False

    @classmethod
    def of_tables(
        cls,
        engine: duckdb.DuckDBPyConnection,
        claims: str,
        anchors: str | None,
        *,
        as_of: dt.date | None,
        has_periods: bool,
        has_rows: bool = False,
        has_prints: bool = False,
    ) -> Self:
        """Claims of a stage's input tables, as known on a date.

        Parameters
        ----------
        claims
            SQL of the claims' columns, ``published_at`` among them.
        anchors
            SQL of ``series, period, value, published_at``; several of one cell are averaged, of
            several prints the last ones.
        as_of
            Of what has no ``published_at``, its period tells when it was known at the earliest.
        has_periods
            Whether there is a ``period``.
        has_rows
            Whether both have ``row``, their place in the file; of truth it is the first one's.
        has_prints
            Whether ``published_at`` tells prints of one figure apart; else all are evidence.
        """
        known = f"SELECT * REPLACE (coalesce(segment, '') AS segment) FROM ({claims})"
        told = ""
        if as_of is not None:
            when = "coalesce(published_at, period)" if has_periods else "published_at"
            told = f" WHERE {when} IS NULL OR {when} < DATE '{as_of}' + 1"
        known += told
        period = "period, " if has_periods else ""
        shown = f"series, {period}value, published_at" + (", row" if has_rows else "")
        truth = f"SELECT {shown} FROM ({known}) LIMIT 0"
        if anchors is not None:
            row = ", min(row) AS row" if has_rows else ""
            newest = f"(PARTITION BY {period}series ORDER BY published_at DESC NULLS LAST)"
            last = f"SELECT * FROM ({anchors}){told} QUALIFY rank() OVER {newest} = 1"
            # What is left of a cell was published at one time, or without one.
            truth = (
                f"SELECT series, {period}avg(value) AS value, published_at{row} FROM ({last}) "
                "GROUP BY ALL"
            )
        if not has_prints:
            known = f"SELECT * EXCLUDE (published_at) FROM ({known})"
        return cls(engine, known, truth, has_prints, has_rows)

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All claims and all truth."""
        return self.frame(self.claims), self.frame(self.truth)

    def frame(self, query: str) -> pl.DataFrame:
        """Rows of a query over the two."""
        return pl.DataFrame(self.engine.sql(query).to_arrow_table())
