"""Claims without periods, as a panel of sources and as a crowd."""

import numpy as np
import polars as pl
import pytest

from howdah.estimates.fusion import Options, StaticFusion

NO_TRUTH = pl.DataFrame(schema={"series": pl.String, "value": pl.Float64})


def claims_of(logs: np.ndarray) -> pl.DataFrame:
    i, s = np.nonzero(np.isfinite(logs))
    return frame([f"p{n:03}" for n in i], [f"v{n}" for n in s], np.exp(logs[i, s]).tolist())


def frame(series: list[str], source: list[str], value: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"series": series, "source": source, "value": value},
        schema_overrides={"value": pl.Float64},
    ).with_columns(
        value_low=pl.lit(None, pl.Float64),
        value_high=pl.lit(None, pl.Float64),
        segment=pl.lit(""),
    )


def drawn(n: int = 400) -> tuple[pl.DataFrame, np.ndarray]:
    draws = np.random.default_rng(7)
    levels = draws.normal(8, 2, n)
    noise = draws.normal(size=(n, 4)) * np.array([0.05, 0.2, 0.3, 0.3])
    return claims_of(levels[:, None] + np.array([0.0, 0.4, 0.4, 0.4]) + noise), levels


def truth_of(levels: np.ndarray, n: int) -> pl.DataFrame:
    return pl.DataFrame({"series": [f"p{i:03}" for i in range(n)], "value": np.exp(levels[:n])})


def test_truth_makes_it_better_and_the_intervals_cover() -> None:
    claims, levels = drawn()
    blind = StaticFusion(claims, NO_TRUTH, Options())
    seeing = StaticFusion(claims, truth_of(levels, 100), Options())
    off = [
        np.abs(np.log(run.estimates.sort("series")["value"].to_numpy()) - levels)[100:]
        for run in (blind, seeing)
    ]
    assert off[1].mean() < 0.3 * off[0].mean()
    rest = seeing.estimates.sort("series")[100:]
    inside = (rest["lower"].to_numpy() <= np.exp(levels[100:])) & (
        np.exp(levels[100:]) <= rest["upper"].to_numpy()
    )
    assert 0.82 < inside.mean() < 0.97
    assert set(rest["method"]) == {"fusion.1"}
    assert set(blind.estimates["method"]) == {"fusion.1 uncalibrated"}


def test_what_is_known_is_kept() -> None:
    claims, levels = drawn()
    run = StaticFusion(claims, truth_of(levels, 100), Options())
    known = run.estimates.filter("anchored").sort("series")
    np.testing.assert_allclose(known["value"], np.exp(levels[:100]))


def test_a_unit_slip_is_a_suspect() -> None:
    claims, _ = drawn()
    slipped = claims.with_columns(
        pl.when((pl.col("series") == "p005") & (pl.col("source") == "v1"))
        .then(pl.col("value") * 1000)
        .otherwise("value")
    )
    run = StaticFusion(slipped, NO_TRUTH, Options())
    assert run.suspects.select("series", "source", "reason").rows() == [("p005", "v1", "unit_slip")]


def slipped_by(claims: pl.DataFrame, slips: dict[tuple[str, str], float]) -> dict[object, float]:
    """Factors that are found of claims which were multiplied by some."""
    factor = pl.lit(1.0)
    for (series, source), times in slips.items():
        own = (pl.col("series") == series) & (pl.col("source") == source)
        factor = pl.when(own).then(times).otherwise(factor)
    run = StaticFusion(claims.with_columns(pl.col("value") * factor), NO_TRUTH, Options())
    rows = run.suspects.filter(pl.col("reason") == "unit_slip")
    return {
        (series, source): f
        for series, source, f in rows.select("series", "source", "factor").rows()
    }


@pytest.mark.parametrize("factor", [12.0, 10.0, 1 / 12, 1 / 10, 1000.0, 7.0])
def test_a_unit_is_told_by_the_noise_of_its_source(factor: float) -> None:
    # The sources are far apart from each other, and each is near to itself.
    draws = np.random.default_rng(9)
    levels = draws.normal(8, 2, (200, 1))
    claims = claims_of(levels + np.array([0.0, 0.5, -0.4]) + 0.03 * draws.normal(size=(200, 3)))
    slips = {(f"p{7 * n:03}", f"v{n % 3}"): factor for n in range(12)}
    assert slipped_by(claims, slips) == pytest.approx(slips)


@pytest.mark.parametrize("factor", [12.0, 10.0])
def test_slips_that_lie_together_tell_tens_from_twelves(factor: float) -> None:
    claims, _ = drawn()
    slips = {(f"p{n:03}", "v2"): factor for n in range(60)}
    found = slipped_by(claims, slips)
    assert len(found) > 55
    assert set(np.round(list(found.values()), 6)) == {factor}


def test_a_source_that_is_in_another_unit_throughout_has_no_bias() -> None:
    claims, _ = drawn()
    own = {(series, "v3"): 1000.0 for series in claims["series"].unique()}
    found = slipped_by(claims, own)
    assert len(found) > 0.97 * len(own)
    assert set(np.round(list(found.values()), 6)) == {1000.0}


def test_a_crowd_is_decided_by_votes() -> None:
    claims = frame(["a", "a", "a", "b", "b"], ["u", "v", "w", "x", "u"], [5.0, 5.0, 9.0, 2.0, 3.0])
    run = StaticFusion(claims, NO_TRUTH, Options())
    assert run.is_crowd
    values = dict(run.estimates.select("series", "value").iter_rows())
    assert abs(values["a"] - 5.0) < 1e-9
    # Who was right about a is believed about b.
    assert abs(values["b"] - 3.0) < 1e-9


def test_bounds_alone_stay_bounds() -> None:
    claims = frame(["a"], ["u"], [None]).with_columns(value_high=pl.lit(1e6))
    row = StaticFusion(claims, NO_TRUTH, Options()).estimates.row(0, named=True)
    assert (row["value"], row["lower"]) == (None, None)
    assert abs(row["upper"] - 1e6) < 1e-3


def test_no_claims() -> None:
    assert StaticFusion(frame([], [], []), NO_TRUTH, Options()).estimates.height == 0
