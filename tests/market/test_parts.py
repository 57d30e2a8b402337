"""A new figure costs its own metric: the parts of the others are kept."""

import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from howdah.estimates import Levels, Models
from howdah.market import Market, fusing
from howdah.market.derived import Derived
from howdah.market.observing import observations_at, without_simulated
from howdah.market.parts import Part, Parts, part_digests
from howdah.market.prints import read_prints

_NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)

_MARKET = """\
title = "Apps"
as_of = 2025-01-31

[[segment]]
id = "apps"
title = "Apps"
headline = "dau"
members = ["alpha", "beta"]
"""

_FEED = """\
title = "Figures of {metric}"
source = "{source}"
nature = "panel"
path = "inbox/{metric}.csv"
replay = true
[licence]
name = "contract"
[[claim]]
subject = {{ column = "app" }}
metric = "{metric}"
value = {{ column = "value" }}
period = {{ column = "month" }}
published_at = {{ column = "published" }}
"""

_APPS = ("alpha", "beta", "gamma", "delta")


def _rows(n_months: int, level: float) -> str:
    lines = ["app,month,value,published"]
    for k, app in enumerate(_APPS):
        lines += [
            f"{app},2024-{month:02d},{level * (k + 1) * (1 + 0.03 * month):.0f},2024-12-20"
            for month in range(1, n_months + 1)
        ]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A market with two metrics, of two members of a segment and two others."""
    to = tmp_path_factory.mktemp("parts") / "market"
    files = {
        "market.toml": _MARKET,
        "entities/catalogue.csv": (
            "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin\n"
            + "".join(f"{app},product,,,,\n" for app in _APPS)
        ),
        "feeds/dau.toml": _FEED.format(metric="dau", source="Panel"),
        "feeds/downloads.toml": _FEED.format(metric="downloads", source="Store"),
        "inbox/dau.csv": _rows(8, 1e6),
        "inbox/downloads.csv": _rows(10, 1e4),
    }
    for name, text in files.items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _open(to).update()
    return to


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "market"))


@pytest.fixture
def fused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Metrics that were fused, as they are."""
    seen: list[str] = []
    real = fusing.estimate_levels

    def spy(
        observations: pl.DataFrame, models: Models, *, as_of: dt.date, latest_only: bool = False
    ) -> Levels:
        seen.extend(observations["metric"].unique().sort().to_list())
        return real(observations, models, as_of=as_of, latest_only=latest_only)

    monkeypatch.setattr(fusing, "estimate_levels", spy)
    return seen


def _open(folder: Path) -> Market:
    return Market(folder, now=lambda: _NOW)


def _kept(market: Market) -> dict[str, pl.DataFrame]:
    ws = market._ws
    derived = Derived(ws)
    tables = (derived.estimates, derived.suspects, derived.cards, derived.findings, derived.models)
    stamped = ("inputs", "recorded_at")
    return {table.path.name: derived._kept(table, market.as_of()).drop(stamped) for table in tables}


