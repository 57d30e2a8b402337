"""Levels from ranks: truth is covered, too little is refused, and bad rows are named."""

import datetime as dt
import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from howdah.core.errors import ColumnTypeError, InputError, MissingColumnError
from howdah.estimates.ranks import RankLevels, levels_from_ranks

DAY = dt.date(2025, 1, 1)
LENGTH = 100

Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


def simulate(
    seed: int, *, n_chart: int = 3, n_day: int = 3, n_known: int = 20, n: int = 130,
    slope: float | None = None, scatter: float = 0.3,
) -> Frames:  # fmt: skip
    """Ranks, known levels and truth of charts whose entities keep their distance from the law."""
    rng = np.random.default_rng(seed)
    ranks, truth = [], []
    for chart in range(n_chart):
        fall = rng.normal(1.0, 0.2) if slope is None else slope
        first = rng.normal(12.0, 1.0) + np.cumsum(rng.normal(0.0, 0.05, n_day))
        place = np.log(rng.permutation(n) + 1.0)
        own = scatter * rng.standard_t(4, n)
        is_known = np.isin(np.arange(n), rng.choice(n, n_known, replace=False))
        for day in range(n_day):
            place += rng.normal(0.0, 0.05, n)
            rank = np.argsort(np.argsort(place)) + 1.0
            level = first[day] - fall * np.log(rank) + own + 0.1 * rng.standard_t(4, n)
            rows = pl.DataFrame(
                {
                    "chart": [f"c{chart}"] * n,
                    "period": [DAY + dt.timedelta(day)] * n,
                    "entity": [f"c{chart}/{i:03}" for i in range(n)],
                    "rank": rank,
                    "truth": np.exp(level),
                    "value": np.exp(level + 0.1 * rng.normal(size=n)),
                    "sd_log": [0.1] * n,
                    "is_known": is_known,
                }
            )
            truth.append(rows)
            ranks.append(rows.filter(pl.col("rank") <= LENGTH))
    every = pl.concat(truth)
    return (
        pl.concat(ranks).select("chart", "period", "entity", "rank"),
        every.filter("is_known").select("entity", "period", "value", "sd_log"),
        every.filter(~pl.col("is_known")).select("chart", "period", "entity", "truth"),
    )


def judged(said: RankLevels, truth: pl.DataFrame) -> pl.DataFrame:
    return said.claims.join(truth, on=["chart", "period", "entity"])


def reasons(said: RankLevels) -> list[str]:
    return said.refused["reason"].to_list()


def changed(frame: pl.DataFrame, row: int, **values: Any) -> pl.DataFrame:  # noqa: ANN401
    """A frame in which one row has other values."""
    at = pl.int_range(pl.len()) == row
    return frame.with_columns(
        pl.when(at).then(pl.lit(x, frame.schema[n])).otherwise(n).alias(n)
        for n, x in values.items()
    )


@pytest.mark.slow
@pytest.mark.parametrize("n_known", [10, 30])
@pytest.mark.parametrize("prob", [0.5, 0.9])
def test_intervals_cover_as_often_as_they_say(n_known: int, prob: float) -> None:
    shares, bounded = [], []
    for seed in range(25):
        ranks, known, truth = simulate(seed, n_known=n_known)
        rows = judged(levels_from_ranks(ranks, known, prob=prob), truth)
        point = rows.filter(pl.col("value").is_not_null())
        # Entities keep their distances, so one chart counts as one of its days.
        covered = pl.col("truth").is_between("lower", "upper")
        shares += point.group_by("chart").agg(covered.mean())["truth"].to_list()
        bounds = rows.filter(pl.col("value").is_null())
        bounded.append((bounds["truth"] <= bounds["value_high"]).mean())
    error = np.std(shares, ddof=1) / np.sqrt(len(shares))
    assert abs(np.mean(shares) - prob) < 3.5 * error + 0.02
    assert np.mean(bounded) > 0.5 + prob / 2 - 0.03


def test_known_laws_are_recovered() -> None:
    ranks, known, truth = simulate(1, n_known=60, slope=0.8, scatter=0.1)
    said = levels_from_ranks(ranks, known)
    assert said.refused.is_empty()
    rows = judged(said, truth).filter(pl.col("value").is_not_null())
    assert 0.85 < rows.select(pl.col("truth").is_between("lower", "upper").mean()).item() <= 1.0
    wrong = (said.laws["slope"] - 0.8).abs() / said.laws["slope_sd"]
    assert wrong.max() < 4
    assert said.laws.height == 9


