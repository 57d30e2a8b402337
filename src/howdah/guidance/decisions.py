"""Decisions: what somebody decided on a finding or a direction, appended and never rewritten.

A decision is data. Whoever changes their mind withdraws it with a new row, so that every earlier
date reads as it did. People are roles.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from howdah.claims import AppendOnlyTable
from howdah.core.claim import TIMESTAMP
from howdah.core.errors import InputError
from howdah.core.estimate import derived_id
from howdah.guidance.expectations import Bound, Expectation

DECISION_SCHEMA = pa.schema(
    [
        ("decision_id", pa.string()),
        ("act", pa.string()),
        ("kind", pa.string()),
        ("about", pa.string()),
        ("segment", pa.string()),
        ("what", pa.string()),
        ("owner", pa.string()),
        ("metric", pa.string()),
        ("entity", pa.string()),
        ("bound", pa.string()),
        ("value", pa.float64()),
        ("day", pa.date32()),
        ("definition", pa.string()),
        ("unit", pa.string()),
        ("currency", pa.string()),
        ("review", pa.date32()),
        ("known_by", pa.date32()),
        ("note", pa.string()),
        ("decided_by", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

#: What was decided on.
Kind = Literal["finding", "direction"]

_DECIDED, _WITHDRAWN = "decided", "withdrawn"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The end of a decision by who took it back."""

    by: str
    note: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, as read or to be recorded.

    Attributes
    ----------
    about
        Id of the finding, or of the segment that is a direction.
    segment
        Of the finding, '' where it has none; of a direction itself.
    owner, decided_by
        Roles of who carries it out and of who decided.
    review
        Day on which it is looked at again.
    known_by
        Knowledge date of what it was decided on.
    recorded_at
        When it was made, with a time zone.
    """

    kind: Kind
    about: str
    segment: str
    what: str
    owner: str
    expected: Expectation
    review: dt.date
    known_by: dt.date
    decided_by: str
    recorded_at: dt.datetime
    note: str = ""
    withdrawal: Withdrawal | None = None

    @property
    def decision_id(self) -> str:
        """Digest of what was decided on what, by whom and when."""
        moment = self.recorded_at.astimezone(dt.UTC).isoformat()
        return derived_id("d", self.about, self.what, self.decided_by, moment)

    @property
    def day(self) -> dt.date:
        """Day on which it was recorded, in UTC."""
        return self.recorded_at.astimezone(dt.UTC).date()

    def is_due(self, as_of: dt.date) -> bool:
        """Whether its review has come and its expected day has not."""
        return self.withdrawal is None and self.review <= as_of < self.expected.day


class DecisionTable:
    """The append-only table of decisions of a market.

    Parameters
    ----------
    path
        Folder of the table; made by the first append.
    """

    def __init__(self, path: Path) -> None:
        self._table = AppendOnlyTable(path, DECISION_SCHEMA, plain_columns=("decision_id",))

    def append(self, decision: Decision) -> None:
        """Append a decision; the caller holds the market's write lock.

        Raises
        ------
        InputError
            It was recorded without a time zone.
        StoreError
            The table could not be written.
        """
        self._append(decision, _DECIDED, decision.decided_by, decision.note, decision.recorded_at)

    def withdraw(self, decision: Decision, withdrawal: Withdrawal) -> None:
        """Append that a decision holds no more; the caller holds the market's write lock.

        Raises
        ------
        InputError
            It was recorded without a time zone.
        StoreError
            The table could not be written.
        """
        self._append(decision, _WITHDRAWN, withdrawal.by, withdrawal.note, withdrawal.recorded_at)

    def read(self, as_of: dt.datetime | None = None) -> tuple[Decision, ...]:
        """Decisions that were recorded by an instant, in order of time, with what ended them."""
        rows = sorted(
            (
                row
                for row in self._table.read().to_pylist()
                if as_of is None or row["recorded_at"] <= as_of
            ),
            key=lambda row: (row["recorded_at"], row["decision_id"]),
        )
        return _decisions(rows)

    def _append(
        self, decision: Decision, act: str, by: str, note: str, recorded_at: dt.datetime
    ) -> None:
        if recorded_at.tzinfo is None:
            raise InputError(
                f"recorded_at {recorded_at.isoformat()} has no time zone. Give one, such as UTC."
            )
        expected = decision.expected
        row = {
            "decision_id": decision.decision_id,
            "act": act,
            "kind": decision.kind,
            "about": decision.about,
            "segment": decision.segment,
            "what": decision.what,
            "owner": decision.owner,
            "metric": expected.metric,
            "entity": expected.entity,
            "bound": expected.bound,
            "value": expected.value,
            "day": expected.day,
            "definition": expected.definition,
            "unit": expected.unit,
            "currency": expected.currency,
            "review": decision.review,
            "known_by": decision.known_by,
            "note": note,
            "decided_by": by,
            "recorded_at": recorded_at,
        }
        self._table.append(pa.Table.from_pylist([row], DECISION_SCHEMA))


def _decisions(rows: Sequence[dict[str, Any]]) -> tuple[Decision, ...]:
    found: dict[str, Decision] = {}
    for row in rows:
        id_ = row["decision_id"]
        if row["act"] == _DECIDED:
            found[id_] = _decision(row)
        elif id_ in found and found[id_].withdrawal is None:
            ended = Withdrawal(row["decided_by"], row["note"], row["recorded_at"])
            found[id_] = replace(found[id_], withdrawal=ended)
    return tuple(found.values())


def _decision(row: dict[str, Any]) -> Decision:
    bound: Bound = row["bound"]
    expected = Expectation(
        row["metric"], row["entity"], bound, row["value"], row["day"], row["definition"],
        row["unit"], row["currency"],
    )  # fmt: skip
    return Decision(
        kind=row["kind"],
        about=row["about"],
        segment=row["segment"],
        what=row["what"],
        owner=row["owner"],
        expected=expected,
        review=row["review"],
        known_by=row["known_by"],
        decided_by=row["decided_by"],
        recorded_at=row["recorded_at"],
        note=row["note"],
    )
