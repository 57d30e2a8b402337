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
from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy.special import ndtri

from howdah.core.metrics import Scale
from howdah.estimates import Models, estimate_levels, from_scale, to_scale
from howdah.estimates.aggregates import Interval, share, total
from howdah.estimates.assembly import period_length
from howdah.estimates.ends import Ends, Window, join_ends
from howdah.guidance.entries import Members
from howdah.guidance.growing import (
    RECENT_DAYS,
    SAME_DAYS,
    YEAR_DAYS,
    MarketChange,
    choose_table,
    growth_term,
    sum_growth,
)
from howdah.guidance.outcomes import LEAST_MEMBERS, TABLE
from howdah.guidance.term import TERMS, Term, TermMissing, TermName

#: The metrics of those that are not of the headline.
_MEANS: Mapping[TermName, str] = {"retention": "retention_d30", "cost": "cac"}

#: All of a share, in percent.
_ALL = 100.0


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
    now = join_ends(table, models, [Window(last - dt.timedelta(SAME_DAYS), last, last)])
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
    since = as_of - dt.timedelta(RECENT_DAYS)
    points = levels.filter((pl.col("status") == "point") & (pl.col("valid_to") >= since))
    inside = points.filter(pl.col("own_sd").is_not_null() & pl.col("upper").is_not_null())
    return inside.sort("entity", "valid_from").unique("entity", keep="last", maintain_order=True)


def _products(n: int, metric: str) -> str:
    return f"{n} product{'' if n == 1 else 's'} with {metric}"
