"""What of the tables asked for a log is too short to tell, and where it has gaps, in words.

Such cells are null, as all that is immature is. Where none of a kind can be told, whoever asked
for them should not have to find that out from a column of nulls.
"""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from howdah.kernels.activity import L28_DAYS, METRICS, look_back_days
from howdah.panels.audience import Audience, Options
from howdah.panels.months import months_of
from howdah.panels.tables import Survey

#: Stretches without rows that are told one by one.
_MOST_GAPS = 3

#: Strata that are told one by one.
_MOST_STRATA = 3


def shortfalls_of(survey: Survey, options: Options) -> tuple[str, ...]:
    """A sentence for each kind of cell that no day of the log can tell.

    It goes by the length of the log alone: in a panel whose units come and go, more may be null.
    Survival says in its verdict when it cannot tell.
    """
    n_day = survey.n_day
    has = f"the log has {n_day} day{'' if n_day == 1 else 's'}"
    found = {
        "daily": _daily(survey, has),
        "retention": _retention(survey, options.retention_days, has),
        "l28": iter(() if n_day >= L28_DAYS else (f"has no row: it takes {L28_DAYS} days, {has}",)),
        "overlap": _overlap(survey, options.overlap_window),
        "migration": _migration(survey),
    }
    return tuple(
        f"{name} {text}" for name in options.metrics if name in found for text in found[name]
    )


def gaps_of(audience: Audience) -> tuple[str, ...]:
    """A sentence on days of the log without any row: nobody tells them from days of no use."""
    is_empty = audience.day_rows == 0
    if not is_empty.any():
        return ()
    edges = np.flatnonzero(np.diff(np.r_[False, is_empty, False].astype(np.int8)))
    start = audience.survey.start
    runs = []
    for first, end in edges.reshape(-1, 2)[:_MOST_GAPS].tolist():
        days = [start + dt.timedelta(days=day) for day in (first, end - 1)]
        runs.append(f"{days[0]}" if first + 1 == end else f"{days[0]} to {days[1]}")
    more = len(edges) // 2 - len(runs)
    runs += [f"{more} more stretches"] if more else []
    n = int(is_empty.sum())
    told = (
        f"no row on {n} of {len(is_empty)} days: {_listed(runs)}; all tables take that for days on "
        "which nobody was active, so leave out what is stray or add what is missing"
    )
    return (told,)


def lone_strata_of(survey: Survey) -> tuple[str, ...]:
    """A sentence on strata of one unit that stands for several: it leaves all errors unknown."""
    if not survey.lone_strata:
        return ()
    names = [repr(name) for name in survey.lone_strata[:_MOST_STRATA]]
    more = len(survey.lone_strata) - len(names)
    names += [f"{more} more"] if more else []
    one = "stratum" if len(survey.lone_strata) == 1 else "strata"
    told = (
        f"no standard error: one unit alone stands for {one} {_listed(names)}, and one unit shows "
        "no spread; merge it with a like stratum, in both files"
    )
    return (told,)


def _daily(survey: Survey, has: str) -> Iterator[str]:
    back = look_back_days(survey.burn_in)
    names = [name for name, days in zip(METRICS, back, strict=True) if days >= survey.n_day]
    if names:
        yield f"has no value of {_listed(names)}: {has}, and they look back further"


def _retention(survey: Survey, days: tuple[int, ...], has: str) -> Iterator[str]:
    beyond = [str(day) for day in days if day >= survey.n_day]
    if beyond:
        yield f"has no value of day {_listed(beyond)} after entry: {has}"
    # Who enters is known after the burn-in; who is active, at once.
    room = survey.n_day - survey.burn_in
    late = [str(day) for day in days if room <= day < survey.n_day]
    if late:
        yield (
            f"has no value of day {_listed(late)} but of recurring: {has}, of which the first "
            f"{survey.burn_in} (--burn-in) tell who is new"
        )


def _overlap(survey: Survey, window: int) -> Iterator[str]:
    if all(month.last < window - 1 for month in months_of(survey)):
        yield f"has no row: no month ends in the log that has the {window} days up to its end"


def _migration(survey: Survey) -> Iterator[str]:
    whole = [month for month in months_of(survey) if month.first >= 0]
    if all(month.last < survey.burn_in for month in whole[1:]):
        yield (
            "has no row: it takes two whole calendar months, and the burn-in "
            f"({survey.burn_in} days) before the end of the second"
        )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
