"""Verdicts on claims: what a reviewer keeps or drops, appended and never rewritten.

A verdict is data. Whoever changes their mind appends a new one: the latest that was recorded by
a date is what holds on that date, so every earlier state can be read again.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl
import pyarrow as pa

from howdah.claims.tables import AppendOnlyTable
from howdah.core.claim import TIMESTAMP
from howdah.core.errors import InputError
from howdah.core.estimate import derived_id

VERDICT_SCHEMA = pa.schema(
    [
        ("verdict_id", pa.string()),
        ("claim_id", pa.string()),
        ("verdict", pa.string()),
        ("note", pa.string()),
        ("judged_by", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)


class Verdict(StrEnum):
    """What a reviewer says of a claim: it counts whatever the rules say, or it does not."""

    KEEP = "keep"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """One verdict, as read or to be recorded.

    Attributes
    ----------
    recorded_at
        When it was made, with a time zone.
    judged_by
        Role that made it.
    note
        Why, in words; '' when nothing was said.
    """

    claim_id: str
    verdict: Verdict
    recorded_at: dt.datetime
    judged_by: str
    note: str = ""

    @property
    def verdict_id(self) -> str:
        """Digest of what was judged, how, by whom and when."""
        moment = self.recorded_at.astimezone(dt.UTC).isoformat()
        return derived_id("v", self.claim_id, self.verdict.value, self.judged_by, moment)


class VerdictTable:
    """The append-only table of verdicts of a market.

    Parameters
    ----------
    path
        Folder of the table; made by the first append.
    """

    def __init__(self, path: Path) -> None:
        self._table = AppendOnlyTable(path, VERDICT_SCHEMA, plain_columns=("verdict_id",))

    def append(self, said: Sequence[ClaimVerdict]) -> None:
        """Append verdicts in one commit; the caller holds the market's write lock.

        Raises
        ------
        InputError
            One was recorded without a time zone.
        StoreError
            The table could not be written.
        """
        for one in said:
            if one.recorded_at.tzinfo is None:
                raise InputError(
                    f"recorded_at {one.recorded_at.isoformat()} has no time zone. Give one, such "
                    "as UTC."
                )
        rows = [
            {
                "verdict_id": one.verdict_id,
                "claim_id": one.claim_id,
                "verdict": one.verdict.value,
                "note": one.note,
                "judged_by": one.judged_by,
                "recorded_at": one.recorded_at,
            }
            for one in said
        ]
        self._table.append(pa.Table.from_pylist(rows, VERDICT_SCHEMA))

    def read(self, as_of: dt.datetime) -> pl.DataFrame:
        """The verdict that holds for each claim at an instant, ordered by claim.

        Of two that were recorded in the same instant the more careful one, drop, holds.
        """
        rows = pl.DataFrame(self._table.read())
        return (
            rows.filter(pl.col("recorded_at") <= as_of)
            .sort("recorded_at", pl.col("verdict") == Verdict.DROP.value, "verdict_id")
            .unique("claim_id", keep="last")
            .sort("claim_id")
        )
