"""Numbers for the names in a table of claims, and its claims chunk by chunk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.engines import text_literal
from howdah.estimates.fusion.coding import Names, Numbered
from howdah.estimates.fusion.fusing import choose_sample
from howdah.estimates.fusion.maturity import YOUNG, learn_curve, with_age
from howdah.estimates.fusion.queries import Claims
from howdah.estimates.fusion.repeats import without_repeats
from howdah.estimates.revisions import newest_prints

if TYPE_CHECKING:
    from howdah.estimates.revisions import RevisionCurve

Small = NDArray[np.int32]
Counts = NDArray[np.int64]

#: Claims of one chunk: its arrays and those of its estimates stay within a few hundred MB, and each
#: below 32 MB, up to which the C library hands memory out again instead of asking for fresh pages.
CHUNK_CLAIMS = 3_500_000
CHUNK_SERIES = 20_000

#: How many times over all chunks together may read a table before it is put in order, which costs
#: about as much as so many reads; and the rows of all chunks that wait to be written then, by
#: thread.
MOST_READS = 30.0
_HELD_ROWS = 2_000_000


class Tally(NamedTuple):
    """What became of the rows of a table that are not claims of their own.

    Attributes
    ----------
    n_repeats
        Rows that said the same as one before them.
    n_gave_way
        Prints that gave way to a newer one of the same figure.
    young
        (n_source, n_segment, `YOUNG`) young figures; None where ages are not looked at.
    """

    n_repeats: int = 0
    n_gave_way: int = 0
    young: Counts | None = None

    def plus(self, other: "Tally") -> "Tally":
        """Of the rows of both."""
        both = [x for x in (self.young, other.young) if x is not None]
        return Tally(
            self.n_repeats + other.n_repeats,
            self.n_gave_way + other.n_gave_way,
            sum(both[1:], both[0]) if both else None,
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
    tally
        What became of the rows of the chunks that were read.
    """

    def __init__(self, claims: Claims, scale: Scale, *, uses_age: bool) -> None:
        self._claims, self._scale, self._uses_age = claims, scale, uses_age
        self.curve: RevisionCurve | None = None
        self.tally = Tally()
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

    def between(self, first: int, last: int, *, is_counted: bool = True) -> Numbered:
        """Claims and truth of a chunk, its rows counted in `tally`."""
        own = slice(first, last + 1)
        series = self.series["series"][own]
        low, high = text_literal(series[0]), text_literal(series[-1])
        where = f"WHERE series >= {low} AND series <= {high}"
        claims = self._claims.claims
        if self._folder is not None:
            files = text_literal(f"{self._folder}/chunk={self.chunks().index((first, last))}/*")
            # Several threads wrote them, in no order.
            claims = f"FROM read_parquet({files}, hive_partitioning = false) ORDER BY row"
        numbered, tally = self._numbered(claims, where, series, self._segment[own])
        if is_counted:
            self.tally = self.tally.plus(tally)
        return numbered

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
        return self._numbered(self._claims.claims, where, chosen, self._segment[own])[0]

    def _numbered(
        self, query: str, where: str, series: pl.Series, segment: Small
    ) -> tuple[Numbered, Tally]:
        numbers = pl.DataFrame({"series": series, "number": np.arange(len(series), dtype=np.int32)})
        self._claims.engine.register("series_numbers", numbers.to_arrow())
        said = f"SELECT * FROM ({query}) {where}"
        published = ", published_at" if self._claims.has_prints else ""
        claims = self._claims.frame(
            "SELECT number AS series, enum_code(source::howdah_source) AS source, period, value, "
            f"value_low, value_high, listed, cutoff{published} "
            f"FROM ({said}) JOIN series_numbers USING (series)"
        )
        n_rows = claims.height
        claims = without_repeats(claims)
        n_own = claims.height
        if published:
            claims = newest_prints(claims, period="period")
            # A state keeps the days of the prints instead, for newer ones to replace them.
            if self._uses_age:
                claims = with_age(claims, self.curve, self.names, self._scale)
        claims = claims.with_columns(pl.Series("segment", segment[claims["series"].to_numpy()]))
        young = None
        if "young" in claims.columns:
            young = self._count(claims)
            claims = claims.drop("young")
        tally = Tally(n_rows - n_own, n_own - claims.height, young)
        # Truth of a series without claims has no number.
        truth = self._claims.frame(
            f"SELECT number AS series, period, value, published_at FROM ({self._claims.truth}) "
            "JOIN series_numbers USING (series)"
        )
        return Numbered(claims, truth, series), tally

    def _count(self, claims: pl.DataFrame) -> Counts:
        """Young figures by source, segment and what is said of them."""
        found = np.zeros((len(self.names.sources), len(self.names.segments), len(YOUNG)), np.int64)
        own = claims.filter(pl.col("young") > 0)
        places = (own[name].to_numpy().astype(np.int64) for name in ("source", "segment", "young"))
        source, segment, young = places
        np.add.at(found, (source, segment, young - 1), 1)
        return found
