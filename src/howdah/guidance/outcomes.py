r"""Outcomes: what became of those who were in a segment when a giant came.

With $x_i$ the level of a member under the segment's headline, $A$ the incumbents with a level
before the entry and $B$ all members with a level after it, a year later,

$$\text{kept} = \sum_{i \in A \cap B} x_i(\text{after}) \Big/ \sum_{i \in B} x_i(\text{after}),$$

100 % before the entry by construction: what of the segment those who were there still hold, what
the giant holds, and what others who came. One table alone is used, so no two definitions meet.

What it cannot tell: whether the giant was the cause. A segment that others entered too loses
shares to them, and an incumbent that fell off a list holds "nothing" where it holds less than the
list's end.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy.special import bdtr, ndtri

from howdah.estimates import Models, is_immature
from howdah.estimates.aggregates import Interval, growth, share, shares
from howdah.estimates.aggregates.measures import BY_LEVELS, method_of
from howdah.estimates.assembly import period_length
from howdah.estimates.ends import Ends, Window, join_ends
from howdah.guidance.entries import Entry, Evidence, Members

#: Days after an entry at which its outcome is looked at, and how far from them.
HORIZON_DAYS = 365
_SLACK = 0.2

#: Days before an entry in which a table's newest period still tells where incumbents stood.
_BEFORE_DAYS = 183

#: Days by which periods of one moment may lie apart: who is not among them was gone.
_SAME_DAYS = 15

#: Fewest members with a level at the horizon: a share among two is a comparison, not a segment.
LEAST_MEMBERS = 3

#: Fewest entries with a known outcome from which anything is answered.
LEAST_ANALOGUES = 5

#: What one table is of: the sum of a month and a year would be neither.
TABLE = ("definition", "unit", "currency", "length")

#: Natures of sources whose silence tells: they cover whom they cover in every period.
_STEADY = ("counter", "panel", "list")

Fate = Literal["growing", "shrinking", "level", "silent", "cannot tell"]

#: Why an outcome cannot be told. undated: the entry is only no later than a day. no_incumbents:
#: nobody is known to have been there. horizon: the time is not over. no_figures: no incumbent has
#: a level before. few: too few members have a level at the horizon. measurement: the feed's own
#: method changed in between. not_additive: levels of the headline do not add up.
Missing = Literal[
    "", "undated", "no_incumbents", "horizon", "no_figures", "few", "measurement", "not_additive"
]

#: Feed and reason of a fault of measurement between two days, None where there is none:
#: ``find_fault(definition, start, end)``.
FindFault = Callable[[str, dt.date, dt.date], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Incumbent:
    """One who was there before an entry.

    Attributes
    ----------
    lead_months
        Between first evidence of the two; where the incumbent's is only no later than a day, at
        least so many.
    before, after
        Levels, under the table of the outcome.
    change
        Growth from one to the other, in percent.
    share_before, share_after
        Of all members with a level at each of the two, in percent.
    """

    evidence: Evidence
    lead_months: float
    fate: Fate
    before: Interval | None = None
    after: Interval | None = None
    change: Interval | None = None
    share_before: Interval | None = None
    share_after: Interval | None = None
    claim_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the incumbents of an entry.

    Attributes
    ----------
    table
        Definition, unit, currency and length of periods that levels are under; empty without any.
    before, after
        Days around which levels were looked for.
    kept, held
        Share of the segment that the incumbents and that the giant hold at the horizon, percent.
    n_before, n_after
        Incumbents with a level before, members with one at the horizon.
    missing, detail
        Why there is no `kept`; more of it where there is.
    """

    entry: Entry
    incumbents: tuple[Incumbent, ...]
    missing: Missing
    table: tuple[str, ...] = ()
    before: dt.date | None = None
    after: dt.date | None = None
    kept: Interval | None = None
    held: Interval | None = None
    n_before: int = 0
    n_after: int = 0
    detail: str = ""

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Every claim behind it, the entry's first."""
        every = [*self.entry.evidence.claim_ids]
        for incumbent in self.incumbents:
            every += [*incumbent.evidence.claim_ids, *incumbent.claim_ids]
        return tuple(dict.fromkeys(every))


@dataclass(frozen=True, slots=True)
class Answer:
    """What past entries say together; `kept` is None below `LEAST_ANALOGUES`.

    Attributes
    ----------
    n
        Entries with a known outcome.
    kept
        Median share that incumbents held at the horizon, with an interval for the median of all
        such entries that takes no form for granted: the order statistics whose binomial
        probability reaches `prob`, or all the range, at the probability that it has.
    fates
        Incumbents by what became of them.
    """

    n: int
    n_needed: int
    kept: Interval | None
    fates: tuple[tuple[Fate, int], ...]


