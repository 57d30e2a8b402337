"""Fusing over periods: parameters and levels recovered, intervals that cover, bad input defined."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.estimates.fusion import Fusion, Options, Parts, fuse

from .conftest import BIASES, FIRST, N_PERIOD, Drawn, claims_frame, draw

NO_TRUTH = pl.DataFrame(schema={"series": pl.String, "period": pl.Date, "value": pl.Float64})


@pytest.fixture(scope="module")
def fused(drawn: Drawn) -> tuple[pl.DataFrame, Fusion]:
    return fuse(drawn.claims, drawn.truth)


def errors(drawn: Drawn, estimates: pl.DataFrame, *, hidden: bool = True) -> pl.DataFrame:
    """Estimates beside true levels, of the series without truth only if `hidden`."""
    number = estimates["series"].str.slice(1).cast(pl.Int64).to_numpy()
    week = ((estimates["period"] - FIRST).dt.total_days() // 7).to_numpy()
    rows = estimates.with_columns(true=pl.Series(np.exp(drawn.levels[number, week])))
    return rows.filter(~pl.col("anchored")) if hidden else rows


def mean_error(rows: pl.DataFrame) -> float:
    return float((rows["value"] / rows["true"]).log().abs().to_numpy().mean())


def test_levels_are_nearer_to_truth_than_the_unbiased_median(
    drawn: Drawn, fused: tuple[pl.DataFrame, Fusion]
) -> None:
    rows = errors(drawn, fused[0])
    bias = {f"vendor-{s}": float(np.exp(b)) for s, b in enumerate(BIASES)}
    median = (
        drawn.claims.with_columns(pl.col("value") / pl.col("source").replace_strict(bias))
        .group_by("series", "period")
        .agg(pl.col("value").median())
    )
    both = rows.join(median, on=["series", "period"], suffix="_median")
    rival = both.with_columns(value=pl.col("value_median"))
    assert mean_error(both) < 0.75 * mean_error(rival)


def test_biases_are_recovered(fused: tuple[pl.DataFrame, Fusion]) -> None:
    sources = fused[1].sources()
    for s, bias in enumerate(BIASES):
        own = sources.filter(pl.col("source") == f"vendor-{s}")
        assert own.height == 2
        for row in own.iter_rows(named=True):
            assert abs(np.log(row["bias"]) - bias) < 0.08
            assert row["bias_lower"] < row["bias"] < row["bias_upper"]


def test_intervals_cover_series_that_were_never_anchors(
    drawn: Drawn, fused: tuple[pl.DataFrame, Fusion]
) -> None:
    rows = errors(drawn, fused[0])
    inside = rows.select(pl.col("true").is_between("lower", "upper").mean()).item()
    # About 90 anchored and 210 other series, whose periods are not independent.
    assert 0.84 < inside < 0.96


def test_the_columns_and_the_rows(drawn: Drawn, fused: tuple[pl.DataFrame, Fusion]) -> None:
    estimates = fused[0]
    assert estimates.columns == [
        "series", "period", "value", "lower", "upper", "prob", "n_claims", "n_sources",
        "anchored", "method",
    ]  # fmt: skip
    assert estimates.select("series", "period").is_duplicated().sum() == 0
    assert (estimates["lower"] < estimates["value"]).all()
    suspects = pl.concat(fused[1].suspects())
    assert estimates["n_claims"].sum() == drawn.claims.height - suspects.height


def test_the_order_of_the_rows_does_not_matter(drawn: Drawn) -> None:
    some = drawn.claims.filter(pl.col("series") < "s0040")
    again, _ = fuse(some.sample(fraction=1.0, shuffle=True, seed=3), NO_TRUTH)
    assert again.equals(fuse(some, NO_TRUTH)[0])


def test_a_unit_slip_is_named_left_out_and_kept_as_a_suspect(drawn: Drawn) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0060")
    at = (pl.col("series") == "s0007") & (pl.col("source") == "vendor-0")
    day = claims.filter(at)["period"].sort()[5]
    slipped = claims.with_columns(
        pl.when(at & (pl.col("period") == day)).then(pl.col("value") * 1000).otherwise("value")
    )
    estimates, run = fuse(slipped, NO_TRUTH)
    suspect = pl.concat(run.suspects()).filter(pl.col("series") == "s0007")
    assert suspect.select("source", "period", "reason").rows() == [("vendor-0", day, "unit_slip")]
    assert suspect["factor"].round(0).to_list() == [1000.0]
    assert mean_error(errors(drawn, estimates)) < 0.25


def test_a_source_in_another_unit_throughout_a_series(drawn: Drawn) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0060")
    at = (pl.col("series") == "s0009") & (pl.col("source") == "vendor-2")
    slipped = claims.with_columns(pl.when(at).then(pl.col("value") * 30).otherwise("value"))
    _, run = fuse(slipped, NO_TRUTH)
    suspect = pl.concat(run.suspects()).filter(pl.col("series") == "s0009")
    assert set(suspect["source"]) == {"vendor-2"}
    assert set(suspect["reason"]) == {"unit_slip"}
    assert suspect.height == claims.filter(at).height


@pytest.mark.parametrize("share", [1.0, 0.7])
def test_a_copy_is_seen_and_counts_for_nothing(drawn: Drawn, share: float) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0060")
    copies = claims.filter(pl.col("source") == "vendor-1").with_columns(source=pl.lit("reseller"))
    copies = copies.sample(fraction=share, seed=1)
    alone, _ = fuse(claims, NO_TRUTH)
    together, run = fuse(pl.concat([claims, copies]), NO_TRUTH)
    (copy,) = run.summary()["copies"]  # type: ignore[misc]
    assert {copy["source"], copy["original"]} == {"reseller", "vendor-1"}
    # Of two that say the same throughout nobody can tell who copies: they are one.
    assert copy["is_decided"] is (share < 1)
    assert copy["is_left_out"]
    reasons = pl.concat(run.suspects())["reason"]
    assert (reasons == "copied").sum() == copies.height
    if share == 1:
        # And one has the card of the other.
        errs = run.sources().drop("n_claims", "n_suspect")
        one, other = (errs.filter(source=name).drop("source") for name in ("reseller", "vendor-1"))
        assert one.equals(other)
    wide, narrow = (
        float((x["upper"] / x["lower"]).log().median())
        for x in (alone, together)  # type: ignore[arg-type]
    )
    assert narrow > 0.9 * wide


def test_without_truth_the_intervals_say_so_and_the_median_is_not_better(drawn: Drawn) -> None:
    estimates, run = fuse(drawn.claims, NO_TRUTH)
    assert set(estimates["method"]) == {"fusion.1 uncalibrated"}
    assert run.summary()["anchors_used"] is False
    median = drawn.claims.group_by("series", "period").agg(pl.col("value").median())
    both = errors(drawn, estimates).join(median, on=["series", "period"], suffix="_median")
    assert mean_error(both) < mean_error(both.with_columns(value=pl.col("value_median")))


def test_a_segment_without_truth_says_so_and_is_not_narrower() -> None:
    drawn = draw(200, seed=5, share=0.5)
    one = drawn.claims.group_by("series").agg(pl.col("segment").first())
    truth = drawn.truth.join(one, on="series").filter(pl.col("segment") == "segment-0")
    estimates, _ = fuse(drawn.claims, truth.drop("segment"))
    rows = estimates.join(one, on="series")
    assert set(rows.filter(pl.col("segment") == "segment-1")["method"]) == {
        "fusion.1 uncalibrated here"
    }
    assert set(rows.filter(pl.col("segment") == "segment-0")["method"]) == {"fusion.1"}


def test_a_period_that_nobody_saw_is_between_its_neighbours(drawn: Drawn) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0040")
    gone = [FIRST + dt.timedelta(weeks=n) for n in (20, 21, 22)]
    # The days stay on the grid through another series.
    estimates, _ = fuse(
        claims.filter(~pl.col("period").is_in(gone) | (pl.col("series") == "s0001")), NO_TRUTH
    )
    rows = estimates.filter(pl.col("series") == "s0002").sort("period")
    inside = rows.filter(pl.col("period").is_in(gone))
    assert inside["n_claims"].to_list() == [0, 0, 0]
    width = (rows["upper"] / rows["lower"]).log()
    assert float(width[21]) > float(width[10])  # type: ignore[arg-type]


def test_bounds_on_one_side_alone_make_no_value(drawn: Drawn) -> None:
    days = [FIRST + dt.timedelta(days=7 * n) for n in range(4)]
    nobody = claims_frame(["only bounds"] * 5, ["vendor-0"] * 5, [*days, days[1]], [None] * 5)
    nobody = nobody.with_columns(
        value_low=pl.Series([2e6, 3e6, None, None, 1e6]),
        listed=pl.Series([None, None, None, False, None]),
        cutoff=pl.Series([None, None, None, 9e6, None], dtype=pl.Float64),
        segment=pl.lit("segment-0"),
    )
    estimates, run = fuse(pl.concat([drawn.claims, nobody]), drawn.truth)
    own = estimates.filter(pl.col("series") == "only bounds").sort("period")
    assert own["value"].to_list() == [None] * 4
    assert own["lower"].to_list() == pytest.approx([2e6, 3e6, None, None])
    assert own["upper"].to_list() == pytest.approx([None, None, None, 9e6])
    assert run.summary()["n_without_value"] == 4
    assert estimates.filter(pl.col("series") != "only bounds")["value"].null_count() == 0

    both = nobody.with_columns(
        value_high=pl.when(pl.col("value_low") == 2e6).then(4e6), listed=None, cutoff=None
    )
    placed, run = fuse(pl.concat([drawn.claims, both]), drawn.truth)
    own = placed.filter(pl.col("series") == "only bounds").sort("period")
    assert 2e6 < own["value"][0] < 4e6
    assert run.summary()["n_without_value"] == 0


def test_bounds_and_lists_are_respected() -> None:
    claims = draw(40, seed=8).claims
    days = [FIRST + dt.timedelta(weeks=n) for n in range(N_PERIOD)]
    unlisted = claims_frame(
        ["small"] * N_PERIOD, ["vendor-0"] * N_PERIOD, days, [None] * N_PERIOD
    ).with_columns(listed=pl.lit(value=False), cutoff=pl.lit(1000.0), segment=pl.lit("segment-0"))
    stated = claims_frame(["worded"], ["press"], days[:1], [None]).with_columns(
        value_low=pl.lit(5e5), value_high=pl.lit(6e5), segment=pl.lit("segment-0")
    )
    estimates, _ = fuse(pl.concat([claims, unlisted, stated]), NO_TRUTH)
    small = estimates.filter(pl.col("series") == "small")
    worded = estimates.filter(pl.col("series") == "worded")
    assert (small["value"] < 1000.0).all()
    assert 5e5 < worded["value"][0] < 6e5
    assert worded["lower"][0] < 5e5


def test_many_series_with_one_claim_each() -> None:
    n = 500
    claims = claims_frame(
        [f"p{i:03}" for i in range(n)],
        ["vendor"] * n,
        [FIRST] * n,
        np.random.default_rng(4).lognormal(10, 2, n).tolist(),
    )
    estimates, _ = fuse(claims, NO_TRUTH)
    assert estimates.height == n
    assert np.allclose(estimates.sort("series")["value"], claims.sort("series")["value"], rtol=0.3)
    assert ((estimates["upper"] / estimates["lower"]) > 1.3).all()


def test_contradicting_duplicates_are_both_evidence() -> None:
    claims = draw(40, seed=9).claims
    at = claims.row(0, named=True)
    twice = claims_frame(
        ["twice"] * 2, ["vendor-0"] * 2, [at["period"]] * 2, [100.0, 120.0]
    ).with_columns(segment=pl.lit("segment-0"))
    estimates, _ = fuse(pl.concat([claims, twice]), NO_TRUTH)
    row = estimates.filter(pl.col("series") == "twice").row(0, named=True)
    assert (row["n_claims"], row["n_sources"]) == (2, 1)


def test_shares_stay_between_0_and_100_percent() -> None:
    draws = np.random.default_rng(2)
    truth = draws.normal(2.0, 1.5, 80)
    logits = truth[:, None] + draws.normal(0, 0.3, (80, 3))
    claims = claims_frame(
        [f"p{i:02}" for i in range(80) for _ in range(3)],
        [f"v{s}" for _ in range(80) for s in range(3)],
        [FIRST] * 240,
        (100 / (1 + np.exp(-logits))).ravel().tolist(),
    )
    estimates, _ = fuse(claims, NO_TRUTH, Options(scale="logit"))
    assert ((estimates["lower"] > 0) & (estimates["upper"] < 100)).all()


def test_a_linear_scale_has_its_own_unit() -> None:
    drawn = draw(60, seed=6)
    logs = drawn.claims.with_columns(pl.col("value").log() * 1e6)
    truth = drawn.truth.with_columns(pl.col("value").log() * 1e6)
    linear, _ = fuse(logs, truth, Options(scale="linear"))
    rows = errors(drawn, linear, hidden=False)
    off = (rows["value"] / 1e6 - rows["true"].log()).abs().mean()
    assert isinstance(off, float)
    assert off < 0.15


def test_squared_loss_gives_the_mean_and_absolute_the_median(drawn: Drawn) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0040")
    median, _ = fuse(claims, NO_TRUTH)
    mean, _ = fuse(claims, NO_TRUTH, Options(loss="squared"))
    assert (mean["value"] > median["value"]).all()
    assert mean["lower"].equals(median["lower"])


def test_each_part_can_be_left_out(drawn: Drawn) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0060")
    _, run = fuse(claims, NO_TRUTH, Options(parts=Parts(shared=False, calibrated=False)))
    assert set(run.sources()["shared_error"]) == {0.0}


@pytest.mark.parametrize("noise", [0.02, 0.05, 0.1])
def test_a_source_that_is_always_alone_keeps_its_growth(noise: float) -> None:
    draws = np.random.default_rng(5)
    growth = draws.normal(0.02, 0.03, (120, 1)) + draws.normal(0, 0.02, (120, N_PERIOD))
    logs = draws.normal(10, 1.5, (120, 1)) + np.cumsum(growth, axis=1)
    told = logs + 0.2 * draws.normal(size=(120, 1)) + noise * draws.normal(size=logs.shape)
    i, t = (n.ravel() for n in np.indices(logs.shape))
    claims = claims_frame(
        [f"s{n:04}" for n in i],
        ["alone"] * len(i),
        [FIRST + dt.timedelta(weeks=int(n)) for n in t],
        np.exp(told[i, t]).tolist(),
    )
    estimates, run = fuse(claims, NO_TRUTH)
    level = np.log(estimates["value"].to_numpy().reshape(logs.shape))
    moved, true = (x[:, -1] - x[:, 0] for x in (level, logs))
    slope = float(true @ moved / (true @ true))
    assert 0.93 < slope < 1.07
    model = run.learned.model
    assert model.family_var[0] == 0.0
    assert model.drift_var[0] == 0.0
    # A step and an error of one period are told apart by what comes after.
    assert np.sqrt(model.noise_var[0].mean()) < 1.3 * noise + 0.01


def test_copies_can_be_left_in(drawn: Drawn) -> None:
    copy = drawn.claims.filter(pl.col("source") == "vendor-1").with_columns(source=pl.lit("copy"))
    claims = pl.concat([drawn.claims, copy]).filter(pl.col("series") < "s0100")
    _, run = fuse(claims, NO_TRUTH)
    _, without = fuse(claims, NO_TRUTH, Options(parts=Parts(copies=False)))
    assert [link["source"] for link in run.summary()["copies"]] != []  # type: ignore[attr-defined]
    assert without.summary()["copies"] == []
    reasons = pl.concat(without.suspects())["reason"]
    assert "copied" not in reasons.to_list()


def test_no_claims_at_all() -> None:
    estimates, run = fuse(claims_frame([], [], [], []), NO_TRUTH)
    assert estimates.height == 0
    assert run.sources().height == 0


def test_one_source_without_truth_has_an_interval_that_allows_for_its_bias(drawn: Drawn) -> None:
    one = drawn.claims.filter(pl.col("source") == "vendor-3")
    estimates, _ = fuse(one, NO_TRUTH)
    width = (estimates["upper"] / estimates["lower"]).log()
    # A bias of half is within what a single source may have.
    assert float(width.median()) > 2 * 1.645 * 0.35  # type: ignore[arg-type]


def test_a_series_in_two_segments_is_in_one_of_them(drawn: Drawn) -> None:
    some = drawn.claims.filter(pl.col("series") < "s0040")
    torn = some.with_columns(
        segment=pl.when(pl.col("source") == "vendor-0")
        .then(pl.lit(""))
        .otherwise(pl.col("segment"))
    )
    assert fuse(torn, NO_TRUTH)[0].equals(fuse(some, NO_TRUTH)[0])
