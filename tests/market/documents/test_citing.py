"""Articles that quote a source of the market: one source said twice is no two.

All names and figures are made up.
"""

from pathlib import Path

import pytest
from press_market import CATALOGUE, SURE, Clock, MakeMarket, trail_of, write

from howdah.core.estimate import Estimate
from howdah.market import Market
from howdah.market.pages import Series
from howdah.surfaces.cli.pages.trail import draw_trail
from howdah.surfaces.cli.screen import Screen

PANEL = """\
title = "Panel"
source = "Tallow Metrics"
path = "panel.csv"
nature = "{nature}"
[licence]
name = "contract"
[claim]
subject = {{ column = "app" }}
metric = "dau"
value = {{ column = "users" }}
period = {{ column = "month" }}
"""
MONTHS = [f"2024-{month:02d}" for month in range(1, 11)]


def add_panel(folder: Path, *, nature: str = "panel", without: str = "") -> None:
    """A vendor's own figures of Pip, month by month."""
    (folder / "feeds" / "panel.toml").write_text(PANEL.format(nature=nature), encoding="utf-8")
    rows = [f"Pip,{m},{7_000_000 + 100_000 * n}" for n, m in enumerate(MONTHS) if m != without]
    (folder / "panel.csv").write_text("app,month,users\n" + "\n".join(rows) + "\n")


def october(market: Market) -> Estimate:
    return market.show("Pip").estimate("dau", period="2024-10")


def october_claims(series: Series) -> int:
    return next(e.n_claims for e in series.estimates if e.period.label == "2024-10")


def sources_of(market: Market) -> set[str]:
    return {str(s) for s in market._ws.store.claims.read()["source"].to_pylist()}


def quoted(*words: str) -> dict[str, str | bytes]:
    return {
        f"2024-11-{14 + n}-a.txt": f"According to {w}, {SURE[:-1]}." for n, w in enumerate(words)
    }


@pytest.mark.parametrize("nature", ["panel", "counter"])
def test_an_article_that_quotes_a_vendor_moves_nothing(make: MakeMarket, nature: str) -> None:
    market = make({})
    add_panel(market.folder, nature=nature)
    market.update()
    (plain,) = market.show("Pip").series
    write(market.folder, quoted("Tallow Metrics", "the research firm Tallow Metrics"))
    market.update()
    assert sources_of(market) == {"Tallow Metrics"}
    (series,) = market.show("Pip").series
    numbers, before = (
        [(e.value, e.lower, e.upper, e.n_sources) for e in s.estimates] for s in (series, plain)
    )
    assert numbers == before
    # The articles are not hidden: both say the same, so they are one claim beside the vendor's.
    assert october(market).n_claims == october_claims(plain) + 1


def test_the_trail_says_whose_word_an_article_tells(
    make: MakeMarket, capsys: pytest.CaptureFixture[str]
) -> None:
    market = make(quoted("Tallow Metrics"))
    add_panel(market.folder)
    market.update()
    trail = market.trail(october(market).estimate_id)
    assert [c.statement.cited for c in trail.claims if c.feed == "news"] == [True]
    assert [c.statement.cited for c in trail.claims if c.feed == "panel"] == [False]
    screen = Screen()
    draw_trail(screen, market, trail)
    screen.write()
    assert "in an article, of Tallow Metrics" in capsys.readouterr().out


def test_a_vendor_goes_by_its_aliases(make: MakeMarket) -> None:
    market = make(quoted("TM Analytics", "Quill Metrics Research"))
    add_panel(market.folder)
    named = f"{CATALOGUE}Tallow Metrics,organisation,,,,TM Analytics,,\n"
    (market.folder / "entities" / "catalogue.csv").write_text(named, encoding="utf-8")
    market.update()
    assert [p.source for p in market.show("Pip").passages][-1] == "TM Analytics"
    rows = market._ws.store.claims.read().to_pylist()
    told = {row["published_at"].day: row["source"] for row in rows if row["feed"] == "news"}
    assert told[14] == "Tallow Metrics"
    assert told[15] != "Tallow Metrics"


def test_where_the_vendor_says_nothing_its_word_in_an_article_counts(make: MakeMarket) -> None:
    market = make(quoted("Tallow Metrics"))
    add_panel(market.folder, without="2024-10")
    market.update()
    estimate = october(market)
    assert (estimate.sources, estimate.n_claims) == (("Tallow Metrics",), 1)
    (claim,) = trail_of(market, "Pip").claims
    assert (claim.statement.source, claim.statement.cited) == ("Tallow Metrics", True)


def test_articles_cite_a_vendor_from_the_day_that_its_feed_comes(
    make: MakeMarket, clock: Clock
) -> None:
    market = make(quoted("the research firm Tallow Metrics"))
    market.update()
    first = clock.now.date()
    assert not trail_of(market, "Pip").claims[0].statement.cited
    clock.pass_days(2)
    add_panel(market.folder)
    market = Market(market.folder, now=clock)
    market.update()
    told = {c.feed: c.statement for c in market.trail(october(market).estimate_id).claims}
    assert (told["news"].source, told["news"].cited) == ("Tallow Metrics", True)
    # Earlier dates answer as they did.
    estimate = market.show("Pip", first).estimate("dau")
    (claim,) = market.trail(estimate.estimate_id, first).claims
    assert not claim.statement.cited


def test_what_an_insider_of_a_vendor_says_is_not_its_word(make: MakeMarket) -> None:
    text = f"People close to Tallow Metrics said that {SURE}"
    market = make({"2024-11-14-a.txt": text})
    add_panel(market.folder)
    market.update()
    told = [p.source for p in market.show("Pip").passages]
    rows = market._ws.store.claims.read().to_pylist()
    assert {r["source"] for r in rows if r["feed"] == "news"} == set(told)
    assert "Tallow Metrics" not in told
