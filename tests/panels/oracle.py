"""Every table of `howdah audience` by brute force, from a plain list of (unit, product, day).

Slow and obvious: a matrix of who was active when, one loop over all cells, no bit tricks and
nothing shared with the engine. What the contracts leave open is decided here in one place each:

*Days.* The log runs from its first to its last day. A unit is observed on days ``joined <= d <
left`` of the log. A row outside its unit's membership tells that the unit knew the product by
then, and counts in nothing else. Rows of a unit that the panel does not hold are no rows.

*Look-back and look-ahead.* A cell on day d counts units observed on every day of [d-L, d+F]:

============================  ==========================  ==============================
metric                        L                           F
============================  ==========================  ==============================
dau, wau, mau28, mau30        window - 1                  0
stickiness28, l28             27                          0
retained, churned             2 window - 1                0
new, resurrected              max(2 window - 1, burn_in)  0
retention on                  burn_in                     n
retention unbounded           burn_in                     to the last day of the log
retention recurring           0                           n
overlap                       window - 1                  0
migration (d = month's end)   max(two months, burn_in)    0
============================  ==========================  ==============================

A cell whose window is not wholly within the log, or that has a stratum of which nobody is
observed, is immature. "On or after day n" looks at all days that are left, so a member that
leaves before the log ends is not in it: its silence is censoring, not churn.

*Retention as the field defines it.* PostHog's "first time" puts a person into the calendar day
(in the project's zone) of its first event ever, and "recurring" into every day on which it did
the event; day n is the n-th calendar day after. Amplitude's "Return On" divides who did the
event on day n by all who started; "Return On or After" divides who did it on day n or later by
those who have completed day n. Amplitude's day is by default a 24-hour window that begins with
the user's own first event; with its strict calendar dates (and here) it is a day of the zone.
So ``on`` is PostHog's first time and Amplitude's Return On of new users, ``unbounded``
Amplitude's Return On or After, and ``recurring`` PostHog's recurring.

*Variance.* Total: sum of N^2 (1 - n/N) s^2 / n over strata, s^2 the sample variance of what a
unit contributes; for a count that is N^2 (1 - n/N) p (1 - p) / (n - 1). Ratio: the same of
(y - R x) / X. One unit of a stratum that holds more tells no variance: the error is null.
"""

import calendar
import datetime as dt
import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]
Flags = NDArray[np.bool_]
Figures = NDArray[np.float64]

#: The longest look-back of the contract's metrics: churned_28d compares 28 days with 28 before.
BURN_IN = 2 * 28 - 1

WINDOWS = {"dau": 1, "wau": 7, "mau28": 28, "mau30": 30}
LIFECYCLE = {"1d": 1, "7d": 7, "28d": 28}

NONE = "(none)"

#: A day that no unit reaches.
_NEVER = 10**6


class Member(NamedTuple):
    """A unit of the panel; None is a panel without that date."""

    stratum: Hashable
    joined: dt.date | None = None
    left: dt.date | None = None


@dataclass(frozen=True)
class Panel:
    """A log, who was in the panel, and how many units each stratum stands for.

    Without members it is a census.
    """

    log: Sequence[tuple[Hashable, Hashable, dt.date]]
    members: Mapping[Hashable, Member] | None = None
    population: Mapping[Hashable, float] | None = None


class Estimate(NamedTuple):
    """What a cell says; None is null."""

    value: float | None
    stderr: float | None
    n_raw: int | None
    mature: bool
    suppressed: bool


IMMATURE = Estimate(None, None, None, mature=False, suppressed=False)


def days_in_zone(instants: Sequence[dt.datetime], zone: str) -> list[dt.date]:
    """Calendar days of aware instants in a zone."""
    return [instant.astimezone(ZoneInfo(zone)).date() for instant in instants]


