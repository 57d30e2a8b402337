"""The quarantine: rows that could not become claims, and which of them were mended since.

Both are logs that only grow. A row is open until a later pull of the same place reads it without
a fault, or the place is gone; it opens again if a still later pull brings the fault back.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from howdah.claims.tables import AppendOnlyTable
from howdah.core.claim import TIMESTAMP

QUARANTINE_SCHEMA = pa.schema(
    [
        ("quarantine_id", pa.string()),
        ("feed", pa.string()),
        ("raw", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("text", pa.string()),
        ("reason", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

MENDED_SCHEMA = pa.schema(
    [("quarantine_id", pa.string()), ("raw", pa.string()), ("recorded_at", TIMESTAMP)]
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that could not become a claim."""

    row: int
    column: str
    text: str
    reason: str


class Quarantine:
    """The rows set aside in one market.

    Parameters
    ----------
    lake
        Folder of the tables; made by the first append.

    Attributes
    ----------
    rows
        Every fault when it was first seen, or seen again after it was mended.
    mended
        Every mending: the fault, and the digest of the bytes that no longer had it.
    """

    def __init__(self, lake: Path) -> None:
        self.rows = AppendOnlyTable(lake / "quarantine", QUARANTINE_SCHEMA)
        self.mended = AppendOnlyTable(lake / "mended", MENDED_SCHEMA)

    def append(
        self,
        feed: str,
        raw: str,
        place: str,
        faults: Iterable[Fault],
        earlier: Iterable[str],
        now: dt.datetime,
    ) -> None:
        """Append the faults of one pull, each once, and mark those that it mended.

        Parameters
        ----------
        raw, place
            Digest of the bytes that were read, and where they came from.
        earlier
            Digests of bytes that earlier pulls of this place read: their open faults are
            mended unless they are among `faults`.
        """
        current = {_fault_id(feed, place, fault): fault for fault in faults}
        standing = self._open(feed, {digest: {place} for digest in (raw, *earlier)})
        new = {i: fault for i, fault in current.items() if i not in standing}
        if new:
            columns = {
                "quarantine_id": list(new),
                "feed": [feed] * len(new),
                "raw": [raw] * len(new),
                "row": [fault.row for fault in new.values()],
                "column": [fault.column for fault in new.values()],
                "text": [fault.text for fault in new.values()],
                "reason": [fault.reason for fault in new.values()],
                "recorded_at": [now] * len(new),
            }
            self.rows.append(pa.table(columns, schema=QUARANTINE_SCHEMA))
        self._mend(dict.fromkeys(sorted(standing.keys() - current.keys()), raw), now)

    def close(self, feed: str, gone: Mapping[str, Collection[str]], now: dt.datetime) -> None:
        """Mark the open faults of places that a feed does not have any more as mended.

        Parameters
        ----------
        gone
            Digests of bytes that were read, and the places that they were read at.
        """
        self._mend(self._open(feed, gone), now)

    def _open(self, feed: str, places: Mapping[str, Collection[str]]) -> dict[str, str]:
        """Open faults of bytes that were read at some places, by id, with the digest of these.

        Of the same bytes at two places each has its own faults.
        """
        rows = self.rows.read()
        rows = rows.filter(pc.is_in(rows["raw"], pa.array(list(places), pa.string())))
        mended = self.mended_at() if rows.num_rows else {}
        return {
            row["quarantine_id"]: row["raw"]
            for row in rows.sort_by("quarantine_id").to_pylist()
            if row["quarantine_id"] not in mended
            and any(
                _fault_id(feed, place, _fault_of(row)) == row["quarantine_id"]
                for place in places[row["raw"]]
            )
        }

    def _mend(self, faults: Mapping[str, str], now: dt.datetime) -> None:
        """Append that faults are gone, each with the digest of the bytes that tell so."""
        if faults:
            done = {
                "quarantine_id": list(faults),
                "raw": list(faults.values()),
                "recorded_at": [now] * len(faults),
            }
            self.mended.append(pa.table(done, schema=MENDED_SCHEMA))

    def mended_at(self) -> dict[str, dt.datetime]:
        """When each fault that is not open any more was mended, by its id."""
        opened = _last(self.rows.read())
        closed = _last(self.mended.read())
        return {i: day for i, day in closed.items() if i in opened and day >= opened[i]}


def _last(rows: pa.Table) -> dict[str, dt.datetime]:
    """Last time that each id was recorded."""
    last: dict[str, dt.datetime] = {}
    ids, days = rows["quarantine_id"].to_pylist(), rows["recorded_at"].to_pylist()
    for id_, day in zip(ids, days, strict=True):
        last[id_] = max(day, last.get(id_, day))
    return last


def _fault_of(row: Mapping[str, Any]) -> Fault:
    return Fault(row["row"], row["column"], row["text"], row["reason"])


def _fault_id(feed: str, place: str, fault: Fault) -> str:
    # Without the row, so that a file that grew does not quarantine its old rows again.
    text = f"{feed}\x1f{place}\x1f{fault.text}\x1f{fault.column}\x1f{fault.reason}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
