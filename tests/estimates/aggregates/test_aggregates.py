"""Growth, sums, shares and places: one level is itself, brute force, coverage, bad input."""

import datetime as dt
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from howdah.core.errors import InputError, UnknownNameError
from howdah.estimates.aggregates import (
    NO_TRUST,
    Joint,
    Levels,
    Trust,
    growth,
    learn_trust,
    ranks,
    ratio,
    share,
    shares,
    total,
    total_growth,
)
from howdah.estimates.fusion import Options, fuse
from howdah.estimates.fusion.coding import number_claims

# The same small market as fusion's own tests.
from ..fusion.conftest import FIRST, N_PERIOD, Drawn, draw  # noqa: TID252

Floats = NDArray[np.float64]
EARLY, LATE = FIRST + dt.timedelta(weeks=11), FIRST + dt.timedelta(weeks=27)


class Run(NamedTuple):
    drawn: Drawn
    estimates: pl.DataFrame
    levels: Levels
    trust: Trust


def run(claims: pl.DataFrame, truth: pl.DataFrame, options: Options | None = None) -> Run:
    estimates, fusion = fuse(claims, truth, options)
    numbered = number_claims(claims, truth, fusion.learned.coding.names)
    levels = Levels.of(fusion, numbered)
    return Run(Drawn(claims, truth, np.zeros((0, 0))), estimates, levels, learn_trust(levels))


@pytest.fixture(scope="module")
def fused() -> Run:
    drawn = draw(200, seed=3, share=0.35)
    return run(drawn.claims, drawn.truth)._replace(drawn=drawn)


@pytest.fixture(scope="module")
def joint(fused: Run) -> Joint:
    return fused.levels.join(fused.levels.covering(EARLY, LATE), [EARLY, LATE])


def dense(joint: Joint) -> Floats:
    """Covariance of all cells, series after series."""
    n, m = joint.mean.shape
    flat = joint.common.reshape(n * m, -1)
    found = flat @ flat.T
    for i in range(n):
        found[i * m : (i + 1) * m, i * m : (i + 1) * m] += joint.own[i]
    return np.asarray(found, np.float64)


def some(joint: Joint, n: int) -> Joint:
    return joint.take(joint.series.head(n).to_list())


def test_single_levels_are_the_estimates(fused: Run, joint: Joint) -> None:
    rows = fused.estimates.filter(pl.col("period") == EARLY)
    for name in joint.series.head(5):
        found = total(joint.take([name]), EARLY, fused.trust)
        row = rows.filter(pl.col("series") == name).row(0, named=True)
        for column in ("value", "lower", "upper"):
            assert getattr(found, column) == pytest.approx(row[column], rel=1e-9)


def test_sums_growth_and_shares_are_those_of_brute_force(joint: Joint) -> None:
    # Three are not shrunk, so that the draws are of the same posterior.
    part = some(joint, 3)
    part = replace(part, mean=part.mean * 0 + np.array([9.0, 9.3]))
    draws = np.random.default_rng(1).multivariate_normal(part.mean.ravel(), dense(part), 200_000)
    values = np.exp(draws).reshape(-1, 3, 2)
    sums = values.sum(1)
    found = total(part, EARLY)
    expected = np.quantile(sums[:, 0], [0.5, 0.05, 0.95])
    np.testing.assert_allclose(found[:3], expected, rtol=0.006)
    change = total_growth(part, EARLY, LATE)
    expected = 100 * (np.quantile(sums[:, 1] / sums[:, 0], [0.5, 0.05, 0.95]) - 1)
    np.testing.assert_allclose(change[:3], expected, atol=0.6)
    table = shares(part, EARLY)
    of_first = 100 * values[:, 0, 0] / sums[:, 0]
    expected = np.array([of_first.mean(), *np.quantile(of_first, [0.05, 0.95])])
    np.testing.assert_allclose(table.row(0)[1:4], expected, atol=0.3)
    single = growth(part, EARLY, LATE)
    expected = 100 * (np.quantile(values[:, 0, 1] / values[:, 0, 0], [0.5, 0.05, 0.95]) - 1)
    np.testing.assert_allclose(single.row(0)[1:4], expected, atol=0.6)
    times, larger = ratio(part, part.series[0], part.series[1], EARLY)
    quotient = values[:, 0, 0] / values[:, 1, 0]
    np.testing.assert_allclose(times[:3], np.quantile(quotient, [0.5, 0.05, 0.95]), rtol=0.006)
    assert larger == pytest.approx((quotient > 1).mean(), abs=0.005)


