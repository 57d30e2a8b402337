"""Bought or earned in a market: the simulated advertisers, and small markets of one's own."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import howdah
from howdah.core.errors import InputError, UnknownNameError
from howdah.market import Market
from howdah.market.pages.split import SplitPage

VIDEO, SEARCH, SOCIAL = "Simulated video network", "Simulated search ads", "Simulated social feed"


@pytest.fixture(scope="module")
def market(example_market: Path) -> Market:
    return howdah.open(example_market)


def bought(market: Market, name: str) -> dict[str, float]:
    """True share of each channel."""
    truth = pl.read_parquet(market.folder / "simulated" / "truth" / "bought.parquet")
    own = truth.filter(pl.col("product") == name).group_by("channel").agg(pl.col("value").sum())
    return dict(own.with_columns(pl.col("value") / pl.col("value").sum()).iter_rows())


def told(page: SplitPage) -> dict[str, str]:
    return {part.channels[0]: part.verdict for part in page.parts}


def test_channels_that_move_apart_are_told(market: Market) -> None:
    page = market.split("Simulated advertiser J")
    assert page.is_simulated
    assert set(told(page).values()) <= {"identified", "weak"}
    true = bought(market, "Simulated advertiser J")
    for part in page.parts:
        assert part.share.lower is not None
        assert part.share.upper is not None
        assert part.share.lower - 0.02 < true[part.channels[0]] < part.share.upper + 0.02
        assert part.spend is not None
        assert part.cost is not None
        assert part.cost.value == pytest.approx(part.spend / (part.total.value or 0.0))
        claims = market._ws.store.claims.read()
        assert set(part.claim_ids) <= set(claims["claim_id"].to_pylist())
    assert {step.kind: step.missing for step in page.funnel} == {
        "impressions": "", "new": "", "kept": "panel", "cost": "kept"
    }  # fmt: skip


def test_parts_of_time_add_up(market: Market) -> None:
    page = market.split("Simulated advertiser O")
    whole = sum(m.bought.value + m.earned.value for m in page.course)  # type: ignore[operator]
    users = sum(m.outcome or 0.0 for m in page.course)
    assert whole == pytest.approx(users, rel=0.02)
    assert page.base is not None
    shares = sum(part.share.value or 0.0 for part in page.parts) + (page.base.share.value or 0.0)
    assert shares == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "code"),
    [("K", "chases"), ("L", "constant"), ("M", "collinear")],
)
def test_what_cannot_be_told_says_why_and_what_would_tell(
    market: Market, name: str, code: str
) -> None:
    page = market.split(f"Simulated advertiser {name}")
    assert {part.verdict for part in page.parts} == {"cannot_tell"}
    assert {part.code for part in page.parts} == {code}
    for part in page.parts:
        assert part.share.value is None
        assert part.experiment is not None
        assert part.experiment.power > 0.7


def test_channels_that_move_as_one_are_told_together(market: Market) -> None:
    page = market.split("Simulated advertiser M")
    (pair,) = page.together
    assert pair.verdict == "identified"
    true = bought(market, "Simulated advertiser M")
    assert pair.share.lower is not None
    assert pair.share.upper is not None
    assert pair.share.lower < true[VIDEO] + true[SEARCH] < pair.share.upper
    assert page.base is not None
    assert page.base.verdict == "identified"


def test_creatives_stand_for_spend_and_cost_nothing(market: Market) -> None:
    page = market.split("Simulated advertiser N")
    assert page.is_proxy
    assert [part.spend for part in page.parts] == [None]
    assert [part.cost for part in page.parts] == [None]
    assert page.funnel[-1].missing == "spend"


def test_a_rival_that_owns_the_channel_could_take_it_away(market: Market) -> None:
    page = market.split("Simulated advertiser O")
    first = page.exposures[0]
    assert (page.names[first.owner], first.is_rival) == ("Simulated advertiser J", True)
    assert first.channels == (SOCIAL,)
    (social,) = (part for part in page.parts if part.channels == (SOCIAL,))
    assert first.share == social.share
    # It took it away: nothing is left to take.
    assert first.lately.value == pytest.approx(0.0, abs=1.0)
    (stop,) = (s for s in page.stops if s.claim_ids)
    truth = pl.read_parquet(market.folder / "simulated" / "truth" / "bought.parquet").filter(
        pl.col("product") == "Simulated advertiser O", pl.col("channel") == SOCIAL
    )
    before = truth.filter(
        pl.col("week").is_between(stop.day - dt.timedelta(91), stop.day - dt.timedelta(1))
    )["value"].mean()
    assert stop.change.lower is not None
    assert stop.change.upper is not None
    assert isinstance(before, float)
    assert stop.change.lower < before * 1.15
    assert stop.change.upper > before * 0.85


def test_retention_of_bought_users_is_that_of_the_simulation(market: Market) -> None:
    page = market.split("Simulated assistant C")
    assert page.kept is not None
    assert page.kept_source == "Simulated panel"
    assert page.kept.bought is not None
    # Of those who came on days of ads one in twenty is active on day 30, in the whole population.
    assert page.kept.bought.lower < 0.055 < page.kept.bought.upper
    (step,) = (s for s in page.funnel if s.kind == "cost")
    assert step.figure.value is not None


def test_shares_of_voice_have_three_meanings_that_are_kept_apart(market: Market) -> None:
    page = market.split("Simulated advertiser J")
    seen = {(v.meaning, v.channel): v for v in page.voices}
    assert {meaning for meaning, _ in seen} == {"impressions", "spend", "creatives"}
    ads = pl.read_parquet(market.folder / "simulated" / "ads.parquet")
    voice = seen["spend", VIDEO]
    rows = ads.filter(
        pl.col("metric") == "ad_spend", pl.col("channel") == VIDEO,
        pl.col("first_day") >= voice.told.first,
    )  # fmt: skip
    own = rows.filter(pl.col("product") == "Simulated advertiser J")["value"].sum()
    assert voice.share == pytest.approx(own / rows["value"].sum())
    assert voice.n_advertisers == rows["product"].n_unique()
    # Its spend is not known, so it has no share of it.
    alone = market.split("Simulated advertiser N").voices
    assert {v.meaning for v in alone} == {"creatives"}


def test_an_earlier_date_knows_what_was_published_by_then(market: Market) -> None:
    day = dt.date(2024, 6, 30)
    page = market.split("Simulated advertiser J", as_of=day)
    assert page.basis.as_of == day
    assert page.outcome is not None
    assert page.outcome.last < day
    assert 80 < page.n_periods < 110


def test_without_spend_it_says_what_is_missing(market: Market) -> None:
    page = market.split("Doubao")
    assert (page.missing, page.parts) == ("spend", ())
    assert market.split("Simulated advertiser J", outcome="mau28").missing == "outcome"


def test_names_and_dates_that_are_wrong_are_errors(market: Market) -> None:
    with pytest.raises(UnknownNameError):
        market.split("nobody at all")
    with pytest.raises(UnknownNameError):
        market.split("Doubao", outcome="no such metric")
    with pytest.raises(InputError, match="is to come"):
        market.split("Doubao", as_of=dt.date(2999, 1, 1))


_MARKET = """\
title = "Tea"
as_of = 2024-12-31
[[segment]]
id = "tea"
title = "Tea"
headline = "installs"
members = ["Tea", "Cup"]
[[channel]]
id = "leaf"
names = ["Leaf Ads", "Leaf Video"]
owner = "Pot"
"""

_FEED = """\
title = "Ads"
source = "Watch"
nature = "counter"
path = "data/ads.csv"
replay = true
[licence]
name = "contract"
[[claim]]
subject = { column = "product" }
metric = { column = "metric" }
object = { column = "channel" }
currency = { column = "currency" }
value = { column = "value" }
valid_from = { column = "first" }
valid_to = { column = "last" }
published_at = { column = "published" }
"""

_CATALOGUE = """\
canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,identifiers,notes
Pot,company,,,,,,
Tea,product,,,,,,
Cup,product,Pot,,,,,
"""


def own_rows(n: int = 60) -> list[tuple[object, ...]]:
    """Tea in weeks, whose spend is told by day in two channels of one owner."""
    rng = np.random.default_rng(5)
    spend = np.where(np.arange(n) % 13 < 6, rng.lognormal(0, 0.3, n), 0.0)
    other = rng.permutation(spend)
    users = np.round(500 + 150 * spend + 100 * other + rng.normal(0, 15, n))
    start = dt.date(2023, 10, 2)
    rows: list[tuple[object, ...]] = []
    for k in range(n):
        first = start + dt.timedelta(7 * k)
        last = first + dt.timedelta(6)
        seen = last + dt.timedelta(1)
        rows.append(("Tea", "installs", "", "", users[k], first, last, seen))
        for day in (first + dt.timedelta(d) for d in range(7)):
            for name, own in (("Leaf Ads", spend), ("Leaf Video", other)):
                row = ("Tea", "ad_spend", name, "EUR", 100 * own[k] / 7, day, day, seen)
                rows.append(row)
    return rows


def make(folder: Path) -> None:
    for name in ("feeds", "entities", "inbox", "data"):
        (folder / name).mkdir(parents=True)
    (folder / "market.toml").write_text(_MARKET)
    (folder / "feeds" / "ads.toml").write_text(_FEED)
    (folder / "entities" / "catalogue.csv").write_text(_CATALOGUE)
    names = ["product", "metric", "channel", "currency", "value", "first", "last", "published"]
    rows = own_rows()
    # A product of two periods.
    rows += [("Cup", "installs", "", "", 5.0, *row[5:]) for row in rows[:1]]
    rows += [("Cup", "ad_spend", "Leaf Ads", "EUR", 5.0, *row[5:]) for row in rows[:1]]
    pl.DataFrame(rows, schema=names, orient="row").write_csv(folder / "data" / "ads.csv")
    howdah.open(folder).update()


@pytest.fixture(scope="module")
def tea(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Market:
    return howdah.open(made_once("tea", make))


def test_days_of_spend_are_summed_to_the_weeks_of_the_outcome(tea: Market) -> None:
    page = tea.split("Tea")
    assert (page.n_periods, page.rhythm, page.outcome.metric) == (60, "week", "installs")  # type: ignore[union-attr]
    spent = sum(float(str(r[4])) for r in own_rows() if r[2] == "Leaf Ads")
    part = next(p for p in page.parts if p.channels == ("Leaf Ads",))
    assert part.spend == pytest.approx(spent)
    assert part.currency == "EUR"
    assert part.cost is not None
    # A unit of spend brought 1.5 users a hundred.
    assert part.cost.value == pytest.approx(100 / 150, rel=0.12)


def test_channels_of_one_owner_are_exposed_together(tea: Market) -> None:
    page = tea.split("Tea")
    (one,) = page.exposures
    assert (one.owner, one.is_rival) == ("pot", True)
    assert [page.names[r] for r in one.rivals] == ["Cup"]
    assert one.channels == ("Leaf Ads", "Leaf Video")
    assert one.share.value is not None
    assert one.share.value == pytest.approx(1 - (page.base.share.value or 0.0), abs=0.01)  # type: ignore[union-attr]


def test_too_few_periods_are_said(tea: Market) -> None:
    page = tea.split("Cup")
    assert (page.missing, page.detail) == ("periods", "8")


def test_an_owner_that_nobody_knows_is_an_error(tea: Market) -> None:
    text = (tea.folder / "market.toml").read_text()
    try:
        (tea.folder / "market.toml").write_text(text.replace('owner = "Pot"', 'owner = "Kettle"'))
        with pytest.raises(UnknownNameError, match="Kettle"):
            howdah.open(tea.folder).split("Tea")
    finally:
        (tea.folder / "market.toml").write_text(text)
