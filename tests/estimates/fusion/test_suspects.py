"""Claims held to be wrong: each kind found when planted, not when absent, and a reviewer's say."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.core.errors import InputError
from howdah.core.metrics import Scale
from howdah.estimates.fusion import Fusion, Options, Parts, Reviews, fuse

from .conftest import FIRST, N_PERIOD, Drawn, claims_frame, draw

NO_TRUTH = pl.DataFrame(schema={"series": pl.String, "period": pl.Date, "value": pl.Float64})
DAYS = [FIRST + dt.timedelta(weeks=n) for n in range(N_PERIOD)]


def rounded(claims: pl.DataFrame) -> pl.DataFrame:
    return claims.with_columns(pl.col("value").round_sig_figs(3))


@pytest.fixture(scope="module")
def clean() -> pl.DataFrame:
    return rounded(draw(120, seed=11).claims)


def suspects(
    claims: pl.DataFrame, options: Options | None = None, reviews: Reviews | None = None
) -> pl.DataFrame:
    return found(fuse(claims, NO_TRUTH, options, reviews)[1])


def found(run: Fusion) -> pl.DataFrame:
    return pl.concat(run.suspects())


def at(series: str, source: str, first: int = 0, last: int = N_PERIOD) -> pl.Expr:
    inside = pl.col("period").is_between(DAYS[first], DAYS[min(last, N_PERIOD) - 1])
    return (pl.col("series") == series) & (pl.col("source") == source) & inside


def with_value(claims: pl.DataFrame, where: pl.Expr, value: pl.Expr) -> pl.DataFrame:
    return claims.with_columns(pl.when(where).then(value).otherwise("value").alias("value"))


def test_clean_claims_are_hardly_ever_suspect(clean: pl.DataFrame) -> None:
    assert suspects(clean).height < clean.height / 1000


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_a_frozen_source_is_stale_from_its_second_print(clean: pl.DataFrame, scale: Scale) -> None:
    # The level has to move for that: it triples meanwhile.
    rise = pl.lit(1.0)
    for n, day in enumerate(DAYS):
        rise = (
            pl.when(pl.col("period") >= day)
            .then(1.0 + min(max(n - 10, 0), 20) / 10)
            .otherwise(rise)
        )
    one = pl.col("series") == "s0003"
    claims = rounded(with_value(clean, one, pl.col("value") * rise))
    if scale == "linear":
        claims = claims.with_columns(pl.col("value").log().round(3) * 100 - 1000)
    where = at("s0003", "vendor-0", 10, 28)
    first = claims.filter(where).sort("period")
    frozen = with_value(claims, where, pl.lit(first["value"][0]))
    stale = suspects(frozen, Options(scale=scale)).filter(pl.col("reason") == "stale")
    assert set(stale.select("series", "source").iter_rows()) == {("s0003", "vendor-0")}
    assert stale["period"].sort().to_list() == first["period"][1:].to_list()


def test_a_slow_series_on_a_coarse_grid_is_not_stale() -> None:
    draws = np.random.default_rng(5)
    level = 10 + draws.normal(0, 1, (100, 1)) + np.linspace(0, 0.4, N_PERIOD)
    values = np.exp(level[:, :, None] + 0.02 * draws.normal(size=(100, N_PERIOD, 3)))
    unit = 10.0 ** (np.floor(np.log10(values)) - np.array([0, 2, 2]))
    values = np.round(values / unit) * unit
    i, t, s = np.nonzero(np.isfinite(values))
    claims = claims_frame(
        [f"s{n:03}" for n in i],
        [f"v{n}" for n in s],
        [DAYS[n] for n in t],
        values[i, t, s].tolist(),
    )
    repeats = claims.filter(pl.col("source") == "v0").sort("series", "period")
    assert (repeats["value"] == repeats["value"].shift(1)).mean() > 0.5  # type: ignore[operator]
    assert "stale" not in set(suspects(claims)["reason"])


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_source_that_stands_still_from_its_start_is_stale(noise: float) -> None:
    draws = np.random.default_rng(3)
    level = draws.normal(11, 1.5, (6, 1, 1)) + 0.05 * np.arange(24)[:, None]
    logs = level + draws.normal(0, 0.2, (6, 1, 3)) + noise * draws.normal(size=(6, 24, 3))
    i, t, s = np.nonzero(np.isfinite(logs))
    moving = claims_frame(
        [f"s{n}" for n in i],
        [f"v{n}" for n in s],
        [DAYS[n] for n in t],
        [float(f"{x:.4g}") for x in np.exp(logs[i, t, s])],
    )
    assert "stale" not in set(suspects(moving)["reason"])
    first = pl.col("value").first().over("series", "source")
    still = with_value(moving, pl.col("source") == "v2", first)
    stale = suspects(still).filter(pl.col("reason") == "stale")
    assert set(stale["source"]) == {"v2"}
    counts = stale.group_by("series").agg(pl.len(), pl.col("period").min())
    assert counts.height >= 5
    assert (counts["len"] == 23).all()
    assert set(counts["period"]) == {DAYS[1]}


def exchanged(claims: pl.DataFrame, one: str, other: str, first: int, last: int) -> pl.DataFrame:
    swap = {one: other, other: one}
    inside = at(one, "vendor-0", first, last) | at(other, "vendor-0", first, last)
    return claims.with_columns(
        pl.when(inside).then(pl.col("series").replace(swap)).otherwise("series").alias("series")
    ).with_columns(pl.col("segment").max().over("series"))


def test_exchanged_series_name_each_other(clean: pl.DataFrame) -> None:
    middle = clean.group_by("series").agg(pl.col("value").median()).sort("value")["series"]
    low, high = middle[12], middle[108]
    wrong = suspects(exchanged(clean, low, high, 8, 20)).filter(pl.col("reason") == "wrong_entity")
    assert set(wrong.select("series", "other_series").iter_rows()) == {(low, high), (high, low)}
    swapped = clean.filter(at(low, "vendor-0", 8, 20) | at(high, "vendor-0", 8, 20))
    assert wrong.height > 0.7 * swapped.height
    assert (wrong["off_sds"].abs() > 6).all()


def months_of_vendors(seed: int, noise: float) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Logs (120, 24, 4), and eight pairs of series that lie half as far apart again."""
    draws = np.random.default_rng(seed)
    level = draws.normal(11, 1.5, (120, 1))
    pairs = [(2 * n, 2 * n + 1) for n in range(8)]
    for one, other in pairs:
        level[other] = level[one] + np.log(1.5)
    level = level + np.cumsum(draws.normal(0, 0.03, (120, 24)), axis=1)
    house = draws.normal(0, 0.15, (120, 1, 4))
    return level[:, :, None] + house + noise * draws.normal(size=(120, 24, 4)), pairs