class Oracle:
    """The tables of one panel.

    Parameters
    ----------
    panel
        Log, members and strata.
    burn_in
        Days of history before a unit counts as new.
    min_n
        Cells with fewer raw units are suppressed.
    """

    def __init__(self, panel: Panel, *, burn_in: int = BURN_IN, min_n: int = 0) -> None:
        self.burn_in, self.min_n = burn_in, min_n
        members = panel.members
        if members is None:
            members = {unit: Member("all") for unit, _, _ in panel.log}
        log = [row for row in panel.log if row[0] in members]
        self.start = min(day for _, _, day in log)
        self.n_day = (max(day for _, _, day in log) - self.start).days + 1
        units = {unit: n for n, unit in enumerate(members)}
        self.stratum = [member.stratum for member in members.values()]
        self.joined = np.array([self._number(m.joined, 0) for m in members.values()])
        self.left = np.array([self._number(m.left, _NEVER) for m in members.values()])
        self.population = panel.population or {"all": float(len(units))}
        self.products = sorted({product for _, product, _ in log}, key=str)
        self.active: dict[Hashable, Flags] = {}
        self.first: dict[Hashable, NDArray[np.int64]] = {}
        for product in self.products:
            active = np.zeros((len(units), self.n_day), bool)
            first = np.full(len(units), _NEVER)
            for unit, of, day in log:
                if of == product:
                    n = units[unit]
                    active[n, self._number(day)] = True
                    first[n] = min(first[n], self._number(day))
            self.active[product], self.first[product] = active, first

    def _number(self, day: dt.date | None, absent: int = 0) -> int:
        return absent if day is None else (day - self.start).days

    def day(self, number: int) -> dt.date:
        """The calendar day of a day's number."""
        return self.start + dt.timedelta(days=number)

    # Estimation

    def observed(self, first: int, last: int) -> Flags | None:
        """Units that were in the panel on every day of [first, last]; None beyond the log."""
        if first < 0 or last >= self.n_day:
            return None
        return (self.joined <= first) & (last < self.left)

    def total(self, of: Figures, among: Flags | None) -> tuple[float, float | None] | None:
        """Population total of what units contribute, and its standard error."""
        if among is None:
            return None
        value, variance = 0.0, 0.0
        for stratum, population in self.population.items():
            here = among & np.array([h == stratum for h in self.stratum])
            n = int(here.sum())
            if population == 0:
                continue
            if n == 0:
                return None
            value += population / n * float(of[here].sum())
            if n == 1 and population > 1:
                variance = math.nan
            elif n > 1:
                spread = float(np.var(of[here], ddof=1))
                variance += population**2 * (1 - n / population) * spread / n
        return value, None if math.isnan(variance) else math.sqrt(variance)

    def count(self, of: Figures | Flags, among: Flags | None) -> Estimate:
        """A total as a cell."""
        found = self.total(np.asarray(of, np.float64), among)
        if found is None or among is None:
            return IMMATURE
        return self._shown(*found, int((among & (np.asarray(of) != 0)).sum()))

    def ratio(self, top: Figures | Flags, base: Figures | Flags, among: Flags | None) -> Estimate:
        """A ratio of totals as a cell, its error linearised; null where the base is nought."""
        y, x = np.asarray(top, np.float64), np.asarray(base, np.float64)
        tops, bases = self.total(y, among), self.total(x, among)
        if tops is None or bases is None or among is None:
            return IMMATURE
        n_raw = int((among & (x != 0)).sum())
        if bases[0] == 0:
            return self._shown(None, None, n_raw)
        value = tops[0] / bases[0]
        linear = self.total((y - value * x) / bases[0], among)
        assert linear is not None
        return self._shown(value, linear[1], n_raw)

    def _shown(self, value: float | None, stderr: float | None, n_raw: int) -> Estimate:
        if n_raw < self.min_n:
            return Estimate(None, None, None, mature=True, suppressed=True)
        return Estimate(value, stderr, n_raw, mature=True, suppressed=False)

    def within(self, product: Hashable, first: int, last: int) -> Flags:
        """Units active in the product on some day of [first, last]."""
        return self.active[product][:, max(first, 0) : last + 1].any(axis=1)

    # Tables

    def daily(self) -> Iterator[Row]:
        """Each product, day and metric of ``daily``."""
        for product in self.products:
            for d in range(self.n_day):
                for metric, cell in self._metrics(product, d):
                    key = {"product": product, "day": self.day(d), "metric": metric}
                    yield key | cell._asdict()

    def _metrics(self, product: Hashable, d: int) -> Iterator[tuple[str, Estimate]]:
        for metric, w in WINDOWS.items():
            yield (
                metric,
                self.count(self.within(product, d - w + 1, d), self.observed(d - w + 1, d)),
            )
        active = self.active[product][:, max(d - 27, 0) : d + 1]
        yield (
            "stickiness28",
            self.ratio(active.sum(axis=1) / 28, active.any(axis=1), self.observed(d - 27, d)),
        )
        for suffix, w in LIFECYCLE.items():
            now = self.within(product, d - w + 1, d)
            before = self.within(product, d - 2 * w + 1, d - w) if d >= w else ~now & False
            is_new = now & (self.first[product] >= d - w + 1)
            pair = self.observed(d - 2 * w + 1, d)
            history = self.observed(d - max(2 * w - 1, self.burn_in), d)
            yield f"new_{suffix}", self.count(is_new, history)
            yield f"retained_{suffix}", self.count(now & before, pair)
            yield f"resurrected_{suffix}", self.count(now & ~before & ~is_new, history)
            yield f"churned_{suffix}", self.count(before & ~now, pair)

    def retention(self, n_days: Sequence[int]) -> Iterator[Row]:
        """Each product, cohort day, kind and day of ``retention``."""
        for product in self.products:
            for c in range(self.n_day):
                entered, there = self.first[product] == c, self.active[product][:, c]
                for n in n_days:
                    on = self.within(product, c + n, c + n)
                    later = self.within(product, c + n, self.n_day - 1)
                    since, until = c - self.burn_in, c + n
                    at_end = self.n_day - 1 if until < self.n_day else until
                    for kind, cohort, back, among in (
                        ("on", entered, on, self.observed(since, until)),
                        ("unbounded", entered, later, self.observed(since, at_end)),
                        ("recurring", there, on, self.observed(c, until)),
                    ):
                        size = self.count(cohort, among)
                        share = self.ratio(cohort & back, cohort, among)
                        yield {
                            "product": product,
                            "cohort_day": self.day(c),
                            "kind": kind,
                            "n_day": n,
                            "cohort_value": size.value,
                            "cohort_n_raw": size.n_raw,
                            "value": share.value,
                            "stderr": share.stderr,
                            "mature": share.mature,
                            "suppressed": share.suppressed,
                        }

    def l28(self) -> Iterator[Row]:
        """Each product, day with a full window, and number of active days of ``l28``."""
        for product in self.products:
            for d in range(27, self.n_day):
                n_active = self.active[product][:, d - 27 : d + 1].sum(axis=1)
                for k in range(1, 29):
                    cell = self.count(n_active == k, self.observed(d - 27, d))
                    key = {"product": product, "day": self.day(d), "days_active": k}
                    yield key | cell._asdict()

    def months(self) -> Iterator[tuple[dt.date, int, int]]:
        """Months whose last day is in the log: first day, and numbers of first and last day."""
        for d in range(self.n_day):
            day = self.day(d)
            if day.day == calendar.monthrange(day.year, day.month)[1]:
                yield day.replace(day=1), d - day.day + 1, d

    def month_users(self) -> Iterator[Row]:
        """Each product and whole month of ``month_users``, on its last day."""
        for product in self.products:
            for _, first, last in self.months():
                cell = self.count(self.within(product, first, last), self.observed(first, last))
                yield {"product": product, "day": self.day(last)} | cell._asdict()

    def overlap(self, window: int = 28) -> Iterator[Row]:
        """Each ordered pair of products and month's end of ``overlap``."""
        everybody = sum(self.population.values())
        for _, _, end in self.months():
            among = self.observed(end - window + 1, end)
            for a in self.products:
                for b in self.products:
                    if a == b:
                        continue
                    in_a = self.within(a, end - window + 1, end)
                    in_b = self.within(b, end - window + 1, end)
                    both, share = (
                        self.count(in_a & in_b, among),
                        self.ratio(in_a & in_b, in_a, among),
                    )
                    row = {
                        "product_a": a,
                        "product_b": b,
                        "period_end": self.day(end),
                        "window": window,
                        "both_value": both.value,
                        "share_a": None,
                        "lift": None,
                        "jaccard": None,
                        "stderr_share_a": None,
                        "n_raw": both.n_raw,
                        "mature": both.mature,
                        "suppressed": both.suppressed,
                    }
                    if both.value is not None:
                        size_a, size_b = (
                            self.total(in_a * 1.0, among),
                            self.total(in_b * 1.0, among),
                        )
                        assert size_a is not None
                        assert size_b is not None
                        others = _over(size_b[0] - both.value, everybody - size_a[0])
                        row["share_a"] = share.value
                        row["stderr_share_a"] = share.stderr
                        row["lift"] = _over(share.value, others)
                        row["jaccard"] = _over(both.value, size_a[0] + size_b[0] - both.value)
                    yield row

    def migration(self) -> Iterator[Row]:
        """Each month and flow of ``migration`` that some unit is part of."""
        months = list(self.months())
        for (_, first_before, last_before), (month, first, last) in pairwise(months):
            among = self.observed(min(first_before, last - self.burn_in), last)
            flows = self.flows(first_before, last_before, first, last)
            for (origin, target), sent in sorted(flows.items(), key=str):
                cell = self.count(sent, among)
                key = {"period": month, "from_product": origin, "to_product": target}
                yield key | cell._asdict()

    def flows(
        self, first_before: int, last_before: int, first: int, last: int
    ) -> dict[tuple[Hashable, Hashable], Figures]:
        """What each unit sends from one product to another."""
        flows: dict[tuple[Hashable, Hashable], Figures] = {}
        for u in range(len(self.stratum)):
            gone, joined = [], []
            for product in self.products:
                before = self.within(product, first_before, last_before)[u]
                now = self.within(product, first, last)[u]
                if before and not now:
                    gone.append(product)
                if first <= self.first[product][u] <= last:
                    joined.append(product)
            for origin in gone or ([NONE] if joined else []):
                for target in joined or [NONE]:
                    sent = flows.setdefault((origin, target), np.zeros(len(self.stratum)))
                    sent[u] = 1.0 if origin == NONE else 1 / max(len(joined), 1)
        return flows


