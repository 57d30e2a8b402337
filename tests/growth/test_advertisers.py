"""Simulated advertisers: what the feed tells fits the truth beside it."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from howdah.growth.advertisers import write_advertisers
from howdah.panels.simulation import assistants

FIRST = dt.date(2023, 12, 27)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Advertisers beside a panel whose every assistant is taken up ten times a day."""
    made = tmp_path_factory.mktemp("simulated")
    (made / "truth").mkdir()
    market = assistants(FIRST)
    days = [FIRST + dt.timedelta(n) for n in range(market.n_day)]
    names = [product.name for product in market.products]
    daily = pl.DataFrame({"product": names}).join(pl.DataFrame({"day": days}), how="cross")
    daily = daily.with_columns(metric=pl.lit("new_1d"), value=pl.lit(10))
    daily.write_parquet(made / "truth" / "daily.parquet")
    write_advertisers(made, first_day=FIRST)
    return made


def test_users_are_what_was_bought_and_what_was_not(folder: Path) -> None:
    told = pl.read_parquet(folder / "ads.parquet")
    users = (
        told.filter(pl.col("metric") == "new_users").group_by("product").agg(pl.col("value").sum())
    )
    truth = (
        pl.read_parquet(folder / "truth" / "bought.parquet")
        .group_by("product")
        .agg(true=pl.col("value").sum())
    )
    both = users.join(truth, on="product")
    assert both.height == 8
    ratio = (both["value"] / both["true"]).to_list()
    assert ratio == pytest.approx([1.0] * 8, abs=0.02)


def test_everything_is_of_the_simulation_and_published_after_its_week(folder: Path) -> None:
    told = pl.read_parquet(folder / "ads.parquet")
    assert told["product"].str.starts_with("Simulated ").all()
    assert told["source"].str.starts_with("Simulated ").all()
    figures = told.filter(pl.col("kind") == "metric")
    assert (figures["published_on"] > figures["last_day"]).all()
    assert (figures["first_day"].dt.weekday() == 1).all()
    assert figures["value"].min() == 0.0
    assert set(told.filter(pl.col("kind") == "policy")["channel"]) == {"Simulated advertiser O"}


def test_one_tells_no_spend(folder: Path) -> None:
    told = pl.read_parquet(folder / "ads.parquet")
    spent = told.filter(pl.col("metric") == "ad_spend")["product"].unique()
    assert "Simulated advertiser N" not in spent.to_list()
    assert spent.len() == 7


def test_the_same_seed_writes_the_same(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    daily = (folder / "truth" / "daily.parquet").read_bytes()
    (tmp_path / "truth" / "daily.parquet").write_bytes(daily)
    write_advertisers(tmp_path, first_day=FIRST)
    again, once = (pl.read_parquet(f / "ads.parquet") for f in (tmp_path, folder))
    assert again.equals(once)
