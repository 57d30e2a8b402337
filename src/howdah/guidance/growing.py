"""Growth over a year: of sums of the same members, and of each member alone.

Where the feed's own method changed in between, growth is relative to the median of all that the
feed counts, and its key says so.
"""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
from scipy.special import ndtri

from howdah.estimates import Models, is_immature
from howdah.estimates.aggregates import Interval, total_growth
from howdah.estimates.assembly import period_length
from howdah.estimates.ends import Ends, Window, join_ends
from howdah.guidance.outcomes import LEAST_MEMBERS, TABLE, narrowed
from howdah.guidance.term import Term

#: Days over which growth is, how far the earlier period may lie from there, and how old the newest
#: one may be.
YEAR_DAYS = 364
_SLACK_DAYS = 73
RECENT_DAYS = 366
SAME_DAYS = 15

#: Log change of all that a table's feed counts between two days and its variance, where a fault
#: of measurement lies between them; None where none does. NaN where nothing tells it.
MarketChange = Callable[[str, str, dt.date, dt.date], tuple[float, float] | None]


def year_ends(own: pl.DataFrame, models: Models, start: dt.date, end: dt.date) -> Ends | None:
    """Those in one table that are known near two days; None where nobody is."""
    days = _days(own)
    slack = dt.timedelta(_SLACK_DAYS)
    windows = [
        narrowed(Window(start - slack, start + slack, start), days),
        narrowed(Window(end - slack, end + slack, end), days),
    ]
    if windows[0].nearest >= windows[1].nearest:
        return None
    ends = join_ends(own, models, windows)
    both = [] if ends is None else ends.having(0, 1)
    return None if ends is None or not both else ends.take(both)


def sum_growth(
    own: pl.DataFrame, models: Models, start: dt.date, end: dt.date
) -> tuple[Interval, Ends] | None:
    """Growth of the sum of those in one table known near two days; None with too few."""
    kept = year_ends(own, models, start, end)
    if kept is None or len(kept.entities) < LEAST_MEMBERS:
        return None
    before, after = kept.joint.periods
    return total_growth(kept.joint, before, after), kept


def member_growths(
    headline: pl.DataFrame, models: Models, as_of: dt.date, market_change: MarketChange
) -> dict[str, Term]:
    """Growth over a year of each entity of the recent table with the most of them.

    Parameters
    ----------
    headline
        Observations of one metric, with ``suspect``.

    Returns
    -------
    dict
        By entity, of those that have a level at both ends; none where levels do not multiply.
    """
    if not headline.height or not (headline["scale"] == "log").all():
        return {}
    chosen = choose_table(headline, as_of)
    if chosen is None:
        return {}
    last, table = chosen
    ends = year_ends(table, models, last - dt.timedelta(YEAR_DAYS), last)
    if ends is None:
        return {}
    key = (str(table["metric"][0]), *(str(table[name][0]) for name in TABLE))
    before, after = ends.joint.periods
    found = {}
    for n, entity in enumerate(ends.entities):
        alone = ends.take([n])
        grown = total_growth(alone.joint, before, after)
        found[entity] = growth_term(key, grown, alone, market_change)
    return found


def choose_table(headline: pl.DataFrame, as_of: dt.date) -> tuple[dt.date, pl.DataFrame] | None:
    """The recent table with the most members in its newest period, and the day of that period."""
    best: tuple[tuple[int, dt.date], pl.DataFrame] | None = None
    tables = headline.with_columns(period_length()).partition_by(TABLE, as_dict=True)
    for _, part in sorted(tables.items()):
        days = _days(part)
        if not days or (as_of - days[-1]).days > RECENT_DAYS:
            continue
        since = days[-1] - dt.timedelta(SAME_DAYS)
        n = part.filter(_counts() & (pl.col("valid_to") >= since))["entity"].n_unique()
        if best is None or (n, days[-1]) > best[0]:
            best = (n, days[-1]), part
    return None if best is None else (best[0][1], best[1])


def growth_term(
    key: tuple[str, ...], grown: Interval, ends: Ends, market_change: MarketChange
) -> Term:
    """The term of a growth: as it is, or relative to the market where the measurement moved."""
    days = [[row[k] for row in ends.days] for k in (0, 1)]
    start, end = (max(day for day in some if day is not None) for some in days)
    reach = float(ndtri(0.5 + grown.prob / 2))
    log = [float(np.log1p(x / 100)) for x in grown[:3]]
    mean, variance = log[0], ((log[2] - log[1]) / (2 * reach)) ** 2
    moved = market_change(key[0], key[1], start, end)
    if moved is not None:
        if not np.isfinite(moved[0]):
            return Term("growth", "measurement", detail=key[0])
        mean, variance = mean - moved[0], variance + moved[1]
        key = (*key, "relative")
    sd = float(np.sqrt(variance))
    value, low, high = (
        float(100 * np.expm1(x)) for x in (mean, mean - reach * sd, mean + reach * sd)
    )
    return Term(
        "growth", "", key, value, low, high, grown.prob, end, mean, sd, len(ends.entities),
        ends.evidence, ends.voices, grown.method,
    )  # fmt: skip


def _counts() -> pl.Expr:
    closed = pl.col("value_low").is_not_null() & pl.col("value_high").is_not_null()
    return closed & ~is_immature() & ~pl.col("suspect")


def _days(rows: pl.DataFrame) -> list[dt.date]:
    return rows.filter(_counts())["valid_to"].unique().sort().to_list()