def find_outcome(
    entry: Entry,
    incumbents: Sequence[Evidence],
    segment: Members,
    observations: pl.DataFrame,
    models: Models,
    as_of: dt.date,
    find_fault: FindFault,
) -> Outcome:
    """The outcome of an entry at the horizon.

    Parameters
    ----------
    incumbents
        From `find_incumbents`.
    observations
        Of the segment's headline and of its members, with ``suspect``.
    """
    day = entry.evidence.last
    horizon = day + dt.timedelta(HORIZON_DAYS)
    slack = dt.timedelta(_SLACK * HORIZON_DAYS)
    told = [Incumbent(e, e.months_before(entry.evidence), "cannot tell") for e in incumbents]

    def untold(missing: Missing, detail: str = "") -> Outcome:
        return Outcome(entry, tuple(told), missing, detail=detail)

    if not entry.evidence.is_dated:
        return untold("undated", entry.evidence.undated)
    if not incumbents:
        return untold("no_incumbents")
    own = observations.filter(pl.col("entity").is_in(list(segment.members)))
    if segment.is_tally or (own.height and not (own["scale"] == "log").all()):
        return untold("not_additive", segment.headline)
    before = (entry.evidence.first or day) - dt.timedelta(1)
    wanted = (
        Window(before - dt.timedelta(_BEFORE_DAYS), before, before),
        Window(horizon - slack, horizon + slack, horizon),
    )
    names = [e.entity for e in incumbents]
    table, ends = _best_table(own, models, wanted, names)
    if ends is None:
        return untold("no_figures", segment.headline)
    there = [n for n in ends.having(0) if ends.entities[n] in names]
    now = ends.having(1)
    if len(now) < LEAST_MEMBERS and as_of < horizon + slack:
        return untold("horizon", (horizon + slack).isoformat())
    fault = find_fault(table[0], *_span(ends))
    told = _incumbents(ends, told, own, fault=fault is not None)
    missing: Missing = "" if len(now) >= LEAST_MEMBERS else "few"
    detail = "" if not missing else f"{len(now)}"
    if fault is not None:
        missing, detail = "measurement", f"{fault[0]}: {fault[1]}"
    kept = held = None
    if not missing:
        at_end = ends.at(1)
        period = at_end.joint.periods[0]
        still = [e for e in at_end.entities if e in {ends.entities[n] for n in there}]
        theirs = [e for e in at_end.entities if segment.owned.get(e) == entry.giant]
        kept = share(at_end.joint, still, period)
        held = share(at_end.joint, theirs, period)
    return Outcome(
        entry=entry,
        incumbents=tuple(told),
        missing=missing,
        table=table,
        before=before,
        after=horizon,
        kept=kept,
        held=held,
        n_before=len(there),
        n_after=len(now),
        detail=detail,
    )


def answer(outcomes: Sequence[Outcome], *, prob: float) -> Answer:
    """What entries with known outcomes say together.

    Examples
    --------
    >>> answer([], prob=0.9)
    Answer(n=0, n_needed=5, kept=None, fates=())
    """
    known = [outcome for outcome in outcomes if outcome.kept is not None]
    counts: dict[Fate, int] = {}
    for outcome in known:
        for incumbent in outcome.incumbents:
            counts[incumbent.fate] = counts.get(incumbent.fate, 0) + 1
    fates = tuple(sorted(counts.items()))
    if len(known) < LEAST_ANALOGUES:
        return Answer(len(known), LEAST_ANALOGUES, None, fates)
    values = np.sort([o.kept.value for o in known if o.kept is not None])
    kept = median_interval(values, prob)
    return Answer(len(known), LEAST_ANALOGUES, kept, fates)