def test_growth_is_better_known_than_levels(fused: Run, joint: Joint) -> None:
    found = growth(joint, EARLY, LATE, fused.trust)
    width = (1 + found["upper"] / 100).log() - (1 + found["lower"] / 100).log()
    sd = np.sqrt(np.diagonal(joint.own, axis1=1, axis2=2) + (joint.common**2).sum(2))
    assert float(width.median()) < 0.8 * 2 * 1.645 * np.median(np.hypot(sd[:, 0], sd[:, 1]))


def test_coverage_on_series_that_were_never_anchors(fused: Run, joint: Joint) -> None:
    number = np.array([int(name[1:]) for name in joint.series])
    true = fused.drawn.levels[number][:, [11, 27]]
    anchored = joint.series.is_in(fused.drawn.truth["series"].unique().implode()).to_numpy()
    found = growth(joint, EARLY, LATE, fused.trust)
    low, high = (np.log1p(found[c].to_numpy() / 100) for c in ("lower", "upper"))
    change = true[:, 1] - true[:, 0]
    inside = ((low < change) & (change < high))[~anchored]
    # About 130 series: three standard errors of a share of .9 are .08.
    assert inside.mean() > 0.82
    draws = np.random.default_rng(2)
    others = np.flatnonzero(~anchored)
    held = []
    for _ in range(60):
        group = np.sort(draws.choice(others, 10, replace=False))
        part = joint.take(joint.series.gather(group).to_list())
        said = total(part, EARLY, fused.trust)
        held.append(said.lower < np.exp(true[group, 0]).sum() < said.upper)
    assert np.mean(held) > 0.75


def test_what_was_tested_is_said(fused: Run, joint: Joint) -> None:
    assert fused.trust.lags == (56.0, 112.0, 168.0)
    assert set(growth(joint, EARLY, LATE, fused.trust)["method"]) == {"joint.1"}
    near = fused.levels.join(joint.series, [EARLY, EARLY + dt.timedelta(weeks=1)])
    longer = growth(near, *near.periods, fused.trust)
    assert set(longer["method"]) == {"joint.1 by longer growth"}
    assert total(joint, EARLY, fused.trust).method == "joint.1"
    assert total(joint, EARLY, NO_TRUST).method == "joint.1 by levels"
    assert ranks(joint, EARLY)["method"].unique().to_list() == ["joint.1 by levels"]
    elsewhere = replace(joint, is_tested=np.arange(len(joint.series)) > 0)
    assert total(elsewhere, EARLY, fused.trust).method == "joint.1 uncalibrated here"
    said = growth(elsewhere, EARLY, LATE, fused.trust)["method"].to_list()
    assert said[:2] == ["joint.1 uncalibrated here", "joint.1"]


def test_all_levels_times_a_factor(fused: Run) -> None:
    claims = fused.drawn.claims.filter(pl.col("series") < "s0060")
    truth = fused.drawn.truth.filter(pl.col("series") < "s0060")
    once = run(claims, truth)
    more = run(claims.with_columns(pl.col("value") * 7), truth.with_columns(pl.col("value") * 7))
    a, b = (r.levels.join(r.levels.covering(EARLY, LATE), [EARLY, LATE]) for r in (once, more))
    for table in (growth, lambda j, *days: shares(j, days[0])):
        first, second = (table(j, EARLY, LATE) for j in (a, b))
        for column in ("value", "lower", "upper"):
            np.testing.assert_allclose(first[column], second[column], atol=1e-4)
    assert total(b, EARLY).upper == pytest.approx(7 * total(a, EARLY).upper, rel=1e-5)


