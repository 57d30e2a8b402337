"""Short texts of the command line that are put together from an answer's own values."""

import datetime as dt
import json

from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.core.phrases import factor_text, interval_text, number_text, phrase
from howdah.market.pages import Basis, Statement

#: Digits of a claim's id that are shown: enough to name one among billions.
CLAIM_DIGITS = 10

#: A probability above this is not shown as a certainty.
_ALMOST_SURE = 0.99

#: What stands in for a probability where none can be given.
_NO_PROBABILITY = {
    "event": "as its source states it",
    "overtaking": "as the sources state the order",
    "contradiction": "the statements exclude each other",
    "identity_gap": "the figures exclude each other",
    "measurement": "far outside the feed's history",
}

_COMPARATORS = {
    "about": "about ",
    "nearly": "nearly ",
    "over": "over ",
    "under": "under ",
    "at_least": "at least ",
    "at_most": "at most ",
}


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number and its noun.

    Examples
    --------
    >>> counted(1, "claim"), counted(1200, "claim")
    ('1 claim', '1,200 claims')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def percent_text(share: float | None) -> str:
    """A share as percent, a dash when it is unknown; a small share is not shown as none.

    Examples
    --------
    >>> percent_text(0.547), percent_text(0.0004), percent_text(None)
    ('55 %', 'under 1 %', '–')
    """
    if share is None:
        return "–"
    if 0 < share < 0.005:  # noqa: PLR2004 - rounds to nothing
        return "under 1 %"
    return f"{share:.0%}".replace("%", " %")


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


def object_text(statement: Statement) -> str:
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


def said_text(statement: Statement) -> str:
    """What a source said, in its own precision: 'over 180k', 'nearly 100', '34.5 %'."""
    unit, currency = statement.unit, statement.currency
    ends = [end for end in (statement.low, statement.high) if end is not None]
    if statement.value is None and len(set(ends)) > 1:
        text = interval_text(None, statement.low, statement.high, unit, currency)
    elif statement.value is not None or ends:
        words = _COMPARATORS.get(statement.comparator, "")
        if not words and statement.value is None and len(ends) == 1:
            words = "at least " if statement.low is not None else "at most "
        number = ends[0] if statement.value is None else statement.value
        text = f"{words}{number_text(number, unit, currency)}"
    else:
        return statement.object
    return f"{text} ({statement.object})" if statement.object else text


def standing_text(statement: Statement) -> str:
    """How a statement stands: planned, denied, a rumour; '' when it is asserted in public."""
    parts = [statement.modality] if statement.modality != "asserted" else []
    if statement.sensitivity != "public":
        parts.append(statement.sensitivity)
    if statement.suspect:
        parts.append("set aside as an outlier")
    return ", ".join(parts)


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
    """What an estimate rests on: its probability, claims, sources and calibration."""
    claims = counted(estimate.n_claims, "claim")
    sources = counted(estimate.n_sources, "source")
    parts = [f"{claims} of {sources}", estimate.calibration]
    if estimate.status == "point":
        parts.insert(0, f"interval at {percent_text(estimate.prob)}")
    if estimate.note:
        parts.append(estimate.note)
    return ", ".join(parts)


def size_text(finding: Finding) -> str:
    """The size of a finding with its interval, '' when it has none."""
    at = f"at {percent_text(finding.prob)}"
    unit, currency = (str(finding.params.get(key) or "") for key in ("unit", "currency"))
    match finding.kind:
        case "growth" | "measurement":
            ends = f"{_digits(finding.lower)} to {_digits(finding.upper)} {at}"
            return f"{factor_text(finding.value)} ({ends})"
        case "crossing":
            value = interval_text(finding.value, finding.lower, finding.upper, unit, currency)
            return value.replace(")", f" {at})")
        case "contradiction":
            stated = interval_text(None, finding.lower, finding.upper, unit, currency)
            return f"{stated}, the span of what is said"
        case "identity_gap":
            unit = "percent" if finding.metric == "stake" else "currency"
            ends = interval_text(None, finding.lower, finding.upper, unit, currency)
            return f"{ends}, as computed from the other figures"
        case "overtaking" | "event":
            return ""


def when_text(finding: Finding) -> str:
    """The interval of time of a finding whose size it is, '' otherwise."""
    if finding.kind != "overtaking":
        return ""
    text = f"between {finding.params['after']} and {finding.params['by']}"
    days = finding.period.days
    return text if days is None else f"{text}, {days} days in which it may have happened"


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def sure_text(finding: Finding) -> str:
    """How sure a finding is, and of how many claims."""
    claims = counted(finding.n, "claim")
    if finding.probability is None:
        return f"{_NO_PROBABILITY.get(finding.kind, 'no probability can be given')}, {claims}"
    if finding.probability > _ALMOST_SURE:
        return f"over {percent_text(_ALMOST_SURE)}, {claims}"
    return f"{percent_text(finding.probability)}, {claims}"


def basis_text(basis: Basis) -> str:
    """What an answer rests on, in one paragraph; every screen ends with it."""
    text = f"As of {basis.as_of}"
    text += " (replayed: recorded when published)." if basis.replayed else "."
    if basis.vintages:
        text += f" Vintages: {_vintages_text(basis)}."
    if basis.stale:
        late = (f"{feed} (last {last}, {days} days late)" for feed, last, days in basis.stale)
        text += f" Late feeds: {', '.join(late)}."
    if basis.later_feeds:
        later = (f"{feed} ({first})" for feed, first in basis.later_feeds)
        text += f" Feeds that start later: {', '.join(later)} (--as-of today shows them)."
    return text


def _vintages_text(basis: Basis) -> str:
    if basis.n_vintages > len(basis.vintages):
        return f"{basis.n_vintages}, from {basis.vintages[0]} to {basis.vintages[-1]}"
    return ", ".join(day.isoformat() for day in basis.vintages)