def test_an_absent_entity_is_below_the_last_place() -> None:
    ranks, known, _ = simulate(2)
    said = levels_from_ranks(ranks, known)
    absent = said.claims.filter(pl.col("value").is_null())
    assert absent["value_high"].is_not_null().all()
    listed = ranks.select("chart", "period", "entity")
    assert absent.join(listed, on=listed.columns).is_empty()
    last = said.claims.filter(pl.col("rank") == LENGTH).select("chart", "period", "upper")
    both = absent.join(last, on=["chart", "period"], suffix="_last")
    # A known entity at the last place has a law that did not see it, so some differ a little.
    assert np.median(both["value_high"] / both["upper_last"]) == pytest.approx(1.0, abs=0.1)


def test_a_known_level_bounds_its_entity_only_in_a_chart_that_it_names() -> None:
    ranks, known, _ = simulate(2, n_chart=1, n_day=1)
    measured = known.join(ranks, on=["entity", "period"], how="anti")
    assert measured.height > 0
    for chart, n_bounds in ((None, 0), ("c0", measured.height)):
        named = known.with_columns(pl.lit(chart, pl.String).alias("chart"))
        found = levels_from_ranks(ranks, named).claims["value_high"]
        assert found.drop_nulls().len() == n_bounds


def test_order_of_rows_does_not_matter() -> None:
    ranks, known, _ = simulate(3)
    shuffled = [frame.sample(fraction=1.0, shuffle=True, seed=1) for frame in (ranks, known)]
    first, second = levels_from_ranks(ranks, known), levels_from_ranks(*shuffled)
    assert_frame_equal(first.claims, second.claims)
    assert_frame_equal(first.laws, second.laws)


def test_another_unit_moves_the_level_only() -> None:
    ranks, known, _ = simulate(4)
    first = levels_from_ranks(ranks, known)
    second = levels_from_ranks(ranks, known.with_columns(pl.col("value") * 1000))
    sizes = ("value", "lower", "upper", "value_high")
    smaller = second.claims.with_columns(pl.col(name) / 1000 for name in sizes)
    assert_frame_equal(first.claims, smaller, rel_tol=1e-5)
    for name in ("slope", "slope_sd", "scatter"):
        np.testing.assert_allclose(first.laws[name], second.laws[name], rtol=1e-5)


def test_a_claim_says_nothing_of_what_is_known_of_the_entity() -> None:
    ranks, known, _ = simulate(5, n_chart=1, n_day=1, n_known=40)
    own = known.join(ranks, on=["entity", "period"]).row(0, named=True)["entity"]
    is_own = pl.col("entity") == own
    # The variances see it, its own law and neighbours do not.
    twice = known.with_columns(pl.when(is_own).then(pl.col("value") * 1.2).otherwise("value")
                               .alias("value"))  # fmt: skip
    first, second = (
        levels_from_ranks(ranks, k).claims.filter(is_own)["value"][0] for k in (known, twice)
    )
    assert abs(math.log(second / first)) < 0.02 < math.log(1.2)


def test_noisier_known_levels_widen_intervals() -> None:
    ranks, known, _ = simulate(6, n_known=12)
    noisier = known.with_columns(pl.lit(1.0).alias("sd_log"))
    first, second = levels_from_ranks(ranks, known), levels_from_ranks(ranks, noisier)
    assert second.laws.select((pl.col("upper") / pl.col("lower")).log().mean()).item() > (
        first.laws.select((pl.col("upper") / pl.col("lower")).log().mean()).item()
    )


def test_too_few_known_levels_are_refused() -> None:
    ranks, known, _ = simulate(7, n_chart=1)
    listed = known.join(ranks.select("entity", "period"), on=["entity", "period"])
    for n in (0, 1, 4):
        some = listed["entity"].unique().sort()[:n]
        said = levels_from_ranks(ranks, listed.filter(pl.col("entity").is_in(some.implode())))
        assert said.claims.is_empty()
        assert reasons(said) == [f"entities with a known level: {n}; 5 are needed"]


def test_ranks_that_explain_nothing_are_refused() -> None:
    refused = 0
    for seed in range(10):
        ranks, known, _ = simulate(seed, n_chart=1, slope=0.0, scatter=0.5)
        said = levels_from_ranks(ranks, known)
        refused += said.claims.is_empty()
        assert said.claims.is_empty() == any("rank explains nothing" in r for r in reasons(said))
    assert refused >= 8


