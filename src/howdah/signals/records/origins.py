"""Origins: the past dates at which detectors are run, each judged when the next one comes."""

import datetime as dt
import itertools

from howdah.core.calendar import add_months

#: Months from one origin to the next, and from an origin to its judgement: findings of growth
#: look at a quarter, so that two origins share no reading of one.
HORIZON_MONTHS = 3


def origin_pairs(first: dt.date, last: dt.date, most: int) -> tuple[tuple[dt.date, dt.date], ...]:
    """Origins and the dates they are judged on, oldest first: ends of quarters of the calendar.

    A fixed grid, so that what was judged once is not judged again as time goes on.

    Parameters
    ----------
    first
        No origin is before this day.
    last
        No judgement is after this day.
    most
        The latest so many.

    Examples
    --------
    >>> [str(day) for day in origin_pairs(dt.date(2024, 1, 1), dt.date(2024, 11, 3), 9)[-1]]
    ['2024-07-31', '2024-10-31']
    """
    ends: list[dt.date] = []
    # Ends of January, April, July and October: figures of a calendar quarter are out by then.
    start = dt.date(last.year, last.month, 1)
    start = add_months(start, -((start.month - 1) % HORIZON_MONTHS))
    end = _month_end(start)
    if end > last:
        end = _month_end(add_months(start, -HORIZON_MONTHS))
    while end >= first and len(ends) <= most:
        ends.append(end)
        end = _month_end(add_months(dt.date(end.year, end.month, 1), -HORIZON_MONTHS))
    ends.reverse()
    return tuple(itertools.pairwise(ends))


def _month_end(day: dt.date) -> dt.date:
    return add_months(dt.date(day.year, day.month, 1), 1) - dt.timedelta(days=1)