def told_of(logs: np.ndarray) -> pl.DataFrame:
    i, t, s = np.nonzero(np.isfinite(logs))
    return claims_frame(
        [f"s{n:03}" for n in i],
        [f"v{n}" for n in s],
        [DAYS[n] for n in t],
        np.exp(logs[i, t, s]).round(1).tolist(),
    )


def test_series_near_each_other_that_are_exchanged_for_five_months() -> None:
    # Nearer than what house effects leave open of either level.
    logs, pairs = months_of_vendors(5, 0.02)
    swapped = logs.copy()
    for one, other in pairs:
        swapped[one, 8:13, 0], swapped[other, 8:13, 0] = logs[other, 8:13, 0], logs[one, 8:13, 0]
    found = suspects(told_of(swapped))
    wrong = found.filter(pl.col("reason") == "wrong_entity")
    assert wrong.height > 0.8 * 80
    named = {(f"s{a:03}", f"s{b:03}") for pair in pairs for a, b in (pair, pair[::-1])}
    assert set(wrong.select("series", "other_series").iter_rows()) <= named
    assert set(wrong["source"]) == {"v0"}
    assert wrong["period"].is_between(DAYS[8], DAYS[12]).all()


def test_runs_that_are_off_by_chance_are_hardly_ever_exchanges() -> None:
    logs, _ = months_of_vendors(6, 0.05)
    draws = np.random.default_rng(8)
    for _ in range(120):
        i, t, s = (int(draws.integers(n)) for n in (120, 19, 4))
        logs[i, t : t + 5, s] += draws.normal(0, 0.8)
    reasons = dict(suspects(told_of(logs))["reason"].value_counts().iter_rows())
    assert reasons["outlier"] > 150
    assert reasons.get("wrong_entity", 0) <= 0.05 * sum(reasons.values())


def test_an_id_that_came_to_mean_another_product(clean: pl.DataFrame) -> None:
    middle = clean.group_by("series").agg(pl.col("value").median()).sort("value")["series"]
    low, high = middle[12], middle[108]
    where = at(high, "vendor-0", 15, N_PERIOD)
    segment = clean.filter(pl.col("series") == low)["segment"][0]
    echo = clean.filter(where).with_columns(series=pl.lit(low), segment=pl.lit(segment))
    claims = pl.concat([clean.filter(~at(low, "vendor-0", 15, N_PERIOD)), echo])
    wrong = suspects(claims).filter(pl.col("reason") == "wrong_entity")
    assert set(wrong.select("series", "other_series").iter_rows()) == {(low, high)}
    assert wrong.height > 0.8 * echo.height