def test_a_bias_in_common_widens_sums_but_not_growth_or_shares(joint: Joint) -> None:
    part = some(joint, 8)
    both = np.full((*part.mean.shape, 1), 0.3)
    biased = replace(part, common=np.concatenate([part.common, both], axis=2))
    for measure in (growth, lambda j, *days: shares(j, days[0])):
        first, second = (measure(j, EARLY, LATE) for j in (part, biased))
        for column in ("lower", "upper"):
            np.testing.assert_allclose(first[column], second[column], rtol=1e-9)
    first, second = (total(j, EARLY) for j in (part, biased))
    assert second.upper / second.lower > 2 * first.upper / first.lower
    moved = replace(part, mean=part.mean + 0.5)
    assert total(moved, EARLY).value == pytest.approx(np.exp(0.5) * total(part, EARLY).value)
    assert ranks(biased, EARLY)["series"].equals(ranks(part, EARLY)["series"])


def test_shares_of_a_whole(joint: Joint) -> None:
    assert shares(joint, EARLY)["value"].sum() == pytest.approx(100.0)
    names = joint.series.to_list()
    assert share(joint, names, EARLY)[:3] == (100.0, 100.0, 100.0)
    assert share(joint, [], EARLY)[:3] == (0.0, 0.0, 0.0)
    one = share(joint, names[:1], EARLY)
    np.testing.assert_allclose(one[:3], shares(joint, EARLY).row(0)[1:4], rtol=0.01)
    assert shares(joint.take(names[:1]), EARLY).row(0)[1:4] == (100.0, 100.0, 100.0)


def test_the_order_of_what_is_asked_for_does_not_matter(fused: Run, joint: Joint) -> None:
    again = fused.levels.join(joint.series.reverse(), [LATE, EARLY])
    assert growth(again, EARLY, LATE).equals(growth(joint, EARLY, LATE))
    assert total(again, EARLY) == total(joint, EARLY)
    back = total_growth(joint, LATE, EARLY)
    there = total_growth(joint, EARLY, LATE)
    assert (1 + back.value / 100) * (1 + there.value / 100) == pytest.approx(1.0)


def test_places(joint: Joint) -> None:
    part = some(joint, 12)
    table = ranks(part, EARLY, top=3)
    assert table["place"].to_list() == list(range(1, 13))
    assert table["p_first"].sum() == pytest.approx(1.0)
    assert table["p_top"].sum() == pytest.approx(3.0)
    assert (table["mass"] >= 0.9).all()
    assert (table["lower"] <= table["place"]).all()
    assert (table["place"] <= table["upper"]).all()
    assert table.equals(ranks(part, EARLY, top=3))
    turned = ranks(part, EARLY, lowest_first=True)
    assert turned["series"].to_list() == table["series"].reverse().to_list()
    assert ranks(some(joint, 1), EARLY).row(0)[1:7] == (1, 1, 1, 1.0, 1.0, 1.0)


def test_large_values_are_too_large_and_a_sum_knows_it() -> None:
    draws = np.random.default_rng(4)
    n, sd = 60, 0.4
    known_names = pl.Series([f"p{i:03}" for i in range(n)])
    whole = Joint(
        series=known_names, periods=(EARLY,), mean=np.zeros((n, 1)), own=np.full((n, 1, 1), sd**2),
        common=np.zeros((n, 1, 1)), segment=np.zeros(n, np.int64), size=np.zeros(n, np.int64),
        n_sources=np.ones(n, np.int64), is_tested=np.ones(n, np.bool_), is_calibrated=True,
        scale="log", unit=1.0, prob=0.9,
    )  # fmt: skip
    held, off, off_plain, placed = [], [], [], []
    for turn in range(200):
        true = draws.normal(10, 1.0, n)
        joint = replace(whole, mean=(true + sd * draws.normal(size=n))[:, None])
        found, known = total(joint, EARLY), np.exp(true).sum()
        held.append(found.lower < known < found.upper)
        off.append(np.log(found.value / known))
        off_plain.append(np.log(np.exp(joint.mean).sum() / known))
        if turn < 10:
            band = ranks(joint, EARLY).sort("series")
            place = np.argsort(np.argsort(-true)) + 1
            inside = (band["lower"].to_numpy() <= place) & (place <= band["upper"].to_numpy())
            placed.append(inside.mean())
    # Three standard errors of a share of .9 of 200 are .064.
    assert 0.83 < np.mean(held) < 0.965
    assert abs(np.mean(off)) < 0.03
    assert np.mean(off_plain) > 0.06
    assert 0.85 < np.mean(placed) < 0.97


