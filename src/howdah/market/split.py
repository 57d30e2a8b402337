"""Bought or earned: the use case, from claims to a page."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.entity import Entity
from howdah.core.progress import Progress, silent
from howdah.growth import Names, Options, Split
from howdah.growth import split as split_rows
from howdah.growth.results import BASE
from howdah.growth.stops import find_stops
from howdah.market.advertising import (
    AD_METRICS,
    OUTCOMES,
    PROXY,
    SPEND,
    Series,
    by_channel,
    series_of,
    within,
)
from howdah.market.basis import basis_of
from howdah.market.exposure import Owners, find_exposures, find_owners_of
from howdah.market.giants import check_not_ahead, subjects_of
from howdah.market.pages.split import Experiment, Figure, Moment, Part, SplitPage, Stopped
from howdah.market.reach import find_funnel, find_kept_users, find_voices
from howdah.market.workspace import Workspace, is_simulated

Floats = NDArray[np.float64]

#: Periods of spend and outcome together that a split needs to be tried at all.
LEAST_PERIODS = 8

#: A ban is held to be about a stop when it is within so many days of it.
_BAN_DAYS = 45

_NEXT_TO_NOTHING = 1e-4

_NOTHING = Figure(None, None, None)


def split(
    ws: Workspace, text: str, as_of: dt.date, outcome: str | None = None,
    progress: Progress = silent,
) -> SplitPage:  # fmt: skip
    """What an entity's ads brought, by what was known on a date.

    Parameters
    ----------
    outcome
        Metric to split; else the first of `OUTCOMES` that is told.

    Raises
    ------
    UnknownNameError
        No entity has that name, no metric that id, or an owner of a channel is not known.
    InputError
        The date is to come.
    """
    check_not_ahead(ws, as_of)
    entity = ws.resolve(text)
    metrics = OUTCOMES if outcome is None else (ws.metrics[outcome].id,)
    progress("reading", 0, 3)
    seen = ws.observations(as_of, subjects=entity.referents, metrics=[*metrics, *AD_METRICS])
    page = SplitPage(entity, basis_of(ws, as_of), is_simulated(entity.canonical_id), ws.prob)
    outcomes = [s for s in series_of(seen, metrics) if s.channels == [""]]
    ads = [by_channel(s) for s in series_of(seen, (SPEND, PROXY))]
    owners = find_owners_of(ws, entity, sorted({c for s in ads for c in s.channels}), as_of)
    voices = find_voices(ws, seen, as_of)
    progress("splitting", 1, 3)
    asked = _choose(outcomes, ads)
    if asked is None:
        missing, detail = _missing(metrics, outcomes, ads)
        told = outcomes[0].told if outcomes else None
        return replace(
            page, missing=missing, detail=detail, outcome=told, voices=voices,
            spend=tuple(s.told for s in ads), names=owners.names,
        names_zh=owners.names_zh,
        )  # fmt: skip
    found = split_rows(
        asked.rows,
        Names("outcome", asked.channels),
        Options(prob=ws.prob, is_proxy=asked.is_proxy, together=owners.sets(asked.channels)),
    )
    progress("done", 3, 3)
    parts = _parts(found, asked)
    course = _course(found, asked)
    kept, kept_day, kept_source = find_kept_users(ws, entity, as_of, course)
    return replace(
        page,
        outcome=asked.outcome.told,
        is_proxy=asked.is_proxy,
        spend=(asked.ads.told,),
        n_periods=asked.rows.drop_nulls().height,
        rhythm=str(found.fits["rhythm"][0]),
        parts=parts,
        base=_base(found),
        together=_together(found, asked, owners),
        course=course,
        survival=tuple(
            (row["period"], _figure(row)) for row in found.survival.iter_rows(named=True)
        ),
        kept=kept,
        kept_day=kept_day,
        kept_source=kept_source,
        stops=_stops(ws, entity, found, asked, owners, as_of),
        exposures=tuple(
            replace(e, lately=_cleared(e.lately, asked.least))
            for e in find_exposures(found, asked.channels, owners)
        ),
        voices=voices,
        funnel=find_funnel(seen, asked.periods, parts, found, kept, is_proxy=asked.is_proxy),
        names=owners.names,
        names_zh=owners.names_zh,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is split: an outcome and channels over the same periods.

    Attributes
    ----------
    rows
        ``period, outcome`` and a column a channel.
    """

    outcome: Series
    ads: Series
    channels: tuple[str, ...]
    periods: tuple[tuple[dt.date, dt.date], ...]
    rows: pl.DataFrame

    @property
    def least(self) -> float:
        """What is next to nothing of the outcome."""
        mean = self.rows["outcome"].mean()
        return _NEXT_TO_NOTHING * mean if isinstance(mean, float) else 0.0

    @property
    def is_proxy(self) -> bool:
        return self.ads.told.metric == PROXY


