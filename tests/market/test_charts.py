"""Places in a chart become levels of a market, by way of the products whose level is known."""

import csv
import datetime as dt
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import howdah
from howdah.core.errors import LicenceError
from howdah.market import Market

METRICS = """\
[rank_downloads]
title = "Rank by downloads"
title_zh = "下载量排名"
scale = "rank"
shape = "rank"
units = ["rank"]
better = "low"
meaning = "Position by downloads in a list of all."
relates = "downloads"
relation = "rank"
"""

SPEC = """\
title = "{source}"
source = "{source}"
path = "data/{feed}.csv"
nature = "{nature}"
[licence]
name = "{feed} terms"
may_export = {may_export}
[claim]
subject = {{ column = "app" }}
metric = "{metric}"
value = {{ column = "value" }}
period = {{ column = "period" }}
published_at = {{ column = "published" }}
"""

N, N_KNOWN, N_DAYS = 80, 30, 12
DAYS = [dt.date(2025, 3, 1) + dt.timedelta(days=7 * n) for n in range(N_DAYS)]
NOW = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)


def write_feed(folder: Path, feed: str, rows: list[tuple[str, str, float]], **spec: str) -> None:
    lines = ["app,period,published,value"]
    lines += [
        f"{app},{day},{dt.date.fromisoformat(day) + dt.timedelta(days=1)},{value!r}"
        for app, day, value in rows
    ]
    (folder / "data" / f"{feed}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "feeds" / f"{feed}.toml").write_text(
        SPEC.format(feed=feed, **{"may_export": "true", **spec}), encoding="utf-8"
    )


def levels(seed: int) -> dict[tuple[str, str], float]:
    """Levels of apps by name and day: Pareto, each with its own steps."""
    rng = np.random.default_rng(seed)
    start = 14.0 - 1.1 * np.log(np.arange(1, N + 1)) + 0.25 * rng.normal(size=N)
    walk = np.cumsum(0.05 * rng.normal(size=(N_DAYS, N)), axis=0)
    return {
        (f"app{i:02d}", day.isoformat()): float(round(math.exp(start[i] + walk[n, i])))
        for n, day in enumerate(DAYS)
        for i in range(N)
    }


def build(
    folder: Path, seed: int, *, n_known: int = N_KNOWN, length: int = N, unlike: float = 0.0
) -> Market:
    """A market of a counter of some apps and a chart of all.

    `unlike` is the spread of what the chart ranks each app by beside its level, day after day.
    """
    howdah.init(folder)
    (folder / "data").mkdir()
    (folder / "metrics.toml").write_text(METRICS, encoding="utf-8")
    truth = levels(seed)
    rng = np.random.default_rng(seed + 1000)
    known = {f"app{i:02d}" for i in rng.choice(N, n_known, replace=False)}
    counted = [(app, day, value) for (app, day), value in truth.items() if app in known]
    other = {f"app{i:02d}": math.exp(x) for i, x in enumerate(unlike * rng.normal(size=N))}
    places = []
    for day in {day for _, day in truth}:
        order = sorted((v * other[app], app) for (app, of), v in truth.items() if of == day)[::-1]
        places += [(app, day, float(n + 1)) for n, (_, app) in enumerate(order[:length])]
    write_feed(folder, "counts", counted, source="Counter", metric="downloads", nature="counter")
    write_feed(folder, "chart", places, source="Chart", metric="rank_downloads", nature="list")
    market = Market(folder, now=lambda: NOW)
    market.update()
    return market


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return build(tmp_path_factory.mktemp("charts") / "m", 0)


def estimated(market: Market, file: Path) -> list[dict[str, Any]]:
    """Estimates of downloads of all apps, asked for at once; a page an app would be slow."""
    market.export(file, metrics=["downloads"])
    rows = pl.read_parquet(file).with_columns(app=pl.col("entity").str.split(":").list.last())
    return rows.with_columns(period=pl.col("valid_to").cast(pl.String)).to_dicts()


def outcome(market: Market, seed: int, file: Path) -> list[tuple[float, bool]]:
    """Log error, and whether the interval holds the truth, of each hidden level."""
    truth = levels(seed)
    with (market.folder / "data" / "counts.csv").open(encoding="utf-8") as counts:
        known = {row["app"] for row in csv.DictReader(counts)}
    found = []
    for e in estimated(market, file):
        if e["app"] in known or e["value"] is None or e["lower"] is None or e["upper"] is None:
            continue
        true = truth[e["app"], e["period"]]
        found.append((math.log(e["value"] / true), e["lower"] <= true <= e["upper"]))
    return found