def test_many_slips_are_not_exchanges(clean: pl.DataFrame) -> None:
    draws = np.random.default_rng(7)
    slip = draws.choice([1000.0, 0.001, 10.0, 0.1, 100.0], clean.height)
    hit = pl.Series(draws.random(clean.height) < 0.02)
    claims = with_value(clean, pl.lit(hit), pl.col("value") * pl.Series(slip))
    reasons = suspects(claims)["reason"].value_counts()
    counts = dict(reasons.iter_rows())
    assert counts["unit_slip"] > 0.8 * hit.sum()
    assert counts.get("wrong_entity", 0) <= 0.01 * hit.sum()


@pytest.mark.parametrize("factor", [1000.0, 12.0, 0.01])
def test_a_unit_that_changes_half_way(clean: pl.DataFrame, factor: float) -> None:
    where = at("s0005", "vendor-1", 20, N_PERIOD)
    claims = with_value(clean, where, pl.col("value") * factor)
    slips = suspects(claims).filter(pl.col("series") == "s0005")
    assert slips.height == clean.filter(where).height
    assert set(slips["reason"]) == {"unit_slip"}
    np.testing.assert_allclose(slips["factor"].to_numpy(), factor)
    assert (slips["period"] >= DAYS[20]).all()


def test_two_units_mixed_claim_by_claim(clean: pl.DataFrame) -> None:
    mixed = at("s0006", "vendor-2") & (pl.col("period").dt.week() % 3 == 0)
    slips = suspects(with_value(clean, mixed, pl.col("value") * 100)).filter(
        pl.col("series") == "s0006"
    )
    assert slips["period"].sort().to_list() == clean.filter(mixed)["period"].sort().to_list()
    assert set(slips["reason"]) == {"unit_slip"}


def test_between_two_sources_a_slip_stays_open_and_the_interval_holds_both(
    clean: pl.DataFrame,
) -> None:
    pair = pl.col("source").is_in(["vendor-0", "vendor-1"]) | (pl.col("series") != "s0007")
    claims = with_value(clean.filter(pair), at("s0007", "vendor-1"), pl.col("value") * 1000)
    estimates, run = fuse(claims, NO_TRUTH)
    opened = found(run).filter(pl.col("series") == "s0007")
    assert set(opened["reason"]) == {"undecided"}
    assert len(set(opened["source"])) == 1
    assert run.summary()["n_undecided"] == opened.height
    said = claims.filter(pl.col("series") == "s0007")
    ends = said.group_by("source").agg(pl.col("value").median())["value"]
    rows = estimates.filter(pl.col("series") == "s0007")
    assert (rows["lower"] < ends.min()).all()
    assert (rows["upper"] > ends.max()).all()
    assert rows["n_claims"].sum() == said.height


def test_a_source_alone_may_be_right_about_a_jump(clean: pl.DataFrame) -> None:
    alone = (pl.col("source") == "vendor-0") | (pl.col("series") != "s0008")
    claims = with_value(
        clean.filter(alone), at("s0008", "vendor-0", 20, N_PERIOD), pl.col("value") * 10
    )
    own = suspects(claims).filter(pl.col("series") == "s0008")
    assert "undecided" not in set(own["reason"])


def test_a_suspect_stands_beside_the_level_without_it(drawn: Drawn) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0060")
    slipped = with_value(claims, at("s0009", "vendor-0", 10, 18), pl.col("value") * 1000)
    estimates, run = fuse(slipped, NO_TRUTH)
    rows = found(run).filter(pl.col("series") == "s0009")
    beside = rows.join(estimates, on=["series", "period"], suffix="_fused")
    assert rows.height >= 1
    np.testing.assert_allclose(beside["level"], beside["value_fused"], rtol=1e-6)
    np.testing.assert_allclose(beside["upper"], beside["upper_fused"], rtol=1e-6)
    assert (rows["off_sds"] > 8).all()


