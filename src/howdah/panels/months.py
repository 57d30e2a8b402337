"""Calendar months in a log."""

import calendar
import datetime as dt
from typing import NamedTuple

from howdah.panels.tables import Survey


class Month(NamedTuple):
    """A calendar month whose last day is in the log; its first day may lie before the log."""

    start: dt.date
    first: int  # day number of the first day
    last: int


def months_of(survey: Survey) -> list[Month]:
    """Months that end in the log, in order; one that is not over is none."""
    found: list[Month] = []
    at = survey.start.replace(day=1)
    while True:
        length = calendar.monthrange(at.year, at.month)[1]
        first = (at - survey.start).days
        if first + length > survey.n_day:
            return found
        found.append(Month(at, first, first + length - 1))
        at += dt.timedelta(days=length)
