"""Fusing a table that need not fit into memory: a sample to learn from, then chunks of series."""

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.core.progress import Progress
from howdah.engines import text_literal
from howdah.estimates.fusion.aging import Tested, check_last_anchors
from howdah.estimates.fusion.coding import Coded, Names, Numbered
from howdah.estimates.fusion.fusing import (
    Fusion,
    Options,
    begin,
    choose_sample,
)
from howdah.estimates.fusion.maturity import learn_curve, with_age
from howdah.estimates.fusion.reviewing import Reviews
from howdah.estimates.revisions import RevisionCurve, revision_table

Small = NDArray[np.int32]

#: Claims of one chunk: its arrays and those of its estimates stay within a few hundred MB, and each
#: below 32 MB, up to which the C library hands memory out again instead of asking for fresh pages.
CHUNK_CLAIMS = 3_500_000
CHUNK_SERIES = 20_000

#: How many times over all chunks together may read a table before it is put in order, which costs
#: about as much as so many reads; and the rows of all chunks that wait to be written then, by
#: thread.
MOST_READS = 30.0
_HELD_ROWS = 2_000_000


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


#: The newest print of a figure, of those that have a date; in an order of their own, as the engine
#: keeps none here.
_NEWEST = (
    "QUALIFY published_at IS NULL OR published_at = "
    "max(published_at) OVER (PARTITION BY series, source, period) "
    "ORDER BY series, period, source, published_at, value, value_low, value_high"
)


