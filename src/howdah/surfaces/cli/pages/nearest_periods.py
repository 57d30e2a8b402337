"""A period that nothing is known of: the error that names the nearest ones there are."""

import datetime as dt

from howdah.core.calendar import parse_period, parse_span
from howdah.core.errors import BadDateError, UnknownNameError
from howdah.surfaces.cli.words import counted

#: Periods that are named.
_MOST = 4


def with_periods(
    error: UnknownNameError, period: str | None, definition: str | None
) -> UnknownNameError:
    """The error, with the nearest known periods where it is the period that is not known.

    Parameters
    ----------
    error
        Of `Market.explain`: what it knows are the labels of periods, each with its definition.
    period, definition
        What was asked for.
    """
    labels = [name.partition(" ") for name in error.known]
    named = [x for x in labels if not definition or x[2] == definition]
    is_missing = period is not None and error.received.partition(" ")[0] == period
    if not is_missing or not named or any(label == period for label, _, _ in named):
        return error
    near = sorted(named, key=lambda x: (_days_apart(x[0], str(period)), x))
    shown = [label + (f" ({of})" if of else "") for label, _, of in near[:_MOST]]
    left = len(near) - len(shown)
    more = f" and {counted(left, 'other period')}" if left else ""
    known = f"Nearest to it, {error.kind} is known for {', '.join(shown)}{more}."
    return UnknownNameError("period", str(period), (), hint=known)


def _days_apart(label: str, wanted: str) -> int:
    """Days between the ends of two periods; of no period it is that to the last of all."""
    try:
        known = parse_span(label).end
    except BadDateError:
        return dt.date.max.toordinal()
    try:
        asked = parse_period(wanted).end
    except BadDateError:
        asked = dt.date.max
    return abs(((known or dt.date.min) - (asked or dt.date.max)).days)