def _over(top: float | None, base: float | None) -> float | None:
    return None if top is None or not base else top / base


def assert_same(
    found: Sequence[Row],
    expected: Sequence[Row],
    key: Sequence[str],
    may_lack: Callable[[Row], bool] = lambda _: False,
) -> None:
    """Check a table against the oracle's, column by column of those that both have.

    Parameters
    ----------
    found
        Rows of the table.
    expected
        Rows of the oracle.
    key
        Columns that tell a row.
    may_lack
        Rows of the oracle that the table need not hold.
    """
    wanted = {tuple(row[k] for k in key): row for row in expected}
    given = {tuple(row[k] for k in key): row for row in found}
    assert len(given) == len(found), "a key stands twice"
    assert not given.keys() - wanted.keys(), sorted(given.keys() - wanted.keys(), key=str)[:5]
    lacking = [k for k in wanted if k not in given and not may_lack(wanted[k])]
    assert not lacking, lacking[:5]
    for name, row in given.items():
        for column in row.keys() & wanted[name].keys():
            # What was not wholly seen has no count of units that all would agree on.
            if column.endswith("n_raw") and not wanted[name].get("mature", True):
                continue
            assert _same(column, row[column], wanted[name][column]), (
                name,
                column,
                row,
                wanted[name],
            )


def _same(column: str, found: object, expected: object) -> bool:
    if isinstance(found, float) and isinstance(expected, float | int):
        # The root of a variance that is nought up to rounding is larger than the rounding.
        near = 1e-6 if "stderr" in column else 1e-9
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=near)
    return found == expected
