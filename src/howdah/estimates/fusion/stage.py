"""Fusing a table that need not fit into memory: a sample to learn from, then chunks of series."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import polars as pl
import pyarrow as pa

from howdah.core.progress import Progress
from howdah.estimates.fusion.aging import Tested, check_last_anchors
from howdah.estimates.fusion.coding import Coded, Names, Numbered
from howdah.estimates.fusion.fusing import Fusion, Options, begin
from howdah.estimates.fusion.maturity import YOUNG
from howdah.estimates.fusion.numbering import Counts, Numbering, Tally
from howdah.estimates.fusion.queries import Claims
from howdah.estimates.fusion.reviewing import Reviews
from howdah.estimates.revisions import revision_table


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

    @property
    def tally(self) -> Tally:
        """What became of rows that are not claims of their own, once the estimates are read."""
        return self._numbering.tally

    def estimates(self) -> pa.RecordBatchReader:
        """Estimates of all series, in order of series and period."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def sample(self) -> Numbered:
        """Claims and truth that everything was learnt from."""
        return self._numbering.sample(self.run.options.seed)

    def numbered(self) -> Iterator[Numbered]:
        """Claims and truth of all series once more, chunk by chunk."""
        with self._numbering.arranged():
            for first, last in self._chunks:
                yield self._numbering.between(first, last, is_counted=False)

    def sources(self) -> pl.DataFrame:
        """Report of each source, its young figures among it, once the estimates have been read."""
        young = self.tally.young
        found = self.run.sources()
        return found if young is None else _with_young(found, self._numbering.names, young)

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
        return numbered, self.run.code(numbered)

    def _solve(self, read: Future[tuple[Numbered, Coded]]) -> pl.DataFrame:
        return self.run.estimates(*read.result())

    def _written(self, solved: Future[pl.DataFrame]) -> Iterator[pa.RecordBatch]:
        yield from solved.result().to_arrow().cast(self.schema).to_batches()


def _with_young(sources: pl.DataFrame, names: Names, young: Counts) -> pl.DataFrame:
    """Report of sources with the young figures of each, ``young_`` and what is said of them."""
    of, within = np.nonzero(young.sum(2) >= 0)
    counts = pl.DataFrame(
        {
            "source": [names.sources[s] for s in of],
            "segment": [names.segments[g] for g in within],
            **{f"young_{x}": young[of, within, k] for k, x in enumerate(YOUNG)},
        },
        schema_overrides={"source": pl.String, "segment": pl.String},
    )
    return sources.join(counts, on=["source", "segment"], how="left", maintain_order="left")


def suspect_reader(run: Fusion, schema: pa.Schema) -> pa.RecordBatchReader:
    """Claims that a run holds to be wrong, chunk by chunk."""
    return pa.RecordBatchReader.from_batches(
        schema,
        (batch for part in run.suspects() for batch in part.to_arrow().cast(schema).to_batches()),
    )
