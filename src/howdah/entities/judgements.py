"""Judgements: same-or-different decisions about pairs, appended and never rewritten.

A judgement is data. Whoever changes their mind appends a new one: the latest that was recorded
by a date is what holds on that date, so every earlier state can be read again.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from howdah.claims.tables import AppendOnlyTable
from howdah.core import InputError, Judgement
from howdah.core.errors import MissingColumnError
from howdah.core.estimate import derived_id
from howdah.entities.schemes import reference_node

JUDGEMENT_SCHEMA = pa.schema(
    [
        pa.field("judgement_id", pa.string()),
        pa.field("left", pa.string()),
        pa.field("right", pa.string()),
        pa.field("judgement", pa.string()),
        pa.field("score", pa.float64()),
        pa.field("reasons", pa.list_(pa.string())),
        pa.field("judged_by", pa.string()),
        pa.field("recorded_at", pa.timestamp("us", tz="UTC")),
    ]
)

#: Of two judgements recorded in the same instant the more careful one holds.
_CAUTION = {Judgement.SAME: 0, Judgement.UNSURE: 1, Judgement.DIFFERENT: 2}

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One judgement, as read or to be recorded.

    Attributes
    ----------
    left, right
        Canonical ids or ``scheme:value``, in either order.
    judgement
        Same, different or unsure.
    recorded_at
        When it was made, with a time zone.
    judged_by
        Role or method that made it.
    score
        Match probability that was shown to the judge, None when none was.
    reasons
        Why, in words.
    """

    left: str
    right: str
    judgement: Judgement
    recorded_at: dt.datetime
    judged_by: str
    score: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def pair(self) -> Pair:
        """Nodes of the two sides, in a fixed order."""
        left, right = sorted((reference_node(self.left), reference_node(self.right)))
        return left, right

    @property
    def judgement_id(self) -> str:
        """Digest of what was judged, how, by whom and when."""
        moment = self.recorded_at.astimezone(dt.UTC).isoformat()
        return derived_id("j", *self.pair, self.judgement.value, self.judged_by, moment)


class JudgementTable:
    """The append-only table of judgements of a market.

    Parameters
    ----------
    path
        Folder of the table; made by the first append.
    """

    def __init__(self, path: Path) -> None:
        self._table = AppendOnlyTable(path, JUDGEMENT_SCHEMA, plain_columns=("judgement_id",))

    def read(self) -> pa.Table:
        """Every judgement ever appended."""
        return self._table.read()

    def append(self, decisions: Iterable[Decision]) -> int:
        """Append judgements that the table does not hold yet; return how many those were.

        The caller holds the market's write lock.

        Raises
        ------
        InputError
            A judgement about an entity and itself, or one recorded without a time zone.
        StoreError
            The table could not be written.
        """
        known = set(self.read()["judgement_id"].to_pylist())
        rows = judgement_rows(decisions)
        new = rows.filter(
            pc.invert(pc.is_in(rows["judgement_id"], pa.array(sorted(known), pa.string())))
        )
        if new.num_rows:
            self._table.append(new)
        return int(new.num_rows)


def judgement_rows(decisions: Iterable[Decision]) -> pa.Table:
    """Rows of the judgements table, one for each distinct decision.

    Raises
    ------
    InputError
        A judgement about an entity and itself, or one recorded without a time zone.
    """
    rows = {}
    for decision in decisions:
        if decision.pair[0] == decision.pair[1]:
            raise InputError(
                f"Cannot judge {decision.left!r} against itself. Give two different entities."
            )
        require_time_zone("recorded_at", decision.recorded_at)
        rows[decision.judgement_id] = {
            "judgement_id": decision.judgement_id,
            "left": decision.left,
            "right": decision.right,
            "judgement": decision.judgement.value,
            "score": decision.score,
            "reasons": list(decision.reasons),
            "judged_by": decision.judged_by,
            "recorded_at": decision.recorded_at,
        }
    return pa.Table.from_pylist(list(rows.values()), JUDGEMENT_SCHEMA)


def latest_judgements(
    judgements: pa.Table, *, as_of: dt.datetime | None = None
) -> dict[Pair, Decision]:
    """Judgement that holds for each pair: the latest recorded one by a date.

    Parameters
    ----------
    judgements
        Table with the columns of `JUDGEMENT_SCHEMA`, in any order of rows.
    as_of
        What was recorded later is not seen; None sees all.

    Returns
    -------
    dict
        By the pair's nodes, in a fixed order.

    Raises
    ------
    MissingColumnError
        The table lacks a column.
    InputError
        `as_of` has no time zone.
    """
    missing = [name for name in JUDGEMENT_SCHEMA.names if name not in judgements.column_names]
    if missing:
        raise MissingColumnError("judgements", missing, judgements.column_names)
    if as_of is not None:
        require_time_zone("as_of", as_of)
    latest: dict[Pair, Decision] = {}
    for row in judgements.select(JUDGEMENT_SCHEMA.names).to_pylist():
        if as_of is not None and row["recorded_at"] > as_of:
            continue
        decision = Decision(
            row["left"],
            row["right"],
            Judgement(row["judgement"]),
            row["recorded_at"],
            row["judged_by"],
            row["score"],
            tuple(row["reasons"] or ()),
        )
        holding = latest.get(decision.pair)
        if holding is None or _order(holding) < _order(decision):
            latest[decision.pair] = decision
    return latest


def require_time_zone(name: str, moment: dt.datetime) -> None:
    """Refuse a moment that could be meant in any time zone.

    Raises
    ------
    InputError
        It has none.
    """
    if moment.tzinfo is None:
        raise InputError(f"{name} {moment.isoformat()} has no time zone. Give one, such as UTC.")


def _order(decision: Decision) -> tuple[dt.datetime, int, str]:
    return decision.recorded_at, _CAUTION[decision.judgement], decision.judgement_id