def _choose(outcomes: Sequence[Series], ads: Sequence[Series]) -> _Asked | None:
    """The first outcome and spend that have enough periods together."""
    for outcome in outcomes:
        for spend in ads:
            asked = _joined(outcome, spend)
            if asked is not None:
                return asked
    return None


def _joined(outcome: Series, ads: Series) -> _Asked | None:
    # Of periods that overlap the first that ends is one of the series, the other is of a sum.
    rows = outcome.rows.sort("valid_to", "valid_from")
    # Before its first users a product is not there: that tells nothing of what comes by itself.
    started = rows.filter(pl.col("value") > 0.0)["valid_from"].min()
    periods: list[tuple[dt.date, dt.date]] = []
    values: list[float] = []
    for first, last, _, value, _ in rows.iter_rows():
        if (periods and first <= periods[-1][1]) or (started is not None and first < started):
            continue
        periods.append((first, last))
        values.append(value)
    if not periods:
        return None
    spent = within(ads, periods)
    told = np.isfinite(np.array(list(spent.values()))).all(0)
    if told.sum() < LEAST_PERIODS:
        return None
    # A period whose spend is not told has no row: the split bridges it.
    kept = [n for n in range(len(periods)) if told[n]]
    frame = pl.DataFrame(
        {
            "period": [periods[n][0] for n in kept],
            "outcome": [values[n] for n in kept],
            **{channel: course[kept] for channel, course in spent.items()},
        }
    )
    return _Asked(outcome, ads, tuple(spent), tuple(periods[n] for n in kept), frame)


def _missing(
    metrics: Sequence[str], outcomes: Sequence[Series], ads: Sequence[Series]
) -> tuple[str, str]:
    """What is lacking for a split: its code and what it speaks of."""
    if not outcomes:
        return "outcome", ", ".join(metrics)
    if not ads:
        return "spend", f"{SPEND}, {PROXY}"
    return "periods", str(LEAST_PERIODS)


def _cleared(figure: Figure, least: float) -> Figure:
    """A figure of which what is next to nothing is nothing: what carries over never quite ends."""
    ends = (figure.value, figure.lower, figure.upper)
    return Figure(*(0.0 if x is not None and 0.0 < x < least else x for x in ends))


def _figure(row: Mapping[str, Any], name: str = "value", lead: str = "") -> Figure:
    return Figure(row[name], row[f"{lead}lower"], row[f"{lead}upper"])


def _parts(found: Split, asked: _Asked) -> tuple[Part, ...]:
    checks = {row["channel"]: row for row in found.checks.iter_rows(named=True)}
    pauses = {row["channel"]: row for row in found.experiments.iter_rows(named=True)}
    parts = []
    for row in found.totals.filter(pl.col("channel") != BASE).iter_rows(named=True):
        channel = row["channel"]
        plan, check = pauses.get(channel), checks[channel]
        has_contrast = check["contrast"] is not None
        own = asked.ads.rows.filter(pl.col("channel") == channel)
        parts.append(
            Part(
                (channel,),
                *_verdict(row),
                _figure(row, "total"),
                _figure(row, "share", "share_"),
                **_money(row, asked),
                contrast=_figure(check, "contrast", "contrast_") if has_contrast else None,
                experiment=None
                if plan is None
                else Experiment(
                    plan["n_pauses"],
                    plan["pause_periods"],
                    plan["detectable"],
                    plan["detectable_share"],
                    plan["power"],
                ),
                claim_ids=tuple(own["claim_id"].to_list()),
            )
        )
    return tuple(parts)