def test_a_reviewer_keeps_what_the_rules_leave_out(clean: pl.DataFrame) -> None:
    where = at("s0005", "vendor-1", 20, N_PERIOD)
    claims = with_value(clean, where, pl.col("value") * 1000)
    before = suspects(claims).filter(pl.col("series") == "s0005")
    verdicts = before.select("series", "source", "period", verdict=pl.lit("keep"))
    estimates, run = fuse(claims, NO_TRUTH, None, Reviews.of(verdicts))
    assert found(run).filter(where).height == 0
    summary = run.summary()
    assert (summary["n_reviews"], summary["n_reviews_unmatched"]) == (before.height, 0)
    plain, _ = fuse(claims, NO_TRUTH)
    late = (pl.col("series") == "s0005") & (pl.col("period") >= DAYS[20])
    # At the end there are more claims than without, and they pull.
    assert estimates.filter(late)["n_claims"].sum() >= plain.filter(late)["n_claims"].sum()
    assert (estimates.filter(late)["value"] > plain.filter(late)["value"]).all()


def test_a_reviewer_drops_a_source_of_a_series_but_for_a_period(clean: pl.DataFrame) -> None:
    where = at("s0010", "vendor-3")
    spared = clean.filter(where)["period"].min()
    rows = pl.DataFrame(
        {
            "series": ["s0010", "s0010", "nobody", "s0011"],
            "source": ["vendor-3", "vendor-3", "vendor-3", "vendor-0"],
            "period": [None, spared, None, None],
            "verdict": ["drop", "keep", "drop", None],
        },
        schema_overrides={"period": pl.Date},
    )
    _, run = fuse(clean, NO_TRUTH, None, Reviews.of(rows))
    dropped = found(run).filter(pl.col("reason") == "reviewed")
    assert dropped["factor"].null_count() == dropped.height > 0
    assert set(dropped.select("series", "source").iter_rows()) == {("s0010", "vendor-3")}
    assert dropped["period"].sort().to_list() == clean.filter(where)["period"].sort().to_list()[1:]
    assert run.summary()["n_reviews"] == 3
    assert run.summary()["n_reviews_unmatched"] == 1


def test_dropped_claims_are_as_if_never_made(drawn: Drawn) -> None:
    claims = drawn.claims.filter(pl.col("series") < "s0060")
    reviews = Reviews.of(
        pl.DataFrame({"series": ["s0012"], "source": ["vendor-1"], "verdict": ["drop"]})
    )
    dropped, _ = fuse(claims, drawn.truth, None, reviews)
    absent, _ = fuse(claims.filter(~at("s0012", "vendor-1")), drawn.truth)
    both = dropped.join(absent, on=["series", "period"], suffix="_absent")
    np.testing.assert_allclose(both["value"], both["value_absent"], rtol=0.01)
    assert both["n_claims"].equals(both["n_claims_absent"])


def test_two_verdicts_on_one_claim_are_an_error() -> None:
    rows = {"series": ["a", "a"], "source": ["v", "v"], "verdict": ["keep", "drop"]}
    with pytest.raises(InputError, match="both keep and drop of series a, source v"):
        Reviews.of(pl.DataFrame(rows))
    same = Reviews.of(pl.DataFrame({**rows, "verdict": ["keep", "keep"]}))
    assert same.rows.height == 1


def test_linear_scales_have_no_slips_but_stale_figures_and_copies(clean: pl.DataFrame) -> None:
    claims = clean.with_columns(pl.col("value").log().round(3) * 100 - 1000)
    copies = claims.filter(pl.col("source") == "vendor-1").sample(fraction=0.6, seed=1)
    claims = pl.concat([claims, copies.with_columns(source=pl.lit("reseller"))])
    reasons = suspects(claims, Options(scale="linear"))["reason"].value_counts()
    counts = dict(reasons.iter_rows())
    assert counts["copied"] > 0.95 * copies.height
    assert "unit_slip" not in counts


def test_a_frozen_source_is_stale_on_a_linear_scale_too(clean: pl.DataFrame) -> None:
    claims = clean.with_columns(pl.col("value").log().round(3) * 100 - 1000)
    place = pl.col("period").rank("dense").over("series").cast(pl.Float64)
    one = pl.col("series") == "s0003"
    claims = with_value(claims, one, pl.col("value") + (place - 10).clip(0, 20) * 10)
    where = at("s0003", "vendor-0", 10, 28)
    first = claims.filter(where).sort("period")["value"][0]
    found = suspects(with_value(claims, where, pl.lit(first)), Options(scale="linear"))
    stale = found.filter((pl.col("series") == "s0003") & (pl.col("source") == "vendor-0"))
    assert set(stale["reason"]) == {"stale"}
    assert "undecided" not in set(found["reason"])


def test_without_suspects_nothing_is_looked_for(clean: pl.DataFrame) -> None:
    claims = with_value(clean, at("s0005", "vendor-1"), pl.col("value") * 1000)
    parts = Parts(suspects=False, copies=False)
    assert set(suspects(claims, Options(parts=parts))["reason"]) <= {"outlier"}
