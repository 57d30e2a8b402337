"""Directions: every term against the raw figures, and what cannot be told."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import howdah
from howdah.core.errors import InputError
from howdah.market import Market
from howdah.market.pages.directions import DirectionsPage

MONTHS = tuple(dt.date(2022 + n // 12, n % 12 + 1, 1) for n in range(36))
SEGMENTS = ("fast", "steady", "falling")

#: Growth a month, and log level at the end, of each segment's products.
GROWTH = {"fast": 0.05, "steady": 0.01, "falling": -0.03}
LEVEL = {"fast": 10.0, "steady": 13.0, "falling": 11.5}
RETENTION = {"fast": (40, 45, 50), "steady": (30, 31, 35), "falling": (10, 12, 20)}
CAC = {"fast": (20, 25, 30), "steady": (2, 3, 4)}

_MARKET = """\
title = "Apps"
as_of = 2025-01-31

[giants]
companies = ["Giant"]
"""

_SEGMENT = """
[[segment]]
id = "{id}"
title = "{id}"
headline = "{headline}"
members = [{members}]
"""

_FEED = """\
title = "{feed}"
source = "{source}"
nature = "{nature}"
path = "data/{feed}.csv"
replay = true
[licence]
name = "contract"
[[claim]]
subject = {{ column = "app" }}
metric = {{ column = "metric" }}
definition = {{ column = "definition" }}
value = {{ column = "value" }}
period = {{ column = "period" }}
published_at = {{ column = "published" }}
"""

Row = tuple[str, str, str, float, dt.date]


def figures() -> dict[str, list[Row]]:
    """Rows of each feed: the truth, as it is stated."""
    rng = np.random.default_rng(5)
    rows: dict[str, list[Row]] = {"counter": [], "panel": [], "other": []}
    for segment in SEGMENTS:
        for k in range(3):
            level = LEVEL[segment] + 0.4 * k
            for n, day in enumerate(MONTHS):
                x = level + GROWTH[segment] * (n - 35) + rng.normal(0, 0.01)
                rows["counter"].append((f"{segment} {k}", "downloads", "r:d", np.exp(x), day))
            day = dt.date(2024, 12, 31)
            share = float(RETENTION[segment][k])
            rows["panel"].append((f"{segment} {k}", "retention_d30", "p:ret", share, day))
            if segment in CAC:
                cost = float(CAC[segment][k])
                rows["panel"].append((f"{segment} {k}", "cac", "p:cac", cost, day))
    for k in range(2):
        rows["counter"] += [(f"pair {k}", "downloads", "r:d", 1e4 + k, day) for day in MONTHS]
    # Under another definition: it is beside nothing.
    for k in range(3):
        rows["other"] += [(f"lone {k}", "downloads", "o:d", 1e4 * 1.02**n, day)
                          for n, day in enumerate(MONTHS)]  # fmt: skip
    return rows


def write_apps(folder: Path, *, rows: dict[str, list[Row]] | None = None) -> None:
    howdah.init(folder)
    rows = rows or figures()
    segments = {s: [f"{s} {k}" for k in range(3)] for s in (*SEGMENTS, "lone")}
    segments["pair"] = ["pair 0", "pair 1"]
    config = _MARKET
    for name, members in segments.items():
        quoted = ", ".join(f'"{m}"' for m in members)
        config += _SEGMENT.format(id=name, headline="downloads", members=quoted)
    catalogue = ["canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin"]
    catalogue += ["Giant,company,,,,"]
    for members in segments.values():
        # The first product of the steady segment and the last of the fast one are a giant's.
        owned = {"steady 0", "fast 2"}
        catalogue += [f"{m},product,{'Giant' if m in owned else ''},,," for m in members]
    files = {"market.toml": config, "entities/catalogue.csv": "\n".join(catalogue) + "\n"}
    natures = {"counter": ("counter", "Registry"), "panel": ("panel", "Panel"),
               "other": ("counter", "Other")}  # fmt: skip
    for feed, own in rows.items():
        nature, source = natures[feed]
        files[f"feeds/{feed}.toml"] = _FEED.format(feed=feed, source=source, nature=nature)
        lines = ["app,metric,definition,value,period,published"]
        lines += [f"{a},{m},{d},{x:.2f},{day},{day}" for a, m, d, x, day in own]
        files[f"data/{feed}.csv"] = "\n".join(lines) + "\n"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make_apps(folder: Path) -> None:
    write_apps(folder)
    howdah.open(folder).update()


@pytest.fixture(scope="module")
def apps(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Market:
    return howdah.open(made_once("directions", make_apps))


@pytest.fixture(scope="module")
def page(apps: Market) -> DirectionsPage:
    return apps.directions()


def raw(metric: str, segment: str, day: dt.date) -> np.ndarray:
    return np.array(
        [
            x
            for rows in figures().values()
            for app, m, _, x, at in rows
            if m == metric and app.startswith(segment) and at == day
        ]
    )


@pytest.mark.parametrize("segment", SEGMENTS)
def test_sums_shares_and_growth_are_those_of_the_raw_figures(
    page: DirectionsPage, segment: str
) -> None:
    terms = page.real.table[segment]
    now, before = (raw("downloads", segment, day) for day in (MONTHS[-1], MONTHS[-13]))
    growth = 100 * (now.sum() / before.sum() - 1)
    assert terms["growth"].value == pytest.approx(growth, abs=1.0)
    assert terms["growth"].lower <= growth <= terms["growth"].upper
    assert terms["size"].value == pytest.approx(now.sum(), rel=0.01)
    held = {"fast": now[2] / now.sum(), "steady": now[0] / now.sum(), "falling": 0.0}
    assert terms["pressure"].value == pytest.approx(100 * held[segment], abs=0.5)
    assert terms["growth"].n == terms["size"].n == 3
    assert len(terms["growth"].claim_ids) == 6
    assert terms["growth"].at == MONTHS[-1]


def test_means_are_those_of_the_products_levels(apps: Market, page: DirectionsPage) -> None:
    logit = np.log(np.array(RETENTION["steady"]) / (100 - np.array(RETENTION["steady"]))).mean()
    found = page.real.table["steady"]["retention"]
    assert found.value == pytest.approx(100 / (1 + np.exp(-logit)), abs=0.5)
    # One panel states all three, so what it errs in common does not average out.
    single = apps.show("steady 1").estimate("retention_d30")
    assert single.lower is not None
    assert single.upper is not None
    width = single.upper - single.lower
    assert width / 3**0.5 < found.upper - found.lower < 1.05 * width
    cost = page.real.table["steady"]["cost"]
    assert cost.value == pytest.approx(np.exp(np.log([2, 3, 4]).mean()), rel=0.02)
    assert page.real.table["falling"]["cost"].missing == "no_figures"


def test_places_follow_from_the_terms(page: DirectionsPage) -> None:
    (group,) = page.real.groups
    # fast against steady: growth and retention against size, pressure and cost; both beat falling
    # but in pressure.
    assert [p.segment for p in group] == ["steady", "fast", "falling"]
    assert page.real.unplaced == ("lone", "pair")
    steady = group[0]
    assert steady.score == pytest.approx((3 / 5 + 3 / 4) / 2, abs=0.05)


def test_two_products_are_no_segment_and_it_says_what_is_needed(page: DirectionsPage) -> None:
    terms = page.real.table["pair"]
    assert {terms[k].missing for k in ("growth", "size", "pressure")} == {"few"}
    assert terms["size"].detail == "2 products with downloads"


def test_without_the_panel_only_its_terms_go(page: DirectionsPage) -> None:
    dropped = {w.source: w for w in page.real.without}
    assert set(dropped) == {"Registry", "Panel"}
    # Growth, size and pressure are left. steady wins two of three against both; falling two
    # against fast and one against steady; fast one against each.
    after = {s: place for s, _, place in dropped["Panel"].places}
    assert after == {"steady": 1, "falling": 2, "fast": 3}
    assert dropped["Panel"].n_changed == 2


def test_a_source_that_states_all_of_a_ranking_carries_it(tmp_path: Path) -> None:
    rows = figures()
    rows["panel"] = []
    write_apps(tmp_path / "m", rows=rows)
    market = howdah.open(tmp_path / "m")
    market.update()
    (only,) = market.directions().real.without
    assert only.source == "Registry"
    assert [after for _, _, after in only.places] == [None] * 3


def test_an_earlier_date_reads_nothing_later(apps: Market) -> None:
    then = apps.directions("2023-12-15").real.table["fast"]
    now, before = (raw("downloads", "fast", day) for day in (MONTHS[23], MONTHS[11]))
    assert then["growth"].at == MONTHS[23]
    assert then["growth"].value == pytest.approx(100 * (now.sum() / before.sum() - 1), abs=1.0)
    assert then["retention"].missing == "no_figures"
    with pytest.raises(InputError, match="to come"):
        apps.directions("2100-01-01")


def test_a_market_without_giants_or_figures_is_answered(tmp_path: Path) -> None:
    write_apps(tmp_path / "m")
    config = tmp_path / "m" / "market.toml"
    config.write_text(config.read_text().replace('[giants]\ncompanies = ["Giant"]\n', ""))
    empty = howdah.open(tmp_path / "m").directions()
    assert (empty.real.groups, empty.simulated.table) == ((), {})
    terms = empty.real.table["fast"]
    assert {t.missing for t in terms.values()} == {"no_figures"}
    market = howdah.open(tmp_path / "m")
    market.update()
    assert market.directions().real.table["fast"]["pressure"].missing == "no_giants"


def test_the_page_is_a_table_with_its_evidence(apps: Market, page: DirectionsPage) -> None:
    rows = page.to_polars()
    assert rows.height == 5 * 5
    claim = rows.filter(pl.col("term") == "retention", pl.col("segment") == "fast")["claims"][0][0]
    assert apps.trail(claim).claims[0].statement.metric == "retention_d30"


def test_the_record_asks_on_what_was_known_then(apps: Market) -> None:
    page = apps.directions_record()
    # Two earlier dates on which a year before is known, and growth after them: six segment-years
    # are too few to say anything.
    assert [day.year for day in page.record.dates] == [2022, 2023, 2024]
    assert page.record.ways == ()
    rows = page.to_polars()
    assert set(rows["segment"]) == set(SEGMENTS)
    for row in rows.iter_rows(named=True):
        last = max(day for day in MONTHS if day <= row["as_of"])
        # The month nearest to a year before and after it.
        days = [last + dt.timedelta(364 * k) for k in (-1, 0, 1)]
        near = [min(MONTHS, key=lambda month, day=day: abs(month - day)) for day in days]
        before, then, after = (raw("downloads", row["segment"], day).sum() for day in near)
        assert row["after"] == pytest.approx(100 * (after / then - 1), abs=1.5)
        assert row["momentum"] == pytest.approx(np.log(then / before), abs=0.02)


def test_simulated_segments_of_the_example_stand_apart(example_market: Path) -> None:
    found = howdah.open(example_market).directions()
    assert list(found.simulated.table) == ["simulated-assistants", "simulated-advertisers"]
    assert not set(found.simulated.table) & set(found.real.table)
    sources = {name for terms in found.real.table.values() for t in terms.values()
               for name in t.sources}  # fmt: skip
    assert not any("imulated" in name for name in sources)
    # A feed that covers what it likes, and definitions that nothing else has.
    assert found.real.table["tenders"]["size"].missing == "not_additive"
    assert found.real.table["open-source-ai"]["growth"].is_told
