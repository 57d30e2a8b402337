"""Splits of series whose truth is known, and of series that cannot tell."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.core.errors import InputError
from howdah.growth import Names, Options, Split, split
from howdah.growth.simulation import simulate_products

N_WEEKS = 110


def weeks(n: int) -> list[dt.date]:
    return [dt.date(2022, 1, 3) + dt.timedelta(weeks=k) for k in range(n)]


def one_channel(seed: int = 1, *, n: int = N_WEEKS, size: float = 30.0) -> pl.DataFrame:
    """Users around a hundred, and ads that bring up to `size`; `paid` and `base` are the truth."""
    rng = np.random.default_rng(seed)
    is_on = np.repeat(rng.random(-(-n // 5)) < 0.5, 5)[:n]
    ads = np.where(is_on, rng.lognormal(0, 0.5, n), 0.0)
    carried = np.zeros(n)
    for t in range(n):
        carried[t] = 0.4 * (carried[t - 1] if t else ads[0]) + 0.6 * ads[t]
    paid = size * np.tanh(carried / carried.max()) / np.tanh(1)
    base = 100 + np.cumsum(rng.normal(0, 0.5, n))
    users = base + paid + rng.normal(0, 4, n)
    columns = {"period": weeks(n), "users": users, "ads": ads, "paid": paid, "base": base}
    return pl.DataFrame(columns)


def only(found: Split, channel: str = "ads") -> dict[str, object]:
    return found.totals.filter(pl.col("channel") == channel).row(0, named=True)


def number(value: object) -> float:
    assert isinstance(value, float)
    return value


@pytest.fixture(scope="module")
def found() -> Split:
    return split(one_channel(), Names("users", ("ads",)))


def test_what_was_bought_is_found(found: Split) -> None:
    true = one_channel()["paid"].sum()
    assert only(found)["verdict"] == "identified"
    assert number(only(found)["total"]) == pytest.approx(true, rel=0.2)
    # One interval of ten at 90 % leaves the truth out; of a hundred at 99 % one.
    wide = only(split(one_channel(), Names("users", ("ads",)), Options(prob=0.99)))
    assert number(wide["lower"]) < true < number(wide["upper"])
    assert number(wide["lower"]) < number(only(found)["lower"])


def test_parts_add_up(found: Split) -> None:
    assert found.totals["share"].sum() == pytest.approx(1.0)
    by = found.contributions.group_by("channel").agg(pl.col("value").sum()).sort("channel")
    assert by["value"].to_list() == pytest.approx(found.totals.sort("channel")["total"].to_list())
    per_period = found.contributions.group_by("period").agg(pl.col("value").sum()).sort("period")
    off = per_period["value"].to_numpy() - one_channel()["users"].to_numpy()
    # What is left over is noise.
    assert np.std(off) == pytest.approx(4.0, rel=0.3)


def test_costs_are_spend_over_what_it_brought(found: Split) -> None:
    row = only(found)
    assert row["spend"] == pytest.approx(one_channel()["ads"].sum())
    assert row["cac"] == pytest.approx(number(row["spend"]) / number(row["total"]))
    assert number(row["cac_lower"]) < number(row["cac"]) < number(row["cac_upper"])
    # Spend saturates, so the next unit is dearer.
    assert number(row["next_cac"]) > number(row["cac"])


def test_what_stays_falls_to_the_level(found: Split) -> None:
    assert found.survival["period"][0] == weeks(N_WEEKS + 1)[-1]
    assert found.survival.height == 13
    last = found.survival.row(-1, named=True)
    assert last["lower"] < one_channel()["base"][-1] < last["upper"]
    width = found.survival["upper"] - found.survival["lower"]
    assert width[-1] > width[0]


def test_a_stop_within_the_series_leaves_what_was_organic() -> None:
    rows = one_channel()
    stop = rows["period"][60]
    found = split(rows, Names("users", ("ads",)), Options(stop_at=stop))
    assert found.survival["period"].min() == rows["period"][61]
    late = found.survival.filter(pl.col("period") == rows["period"][100]).row(0, named=True)
    base = found.contributions.filter(
        (pl.col("channel") == "(base)") & (pl.col("period") == rows["period"][100])
    ).row(0, named=True)
    assert late["value"] == pytest.approx(base["value"], rel=0.01)


@pytest.mark.parametrize("day", [dt.date(2021, 1, 1), dt.date(2030, 1, 1)])
def test_a_stop_outside_the_series_is_refused(day: dt.date) -> None:
    with pytest.raises(InputError, match="give a date among them"):
        split(one_channel(), Names("users", ("ads",)), Options(stop_at=day))


def test_seeds_make_results(found: Split) -> None:
    again = split(one_channel(), Names("users", ("ads",)))
    assert again.totals.equals(found.totals)
    assert again.survival.equals(found.survival)
    other = split(one_channel(), Names("users", ("ads",)), Options(seed=5))
    assert not other.totals.equals(found.totals)


def test_a_unit_of_spend_or_outcome_changes_nothing_else(found: Split) -> None:
    rows = one_channel().with_columns(pl.col("users") * 1e6, pl.col("ads") * 1e-3)
    scaled = only(split(rows, Names("users", ("ads",))))
    assert scaled["share"] == pytest.approx(only(found)["share"], rel=1e-6)
    assert scaled["total"] == pytest.approx(1e6 * number(only(found)["total"]), rel=1e-6)


def test_missing_outcomes_and_weeks_are_bridged(found: Split) -> None:
    rows = one_channel().with_columns(users=pl.when(pl.int_range(pl.len()) % 9 != 4).then("users"))
    holed = rows.filter(pl.int_range(pl.len()) % 13 != 7)
    row = only(split(holed, Names("users", ("ads",))))
    assert row["share"] == pytest.approx(only(found)["share"], rel=0.4)
    assert row["verdict"] in {"identified", "weak"}


def cannot_tell(rows: pl.DataFrame, names: Names, channel: str = "ads") -> str:
    row = only(split(rows, names), channel)
    assert row["verdict"] == "cannot_tell"
    assert row["share"] in {None, 0.0}
    return str(row["reason"])


def test_constant_spend_cannot_tell() -> None:
    rows = one_channel().with_columns(ads=pl.lit(3.0))
    assert "has to change" in cannot_tell(rows, Names("users", ("ads",)))


def test_three_points_cannot_tell() -> None:
    reason = cannot_tell(one_channel().tail(3), Names("users", ("ads",)))
    assert reason.startswith("3 periods with an outcome; ")


def test_one_row_cannot_tell() -> None:
    reason = cannot_tell(one_channel().tail(1), Names("users", ("ads",)))
    assert reason.startswith("1 period with an outcome; ")


def test_no_spend_brought_nothing_and_says_nothing() -> None:
    rows = one_channel(size=0.0).with_columns(ads=pl.lit(0.0))
    found = split(rows, Names("users", ("ads",)))
    assert only(found)["verdict"] == "cannot_tell"
    assert (only(found)["total"], only(found)["upper"]) == (0.0, 0.0)
    base = only(found, "(base)")
    assert (base["share"], base["total"]) == (1.0, pytest.approx(rows["users"].sum()))


def test_a_constant_outcome_cannot_tell() -> None:
    rows = one_channel().with_columns(users=pl.lit(50.0))
    assert "never moves" in cannot_tell(rows, Names("users", ("ads",)))
    zero = one_channel().with_columns(users=pl.lit(0.0))
    assert "never moves" in cannot_tell(zero, Names("users", ("ads",)))


def test_no_outcome_at_all_cannot_tell() -> None:
    rows = one_channel().with_columns(users=pl.lit(None, pl.Float64))
    assert cannot_tell(rows, Names("users", ("ads",)))


def test_collinear_channels_cannot_be_told_apart() -> None:
    rows = one_channel().with_columns(video=2 * pl.col("ads"))
    names = Names("users", ("ads", "video"))
    assert "'video'" in cannot_tell(rows, names)
    assert "'ads'" in cannot_tell(rows, names, "video")


def test_what_moves_as_one_is_told_together() -> None:
    rng = np.random.default_rng(6)
    ads = one_channel(size=60.0)["ads"].to_numpy()
    rows = one_channel(size=60.0).with_columns(
        video=ads * np.exp(rng.normal(0, 0.02, N_WEEKS)), tv=pl.Series(rng.permutation(ads))
    )
    names = Names("users", ("ads", "video", "tv"))
    found = split(rows, names)
    apart = found.totals["verdict"].to_list()
    assert apart[:2] == ["cannot_tell"] * 2
    sums = {row["name"]: row for row in found.sums.to_dicts()}
    assert set(sums) == {"ads + video", "ads + video + tv"}
    pair = sums["ads + video"]
    assert pair["verdict"] == "identified"
    assert pair["lower"] < one_channel(size=60.0)["paid"].sum() < pair["upper"]
    assert pair["spend"] == pytest.approx(rows["ads"].sum() + rows["video"].sum())
    assert pair["cac"] == pytest.approx(pair["spend"] / pair["total"])
    # What is organic needs the sum alone, and so is known.
    base = only(found, "(base)")
    assert base["verdict"] != "cannot_tell"
    assert number(base["lower"]) < one_channel(size=60.0)["base"].sum() < number(base["upper"])


def test_the_sum_of_one_channel_is_that_channel(found: Split) -> None:
    alone = split(one_channel(), Names("users", ("ads",)), Options(together={"all ads": ("ads",)}))
    row = alone.sums.row(0, named=True)
    for name in ("total", "lower", "upper", "share", "cac", "verdict"):
        assert row[name] == pytest.approx(only(found)[name]), name


def test_a_sum_with_a_channel_that_cannot_be_fitted_is_not_told() -> None:
    rows = one_channel().with_columns(tv=pl.lit(2.0), radio=pl.lit(0.0))
    found = split(
        rows,
        Names("users", ("ads", "tv", "radio")),
        Options(together={"both": ("ads", "tv"), "none": ("radio",)}),
    )
    sums = {row["name"]: row for row in found.sums.to_dicts()}
    assert sums["both"]["reason"] == "not known without 'tv'"
    assert sums["none"]["verdict"] == "cannot_tell"
    assert sums["both"]["total"] is None is sums["both"]["upper"]


def test_a_control_that_equals_a_channel_leaves_nothing_to_it() -> None:
    rows = one_channel().with_columns(price=3 * pl.col("ads") + 1)
    reason = cannot_tell(rows, Names("users", ("ads",), ("price",)))
    assert "'price'" in reason


def test_spend_that_is_a_trend_cannot_tell() -> None:
    rows = one_channel().with_columns(ads=pl.int_range(pl.len()).cast(pl.Float64))
    assert "has to change apart" in cannot_tell(rows, Names("users", ("ads",)))


def test_a_base_without_a_channel_is_not_known() -> None:
    found = split(one_channel().with_columns(tv=pl.lit(2.0)), Names("users", ("ads", "tv")))
    assert only(found)["verdict"] == "identified"
    base = only(found, "(base)")
    assert (base["verdict"], base["total"]) == ("cannot_tell", None)
    assert found.survival["value"].is_null().all()


def test_spend_that_follows_growth_cannot_tell() -> None:
    rng = np.random.default_rng(4)
    level = np.cumsum(rng.normal(0, 3, N_WEEKS))
    users = 200 + level + rng.normal(0, 2, N_WEEKS)
    growth = np.zeros(N_WEEKS)
    growth[5:] = users[4:-1] - users[:-5]
    ads = np.exp(growth / 8 + rng.normal(0, 0.2, N_WEEKS))
    rows = pl.DataFrame({"period": weeks(N_WEEKS), "users": users, "ads": ads})
    assert "follows earlier growth" in cannot_tell(rows, Names("users", ("ads",)))


def test_groups_learn_from_one_another() -> None:
    frames = [one_channel(seed, n=60).with_columns(app=pl.lit(f"app {seed}")) for seed in range(6)]
    rows = pl.concat(frames)
    together = split(rows, Names("users", ("ads",), group="app")).totals
    alone = pl.concat([split(f, Names("users", ("ads",))).totals for f in frames])
    is_ads = pl.col("channel") == "ads"
    width = [
        (t.filter(is_ads)["share_upper"] - t.filter(is_ads)["share_lower"]).mean()
        for t in (together, alone)
    ]
    assert number(width[0]) < number(width[1])


def test_untreated_groups_are_what_the_others_are_compared_with() -> None:
    """A shock that hits all regions in the weeks of the campaign is no effect of it."""
    rng = np.random.default_rng(8)
    n = 60
    shock = np.cumsum(rng.normal(0, 3, n))
    shock[45:52] += 30
    frames = []
    for region in range(8):
        is_on = (np.arange(n) >= 45) & (np.arange(n) < 52) & (region == 0)
        users = 100 + shock + 12 * is_on + rng.normal(0, 2, n)
        frames.append(
            pl.DataFrame(
                {"period": weeks(n), "users": users, "ads": is_on.astype(float)}
            ).with_columns(region=pl.lit(f"r{region}"))
        )
    found = split(pl.concat(frames), Names("users", ("ads",), group="region"))
    row = found.checks.filter(pl.col("group") == "r0").row(0, named=True)
    whole = frames[0]["users"].sum()
    assert row["fitted_share"] * whole == pytest.approx(12 * 7, rel=0.35)
    assert row["fitted_lower"] * whole < 12 * 7 < row["fitted_upper"] * whole


def test_counts_of_creatives_have_a_reliability_below_one() -> None:
    rng = np.random.default_rng(3)
    rows = one_channel().with_columns(
        creatives=pl.Series(rng.poisson(4 * one_channel()["ads"].to_numpy()).astype(float))
    )
    seen = split(rows, Names("users", ("creatives",)), Options(is_proxy=True))
    plain = split(rows, Names("users", ("creatives",)))
    low = seen.checks["reliability_low"][0]
    assert 0.2 <= low < 1.0
    one, other = (number(only(x, "creatives")["share_upper"]) for x in (seen, plain))
    assert one > other
    assert "cac" not in seen.totals.columns


@pytest.mark.slow
def test_intervals_cover() -> None:
    """Own simulations without the model's forms: 90 % intervals of shares that are told."""
    simulated = simulate_products(150, seed=11)
    found = split(simulated.rows, Names("users", ("spend",), group="product"))
    truth = simulated.truth.group_by(group="product").agg(
        true=pl.col("paid").sum() / (pl.col("paid") + pl.col("organic")).sum()
    )
    told = found.totals.filter(
        (pl.col("channel") == "spend") & (pl.col("verdict") != "cannot_tell")
    ).join(truth, on="group")
    inside = (told["true"] >= told["share_lower"]) & (told["true"] <= told["share_upper"])
    assert told.height > 75
    # Three standard errors below what is promised.
    assert number(inside.mean()) > 0.9 - 3 * np.sqrt(0.09 / told.height)


@pytest.mark.slow
def test_the_model_covers_its_own_truth() -> None:
    hits = []
    for seed in range(60):
        rows = one_channel(100 + seed, size=8.0)
        row = only(split(rows, Names("users", ("ads",)), Options(seed=seed)))
        hits.append(number(row["lower"]) <= rows["paid"].sum() <= number(row["upper"]))
    assert np.mean(hits) > 0.9 - 3 * np.sqrt(0.09 / 60)