@pytest.mark.parametrize(("sd", "low", "high"), [(0.0, 0.0, 1e-9), (0.1, 0.05, 0.16)])
def test_an_error_that_all_series_share_in_a_period_is_seen(
    sd: float, low: float, high: float
) -> None:
    drawn = draw(120, seed=6, share=0.0)
    days = [FIRST + dt.timedelta(weeks=n) for n in range(N_PERIOD)]
    common = dict(
        zip(days, np.exp(sd * np.random.default_rng(7).normal(size=N_PERIOD)), strict=True)
    )
    claims = drawn.claims.with_columns(
        pl.col("value") * pl.col("period").replace_strict(common, return_dtype=pl.Float64)
    )
    found = run(claims, drawn.truth)
    assert low <= np.sqrt(found.levels.sharing.period_var[0]) <= high
    # Without truth the mean of all biases is unknown, and no sum makes that smaller.
    joint = found.levels.join(found.levels.covering(EARLY), [EARLY])
    everything = total(joint, EARLY, found.trust)
    reach = 2 * 1.645 * np.sqrt(found.levels.learned.common_var)
    assert np.log(everything.upper / everything.lower) > 0.95 * reach
    assert everything.method == "joint.1 uncalibrated"


def test_other_scales() -> None:
    drawn = draw(40, seed=6, share=0.0)
    logs = drawn.claims.with_columns(pl.col("value").log() * 1e3 - 1e4)
    linear = run(logs, drawn.truth, Options(scale="linear")).levels
    joint = linear.join(linear.covering(EARLY, LATE), [EARLY, LATE])
    # A sum of values below and above zero may be zero: it is a sum, and has no shares.
    opposed = replace(joint, mean=joint.mean - joint.mean.mean(0))
    nothing = total(opposed, EARLY)
    assert nothing.lower < 0.0 < nothing.upper
    assert nothing.value == pytest.approx(0.0, abs=1e-6)
    assert ranks(joint, EARLY)["place"].max() == len(joint.series)
    with pytest.raises(InputError, match="may be zero"):
        shares(joint, EARLY)
    with pytest.raises(InputError, match="log scale"):
        growth(joint, EARLY, LATE)
    with pytest.raises(InputError, match="do not add up"):
        total(replace(joint, scale="logit"), EARLY)


def test_what_cannot_be_asked(fused: Run, joint: Joint) -> None:
    levels = fused.levels
    with pytest.raises(InputError, match="at least one series"):
        levels.join([], [EARLY])
    with pytest.raises(InputError, match="at least one series"):
        levels.join(["s0001"], [])
    with pytest.raises(UnknownNameError, match="s9999"):
        levels.join(["s9999"], [EARLY])
    with pytest.raises(UnknownNameError, match="No claim of any series"):
        levels.join(["s0001"], [EARLY + dt.timedelta(days=1)])
    with pytest.raises(UnknownNameError, match="when the levels are joined"):
        total(joint, FIRST)
    with pytest.raises(UnknownNameError, match="not in the joint"):
        share(joint, ["s9999"], EARLY)
    with pytest.raises(InputError, match="top is 0"):
        ranks(joint, EARLY, top=0)
    same, larger = ratio(joint, joint.series[0], joint.series[0], EARLY)
    assert same[:3] == (1.0, 1.0, 1.0)
    assert larger == 0.5


def test_a_series_without_a_level_in_a_period(fused: Run) -> None:
    claims = fused.drawn.claims.filter(
        (pl.col("series") < "s0040")
        & ~((pl.col("series") == "s0007") & (pl.col("period") < dt.date(2024, 5, 1)))
        # A period without claims inside of a series has a level.
        & ~((pl.col("series") == "s0008") & (pl.col("period") == EARLY))
    )
    levels = run(claims, fused.drawn.truth.head(0)).levels
    assert "s0007" not in levels.covering(EARLY, LATE)
    assert "s0008" in levels.covering(EARLY, LATE)
    with pytest.raises(InputError, match="No level of s0007"):
        levels.join(["s0007", "s0008"], [EARLY, LATE])
