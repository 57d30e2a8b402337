"""The claim store: append-only, bitemporal, each claim once.

Tables and an archive under one folder: ``claims``, ``quarantine`` (rows that could not become
claims) and ``mended``, ``withdrawals`` (claims that their text does not make any more), ``pulls``
(what was read when, and what came of it) and ``raw`` (the bytes).
An append writes claims first and the pull last; a kill in between leaves claims whose pull is
unknown, and the next run finds them by their ids and adds only what is missing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from howdah.claims.archive import RawArchive
from howdah.claims.quarantine import Fault, Quarantine
from howdah.claims.tables import ROW_GROUP_ROWS, AppendOnlyTable, translated_errors
from howdah.claims.withdrawals import Withdrawals
from howdah.core.claim import CLAIM_SCHEMA, TIMESTAMP
from howdah.core.errors import StoreFullError
from howdah.engines import connect, parquet, text_literal
from howdah.kernels import DigestSet

PULL_SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("raw", pa.string()),
        ("spec", pa.string()),
        ("place", pa.string()),
        ("n_rows", pa.int64()),
        ("n_claims", pa.int64()),
        ("n_new", pa.int64()),
        ("n_empty", pa.int64()),
        ("n_quarantined", pa.int64()),
        ("last_published_at", TIMESTAMP),
        ("recorded_at", TIMESTAMP),
    ]
)


#: Claims of one metric that a league table of its newest period may have to read: fewer make
#: an entity's read longer, more make the league's (docs/decisions/0006).
RUN_ROWS = 2_000_000


@dataclass(slots=True)
class Appended:
    """What one append did."""

    n_rows: int = 0
    n_claims: int = 0
    n_new: int = 0
    n_empty: int = 0
    n_quarantined: int = 0
    last_published_at: dt.datetime | None = None

    @property
    def n_repeated(self) -> int:
        """Claims that the store or the same file already held."""
        return self.n_claims - self.n_new


class ClaimStore:
    """The claims of one market.

    Parameters
    ----------
    lake
        Folder of the tables; made by the first append.
    """

    def __init__(self, lake: Path) -> None:
        self.lake = lake
        self.claims = AppendOnlyTable(lake / "claims", CLAIM_SCHEMA, plain_columns=("claim_id",))
        self.quarantine = Quarantine(lake)
        self.pulls = AppendOnlyTable(lake / "pulls", PULL_SCHEMA)
        self.withdrawals = Withdrawals(lake / "withdrawals")
        self.archive = RawArchive(lake / "raw")

    def has_pull(self, feed: str, raw: str | None, spec: str) -> bool:
        """Whether these bytes were already read under this spec; None asks for any bytes."""
        pulls = self.pulls.read()
        wanted = pc.and_(pc.equal(pulls["feed"], feed), pc.equal(pulls["spec"], spec))
        if raw is not None:
            wanted = pc.and_(wanted, pc.equal(pulls["raw"], raw))
        return bool(pc.any(wanted).as_py())

    def append_claims(
        self, feed: str, rows: pa.RecordBatchReader
    ) -> tuple[Appended, list[tuple[int, str, str]]]:
        """Append the claims among mapped rows, each once, in one commit.

        Parameters
        ----------
        feed
            Feed that the rows are of.
        rows
            The claim columns, then ``reason`` and ``fault_column``; a null reason marks a
            claim, the reason ``empty`` a blank, any other a fault.

        Returns
        -------
        (Appended, faults)
            Counts, and (row, column, reason) of each fault.

        Raises
        ------
        StoreFullError
            The disk has no room, here or for what the engine spills.
        Exception
            What reading `rows` raised, unchanged; nothing was appended.
        """
        done = Appended()
        faults: list[tuple[int, str, str]] = []
        source = _Source(rows)
        fresh = pa.RecordBatchReader.from_batches(
            CLAIM_SCHEMA, _fresh_batches(source, self._stored_ids(feed), done, faults)
        )
        try:
            first = next(fresh, None)
            if first is not None:
                chained = _prepend(first, fresh)
                self.claims.append(pa.RecordBatchReader.from_batches(CLAIM_SCHEMA, chained))
        except StoreFullError:
            raise
        except Exception:
            # The table library hides what went wrong in the rows that it was given.
            if source.error is not None:
                with translated_errors(self.lake, only_full=True):
                    raise source.error from None
            raise
        return done, faults

    def append_quarantine(
        self, feed: str, raw: str, place: str, faults: list[Fault], now: dt.datetime
    ) -> int:
        """Append the rows of a pull that could not become claims; returns how many there are.

        Open rows of earlier pulls of this place that are not among them are marked as mended.
        """
        pulls = self.pulls.read()
        here = pc.and_(pc.equal(pulls["feed"], feed), pc.equal(pulls["place"], place))
        earlier = pulls.filter(here)["raw"].to_pylist()
        if faults or earlier:
            self.quarantine.append(feed, raw, place, faults, earlier, now)
        return len(faults)

    def close_quarantine(self, feed: str, places: Iterable[str], now: dt.datetime) -> None:
        """Mark what is open of a feed as mended, but for the places that it still has."""
        pulls = self.pulls.read()
        rows = pulls.filter(pc.equal(pulls["feed"], feed)).select(["raw", "place"]).to_pylist()
        still = set(places)
        gone: dict[str, set[str]] = {}
        for row in rows:
            if row["place"] not in still:
                gone.setdefault(row["raw"], set()).add(row["place"])
        if gone:
            self.quarantine.close(feed, gone, now)

    def append_pull(
        self, feed: str, raw: str, spec: str, place: str, done: Appended, now: dt.datetime
    ) -> None:
        """Record that bytes were read to their end."""
        self.append_pulls(feed, spec, [(raw, place, done)], now)

    def append_pulls(
        self, feed: str, spec: str, pulls: Iterable[tuple[str, str, Appended]], now: dt.datetime
    ) -> None:
        """The same of many files in one commit: (raw, place, what was done) of each."""
        rows = [
            {
                "feed": feed,
                "raw": raw,
                "spec": spec,
                "place": place,
                "n_rows": done.n_rows,
                "n_claims": done.n_claims,
                "n_new": done.n_new,
                "n_empty": done.n_empty,
                "n_quarantined": done.n_quarantined,
                "last_published_at": done.last_published_at,
                "recorded_at": now,
            }
            for raw, place, done in pulls
        ]
        if rows:
            self.pulls.append(pa.Table.from_pylist(rows, schema=PULL_SCHEMA))

    def compact(self) -> tuple[int, int]:
        """Rewrite the tables in few files, claims clustered by metric, run of periods, subject.

        Returns
        -------
        (int, int)
            Files before and after.
        """
        orders = (
            (self.claims, _clustered),
            (self.quarantine.rows, "FROM {rows} ORDER BY feed, recorded_at, row".format),
            (self.quarantine.mended, "FROM {rows} ORDER BY recorded_at".format),
            (self.pulls, "FROM {rows} ORDER BY recorded_at, feed".format),
        )
        before = after = 0
        spill = self.lake / ".spill"
        for table, ordered in orders:
            files = table.files()
            before += len(files)
            if len(files) > 1 or (files and table is self.claims):
                spill.mkdir(exist_ok=True)
                with connect(spill) as engine:
                    rows = engine.sql(ordered(rows=parquet(files)))
                    table.rewrite(rows.to_arrow_reader(ROW_GROUP_ROWS))
            after += len(table.files())
        return before, after

    def _stored_ids(self, feed: str) -> DigestSet:
        files = self.claims.files()
        if not files:
            return DigestSet()
        with connect() as engine:
            query = f"FROM {parquet(files)} WHERE feed = {text_literal(feed)}"
            n_stored = engine.sql(f"SELECT count(*) AS n {query}").to_arrow_table()["n"][0].as_py()
            seen = DigestSet(n_stored)
            for batch in engine.sql(f"SELECT claim_id {query}").to_arrow_reader(200_000):
                seen.add(_digits(batch.column(0)))
        return seen


class _Source:
    """Batches of a reader, with the error that ended it."""

    def __init__(self, rows: pa.RecordBatchReader) -> None:
        self._rows = rows
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._rows
        except Exception as error:
            self.error = error
            raise


def _fresh_batches(
    rows: Iterable[pa.RecordBatch],
    seen: DigestSet,
    done: Appended,
    faults: list[tuple[int, str, str]],
) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        done.n_rows = max(done.n_rows, pc.max(batch.column("row")).as_py() or 0)
        reasons = batch.column("reason")
        claims = batch
        if reasons.null_count < len(reasons):
            done.n_empty += pc.sum(pc.equal(reasons, "empty")).as_py() or 0
            wrong = batch.filter(pc.fill_null(pc.not_equal(reasons, "empty"), fill_value=False))
            columns = (wrong.column(name).to_pylist() for name in ("row", "fault_column", "reason"))
            faults.extend(zip(*columns, strict=True))
            claims = batch.filter(pc.is_null(reasons))
        if claims.num_rows == 0:
            continue
        done.n_claims += claims.num_rows
        published = pc.max(claims.column("published_at")).as_py()
        if published and (done.last_published_at is None or published > done.last_published_at):
            done.last_published_at = published
        is_new = seen.add(_digits(claims.column("claim_id")))
        n_new = int(is_new.sum())
        done.n_new += n_new
        if n_new < len(is_new):
            claims = claims.filter(pa.array(is_new))
        if claims.num_rows:
            yield claims.select(CLAIM_SCHEMA.names).cast(CLAIM_SCHEMA)


def _prepend(first: pa.RecordBatch, rest: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def _digits(ids: pa.Array) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """(n, 32) view of an Arrow array of 32-digit texts, without a copy."""
    if isinstance(ids, pa.ChunkedArray):
        ids = ids.combine_chunks()
    if len(ids) == 0:
        return np.zeros((0, 32), np.uint8)
    width = np.int64 if pa.types.is_large_string(ids.type) else np.int32
    _, offsets, data = ids.buffers()
    bounds = np.frombuffer(offsets, width)[ids.offset : ids.offset + len(ids) + 1]
    return np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]].reshape(len(ids), 32)


def _clustered(rows: str) -> str:
    """SQL of the claims in the order of compaction: metric, run of periods, subject.

    An entity lies in one stretch a run, which the statistics of row groups find; a league table
    of a metric's newest period reads one run of it, however long the history. Every other run is
    in descending order: a row group across the end of a run then spans few subjects, not all.
    """
    return f"""WITH periods AS (
  SELECT metric, valid_to,
    (sum(count(*)) OVER (PARTITION BY metric ORDER BY valid_to) - count(*)) // {RUN_ROWS} AS part
  FROM {rows} GROUP BY metric, valid_to
), runs AS (
  SELECT metric, valid_to, dense_rank() OVER (ORDER BY metric, part) AS run FROM periods
)
SELECT claims.* FROM {rows} AS claims
JOIN runs ON claims.metric = runs.metric AND claims.valid_to IS NOT DISTINCT FROM runs.valid_to
ORDER BY run, CASE WHEN run % 2 = 1 THEN subject END, CASE WHEN run % 2 = 0 THEN subject END DESC,
  scheme, definition, claims.valid_to, published_at, claim_id"""
