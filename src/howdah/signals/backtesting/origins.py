"""Origins of a back-test: the days on which it pretends to stand."""

import datetime as dt

from howdah.core.calendar import add_months
from howdah.core.errors import InputError


def origins_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The day `first` and the same day of each month after it, up to `last`.

    Raises
    ------
    InputError
        There is none.

    Examples
    --------
    >>> [str(day) for day in origins_between(dt.date(2024, 1, 31), dt.date(2024, 3, 31))]
    ['2024-01-31', '2024-02-29', '2024-03-31']
    """
    if first > last:
        raise InputError(f"--from is {first} and --to is {last}: give the earlier date first.")
    days: list[dt.date] = []
    while (day := add_months(first, len(days))) <= last:
        days.append(day)
    return days
