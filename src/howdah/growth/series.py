"""Series of an outcome and of channels of spend, on a calendar without gaps."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Rhythm = Literal["day", "week", "month", "quarter", "year", "uneven"]

#: Rhythms by the days between most neighbouring periods, from and up to.
_RHYTHMS: tuple[tuple[Rhythm, float, float], ...] = (
    ("day", 1, 1), ("week", 7, 7), ("month", 28, 31), ("quarter", 89, 92), ("year", 365, 366),
)  # fmt: skip

#: A calendar with more gaps than this for each period that is there is no rhythm.
_MOST_GAPS = 3.0


@dataclass(frozen=True, slots=True)
class Names:
    """Columns of the input by what they hold.

    Attributes
    ----------
    group
        None for one series.
    """

    outcome: str
    channels: tuple[str, ...]
    controls: tuple[str, ...] = ()
    period: str = "period"
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods without gaps: where the rows of a series stand in them.

    Attributes
    ----------
    rhythm
        How far apart periods are; "uneven" takes one row after the other as it comes.
    days
        (n_period,) dates as days since 1970, those between the rows too.
    at
        (n_row,) place of each row.
    """

    rhythm: Rhythm
    days: Ints
    at: Ints


@dataclass(frozen=True, slots=True)
class GroupSeries:
    """One group's series.

    Attributes
    ----------
    outcome
        (n_period,); NaN where it is not known.
    spend
        (n_channel, n_period), not negative; between rows it is taken to go straight.
    controls
        (n_control, n_period); the same.
    is_stated
        (n_period,) periods that the input has a row of.
    """

    group: str
    calendar: Calendar
    outcome: Floats
    spend: Floats
    controls: Floats
    is_stated: Bools


def each_series(rows: pl.DataFrame, names: Names) -> Iterator[GroupSeries]:
    """The series of each group, in order of their names.

    Parameters
    ----------
    rows
        The columns of `names`: period (date), group (text), numbers; the outcome may be null.

    Raises
    ------
    InputError
        A group has two rows of one period.
    """
    keys = [names.period] if names.group is None else [names.group, names.period]
    ordered = rows.sort(keys)
    _refuse_doubles(ordered, names, keys)
    days = ordered[names.period].cast(pl.Int32).cast(pl.Int64).to_numpy()
    columns = (names.outcome, *names.channels, *names.controls)
    values = ordered.select(pl.col(list(columns)).cast(pl.Float64).fill_null(np.nan)).to_numpy().T
    if names.group is None:
        groups, starts = [""], np.array([0, len(days)])
    else:
        found = ordered.group_by(names.group, maintain_order=True).len()
        groups = found[names.group].to_list()
        starts = np.append(0, np.cumsum(found["len"].cast(pl.Int64).to_numpy()))
    known: dict[bytes, Calendar] = {}
    for n, group in enumerate(groups):
        part = slice(starts[n], starts[n + 1])
        key = days[part].tobytes()
        if key not in known:
            known[key] = calendar_of(days[part])
        yield _series(group, known[key], values[:, part], len(names.channels))


def _refuse_doubles(ordered: pl.DataFrame, names: Names, keys: list[str]) -> None:
    doubled = ordered.filter(pl.struct(keys).is_first_distinct().not_()).head(1)
    if not doubled.height:
        return
    period = doubled[names.period][0]
    if names.group is None:
        raise InputError(
            f"There are several rows of {period}. If they are of several groups, name their "
            "column with --group; else add them up first."
        )
    raise InputError(
        f"There are several rows of {names.group} {doubled[names.group][0]!r} and {period}. "
        "Give one row a group and period."
    )


def _series(group: str, calendar: Calendar, values: Floats, n_channel: int) -> GroupSeries:
    n_period = len(calendar.days)
    is_stated = np.zeros(n_period, np.bool_)
    is_stated[calendar.at] = True
    outcome = np.full(n_period, np.nan)
    outcome[calendar.at] = values[0]
    if len(calendar.at) == n_period:
        rest = values[1:].copy()
    else:
        every = np.arange(n_period)
        rest = np.array([np.interp(every, calendar.at, row) for row in values[1:]])
        rest = rest.reshape(len(values) - 1, n_period)
    return GroupSeries(group, calendar, outcome, rest[:n_channel], rest[n_channel:], is_stated)


def calendar_of(days: Ints) -> Calendar:
    """The calendar of ordered, distinct days.

    Examples
    --------
    >>> found = calendar_of(np.array([0, 7, 14, 28]))
    >>> found.rhythm, found.at.tolist()
    ('week', [0, 1, 2, 4])
    """
    if len(days) < 2:  # noqa: PLR2004 - one period has no rhythm
        return Calendar("uneven", days, np.arange(len(days)))
    # Of two in the middle the shorter: gaps only lengthen.
    step = int(np.sort(np.diff(days))[(len(days) - 2) // 2])
    for rhythm, low, high in _RHYTHMS:
        if low <= step <= high:
            numbers = _numbers(days, rhythm)
            at = numbers - numbers[0]
            if (np.diff(at) < 1).any() or at[-1] + 1 > (1 + _MOST_GAPS) * len(days):
                break
            return Calendar(rhythm, _days_between(days, at, rhythm), at)
    return Calendar("uneven", days, np.arange(len(days)))


def _numbers(days: Ints, rhythm: Rhythm) -> Ints:
    """Consecutive numbers of periods of a rhythm."""
    if rhythm == "day":
        return days
    if rhythm == "week":
        return np.asarray(np.round((days - days[0]) / 7), np.int64)
    months: Ints = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // {"month": 1, "quarter": 3, "year": 12}[rhythm]


def _days_between(days: Ints, at: Ints, rhythm: Rhythm) -> Ints:
    every = np.arange(at[-1] + 1)
    found = np.round(np.interp(every, at, days)).astype(np.int64)
    found[at] = days
    if rhythm in {"month", "quarter", "year"}:
        # Between the rows the first of the month: a date of a period that the input has not.
        n_months = {"month": 1, "quarter": 3, "year": 12}[rhythm]
        first = days[0].astype("datetime64[D]").astype("datetime64[M]")
        starts = (first + n_months * every).astype("datetime64[D]").astype(np.int64)
        is_between = np.ones(len(every), np.bool_)
        is_between[at] = False
        found[is_between] = starts[is_between]
    return found


def days_after(calendar: Calendar, n_period: int) -> Ints:
    """Dates of the periods after the last one."""
    last = calendar.days[-1]
    steps = np.arange(1, n_period + 1)
    if calendar.rhythm in {"month", "quarter", "year"}:
        n_months = {"month": 1, "quarter": 3, "year": 12}[calendar.rhythm]
        day = np.datetime64(int(last), "D")
        month = day.astype("datetime64[M]")
        within = (day - month.astype("datetime64[D]")).astype(np.int64)
        ahead = month + n_months * steps
        longest = (ahead + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
        # The last day of a month stays the last day.
        is_last = day == (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
        found = ahead.astype("datetime64[D]") + within
        found = longest if is_last else np.minimum(found, longest)
        return np.asarray(found.astype(np.int64), np.int64)
    step = np.median(np.diff(calendar.days)) if len(calendar.days) > 1 else 1
    return np.asarray(last + np.round(step * steps), np.int64)


def as_dates(days: Ints) -> pl.Series:
    """Days since 1970 as dates."""
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date)


def as_day(date: dt.date) -> int:
    """A date as days since 1970."""
    return (date - dt.date(1970, 1, 1)).days