def test_a_list_from_last_to_first_is_refused() -> None:
    ranks, known, _ = simulate(8, n_chart=1, n_known=60)
    said = levels_from_ranks(ranks.with_columns((LENGTH + 1 - pl.col("rank")).alias("rank")), known)
    assert said.claims.is_empty()
    assert reasons(said) == ["levels rise with the rank, from first to last"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"rank": 0.0}, "rank is below 1"),
        ({"rank": -3.0}, "rank is below 1"),
        ({"rank": math.inf}, "rank is no number"),
        ({"rank": math.nan}, "rank is no number"),
        ({"rank": None}, "rank is no number"),
        ({"entity": None}, "chart, period or entity is empty"),
    ],
)
def test_a_bad_rank_is_named_and_the_rest_is_used(values: dict[str, Any], reason: str) -> None:
    ranks, known, _ = simulate(9, n_chart=1)
    said = levels_from_ranks(changed(ranks, 5, **values), known)
    assert reasons(said) == [reason]
    assert said.claims.height > 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"value": 0.0}, "a level is not above 0"),
        ({"value": -1.0}, "a level is not above 0"),
        ({"value": math.inf}, "a level is not above 0"),
        ({"value": None}, "no level and no bound"),
        ({"value": math.nan}, "no level and no bound"),
        ({"sd_log": -0.1}, "sd_log is not 0 or above"),
        ({"sd_log": math.inf}, "sd_log is not 0 or above"),
        ({"period": None}, "period or entity is empty"),
    ],
)
def test_a_bad_level_is_named_and_the_rest_is_used(values: dict[str, Any], reason: str) -> None:
    ranks, known, _ = simulate(9, n_chart=1)
    said = levels_from_ranks(ranks, changed(known, 2, **values))
    assert reasons(said) == [reason]
    assert said.claims.height > 0


def test_bounds_that_cross_are_refused() -> None:
    ranks, known, _ = simulate(9, n_chart=1)
    crossed = known.head(1).with_columns(
        pl.lit(None, pl.Float64).alias("value"),
        pl.lit(9.0).alias("value_low"),
        pl.lit(2.0).alias("value_high"),
    )
    said = levels_from_ranks(ranks, pl.concat([known, crossed], how="diagonal"))
    assert reasons(said) == ["lower bound above the upper"]


def test_an_entity_with_two_ranks_is_refused_and_ties_are_not() -> None:
    ranks, known, _ = simulate(10, n_chart=1, n_day=1)
    tied = changed(ranks, 4, rank=ranks["rank"][7])
    assert reasons(levels_from_ranks(tied, known)) == []
    twice = pl.concat([ranks, ranks.head(1).with_columns(pl.col("rank") + 1)])
    said = levels_from_ranks(twice, known)
    assert reasons(said) == ["entity has several ranks in one list"] * 2
    doubled = levels_from_ranks(pl.concat([ranks, ranks.head(9)]), known)
    assert_frame_equal(doubled.claims, levels_from_ranks(ranks, known).claims)


@pytest.mark.parametrize("length", [50.0, math.inf])
def test_a_list_shorter_than_its_ranks_gives_no_bounds(length: float) -> None:
    ranks, known, _ = simulate(11, n_chart=1)
    said = levels_from_ranks(ranks.with_columns(pl.lit(length).alias("length")), known)
    assert set(reasons(said)) == {"length is below the largest rank: no bounds"}
    assert said.claims["value_high"].is_null().all()
    assert said.claims["value"].is_not_null().all()


def test_a_longer_list_has_a_lower_last_place() -> None:
    ranks, known, _ = simulate(12, n_chart=1)
    ends = []
    for length in (None, 400):
        said = levels_from_ranks(ranks.with_columns(pl.lit(length).alias("length")), known)
        ends.append(said.claims["value_high"].drop_nulls().median())
    assert ends[1] < ends[0]


def test_levels_of_one_country_stay_in_its_chart() -> None:
    ranks, known, _ = simulate(13, n_chart=1)
    two = pl.concat([ranks, ranks.with_columns(pl.lit("d").alias("chart"))])
    said = levels_from_ranks(two, known.with_columns(pl.lit("c0").alias("chart")))
    assert said.claims["chart"].unique().to_list() == ["c0"]
    assert said.refused["chart"].to_list() == ["d"]


def test_frames_without_rows_say_nothing() -> None:
    ranks, known, _ = simulate(14, n_chart=1)
    said = levels_from_ranks(ranks.clear(), known)
    assert said.claims.is_empty()
    assert said.refused.is_empty()


def test_wrong_input_is_an_error_that_says_what_to_give() -> None:
    ranks, known, _ = simulate(15, n_chart=1, n_day=1)
    with pytest.raises(MissingColumnError, match="no column 'rank'"):
        levels_from_ranks(ranks.drop("rank"), known)
    with pytest.raises(ColumnTypeError, match="expected is dates"):
        levels_from_ranks(ranks, known.with_columns(pl.col("period").cast(pl.String)))
    with pytest.raises(InputError, match="between 0 and 1"):
        levels_from_ranks(ranks, known, prob=1.0)
    with pytest.raises(InputError, match="2 known levels"):
        levels_from_ranks(ranks, known, min_known=1)