class Numbering:
    """Numbers for the names in a table of claims, given by the engine.

    The names are read in two scans; every later read gives numbers. Series are numbered read by
    read, by a join: an enumeration of a million costs the engine a second at each read.

    Parameters
    ----------
    uses_age
        Whether young figures are brought to what they usually end at, where there are prints.

    Attributes
    ----------
    curve
        How far figures still move, once there is a sample; None where nothing shows it.
    """

    def __init__(self, claims: Claims, scale: Scale, *, uses_age: bool) -> None:
        self._claims, self._scale, self._uses_age = claims, scale, uses_age
        self.curve: RevisionCurve | None = None
        place = (
            "min(row) AS first, max(row) AS last" if claims.has_rows else "0 AS first, 0 AS last"
        )
        self.series = claims.frame(
            f"SELECT series, max(segment) AS segment, count(*) AS n, {place} "
            f"FROM ({claims.claims}) GROUP BY series ORDER BY series"
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
        # An enumeration needs a value, even where there is no claim.
        sources = pl.DataFrame({"name": self.names.sources or ("",)})
        claims.engine.register("source_names", sources.to_arrow())
        claims.engine.execute(
            "CREATE OR REPLACE TYPE howdah_source AS ENUM "
            "(SELECT name FROM source_names ORDER BY name)"
        ).fetchall()
        self._folder: Path | None = None

    @contextmanager
    def arranged(self) -> Iterator[None]:
        """Claims of each chunk in files of their own, while they are needed.

        Only where the table has them scattered, as files do that grow period by period: each chunk
        would read all of it.
        """
        chunks = self.chunks()
        first, last, n = (self.series[name].to_numpy() for name in ("first", "last", "n"))
        reach = sum(last[a : b + 1].max() - first[a : b + 1].min() + 1 for a, b in chunks)
        if reach <= MOST_READS * n.sum():
            yield
            return
        engine = self._claims.engine
        spill = engine.sql("SELECT current_setting('temp_directory')").fetchall()[0][0]
        with TemporaryDirectory(prefix="howdah-chunks-", dir=spill) as name:
            counts = [b - a + 1 for a, b in chunks]
            numbers = pl.DataFrame(
                {
                    "series": self.series["series"],
                    "chunk": np.repeat(np.arange(len(chunks), dtype=np.int32), counts),
                }
            )
            engine.register("series_chunks", numbers.to_arrow())
            engine.execute(f"SET partitioned_write_max_open_files = {len(chunks)}")
            engine.execute(f"SET partitioned_write_flush_threshold = {_HELD_ROWS}")
            engine.execute(
                f"COPY (SELECT * FROM ({self._claims.claims}) JOIN series_chunks USING (series)) "
                f"TO {text_literal(name)} (FORMAT parquet, COMPRESSION lz4, PARTITION_BY (chunk))"
            ).fetchall()
            self._folder = Path(name)
            try:
                yield
            finally:
                self._folder = None

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
        own = slice(first, last + 1)
        series = self.series["series"][own]
        low, high = text_literal(series[0]), text_literal(series[-1])
        where = f"WHERE series >= {low} AND series <= {high}"
        claims = self._claims.claims
        if self._folder is not None:
            files = text_literal(f"{self._folder}/chunk={self.chunks().index((first, last))}/*")
            # Several threads wrote them, in no order.
            claims = f"FROM read_parquet({files}, hive_partitioning = false) ORDER BY row"
        return self._numbered(claims, where, series, self._segment[own])

    def sample(self, seed: int) -> Numbered:
        """Claims and truth of some series with truth and some without."""
        anchored = self._claims.frame(f"SELECT DISTINCT series FROM ({self._claims.truth})")[
            "series"
        ]
        chosen = choose_sample(self.series["series"], anchored, seed)
        self._claims.engine.register("chosen", pl.DataFrame({"series": chosen}).to_arrow())
        where = "SEMI JOIN chosen USING (series)"
        if self._claims.has_prints and self._uses_age:
            prints = self._claims.frame(
                "SELECT series, source, period, value, published_at "
                f"FROM ({self._claims.claims}) {where}"
            )
            self.curve = learn_curve(prints, self._scale)
        own = np.searchsorted(self.series["series"].to_numpy(), chosen.to_numpy())
        return self._numbered(self._claims.claims, where, chosen, self._segment[own])

    def _numbered(self, query: str, where: str, series: pl.Series, segment: Small) -> Numbered:
        numbers = pl.DataFrame({"series": series, "number": np.arange(len(series), dtype=np.int32)})
        self._claims.engine.register("series_numbers", numbers.to_arrow())
        said = f"SELECT * FROM ({query}) {where}"
        published = ""
        if self._claims.has_prints:
            said, published = f"{said} {_NEWEST}", ", published_at"
        claims = self._claims.frame(
            "SELECT number AS series, enum_code(source::howdah_source) AS source, period, value, "
            f"value_low, value_high, listed, cutoff{published} "
            f"FROM ({said}) JOIN series_numbers USING (series)"
        )
        if published:
            claims = with_age(claims, self.curve, self.names, self._scale)
        claims = claims.with_columns(pl.Series("segment", segment[claims["series"].to_numpy()]))
        # Truth of a series without claims has no number.
        truth = self._claims.frame(
            f"SELECT number AS series, period, value FROM ({self._claims.truth}) "
            "JOIN series_numbers USING (series)"
        )
        return Numbered(claims, truth, series)


class FusedTable:
    """A run over queries, chunk by chunk.

    The estimates are a stream: sources, suspects and summary are complete when it has ended.

    Parameters
    ----------
    reviews
        What a reviewer says of claims.
    keep
        Takes what a state keeps of the series, chunk by chunk.

    Attributes
    ----------
    n_gave_way
        Prints that gave way to a newer one of the same figure.
    tested
        Of a run that is kept: the last truth of each series against the interval without it.
    """

    def __init__(
        self,
        claims: Claims,
        options: Options,
        progress: Progress,
        reviews: Reviews | None = None,
        keep: Callable[[pa.Table], None] | None = None,
    ) -> None:
        self._progress = progress
        progress("naming what there is", 0, 2)
        # A state does not keep the days on which claims were published.
        self._numbering = Numbering(claims, options.scale, uses_age=keep is None)
        self.n_gave_way = 0
        self._chunks = self._numbering.chunks()
        progress("learning from a sample", 1, 2)
        sample = self._numbering.sample(options.seed)
        self.run: Fusion = begin(sample, self._numbering.names, options, reviews)
        nothing = Numbered(sample.claims.head(0), sample.truth.head(0), sample.series.head(0))
        self.schema = self.run.estimates(nothing, self.run.code(nothing)).to_arrow().schema
        self._suspect_schema = pl.concat(self.run.suspects()).to_arrow().schema
        self.tested = Tested()
        if keep is not None:
            self.run.keep = keep
            self.tested = check_last_anchors(self.run.learned, sample)

    def estimates(self) -> pa.RecordBatchReader:
        """Estimates of all series, in order of series and period."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def suspects(self) -> pa.RecordBatchReader:
        """Claims held to be wrong, once the estimates have been read."""
        return suspect_reader(self.run, self._suspect_schema)

    def revisions(self) -> pl.DataFrame:
        """How far figures still move, by source and age; no rows where no prints show it."""
        curve = self._numbering.curve
        return pl.DataFrame() if curve is None else revision_table(curve)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        n_chunks = len(self._chunks)
        # A chunk is read and coded while the one before is solved and the one before that is
        # written.
        with (
            self._numbering.arranged(),
            ThreadPoolExecutor(1) as reader,
            ThreadPoolExecutor(1) as solver,
        ):
            read = deque(reader.submit(self._read, *chunk) for chunk in self._chunks[:1])
            solved = deque[Future[pl.DataFrame]]()
            for n in range(n_chunks):
                self._progress("fusing", n, n_chunks)
                solved.append(solver.submit(self._solve, read.popleft()))
                if n + 1 < n_chunks:
                    read.append(reader.submit(self._read, *self._chunks[n + 1]))
                if n:
                    yield from self._written(solved.popleft())
            for last in solved:
                yield from self._written(last)
        self._progress("fusing", n_chunks, n_chunks)

    def _read(self, first: int, last: int) -> tuple[Numbered, Coded]:
        numbered = self._numbering.between(first, last)
        n_said = self._numbering.series["n"].slice(first, last - first + 1).sum()
        self.n_gave_way += int(n_said) - numbered.claims.height
        return numbered, self.run.code(numbered)

    def _solve(self, read: Future[tuple[Numbered, Coded]]) -> pl.DataFrame:
        return self.run.estimates(*read.result())

    def _written(self, solved: Future[pl.DataFrame]) -> Iterator[pa.RecordBatch]:
        yield from solved.result().to_arrow().cast(self.schema).to_batches()


def suspect_reader(run: Fusion, schema: pa.Schema) -> pa.RecordBatchReader:
    """Claims that a run holds to be wrong, chunk by chunk."""
    return pa.RecordBatchReader.from_batches(
        schema,
        (batch for part in run.suspects() for batch in part.to_arrow().cast(schema).to_batches()),
    )