def test_hidden_levels_are_told_by_places(market: Market, tmp_path: Path) -> None:
    found = outcome(market, 0, tmp_path / "levels.parquet")
    assert len(found) == (N - N_KNOWN) * N_DAYS
    errors = np.array([error for error, _ in found])
    assert float(np.median(np.abs(errors))) < 0.1
    assert np.mean([is_inside for _, is_inside in found]) > 0.85


@pytest.mark.slow
@pytest.mark.parametrize("seed", [10, 11])
def test_an_app_that_is_unlike_its_neighbours_every_day_stays_inside(
    tmp_path: Path, seed: int
) -> None:
    built = build(tmp_path / "m", seed, unlike=0.4)
    found = outcome(built, seed, tmp_path / "levels.parquet")
    assert np.mean([is_inside for _, is_inside in found]) > 0.85


def test_a_level_from_a_place_leads_to_the_place(market: Market) -> None:
    hidden = next(
        e
        for n in range(N)
        if (e := market.show(f"app{n:02d}").estimate("downloads")).sources == ("rank in Chart",)
    )
    (claim,) = market.trail(hidden.estimate_id).claims
    assert (claim.statement.metric, claim.statement.source) == ("rank_downloads", "Chart")
    assert claim.statement.period == hidden.period.label
    assert {card["source"] for card in market.sources().cards} >= {"rank in Chart", "Counter"}
    assert market.sources().silent_charts == ()
    # Every app has a place in the table of levels.
    assert len(market.rank("downloads").places) == N


def test_what_was_not_known_on_a_date_tells_no_level(market: Market) -> None:
    day = DAYS[3]
    early = market.show("app00", day.isoformat()).estimates("downloads")
    assert all(e.period.end is not None and e.period.end < day for e in early)


def test_charts_with_few_known_levels_or_none_say_why_they_tell_none(tmp_path: Path) -> None:
    market = build(tmp_path / "m", 1, n_known=3)
    (silent,) = market.sources().silent_charts
    assert silent["source"] == "Chart"
    assert silent["reason"] == "entities with a known level: 3; 5 are needed"
    page = market.sources()
    for metric, told in (("rank_downloads", 1), ("downloads", 1), (None, 1), ("stars", 0)):
        assert len(page.silent_charts_of(metric, market.metrics)) == told
    league = market.rank("downloads")
    assert len(league.places) == 3
    # Nothing was ever counted of the others, so they are not said to be left out.
    assert league.left_out is None
    spec = market.folder / "feeds" / "chart.toml"
    spec.write_text(spec.read_text("utf-8").replace("rank_downloads", "rank"), encoding="utf-8")
    again = Market(market.folder, now=lambda: NOW)
    again.update()
    reasons = [c["reason"] for c in again.sources().silent_charts]
    assert "the metric rank names no level it ranks by" in reasons


def test_who_is_absent_from_a_whole_list_is_below_its_end(tmp_path: Path) -> None:
    market = build(tmp_path / "m", 2, length=60)
    truth = levels(2)
    listed = (market.folder / "data" / "chart.csv").read_text("utf-8")
    bounds = [
        (e["upper"], truth[e["app"], e["period"]])
        for e in estimated(market, tmp_path / "levels.parquet")
        if e["status"] == "bound" and e["app"] in listed
    ]
    assert bounds
    assert np.mean([upper is not None and true < upper for upper, true in bounds]) > 0.95
    # A page shows the same.
    (first, *_) = (e for e in estimated(market, tmp_path / "again.parquet") if e["app"] in listed)
    page = {e.period.label: e for e in market.show(first["app"]).estimates("downloads")}
    assert page[first["period"]].value == first["value"]
    assert page[first["period"]].upper == first["upper"]


def test_levels_from_places_are_exported_under_the_terms_of_all_behind_them(
    tmp_path: Path, market: Market
) -> None:
    copy = tmp_path / "m"
    shutil.copytree(market.folder, copy)
    spec = copy / "feeds" / "counts.toml"
    spec.write_text(
        spec.read_text("utf-8").replace("may_export = true", "may_export = false"), "utf-8"
    )
    closed = Market(copy, now=lambda: NOW)
    counted = (copy / "data" / "counts.csv").read_text("utf-8")
    hidden = next(f"app{n:02d}" for n in range(N) if f"app{n:02d}" not in counted)
    with pytest.raises(LicenceError, match="counts"):
        closed.export(tmp_path / "out.csv", entities=[hidden])
    n_rows = closed.export(tmp_path / "out.csv", entities=[hidden], without=["counts"])
    # What is left are the places themselves.
    assert n_rows == N_DAYS