def _money(row: Mapping[str, Any], asked: _Asked) -> dict[str, Any]:
    """What was spent and what a unit costs; nothing where creatives stand for spend."""
    if asked.is_proxy:
        return {}
    found: dict[str, Any] = {
        "spend": row["spend"],
        "currency": asked.ads.told.currency,
        "cost": _figure(row, "cac", "cac_"),
    }
    if "next_cac" in row:
        found["next_cost"] = _figure(row, "next_cac", "next_cac_")
    return found


def _verdict(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["verdict"], row["reason"], row["code"]


def _base(found: Split) -> Part:
    row = found.totals.filter(pl.col("channel") == BASE).row(0, named=True)
    total, share = _figure(row, "total"), _figure(row, "share", "share_")
    return Part((), *_verdict(row), total, share)


def _together(found: Split, asked: _Asked, owners: Owners) -> tuple[Part, ...]:
    """Channels that are told together; what all brought too, unless it is told already."""
    asked_for = owners.sets(asked.channels)
    return tuple(
        Part(
            tuple(row["channels"]),
            *_verdict(row),
            _figure(row, "total"),
            _figure(row, "share", "share_"),
            **_money(row, asked),
        )
        for row in found.sums.iter_rows(named=True)
        if row["name"] not in asked_for or len(row["channels"]) == len(asked.channels)
    )


def _course(found: Split, asked: _Asked) -> tuple[Moment, ...]:
    """What was bought and earned by period."""
    earned = found.contributions.filter(pl.col("channel") == BASE)
    if len(asked.channels) == 1:
        bought = found.contributions.filter(pl.col("channel") != BASE)
    else:
        every = found.sums.filter(pl.col("channels").list.len() == len(asked.channels))["name"]
        bought = found.sum_contributions.filter(pl.col("name").is_in(every.to_list()))
    if bought.is_empty():
        figures = [_NOTHING] * earned.height
    else:
        figures = [_figure(row) for row in bought.iter_rows(named=True)]
    outcome = asked.rows["outcome"].to_list()
    return tuple(
        Moment(row["period"], value, _cleared(figure, asked.least), _figure(row))
        for row, figure, value in zip(earned.iter_rows(named=True), figures, outcome, strict=True)
    )


def _stops(
    ws: Workspace, entity: Entity, found: Split, asked: _Asked, owners: Owners, as_of: dt.date
) -> tuple[Stopped, ...]:
    """Stops of channels, with a ban where one is told."""
    fit = found.fits.row(0, named=True)
    if fit["noise"] is None or fit["drift"] is None:
        return ()
    bans = _bans(ws, entity, owners, as_of)
    stops = []
    for channel in asked.channels:
        others = found.contributions.filter(~pl.col("channel").is_in([channel, BASE]))
        rest = asked.rows["outcome"].to_numpy().astype(np.float64)
        if others.height:
            by = others.group_by("period", maintain_order=True).agg(
                pl.when(pl.col("value").null_count() == 0).then(pl.col("value").sum()).alias("v")
            )
            rest = rest - by["v"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for stop in find_stops(
            asked.rows[channel].to_numpy().astype(np.float64), rest,
            drift=fit["drift"], noise=fit["noise"], prob=ws.prob,
        ):  # fmt: skip
            day = asked.periods[stop.at][0]
            claims = tuple(
                claim
                for owner, banned, claim in bans
                if owner == owners.of.get(channel) and abs((banned - day).days) <= _BAN_DAYS
            )
            change = Figure(stop.value, stop.lower, stop.upper)
            stops.append(Stopped(channel, day, change, stop.n_before, stop.n_after, claims))
    return tuple(sorted(stops, key=lambda s: (s.day, s.channel)))


def _bans(
    ws: Workspace, entity: Entity, owners: Owners, as_of: dt.date
) -> list[tuple[str, dt.date, str]]:
    """Owner, day and claim of bans on ads that owners of channels have put on the entity."""
    if not owners.of:
        return []
    claims = ws.claims(as_of, subjects=subjects_of(ws, owners.of.values()), metrics=["ad_ban"])
    names = {entity.name, *entity.aliases, *(i.value for i in entity.referents)}
    return [
        (row["entity"], row["valid_from"], row["claim_id"])
        for row in claims.iter_rows(named=True)
        if row["object"] in names and row["valid_from"] is not None
    ]
