"""Beside a split: shares of voice, the funnel, and whether bought users stay."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from scipy.special import ndtri

from howdah.core.entity import Entity
from howdah.engines import text_literal
from howdah.growth import Split
from howdah.growth.keeping import Cohort, Kept, find_kept
from howdah.market.advertising import IMPRESSIONS, PROXY, SPEND, TABLE, series_of, within
from howdah.market.audience.lake import AudienceLake
from howdah.market.pages.split import Figure, Moment, Part, Step, Voice
from howdah.market.workspace import Workspace

#: The three meanings of share of voice; one is never taken for another.
MEANINGS = {IMPRESSIONS: "impressions", SPEND: "spend", PROXY: "creatives"}

#: Days that a share of voice is of, up to the entity's last figure.
_VOICE_DAYS = 91

#: Days after entry on which a user who stays is seen.
KEPT_DAY = 30

_NOTHING = Figure(None, None, None)


def find_voices(ws: Workspace, seen: pl.DataFrame, as_of: dt.date) -> tuple[Voice, ...]:
    """The entity's share of what a source tells of all advertisers, by meaning and channel."""
    own = [s for s in series_of(seen, tuple(MEANINGS)) if s.channels != [""]]
    if not own:
        return ()
    entity = seen["entity"][0]
    every = ws.observations(as_of, metrics=sorted({s.told.metric for s in own}))
    found: list[Voice] = []
    for series in own:
        told = series.told
        key = (told.metric, told.definition, told.unit, told.currency, told.source)
        start = told.last - dt.timedelta(_VOICE_DAYS - 1)
        rows = every.filter(
            *(pl.col(name) == value for name, value in zip(TABLE, key, strict=True)),
            pl.col("value").is_not_null() & (pl.col("object") != ""),
            pl.col("valid_from").is_between(start, told.last),
            pl.col("valid_to") <= told.last,
        ).unique(["entity", "object", "valid_from", "valid_to"], keep="last", maintain_order=True)
        rows = rows.filter(pl.col("object").is_in(series.channels))
        for channel in ("", *series.channels):
            some = rows if not channel else rows.filter(pl.col("object") == channel)
            all_of_it = float(some["value"].sum())
            mine = some.filter(pl.col("entity") == entity)
            if not mine.height or all_of_it <= 0.0 or (not channel and len(series.channels) == 1):
                continue
            amount = float(mine["value"].sum())
            ids = tuple(mine["claim_id"].to_list())
            found.append(
                Voice(
                    MEANINGS[told.metric],
                    channel,
                    amount / all_of_it,
                    amount,
                    all_of_it,
                    some["entity"].n_unique(),
                    replace(
                        told,
                        first=start,
                        feeds=tuple(sorted(some["feed"].unique().to_list())),
                        claim_ids=ids,
                    ),
                )
            )
    order = list(MEANINGS.values())
    return tuple(sorted(found, key=lambda v: (v.channel != "", v.channel, order.index(v.meaning))))


def find_kept_users(
    ws: Workspace, entity: Entity, as_of: dt.date, course: Sequence[Moment]
) -> tuple[Kept | None, int, str]:
    """Whether bought users stay as earned ones do, by the first panel that knows the entity."""
    lake = AudienceLake(ws.folder / "lake", ws.engine)
    z = float(ndtri(0.5 + ws.prob / 2))
    bought = _bought_by_month(course, z)
    for spec in ws.specs.values():
        if spec.panel is None:
            continue
        for product in (i.value for i in entity.referents if i.scheme == spec.panel.scheme):
            months = lake.read(
                "months", as_of, spec.id,
                f"product = {text_literal(product)} AND n_day = {KEPT_DAY}",
            )  # fmt: skip
            if not months.height:
                continue
            cohorts = [
                Cohort(*bought[row["month"]], row["value"], row["stderr"])
                for row in months.iter_rows(named=True)
                if row["month"] in bought and row["value"] is not None and row["stderr"] is not None
            ]
            return find_kept(cohorts, prob=ws.prob), KEPT_DAY, spec.source
    return None, KEPT_DAY, ""


