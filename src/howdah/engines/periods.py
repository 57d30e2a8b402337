"""Periods where a stage expects a date: what to write instead of the name of a longer one.

A stage's outputs repeat the date of its input, and sources are put together by it. So a month is
not turned into one of its days here: files that name the first and files that name the last would
silently stand apart.
"""

from howdah.core.calendar import Period, parse_period
from howdah.core.errors import BadDateError


def date_remedy(text: str) -> str:
    """What to write instead of a text that is no ISO date; '' where nothing is told.

    Examples
    --------
    >>> date_remedy("2024-01")
    'a month: give one of its days, the same in all rows and files, such as the last, 2024-01-31'
    >>> date_remedy("2024/1/31")
    'write 2024-01-31'
    >>> date_remedy("yesterday")
    ''
    """
    try:
        period: Period = parse_period(text)
    except BadDateError:
        return ""
    if period.precision == "day":
        return f"write {period.end}"
    kind = "half a year" if period.precision == "half" else f"a {period.precision}"
    return (
        f"{kind}: give one of its days, the same in all rows and files, such as the last, "
        f"{period.end}"
    )
