r"""Terms: what a segment is judged by, each with its interval, or why it cannot be told.

growth
    Of the sum of the members that are known both now and a year before, in percent. Where the
    feed's own method changed in between, relative to the median of all that the feed counts.
size
    Sum of the members' levels. People who use two products are in it twice, and what is a tally of
    reports has none: what nobody reported is in no sum.
retention
    Mean over products of the share that is active again on day 30.
pressure
    Share of the headline that products of giants hold.
cost
    Mean over products, on the log scale, of the cost of a new user.

Means weigh each product alike and are of these products: their interval holds the errors of the
figures, those that products of the same sources share included, not how products differ.

What no term can tell: what products that are not in the market do.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy.special import ndtri

from howdah.core.metrics import Scale
from howdah.estimates import Models, estimate_levels, from_scale, is_immature, to_scale
from howdah.estimates.aggregates import Interval, share, total, total_growth
from howdah.estimates.assembly import period_length
from howdah.estimates.ends import Ends, Window, join_ends
from howdah.guidance.entries import Members
from howdah.guidance.outcomes import LEAST_MEMBERS, TABLE, narrowed

TermName = Literal["growth", "size", "retention", "pressure", "cost"]

#: Every term, and whether more of it is better.
TERMS: Mapping[TermName, bool] = {
    "growth": True,
    "size": True,
    "retention": True,
    "pressure": False,
    "cost": False,
}

#: The metrics of those that are not of the headline.
_MEANS: Mapping[TermName, str] = {"retention": "retention_d30", "cost": "cac"}

#: Days over which growth is, how far the earlier period may lie from there, and how old the newest
#: one may be.
YEAR_DAYS = 364
_SLACK_DAYS = 73
_RECENT_DAYS = 366
_SAME_DAYS = 15

#: All of a share, in percent.
_ALL = 100.0

#: Why a term cannot be told. no_figures: none of its metric is recent. few: fewer products than
#: `LEAST_MEMBERS` have one. few_both: so few have one at both ends of the year. measurement: the
#: feed's method changed, and it counts too little to tell the market's change from it.
#: not_additive: levels of the metric do not add up. no_giants: the market declares none.
TermMissing = Literal[
    "", "no_figures", "few", "few_both", "measurement", "not_additive", "no_giants"
]

#: Log change of all that a table's feed counts between two days and its variance, where a fault
#: of measurement lies between them; None where none does. NaN where nothing tells it.
MarketChange = Callable[[str, str, dt.date, dt.date], tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class Term:
    """One term of one segment.

    Attributes
    ----------
    key
        What it is counted by: metric, definition, unit, currency, length of periods, and
        ``relative`` of a growth relative to the market. Terms with different keys are never
        compared.
    at
        Last day of the newest period behind it.
    mean, sd
        On the scale on which its error is symmetric.
    n
        Products behind it.
    """

    name: TermName
    missing: TermMissing
    key: tuple[str, ...] = ()
    value: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    prob: float = float("nan")
    at: dt.date | None = None
    mean: float = float("nan")
    sd: float = float("nan")
    n: int = 0
    claim_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    method: str = ""
    detail: str = ""

    @property
    def is_told(self) -> bool:
        """Whether it has a value."""
        return not self.missing


Terms = Mapping[TermName, Term]


def find_terms(
    segment: Members,
    observations: pl.DataFrame,
    models: Models,
    as_of: dt.date,
    *,
    has_giants: bool,
    market_change: MarketChange,
) -> dict[TermName, Term]:
    """Every term of a segment.

    Parameters
    ----------
    observations
        Of the members, with ``suspect``: of the headline and of the metrics of the other terms.
    has_giants
        Whether the market declares any.
    """
    own = observations.filter(
        pl.col("entity").is_in(list(segment.members)) & (pl.col("scheme") != "list")
    )
    found = _of_headline(
        segment, own, models, as_of, has_giants=has_giants, market_change=market_change
    )
    for name, metric in _MEANS.items():
        found[name] = _mean(name, own.filter(pl.col("metric") == metric), models, as_of)
    return {name: found[name] for name in TERMS}


def term_metrics() -> tuple[str, ...]:
    """Metrics of the terms that are not of a headline."""
    return tuple(_MEANS.values())


def sum_growth(
    own: pl.DataFrame, models: Models, start: dt.date, end: dt.date
) -> tuple[Interval, Ends] | None:
    """Growth of the sum of those in one table known near two days; None with too few."""
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
    if ends is None or len(both) < LEAST_MEMBERS:
        return None
    kept = ends.take(both)
    before, after = kept.joint.periods
    return total_growth(kept.joint, before, after), kept


def choose_table(headline: pl.DataFrame, as_of: dt.date) -> tuple[dt.date, pl.DataFrame] | None:
    """The recent table with the most members in its newest period, and the day of that period."""
    best: tuple[tuple[int, dt.date], pl.DataFrame] | None = None
    tables = headline.with_columns(period_length()).partition_by(TABLE, as_dict=True)
    for _, part in sorted(tables.items()):
        days = _days(part)
        if not days or (as_of - days[-1]).days > _RECENT_DAYS:
            continue
        since = days[-1] - dt.timedelta(_SAME_DAYS)
        n = part.filter(_counts() & (pl.col("valid_to") >= since))["entity"].n_unique()
        if best is None or (n, days[-1]) > best[0]:
            best = (n, days[-1]), part
    return None if best is None else (best[0][1], best[1])


def _counts() -> pl.Expr:
    closed = pl.col("value_low").is_not_null() & pl.col("value_high").is_not_null()
    return closed & ~is_immature() & ~pl.col("suspect")


def _days(rows: pl.DataFrame) -> list[dt.date]:
    return rows.filter(_counts())["valid_to"].unique().sort().to_list()


def _of_headline(
    segment: Members,
    own: pl.DataFrame,
    models: Models,
    as_of: dt.date,
    *,
    has_giants: bool,
    market_change: MarketChange,
) -> dict[TermName, Term]:
    """Growth, size and pressure."""
    names: tuple[TermName, ...] = ("growth", "size", "pressure")

    def untold(missing: TermMissing, detail: str = "") -> dict[TermName, Term]:
        return {name: Term(name, missing, detail=detail) for name in names}

    headline = own.filter(pl.col("metric") == segment.headline)
    if segment.is_tally or (headline.height and not (headline["scale"] == "log").all()):
        return untold("not_additive", segment.headline)
    chosen = choose_table(headline, as_of)
    if chosen is None:
        return untold("no_figures", segment.headline)
    last, table = chosen
    now = join_ends(table, models, [Window(last - dt.timedelta(_SAME_DAYS), last, last)])
    if now is None or len(now.entities) < LEAST_MEMBERS:
        return untold("few", _products(0 if now is None else len(now.entities), segment.headline))
    key = (segment.headline, *(str(table[name][0]) for name in TABLE))
    found = untold("few_both", segment.headline)
    found["size"] = told_term("size", key, total(now.joint, last), "log", now, last)
    if has_giants:
        theirs = [e for e in now.entities if e in segment.owned]
        held = share(now.joint, theirs, last)
        found["pressure"] = told_term("pressure", key, held, "logit", now, last)
    else:
        found["pressure"] = Term("pressure", "no_giants")
    pair = sum_growth(table, models, last - dt.timedelta(YEAR_DAYS), last)
    if pair is not None:
        found["growth"] = growth_term(key, *pair, market_change)
    return found


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


def told_term(
    name: TermName, key: tuple[str, ...], found: Interval, scale: Scale, ends: Ends, at: dt.date
) -> Term:
    """A term from a sum or a share of levels on its scale, whose newest period ends on a day."""
    ends_of = np.array([found.value, found.lower, found.upper])
    if scale == "logit" and (found.lower <= 0 or found.upper >= _ALL):
        # None of it, or all: there is nothing to err in.
        mean, sd = (-np.inf if found.value <= 0 else np.inf), 0.0
    else:
        level, low, high = to_scale(ends_of, scale)
        mean, sd = level, (high - low) / (2 * ndtri(0.5 + found.prob / 2))
    return Term(
        name, "", key, found.value, found.lower, found.upper, found.prob, at, float(mean),
        float(sd), len(ends.entities), ends.evidence, ends.voices, found.method,
    )  # fmt: skip


def _mean(name: TermName, rows: pl.DataFrame, models: Models, as_of: dt.date) -> Term:
    """Mean over products of their newest levels, under the definition that the most have."""
    metric = _MEANS[name]
    best: tuple[tuple[int, dt.date], tuple[str, ...], pl.DataFrame] | None = None
    tables = rows.with_columns(period_length()).partition_by(TABLE, as_dict=True)
    for key, part in sorted(tables.items()):
        levels = _newest_levels(part, models, as_of)
        if not levels.height:
            continue
        newest = levels["valid_to"].max()
        assert isinstance(newest, dt.date)
        if best is None or (levels.height, newest) > best[0]:
            best = (levels.height, newest), (metric, *(str(k) for k in key)), levels
    if best is None:
        return Term(name, "no_figures", detail=metric)
    (n, newest), table, levels = best
    if n < LEAST_MEMBERS:
        return Term(name, "few", detail=_products(n, metric))
    scale: Scale = rows["scale"][0]
    prob = float(levels["prob"][0])
    reach = float(ndtri(0.5 + prob / 2))
    level, low, high = (to_scale(levels[c].to_numpy(), scale) for c in ("value", "lower", "upper"))
    sd = (high - low) / (2 * reach)
    own = np.fmin(levels["own_sd"].to_numpy(), sd)
    voices = [tuple(row) for row in levels["sources"].to_list()]
    variance = float((own**2).sum()) / n**2
    for voice in set(voices):
        same = np.array([other == voice for other in voices])
        variance += float(np.sqrt(np.maximum(sd**2 - own**2, 0.0))[same].sum() / n) ** 2
    mean, spread = float(level.mean()), float(np.sqrt(variance))
    value, lower, upper = from_scale(
        np.array([mean, mean - reach * spread, mean + reach * spread]), scale
    )
    claims = tuple(dict.fromkeys(c for row in levels["claim_ids"].to_list() for c in row))
    sources = tuple(sorted({name for voice in voices for name in voice}))
    return Term(
        name, "", table, float(value), float(lower), float(upper), prob, newest, mean, spread, n,
        claims, sources, "mean.1",
    )  # fmt: skip


def _newest_levels(part: pl.DataFrame, models: Models, as_of: dt.date) -> pl.DataFrame:
    levels = estimate_levels(part, models, as_of=as_of, latest_only=True).estimates
    since = as_of - dt.timedelta(_RECENT_DAYS)
    points = levels.filter((pl.col("status") == "point") & (pl.col("valid_to") >= since))
    inside = points.filter(pl.col("own_sd").is_not_null() & pl.col("upper").is_not_null())
    return inside.sort("entity", "valid_from").unique("entity", keep="last", maintain_order=True)


def _products(n: int, metric: str) -> str:
    return f"{n} product{'' if n == 1 else 's'} with {metric}"