def median_interval(values: Sequence[float] | np.ndarray, prob: float) -> Interval:
    """Median of some numbers, with an interval for that of what they are a sample of.

    Between the r-th lowest and the r-th highest lies the median with probability
    $1 - 2 P(X < r)$, $X$ binomial with one half; the largest r is taken that reaches `prob`.

    Examples
    --------
    >>> found = median_interval([1.0, 2.0, 3.0, 4.0, 5.0], 0.9)
    >>> found.value, found.lower, found.upper, found.prob
    (3.0, 1.0, 5.0, 0.9375)
    """
    ordered = np.sort(np.asarray(values, np.float64))
    n = len(ordered)
    reach = [1 - 2 * float(bdtr(r - 1, n, 0.5)) for r in range(1, n // 2 + 1)]
    best = max((r for r, mass in enumerate(reach, 1) if mass >= prob), default=1)
    mass = reach[best - 1] if reach else 0.0
    middle, low, high = np.median(ordered), ordered[best - 1], ordered[n - best]
    return Interval(float(middle), float(low), float(high), mass, "order-statistics.1")


def level_of(ends: Ends, row: int, window: int) -> Interval:
    """Level of one series in one window."""
    joint = ends.joint
    variance = joint.own[row, window, window] + (joint.common[row, window] ** 2).sum()
    reach = float(ndtri(0.5 + joint.prob / 2) * np.sqrt(variance))
    middle = float(joint.mean[row, window])
    value, low, high = (float(np.exp(x)) for x in (middle, middle - reach, middle + reach))
    return Interval(value, low, high, joint.prob, method_of(joint, BY_LEVELS, row))


def _best_table(
    own: pl.DataFrame, models: Models, wanted: Sequence[Window], names: Sequence[str]
) -> tuple[tuple[str, ...], Ends | None]:
    """The table in which the most incumbents have a level before; ties by levels after it."""
    best: tuple[tuple[int, int], tuple[str, ...], Ends] | None = None
    tables = own.with_columns(period_length()).partition_by(TABLE, as_dict=True)
    for key, part in sorted(tables.items()):
        over = part.filter(~is_immature() & ~pl.col("suspect"))
        days = over["valid_to"].unique().sort().to_list()
        ends = join_ends(part, models, [narrowed(window, days) for window in wanted])
        if ends is None:
            continue
        n_there = sum(ends.entities[n] in names for n in ends.having(0))
        rank = (n_there, len(ends.having(1)))
        if n_there and (best is None or rank > best[0]):
            best = rank, tuple(str(k) for k in key), ends
    return ((), None) if best is None else best[1:]


def narrowed(wanted: Window, days: Sequence[dt.date]) -> Window:
    """The days around the period of a table that is nearest to what is wanted."""
    inside = [day for day in days if wanted.first <= day <= wanted.last]
    if not inside:
        return wanted
    # Of two as near the later one.
    nearest = min(reversed(inside), key=lambda day: abs(day - wanted.nearest))
    same = dt.timedelta(_SAME_DAYS)
    return Window(max(nearest - same, wanted.first), min(nearest + same, wanted.last), nearest)


def _span(ends: Ends) -> tuple[dt.date, dt.date]:
    """First and last day that levels are of."""
    days = [day for row in ends.days for day in row if day is not None]
    return min(days), max(days)


def _incumbents(
    ends: Ends, told: Sequence[Incumbent], own: pl.DataFrame, *, fault: bool
) -> list[Incumbent]:
    """Incumbents with their levels, shares and fates."""
    place = {entity: n for n, entity in enumerate(ends.entities)}
    parts = [_shares(ends, window) for window in (0, 1)]
    both = ends.take(ends.having(0, 1)) if ends.having(0, 1) else None
    changes = {} if both is None else _changes(both)
    steady = set(own.filter(pl.col("nature").is_in(_STEADY))["entity"].unique())
    found = []
    for incumbent in told:
        entity = incumbent.evidence.entity
        n = place.get(entity)
        if n is None or ends.days[n][0] is None:
            found.append(incumbent)
            continue
        change = changes.get(entity)
        is_silent = ends.days[n][1] is None and bool(ends.having(1)) and entity in steady
        found.append(
            Incumbent(
                incumbent.evidence,
                incumbent.lead_months,
                _fate(change, is_silent=is_silent, fault=fault),
                level_of(ends, n, 0),
                None if ends.days[n][1] is None else level_of(ends, n, 1),
                change,
                parts[0].get(entity),
                parts[1].get(entity),
                tuple(dict.fromkeys(claim for cell in ends.claim_ids[n] for claim in cell)),
            )
        )
    return found


def _fate(change: Interval | None, *, is_silent: bool, fault: bool) -> Fate:
    if fault:
        return "cannot tell"
    if change is None:
        return "silent" if is_silent else "cannot tell"
    if change.lower > 0:
        return "growing"
    return "shrinking" if change.upper < 0 else "level"


def _changes(both: Ends) -> dict[str, Interval]:
    before, after = both.joint.periods
    table = growth(both.joint, before, after)
    return {row[0]: Interval(*row[1:]) for row in table.rows()}


def _shares(ends: Ends, window: int) -> dict[str, Interval]:
    """Share of each series among all that have a level in a window."""
    if not ends.having(window):
        return {}
    alone = ends.at(window)
    table = shares(alone.joint, alone.joint.periods[0])
    return {row[0]: Interval(*row[1:]) for row in table.rows()}
