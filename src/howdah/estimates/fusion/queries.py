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
        SQL of ``series, period, value``.
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
            SQL of ``series, period, value``; several of one cell are averaged.
        has_periods
            Whether there is a ``period``.
        has_rows
            Whether both have ``row``, their place in the file; of truth it is the first one's.
        has_prints
            Whether ``published_at`` tells prints of one figure apart; else all are evidence.
        """
        known = f"SELECT * REPLACE (coalesce(segment, '') AS segment) FROM ({claims})"
        if as_of is not None:
            known += f" WHERE published_at IS NULL OR published_at < DATE '{as_of}' + 1"
        period = "period, " if has_periods else ""
        shown = f"series, {period}value" + (", row" if has_rows else "")
        truth = f"SELECT {shown} FROM ({known}) LIMIT 0"
        if anchors is not None:
            row = ", min(row) AS row" if has_rows else ""
            truth = f"SELECT series, {period}avg(value) AS value{row} FROM ({anchors}) GROUP BY ALL"
        if not has_prints:
            known = f"SELECT * EXCLUDE (published_at) FROM ({known})"
        return cls(engine, known, truth, has_prints, has_rows)

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All claims and all truth."""
        return self.frame(self.claims), self.frame(self.truth)

    def frame(self, query: str) -> pl.DataFrame:
        """Rows of a query over the two."""
        return pl.DataFrame(self.engine.sql(query).to_arrow_table())