def _bought_by_month(course: Sequence[Moment], z: float) -> dict[dt.date, tuple[float, float]]:
    """Share bought in each month, with its standard error, where the split tells it."""
    months: dict[dt.date, list[Moment]] = {}
    for moment in course:
        months.setdefault(moment.period.replace(day=1), []).append(moment)
    found = {}
    for month, some in months.items():
        if not all(m.bought.is_told and m.earned.is_told for m in some):
            continue
        parts = [(m.bought.value or 0.0, m.earned.value or 0.0) for m in some]
        whole = sum(b + e for b, e in parts)
        if whole <= 0.0:
            continue
        reach = sum((m.bought.upper or 0.0) - (m.bought.lower or 0.0) for m in some) / 2
        found[month] = (sum(b for b, _ in parts) / whole, reach / z / whole)
    return found


def find_funnel(
    seen: pl.DataFrame, periods: Sequence[tuple[dt.date, dt.date]], parts: Sequence[Part],
    found: Split, kept: Kept | None, *, is_proxy: bool,
) -> tuple[Step, ...]:  # fmt: skip
    """From creatives to impressions to bought users to those who stay, over the split's periods."""
    prob = float(found.totals["prob"][0])
    amounts = {}
    for metric in (PROXY, IMPRESSIONS):
        series = next((s for s in series_of(seen, (metric,)) if s.channels != [""]), None)
        if series is not None:
            course = np.nansum(np.array(list(within(series, periods).values())), axis=0)
            amounts[metric] = course
    bought = _all_bought(found, parts)
    steps = [_seen_step(amounts, prob)]
    shown = float(amounts[IMPRESSIONS].sum()) if IMPRESSIONS in amounts else 0.0
    if shown <= 0.0:
        steps.append(Step("new", _NOTHING, missing="impressions"))
    else:
        per = Figure(*(None if x is None else 1000 * x / shown for x in _ends(bought)))
        missing = "" if bought.is_told else "split"
        steps.append(Step("new", per, shown, bought.value, missing))
    if kept is None:
        steps.append(Step("kept", _NOTHING, missing="panel"))
    elif kept.bought is None:
        steps.append(Step("kept", _NOTHING, missing=kept.missing))
    else:
        stayed = kept.bought
        steps.append(Step("kept", Figure(stayed.value, stayed.lower, stayed.upper)))
    spent = None if is_proxy else sum(part.spend or 0.0 for part in parts)
    steps.append(_cost_step(spent, bought, kept))
    return tuple(steps)


def _ends(figure: Figure) -> tuple[float | None, float | None, float | None]:
    return figure.value, figure.lower, figure.upper


def _all_bought(found: Split, parts: Sequence[Part]) -> Figure:
    """What all channels brought together."""
    if len(parts) == 1:
        return parts[0].total
    every = found.sums.filter(pl.col("channels").list.len() == len(parts))
    if every.is_empty():
        return _NOTHING
    row = every.row(0, named=True)
    return Figure(row["total"], row["lower"], row["upper"])


def _seen_step(amounts: dict[str, np.ndarray], prob: float) -> Step:
    """Impressions of a creative in a period: a ratio of sums with its error over periods."""
    if PROXY not in amounts or IMPRESSIONS not in amounts:
        return Step("impressions", _NOTHING, missing="creatives")
    creatives, shown = amounts[PROXY], amounts[IMPRESSIONS]
    n, total = len(creatives), float(creatives.sum())
    if total <= 0.0 or n < 3:  # noqa: PLR2004 - fewer show no scatter
        return Step("impressions", _NOTHING, missing="creatives")
    value = float(shown.sum()) / total
    error = np.sqrt(n / (n - 1) * float(((shown - value * creatives) ** 2).sum())) / total
    reach = float(ndtri(0.5 + prob / 2) * error)
    figure = Figure(value, max(value - reach, 0.0), value + reach)
    return Step("impressions", figure, total, float(shown.sum()))


def _cost_step(spent: float | None, bought: Figure, kept: Kept | None) -> Step:
    """Spend for a bought user who stays: ends of both parts taken together, so rather wide."""
    if spent is None:
        return Step("cost", _NOTHING, missing="spend")
    if kept is None or kept.bought is None:
        return Step("cost", _NOTHING, missing="kept")
    if not bought.is_told or not bought.value:
        return Step("cost", _NOTHING, missing="split")
    stayed = kept.bought
    if stayed.value <= 0.0:
        return Step("cost", _NOTHING, missing="nobody")
    least = (bought.lower or 0.0) * stayed.lower
    most = (bought.upper or bought.value) * stayed.upper
    value = spent / (bought.value * stayed.value)
    return Step("cost", Figure(value, spent / most, spent / least if least > 0.0 else None))