def _add(folder: Path, metric: str, line: str) -> None:
    with (folder / "inbox" / f"{metric}.csv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def test_a_new_figure_fuses_its_own_metric_alone(folder: Path, fused: list[str]) -> None:
    _add(folder, "dau", "alpha,2024-11,1400000,2024-12-30")
    _open(folder).update()
    assert set(fused) == {"dau"}
    fused.clear()
    shutil.rmtree(folder / "lake" / "parts")
    _add(folder, "dau", "alpha,2024-12,1500000,2024-12-31")
    _open(folder).update()
    assert set(fused) == {"dau", "downloads"}


def test_what_is_kept_is_what_would_be_made(folder: Path) -> None:
    _add(folder, "dau", "gamma,2024-11,3500000,2024-12-30")
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    shutil.rmtree(other / "lake" / "parts")
    with_parts, without = _open(folder), _open(other)
    with_parts.update()
    without.update()
    left, right = _kept(with_parts), _kept(without)
    assert left["estimates"].height > 0
    assert left["models"].height > 0
    for name, rows in left.items():
        assert rows.equals(right[name]), name


def test_a_date_on_which_the_same_was_known_of_a_metric_shares_its_part(
    folder: Path, fused: list[str]
) -> None:
    _add(folder, "dau", "alpha,2024-11,1400000,2025-01-15")
    shutil.rmtree(folder / "lake" / "parts")
    market = _open(folder)
    market.update()
    fused.clear()
    page = market.radar("2025-01-10")
    assert set(fused) == {"dau"}
    assert page.basis.as_of == dt.date(2025, 1, 10)
    estimate = market.show("alpha", "2025-01-10").estimate("downloads", period="2024-10")
    assert estimate.as_of == dt.date(2025, 1, 10)


def test_reading_keeps_nothing(folder: Path) -> None:
    market = _open(folder)
    parts = folder / "lake" / "parts"
    before = sorted(parts.rglob("*"))
    _add(folder, "dau", "alpha,2024-11,1400000,2025-01-15")
    market.radar("2025-01-10")
    market.show("alpha", "2024-12-25")
    assert sorted(parts.rglob("*")) == before


def test_a_claim_of_today_leaves_what_is_kept_of_earlier_dates(folder: Path) -> None:
    derived = Derived(_open(folder)._ws)
    before = {day: derived.inputs(day) for day in (dt.date(2025, 1, 31), dt.date(2025, 3, 1))}
    # Not a replay: recorded now.
    spec = folder / "feeds" / "dau.toml"
    spec.write_text(spec.read_text().replace("replay = true\n", ""))
    _add(folder, "dau", "alpha,2024-11,1400000,2024-12-30")
    again = _open(folder)
    again.update()
    derived = Derived(again._ws)
    assert derived.inputs(dt.date(2025, 1, 31)) == before[dt.date(2025, 1, 31)]
    assert derived.inputs(dt.date(2025, 3, 1)) != before[dt.date(2025, 3, 1)]


def _digests(market: Market, change: Callable[[pl.DataFrame], pl.DataFrame]) -> dict[str, str]:
    ws, as_of = market._ws, market.as_of()
    observations = change(observations_at(ws, as_of))
    prints = without_simulated(read_prints(ws, as_of))
    return part_digests(observations, prints, ws.segments, prob=ws.prob, flows=())


@pytest.mark.parametrize(
    "change",
    [
        pl.col("value_low") * 1.001,
        pl.col("suspect") ^ ((pl.col("entity") == "alpha") & (pl.col("metric") == "dau")),
        pl.lit(1, pl.Int8).alias("verdict"),
        pl.col("source") + " again",
        pl.col("published_at").dt.offset_by("1d"),
        pl.col("entity").replace({"alpha": "gamma"}),
    ],
    ids=["value", "suspect", "verdict", "source", "publication", "entity"],
)
def test_another_claim_is_another_part(folder: Path, change: pl.Expr) -> None:
    market = _open(folder)
    is_dau = pl.col("metric") == "dau"
    name = change.meta.output_name()

    def changed(rows: pl.DataFrame) -> pl.DataFrame:
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(0, pl.Int8).alias(name))
        kind = rows.schema[name]
        return rows.with_columns(
            pl.when(is_dau).then(change.cast(kind)).otherwise(pl.col(name)).alias(name)
        )

    before, after = _digests(market, lambda rows: rows), _digests(market, changed)
    assert before["downloads"] == after["downloads"]
    assert before["dau"] != after["dau"]


def test_the_order_of_claims_is_not_part_of_it(folder: Path) -> None:
    market = _open(folder)
    assert _digests(market, lambda rows: rows) == _digests(market, pl.DataFrame.reverse)


def _part(folder: Path) -> tuple[Part, str]:
    market = _open(folder)
    digest = next((folder / "lake" / "parts" / "dau").iterdir()).name
    levels = market._ws.parts.levels("dau", digest)
    assert levels is not None
    return Part({"a": 1}, levels), digest


def test_a_fault_leaves_no_half_part(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, _ = _part(folder)
    parts = Parts(folder / "parts")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="No space"):
        parts.keep("dau", "one", part)
    assert parts.levels("dau", "one") is None
    assert not list((folder / "parts" / "dau").iterdir())


def test_parts_used_last_stay(folder: Path) -> None:
    part, _ = _part(folder)
    parts = Parts(folder / "parts")
    for n in range(6):
        parts.keep("own:dau", f"d{n}", part)
        os.utime(folder / "parts" / "own%3Adau" / f"d{n}", (n, n))
    parts.tidy({"own:dau": "d0", "unknown": "d9"})
    left = sorted(path.name for path in (folder / "parts" / "own%3Adau").iterdir())
    assert left == ["d0", "d3", "d4", "d5"]
    found = parts.levels("own:dau", "d5")
    assert found is not None
    assert found.estimates.equals(part.levels.estimates)
