"""Withdrawals: claims that what they were read from does not make any more, and their return.

A table of figures says what it says, and a correction of it is a new claim. A text is read, and may
be read wrongly, or corrected by its publisher so that a sentence is gone. Such a claim was never
its source's, or is not any more: it is left out of every read from that day on, and is back when
it is read again. A log that only grows; earlier dates answer as they did.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pyarrow as pa

from howdah.claims.tables import AppendOnlyTable
from howdah.core.claim import TIMESTAMP
from howdah.engines import parquet

WITHDRAWAL_SCHEMA = pa.schema(
    [("claim_id", pa.string()), ("is_withdrawn", pa.bool_()), ("recorded_at", TIMESTAMP)]
)


class Withdrawals:
    """The withdrawals of one market.

    Parameters
    ----------
    path
        Folder of the table; made by the first append.
    """

    def __init__(self, path: Path) -> None:
        self._table = AppendOnlyTable(path, WITHDRAWAL_SCHEMA)

    def append(self, withdrawn: Iterable[str], returned: Iterable[str], now: dt.datetime) -> None:
        """Append withdrawals and returns in one commit; nothing where there are none.

        The caller holds the market's write lock.
        """
        rows = [
            {"claim_id": claim, "is_withdrawn": is_withdrawn, "recorded_at": now}
            for claims, is_withdrawn in ((withdrawn, True), (returned, False))
            for claim in sorted(claims)
        ]
        if rows:
            self._table.append(pa.Table.from_pylist(rows, WITHDRAWAL_SCHEMA))

    def standing(self, as_of: dt.datetime | None = None) -> dict[str, dt.datetime]:
        """Claims that are withdrawn at an instant, with when; None: by all that is recorded."""
        rows = pl.DataFrame(self._table.read())
        if as_of is not None:
            rows = rows.filter(pl.col("recorded_at") <= as_of)
        # Of the same instant the return holds: what is read is there.
        last = rows.sort("recorded_at", ~pl.col("is_withdrawn")).unique("claim_id", keep="last")
        found = last.filter("is_withdrawn").sort("claim_id")
        return dict(found.select("claim_id", "recorded_at").iter_rows())

    def condition(self, as_of: dt.datetime | None = None) -> str:
        """SQL that holds for claims that are not withdrawn at an instant; "" if none ever was."""
        files = self._table.files()
        if not files:
            return ""
        until = ""
        if as_of is not None:
            instant = as_of.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
            until = f"WHERE recorded_at <= TIMESTAMPTZ '{instant}' "
        return (
            f"claim_id NOT IN (SELECT claim_id FROM {parquet(files)} {until}GROUP BY claim_id "
            "HAVING arg_max(is_withdrawn, (recorded_at, NOT is_withdrawn)))"
        )
