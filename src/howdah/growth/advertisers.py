"""Simulated advertisers as a feed would tell them, with what was truly bought beside it.

Six products over 130 weeks, each a case of its own: channels that can be told apart (J), spend
that follows growth (K), spend that never changes (L), two channels that move as one (M), creatives
without their spend (N), and a platform that takes a product's ads no more (O). Two of the
simulated assistants of `howdah.panels.simulation` are advertisers too, with the ads that their
panel's population saw. Nothing here has the forms of the model, as in `simulation`.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.growth.simulation import carried, flights, pauses
from howdah.panels.simulation import assistants

Floats = NDArray[np.float64]

VIDEO, SEARCH, SOCIAL = "Simulated video network", "Simulated search ads", "Simulated social feed"

_WATCH, _STORE = "Simulated ad watch", "Simulated store"

#: Weeks of the advertisers, and the week of the one that is shut out.
_N_WEEK, _SHUT_OUT = 130, 88

#: Impressions a unit of money, and money behind a creative.
_IMPRESSIONS, _A_CREATIVE = 110.0, 900.0

#: Money a day of an assistant's ads for each multiple of its own adoptions that they bring.
_A_LIFT = 60.0

_BAN = "ad_ban"


@dataclass(frozen=True, slots=True)
class _Case:
    """One advertiser: its channels and what it spends in each, given the organic steps."""

    name: str
    channels: tuple[str, ...]
    spend: Callable[[np.random.Generator, Floats], Floats]
    shows_spend: bool = True


def _apart(rng: np.random.Generator, _: Floats) -> Floats:
    return np.stack([flights(rng, _N_WEEK), pauses(rng, _N_WEEK)])


def _chasing(rng: np.random.Generator, steps: Floats) -> Floats:
    growth = np.zeros(_N_WEEK)
    level = np.cumsum(steps)
    growth[5:] = level[4:-1] - level[:-5]
    return np.exp(30 * growth + rng.normal(0.0, 0.1, _N_WEEK))[None]


def _steady(_rng: np.random.Generator, _: Floats) -> Floats:
    return np.ones((1, _N_WEEK))


def _as_one(rng: np.random.Generator, _: Floats) -> Floats:
    video = flights(rng, _N_WEEK)
    return np.stack([video, 0.5 * video * np.exp(rng.normal(0.0, 0.02, _N_WEEK))])


def _alone(rng: np.random.Generator, _: Floats) -> Floats:
    return flights(rng, _N_WEEK)[None]


def _shut_out(rng: np.random.Generator, _: Floats) -> Floats:
    social = np.exp(rng.normal(0.0, 0.1, _N_WEEK))
    social[_SHUT_OUT:] = 0.0
    return np.stack([social, 0.6 * flights(rng, _N_WEEK)])


_CASES = (
    _Case("Simulated advertiser J", (VIDEO, SEARCH), _apart),
    _Case("Simulated advertiser K", (VIDEO,), _chasing),
    _Case("Simulated advertiser L", (SEARCH,), _steady),
    _Case("Simulated advertiser M", (VIDEO, SEARCH), _as_one),
    _Case("Simulated advertiser N", (VIDEO,), _alone, shows_spend=False),
    _Case("Simulated advertiser O", (SOCIAL, SEARCH), _shut_out),
)

#: Names of the advertisers that are none of the panel's assistants.
ADVERTISERS = tuple(case.name for case in _CASES)


def write_advertisers(folder: Path, *, first_day: dt.date, seed: int = 1) -> None:
    """Write ``ads.parquet`` and ``truth/bought.parquet`` beside the simulated panel.

    Parameters
    ----------
    folder
        Of `write_assistants`, whose ``truth/daily.parquet`` is read.
    first_day
        Of the panel; the advertisers' weeks end where the panel does.
    """
    market = assistants(first_day)
    last = first_day + dt.timedelta(market.n_day - 1)
    end = last - dt.timedelta((last.weekday() + 1) % 7)
    weeks = [end - dt.timedelta(7 * n + 6) for n in reversed(range(_N_WEEK))]
    told, truth = [], []
    for n, case in enumerate(_CASES):
        rows, bought = _advertiser(case, weeks, np.random.default_rng([seed, n]))
        told += rows
        truth += bought
    entered = pl.read_parquet(folder / "truth" / "daily.parquet").filter(
        pl.col("metric") == "new_1d"
    )
    for product in market.products:
        if product.bursts:
            days = entered.filter(pl.col("product") == product.name).sort("day")
            lift = np.ones(market.n_day)
            for burst in product.bursts:
                lift[burst.first : burst.last + 1] *= burst.lift
            new = days["value"].to_numpy().astype(np.float64)
            rng = np.random.default_rng([seed, 100, ord(product.name[-1])])
            rows, bought = _assistant(product.name, first_day, end, new, lift, rng)
            told += rows
            truth += bought
    told.append(_ban(weeks[_SHUT_OUT]))
    pl.DataFrame(told, infer_schema_length=None).write_parquet(folder / "ads.parquet")
    pl.DataFrame(truth).write_parquet(folder / "truth" / "bought.parquet")


def _advertiser(
    case: _Case, weeks: list[dt.date], rng: np.random.Generator
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    steps = rng.normal(0.0015, 0.02, _N_WEEK)
    organic = np.exp(9.0 + np.cumsum(steps))
    spend = case.spend(rng, steps)
    paid = np.zeros((len(spend), _N_WEEK))
    for c, row in enumerate(spend):
        effect = carried(row, rng.uniform(0.0, 0.5), rng.uniform(0.5, 1.5))
        effect = effect / (effect + 1.2 * row[row > 0.0].mean())
        share = rng.uniform(0.15, 0.3)
        paid[c] = effect / effect.mean() * organic.mean() * share
    users = (organic + paid.sum(0)) * np.exp(0.03 * rng.standard_t(6, _N_WEEK))
    money = 8.0 * spend * (paid.sum(1) / spend.sum(1))[:, None]
    rows = list(_told(case.name, weeks, case.channels, money, users, rng, case.shows_spend))
    parts = {**dict(zip(case.channels, paid, strict=True)), "(base)": organic}
    return rows, list(_truth(case.name, weeks, parts))


def _assistant(
    name: str, first_day: dt.date, end: dt.date, new: Floats, lift: Floats,
    rng: np.random.Generator,
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:  # fmt: skip
    """An assistant of the panel by whole weeks: what its population truly took up."""
    start = (-first_day.weekday()) % 7
    n_week = ((end - first_day).days + 1 - start) // 7
    weeks = [first_day + dt.timedelta(start + 7 * n) for n in range(n_week)]

    def by_week(days: Floats) -> Floats:
        return np.add.reduceat(days[start : start + 7 * n_week], np.arange(0, 7 * n_week, 7))

    money = by_week(_A_LIFT * (lift - 1.0) * np.exp(rng.normal(0.0, 0.1, len(lift))))
    bought = by_week(new * (1.0 - 1.0 / lift))
    rows = list(_told(name, weeks, (VIDEO,), money[None], by_week(new), rng, shows_spend=True))
    return rows, list(_truth(name, weeks, {VIDEO: bought, "(base)": by_week(new) - bought}))


def _told(
    name: str, weeks: list[dt.date], channels: tuple[str, ...], money: Floats, users: Floats,
    rng: np.random.Generator, shows_spend: bool,
) -> Iterator[dict[str, object]]:  # fmt: skip
    """Rows of the feed: what was spent, what was seen of it, and who came."""
    creatives = rng.poisson(money / _A_CREATIVE * rng.gamma(20.0, 1 / 20.0, money.shape))
    shown = np.round(money * _IMPRESSIONS * np.exp(rng.normal(0.0, 0.1, money.shape)))
    figures: Mapping[str, NDArray[np.generic]] = {"ad_creatives": creatives}
    if shows_spend:
        figures = {"ad_spend": np.round(money, 2), "ad_impressions": shown, **figures}
    for n, week in enumerate(weeks):
        yield _row(name, "new_users", "", float(np.round(users[n])), week, _STORE)
        for metric, values in figures.items():
            for c, channel in enumerate(channels):
                yield _row(name, metric, channel, float(values[c, n]), week, _WATCH)


def _row(
    name: str, metric: str, channel: str, value: float, week: dt.date, source: str
) -> dict[str, object]:
    return {
        "kind": "metric", "product": name, "metric": metric, "channel": channel, "value": value,
        "currency": "USD" if metric == "ad_spend" else "", "first_day": week,
        "last_day": week + dt.timedelta(6), "published_on": week + dt.timedelta(7),
        "source": source,
    }  # fmt: skip


def _ban(week: dt.date) -> dict[str, object]:
    """The platform of J takes the ads of O no more."""
    return {
        **_row(_CASES[0].name, _BAN, _CASES[-1].name, 0.0, week, _WATCH),
        "kind": "policy", "value": None, "published_on": week,
    }  # fmt: skip


def _truth(
    name: str, weeks: list[dt.date], parts: Mapping[str, Floats]
) -> Iterator[dict[str, object]]:
    for channel, values in parts.items():
        for week, value in zip(weeks, values, strict=True):
            yield {"product": name, "week": week, "channel": channel, "value": float(value)}
