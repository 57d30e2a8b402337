"""Short texts of the command line that are put together from an answer's own values."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from howdah.core.estimate import Estimate, party_of
from howdah.core.extent import has_interval, width_text
from howdah.core.phrases import interval_text, phrase, suspect_text

if TYPE_CHECKING:
    from howdah.market.pages import Statement

#: Digits of a claim's id that are shown: enough to name one among billions.
CLAIM_DIGITS = 10


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number and its noun.

    Examples
    --------
    >>> counted(1, "claim"), counted(1200, "claim")
    ('1 claim', '1,200 claims')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def day_text(day: dt.date | dt.datetime | None) -> str:
    """A day in ISO form, a dash when there is none."""
    if day is None:
        return "–"
    return (day.date() if isinstance(day, dt.datetime) else day).isoformat()


def unit_text(unit: str, currency: str) -> str:
    """What is counted: a unit's name, or the currency of money."""
    return currency or unit.replace("_", " ")


def period_text(period: str) -> str:
    """A period's label, a dash when none is stated."""
    return "–" if period == "not stated" else period.replace("..", " to ")


def object_text(statement: "Statement") -> str:
    """The other party or value of a statement; '' when it only repeats the metric's name."""
    repeats = statement.object.casefold() == statement.metric.replace("_", " ")
    return "" if repeats else statement.object


def definition_cell(definition: str) -> str:
    """A definition's id under a label that says what it is."""
    return definition or "not stated"


def record_text(raw: str) -> str:
    """A raw record for reading: its filled cells, each behind its column's name.

    Examples
    --------
    >>> record_text('{"app":"豆包","users":"many","note":null}')
    'app: 豆包; users: many'
    """
    try:
        cells = json.loads(raw)
    except ValueError:
        return raw
    if not isinstance(cells, dict):
        return raw
    return "; ".join(f"{name}: {cell}" for name, cell in cells.items() if cell is not None)


def id_text(claim_id: str) -> str:
    """A claim's id as it is shown; `howdah trail` takes it."""
    return claim_id[:CLAIM_DIGITS]


def standing_text(statement: "Statement") -> str:
    """How a statement stands: planned, denied, quoted; '' when it is asserted in public."""
    parts = [statement.modality] if statement.modality != "asserted" else []
    if statement.cited:
        parts.append(f"in an article, of {statement.source}")
    if statement.sensitivity != "public":
        parts.append(statement.sensitivity)
    if doubt := doubt_text(statement):
        parts.append(doubt)
    return ", ".join(parts)


def doubt_text(statement: "Statement") -> str:
    """Why a statement is doubted, or what a reviewer said of it; '' when it is not."""
    if statement.verdict == "keep":
        text = phrase("suspect", "kept")
    elif statement.reason:
        text = suspect_text(statement.reason, statement.factor)
    else:
        return ""
    return f"{text}: {statement.note}" if statement.note else text


def party_text(name: str, party: str) -> str:
    """Whose figure it is, and the other party where it has one: "Kimi (Search ads)"."""
    return f"{name} ({party})" if party else name


def estimate_text(estimate: Estimate) -> str:
    """An estimate with its interval and how it came about."""
    if estimate.status == "contested" and estimate.lower is None and estimate.upper is None:
        return "contested, the statements exclude each other"
    text = interval_text(
        estimate.value, estimate.lower, estimate.upper, estimate.unit, estimate.currency
    )
    if estimate.status == "point":
        return text
    return f"{text} ({phrase('status', estimate.status)})"


def support_text(estimate: Estimate) -> str:
    """What an estimate rests on: its probability, claims, sources and calibration.

    The other party, which its note names first, stands with the figure itself.
    """
    claims = counted(estimate.n_claims, "claim")
    sources = counted(estimate.n_sources, "source")
    parts = [f"{claims} of {sources}"]
    if has_interval([estimate]):
        parts.append(estimate.calibration)
    if width := width_text([estimate]):
        parts.insert(0, width)
    note = estimate.note
    if party_of(note):
        note = note.partition("; ")[2]
    if note:
        parts.append(note)
    return ", ".join(parts)


def footing_text(estimates: Sequence[Estimate]) -> str:
    """What the ends of a table's estimates are, and how far they were tested."""
    width = width_text(estimates)
    text = width[:1].upper() + width[1:]
    return f"{text}; {estimates[0].calibration}" if has_interval(estimates) else text
