"""Simulated markets: what is said of them holds, and their truth is that of an oracle."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import polars as pl
import pytest
from oracle import Oracle, Panel

from howdah.core.errors import InputError
from howdah.panels.simulation import (
    Burst,
    Faults,
    Market,
    Population,
    Product,
    Stratum,
    Truth,
    assistants,
    crowd,
    draw_members,
    everybody,
    populate,
    scattered,
    write_assistants,
    write_log,
)

ONE = (Stratum(name="all", share=1.0, zeal=1.0, sampling=0.1),)


def market(*products: Product, n_day: int = 120, strata: Sequence[Stratum] = ONE) -> Market:
    return Market(
        first_day=dt.date(2024, 1, 1),
        n_day=n_day,
        products=products,
        strata=tuple(strata),
        products_per_unit=float(len(products)),
    )


def matrix(population: Population) -> np.ndarray:
    """(n_relation, n_day) who was active when."""
    active = np.zeros((len(population.relations.unit), population.market.n_day), bool)
    for day, places in enumerate(population.days()):
        active[places, day] = True
    return active


def test_the_same_seed_gives_the_same_days_on_any_number_of_threads() -> None:
    one = populate(crowd(20, 3, 50, 1), 300, 5)
    days = matrix(one)
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    again = matrix(populate(crowd(20, 3, 50, 1), 300, 5))
    numba.set_num_threads(before)
    assert (days == again).all()
    other = populate(crowd(20, 3, 50, 1), 300, 6)
    assert len(other.relations.unit) != len(one.relations.unit) or (matrix(other) != days).any()


@pytest.mark.parametrize(
    ("product", "n_day"), [({"launch": 50}, 50), ({"launch": 20, "death": 20}, 50), ({}, 0)]
)
def test_a_product_without_a_day_is_refused(product: dict[str, int], n_day: int) -> None:
    with pytest.raises(InputError, match="day"):
        market(Product(name="p", appeal=1.0, **product), n_day=n_day)


def test_a_unit_takes_up_a_product_once() -> None:
    population = populate(assistants(), 3000, 2)
    relations = population.relations
    used = relations.start < relations.end
    pairs = np.stack([relations.unit[used], relations.product[used]], axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)


def test_the_first_day_is_active_and_none_lies_outside_a_products_life() -> None:
    population = populate(
        market(
            Product(name="young", appeal=1.0, launch=40),
            Product(name="dead", appeal=1.0, death=70),
        ),
        4000,
        3,
    )
    active, relations = matrix(population), population.relations
    young = relations.product == 0
    assert not active[young, :40].any()
    assert active[young, 40:].any(axis=0).all()
    assert not active[~young, 70:].any()
    assert active[~young, :70].any(axis=0).all()
    begun = np.flatnonzero((relations.start >= 0) & (relations.start < relations.end))
    assert active[begun, relations.start[begun]].all()
    for n in begun[:500]:
        assert not active[n, : relations.start[n]].any()


def test_units_that_come_through_ads_stay_less() -> None:
    burst = Burst(first=30, last=44, lift=8.0)
    population = populate(
        market(Product(name="p", appeal=1.0, churn=0.01, bought_churn=0.2, bursts=(burst,))),
        30_000,
        4,
    )
    active, start = matrix(population), population.relations.start
    inside, outside = (start >= 30) & (start < 45), (start >= 5) & (start < 25)
    # Some eight times as many come a day.
    assert 6.5 < (inside.sum() / 15) / (outside.sum() / 20) < 9.5
    back = [
        np.mean([active[n, start[n] + 14 : start[n] + 28].any() for n in np.flatnonzero(group)])
        for group in (inside, outside)
    ]
    assert back[0] < 0.7 * back[1]


def test_a_giant_draws_users_away() -> None:
    giant = Product(name="giant", appeal=1.0, launch=60, pull=0.9, churn=0.005)
    calm = populate(market(Product(name="old", appeal=1.0), replace(giant, pull=0.0)), 4000, 5)
    drawn = populate(market(Product(name="old", appeal=1.0), giant), 4000, 5)
    counts = []
    for population in (calm, drawn):
        old = population.relations.product == 0
        counts.append(matrix(population)[old].sum(axis=0))
    assert (counts[0][:60] == counts[1][:60]).all()
    assert counts[1][-30:].sum() < 0.8 * counts[0][-30:].sum()


def test_survival_is_shifted_beta_geometric() -> None:
    # No revival and a unit that is active on each day of its use: its days are its survival.
    made = replace(
        market(Product(name="p", appeal=1.0, intensity=50.0, churn=0.05), n_day=90),
        persistence=0.99,
        revival=0.0,
    )
    population = populate(made, 60_000, 6)
    active, start = matrix(population), population.relations.start
    young = np.flatnonzero((start >= 0) & (start < 59))
    alive = np.array([active[n, start[n] : start[n] + 31] for n in young])
    # With hazards from Beta(a, b): S(t) / S(t - 1) = (b + t - 1) / (a + b + t - 1), S(0) = 1.
    a, b, n = 0.5, 0.5 / 0.05 - 0.5, len(young)
    t = np.arange(1, 31)
    expected = np.cumprod((b + t - 1) / (a + b + t - 1))
    survived = np.array([alive[:, s:].any(axis=1).mean() for s in t])
    assert np.abs(survived - expected).max() < 5 * np.sqrt(0.25 / n) + 0.002


def test_days_of_the_week_and_persistence_show() -> None:
    population = populate(
        market(Product(name="p", appeal=1.0, weekend=0.4, churn=0.002), n_day=84), 20_000, 7
    )
    active = matrix(population)
    weekday = (np.arange(84) % 7) < 5
    total = active.sum(axis=0)
    assert 0.35 < total[~weekday].mean() / total[weekday].mean() < 0.75
    rates = active.mean(axis=1)
    middling = active[(rates > 0.1) & (rates < 0.5)]
    after_active = middling[:, 1:][middling[:, :-1]].mean()
    after_idle = middling[:, 1:][~middling[:, :-1]].mean()
    assert after_active > after_idle + 0.2


def test_truth_is_what_an_oracle_counts_over_everyone(tmp_path: Path) -> None:
    population = populate(crowd(5, 2, 60, 8), 60, 8)
    truth = Truth(population, (1, 7))
    n_row = write_log(tmp_path, population, everybody(population), named=True, watch=truth.watch)
    log = pl.read_parquet(tmp_path / "*.parquet")
    assert len(log) == n_row
    oracle = Oracle(Panel(list(log.iter_rows())), burn_in=0)
    expected = {(r["product"], r["day"], r["metric"]): r["value"] for r in oracle.daily()}
    counted = [row for row in truth.daily().rows() if row[2] != "new_1d"]
    assert counted
    for product, day, metric, value in counted:
        # A product that nobody uses is in no log.
        assert value == expected.get((product, day, metric), 0), (product, day, metric)
    shares = {
        (r["product"], r["cohort_day"], r["n_day"]): r
        for r in oracle.retention((1, 7))
        if r["kind"] == "on"
    }
    # Who was away on the first days only seems new; the true cohort is among those who do.
    for product, day, n, size, share in truth.retention().rows():
        seen = shares[product, day, n]
        assert size <= seen["cohort_n_raw"]
        assert share * size <= seen["value"] * seen["cohort_n_raw"] + 1e-9


def test_a_panel_is_drawn_by_stratum_and_its_rows_lie_in_its_days(tmp_path: Path) -> None:
    population = populate(assistants(), 20_000, 9)
    members = draw_members(population, 9, moving=0.3)
    size = np.bincount(population.stratum)
    drawn = np.bincount(population.stratum[members.members])
    rates = [stratum.sampling for stratum in population.market.strata]
    np.testing.assert_allclose(drawn, size * rates, atol=0.5)
    assert (members.strata()["population"] == size).all()
    ids = scattered(20_000)
    write_log(tmp_path, population, members, ids=ids)
    panel = members.panel(ids)
    assert 0.2 < panel["left"].is_not_null().mean() < 0.32
    log = pl.read_parquet(tmp_path / "*.parquet").join(
        panel.with_columns(pl.col("unit").cast(pl.Int32)), on="unit", how="left"
    )
    assert log["stratum"].null_count() == 0
    assert log.filter(pl.col("day") < pl.col("joined")).is_empty()
    assert log.filter(pl.col("day") >= pl.col("left")).is_empty()


def test_rows_come_in_order_but_for_late_ones_and_repeats(tmp_path: Path) -> None:
    population = populate(assistants(), 5_000, 10)
    faults = Faults(repeated=0.02, late=0.01, max_late_days=5)
    n_row = write_log(tmp_path / "faulty", population, everybody(population), faults=faults)
    clean = Faults(repeated=0.0, late=0.0)
    n_clean = write_log(tmp_path / "clean", population, everybody(population), faults=clean)
    assert n_row == pytest.approx(1.02 * n_clean, rel=0.005)
    faulty = pl.read_parquet(tmp_path / "faulty" / "*.parquet")
    sound = pl.read_parquet(tmp_path / "clean" / "*.parquet")
    assert sound["day"].is_sorted()
    assert sound.is_duplicated().sum() == 0
    assert faulty.unique().sort(pl.all()).equals(sound.sort(pl.all()))
    behind = (faulty["day"].cum_max() - faulty["day"]).dt.total_days()
    assert 0.007 < (behind > 0).mean() <= 0.01
    assert behind.max() == 5


def test_the_assistants_are_written_and_labelled(tmp_path: Path) -> None:
    n_row = write_assistants(tmp_path, n_unit=3_000)
    log = pl.read_parquet(tmp_path / "log" / "*.parquet")
    assert len(log) == n_row
    assert log["product"].str.starts_with("Simulated ").all()
    assert log["product"].n_unique() == 8
    assert "simulated" in (tmp_path / "SIMULATED.txt").read_text()
    daily = pl.read_parquet(tmp_path / "truth" / "daily.parquet")
    assert set(daily["metric"].unique()) == {"dau", "wau", "mau28", "mau30", "new_1d"}
    assert len(daily.filter(metric="dau")) == 8 * 400
    assert len(pl.read_csv(tmp_path / "panel.csv")) > 30
    assert pl.read_csv(tmp_path / "strata.csv")["population"].sum() == 3_000
