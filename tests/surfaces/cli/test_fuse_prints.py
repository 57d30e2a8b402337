"""`howdah fuse` of claims that were printed several times: the newest counts, by its age."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

MONTHS = 24
LAST = dt.date(2023, 12, 1)

#: Days from the period to each print of the vendor, and log of final over print.
PRINTS = ((35, 0.4), (65, 0.15), (95, 0.0))


def prints_and_truth() -> tuple[pl.DataFrame, pl.DataFrame]:
    """A vendor that creeps up to its final figures, and one that is noisier and never restates."""
    draws = np.random.default_rng(7)
    rows, true = [], []
    for i in range(40):
        level = draws.normal(10, 1)
        house = draws.normal(0, 0.1, 2)
        for m in range(MONTHS):
            level += draws.normal(0, 0.15)
            period = dt.date(2022 + m // 12, m % 12 + 1, 1)
            true.append((f"app {i:02}", period, float(np.exp(level))))
            final = level + house[0] + draws.normal(0, 0.03)
            for age, move in PRINTS:
                value = float(np.exp(final - move * (1 + draws.normal(0, 0.15))))
                day = dt.datetime.combine(period, dt.time()) + dt.timedelta(days=age)
                rows.append((f"app {i:02}", "creeping", period, value, day))
            value = float(np.exp(level + house[1] + draws.normal(0, 0.3)))
            day = dt.datetime.combine(period, dt.time()) + dt.timedelta(days=35)
            rows.append((f"app {i:02}", "rough", period, value, day))
    columns = ["series", "source", "period", "value", "published_at"]
    return (
        pl.DataFrame(rows, schema=columns, orient="row"),
        pl.DataFrame(true, schema=["series", "period", "value"], orient="row"),
    )


class Fused:
    """Runs over files of one folder."""

    def __init__(self, run: Run, path: Path) -> None:
        self._run, self._path = run, path

    def __call__(self, claims: pl.DataFrame, *options: str, anchored: int = 0) -> pl.DataFrame:
        claims.write_csv(self._path / "claims.csv")
        if anchored:
            known = pl.col("series").is_in([f"app {n:02}" for n in range(anchored)])
            mature = pl.col("period").is_between(dt.date(2022, 3, 1), dt.date(2023, 6, 1))
            truth = prints_and_truth()[1].filter(known & mature)
            truth.write_csv(self._path / "truth.csv")
            options = (*options, "--anchors", str(self._path / "truth.csv"))
        ran = self._run(
            "fuse", str(self._path / "claims.csv"), "--out", str(self.out), "--force", *options
        )
        assert ran.code == 0, ran.err
        self.err = ran.err
        return pl.read_parquet(self.out / "estimates.parquet")

    @property
    def out(self) -> Path:
        return self._path / "out"

    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "summary.json").read_text("utf-8"))
        return found


@pytest.fixture
def fused(run: Run, tmp_path: Path) -> Fused:
    return Fused(run, tmp_path)


def test_a_young_figure_is_brought_to_what_it_usually_ends_at(fused: Fused) -> None:
    prints, truth = prints_and_truth()
    today = ("--as-of", "2024-01-06")
    found = fused(prints, *today, anchored=25)
    revisions = pl.read_parquet(fused.out / "revisions.parquet")
    young = revisions.filter((pl.col("source") == "creeping") & (pl.col("age_days_from") <= 35))
    assert young["bias"][0] == pytest.approx(0.4, abs=0.03)
    assert fused.summary()["n_gave_way"] > 1000
    assert "gave way to newer ones" in fused.err
    assert found["n_claims"].max() == 2
    known = prints.filter(pl.col("published_at") < pl.datetime(2024, 1, 7))
    all_are_evidence = fused(known.drop("published_at"), anchored=25)

    def last(estimates: pl.DataFrame) -> pl.DataFrame:
        own = estimates.filter((pl.col("period") == LAST) & (pl.col("series") >= "app 25"))
        return own.join(truth, on=["series", "period"], suffix="_true")

    def error(rows: pl.DataFrame) -> float:
        return float((rows["value"] / rows["value_true"]).log().abs().mean())  # type: ignore[arg-type]

    assert error(last(found)) < 0.8 * error(last(all_are_evidence))
    rows = last(found)
    inside = rows["value_true"].is_between(rows["lower"], rows["upper"]).mean()
    assert inside > 0.75  # type: ignore[operator]


def test_as_of_hides_later_prints(fused: Fused) -> None:
    prints, _ = prints_and_truth()
    found = fused(prints, "--as-of", "2023-08-06")
    known = prints.filter(pl.col("published_at") < pl.datetime(2023, 8, 7))
    assert found["period"].max() == known["period"].max()
    assert found.equals(fused(known))


def test_prints_of_one_time_and_claims_without_one_are_all_evidence(fused: Fused) -> None:
    prints, _ = prints_and_truth()
    one = prints.filter(pl.col("published_at") == pl.col("published_at").max().over("period"))
    at = (pl.col("series") == "app 03") & (pl.col("period") == LAST)
    twice = pl.concat([one, one.filter(at).with_columns(pl.col("value") * 1.01)])
    undated = pl.concat([one, one.filter(at).with_columns(published_at=None)])
    for rows in (twice, undated):
        assert fused(rows).filter(at)["n_claims"].to_list() == [one.filter(at).height * 2]
        assert fused.summary()["n_gave_way"] == 0
        assert not (fused.out / "revisions.parquet").exists()


def test_a_row_that_is_there_again_counts_once(fused: Fused) -> None:
    prints, _ = prints_and_truth()
    once = fused(prints)
    gave_way = fused.summary()["n_gave_way"]
    assert "repeat" not in fused.err
    twice = fused(pl.concat([prints, prints.head(700)]))
    assert twice.equals(once)
    assert (fused.summary()["n_repeats"], fused.summary()["n_gave_way"]) == (700, gave_way)
    assert "700 rows repeat another word for word" in fused.err


def test_young_figures_that_cannot_be_corrected_are_told(fused: Fused) -> None:
    prints, _ = prints_and_truth()
    # One month was printed on a day of its own, of which no other figure tells what comes then.
    odd = (pl.col("period") == LAST) & (pl.col("source") == "creeping")
    day = pl.when(odd).then(pl.col("period").cast(pl.Datetime) + pl.duration(days=12))
    rows = prints.filter(pl.col("published_at") < pl.datetime(2024, 1, 7)).with_columns(
        published_at=day.otherwise("published_at")
    )
    fused(rows)
    young = fused.summary()["young"]
    assert young["too_few"] == 40
    sources = pl.read_parquet(fused.out / "sources.parquet").sort("source")
    columns = [f"young_{name}" for name in ("corrected", "too_few", "no_history")]
    assert sources.select(columns).sum().row(0) == tuple(young[n[6:]] for n in columns)
    assert sources["young_too_few"].to_list() == [40, 0]
    # The other one never restates, at 35 days: younger than what the first one takes.
    assert sources["young_no_history"].to_list() == [0, 40 * MONTHS]
    assert "uncorrected: 40 of an age of which too few figures were printed again" in fused.err
    assert "960 of sources that hardly ever print a figure again" in fused.err


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_one_print_a_figure_is_fused_as_without_its_day(fused: Fused, scale: str) -> None:
    prints, _ = prints_and_truth()
    one = prints.filter(pl.col("source") == "rough").with_columns(
        pl.when(pl.col("series") > "app 20").then(pl.lit("other")).otherwise("source")
    )
    found = fused(one, "--scale", scale)
    assert "young figures stay as they are stated: no source printed a figure again" in fused.err
    assert found.equals(fused(one.drop("published_at"), "--scale", scale))
    assert "young" not in fused.err
