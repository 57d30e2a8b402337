"""How near are nowcasts to what figures become, and are their bands right? See README.md."""

import datetime as dt
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from vendors import KINDS, OVER_DAYS, RESTATED, month, simulate

from bench import data_folder, keep
from howdah.estimates.revisions import learn_revisions, newest_prints, nowcast

Row = dict[str, object]

N_SEEDS = 10

#: Months after the first at whose ends the future is hidden.
ORIGINS = range(36, 64, 3)

#: Stars gained in four weeks below which a repository is left out: it would be a count of a few.
LEAST_GAIN = 20
WEEK = dt.timedelta(days=7)

#: Age at which a rating is taken for final: half of the models have been rated for so long.
RATING_DAYS = 120

#: Days on which all ratings moved: by a dozen in the median, and by ninety.
RATED_ANEW = [dt.date(2023, 12, 6), dt.date(2024, 6, 29)]

#: What is scored apart: nobody can know today what a version to come will do.
NOT_CROSSED = "no restatement of history before the final value"


def not_crossing(days: list[dt.date]) -> pl.Expr:
    """Whether none of the days lies after the origin and up to the final value."""
    return pl.all_horizontal(
        ~((pl.col("origin") < day) & (pl.lit(day) <= pl.col("told"))) for day in days
    )


def judge(
    prints: pl.DataFrame, origins: list[dt.date], final_after_days: int | None, truth_days: int,
    *, flows: tuple[str, ...] = (),
) -> pl.DataFrame:  # fmt: skip
    """Nowcasts at each origin from what was published by then, beside what came of them.

    Truth is the first print of an age of at least `truth_days`, wherever the curve settles.
    """
    keys = ["source", "metric", "series"]
    age = (pl.col("published_at") - pl.col("valid_to")).dt.total_days()
    final = (
        prints.filter(age >= truth_days)
        .sort("published_at")
        .group_by(*keys, "valid_to")
        .agg(pl.col("value").first().alias("true"), pl.col("published_at").first().alias("told"))
    )
    found = []
    for origin in origins:
        curve = learn_revisions(
            prints, flows=flows, final_after_days=final_after_days, as_of=origin
        )
        claims = newest_prints(prints, as_of=origin)
        told = nowcast(claims, curve)
        # The last value of the series that was final by then, carried forward.
        last = (
            final.filter(pl.col("told") <= origin)
            .sort("valid_to")
            .group_by(keys)
            .agg(pl.col("true").last().alias("last_final"))
        )
        young = told.filter(pl.col("age_days") < truth_days)
        found.append(
            young.join(final, on=[*keys, "valid_to"])
            .join(last, on=keys, how="left")
            .with_columns(pl.lit(origin).alias("origin"))
        )
    return pl.concat(found)


def score(what: str, told: pl.DataFrame, *, is_log: bool = True) -> Row:
    """Mean absolute error of each method, on the additive scale, and coverage of the bands."""
    n_all = told.height
    told = told.filter(pl.col("status") != "cannot tell")
    gone = (pl.col("published_at") - pl.col("valid_from")).dt.total_days()
    length = (pl.col("valid_to") - pl.col("valid_from")).dt.total_days() + 1
    share = pl.when(pl.col("age_days") < 0).then(gone / length).otherwise(1.0)
    told = told.with_columns((pl.col("value") / share).alias("by_share"))

    def error(name: str) -> float | None:
        both = told.drop_nulls(name)
        if not both.height:
            return None
        guess, true = both[name].to_numpy(), both["true"].to_numpy()
        off = np.log(guess / true) if is_log else guess - true
        return round(float(np.abs(off).mean()), 4)

    edge = 1e-9
    true = pl.col("true")
    inside = (true >= pl.col("lower") * (1 - edge)) & (true <= pl.col("upper") * (1 + edge))
    moved = told.filter(pl.col("status") == "nowcast")
    by_origin = moved.group_by("origin").agg(inside.mean().alias("share"))["share"]
    spread = float(by_origin.std() or 0.0) / np.sqrt(max(len(by_origin), 1))
    return {
        "what": what,
        "n": told.height,
        "nowcast": error("nowcast"),
        "as it is": error("value"),
        "by elapsed share": error("by_share") if is_log else None,
        "last final": error("last_final"),
        "coverage at 90 %": round(float(moved.select(inside.mean()).item()), 3),
        "its sd over origins": round(spread, 3),
        "cannot tell": round(1 - told.height / n_all, 3),
    }


def simulated_rows() -> Iterator[Row]:
    """Every kind of vendor; partial periods apart."""
    for kind in KINDS:
        parts = []
        for seed in range(N_SEEDS):
            vendor = simulate(kind, seed)
            # In the middle of a month, so that the month before has had its first print.
            origins = [month(m).replace(day=21) for m in ORIGINS]
            told = judge(vendor.prints, origins, None, OVER_DAYS, flows=("downloads",))
            parts.append(told.with_columns(pl.lit(seed).alias("seed")))
        told = pl.concat(parts)
        young = pl.col("age_days") < 0
        yield score(f"simulated, {kind}: first months", told.filter(~young))
        if told.filter(young).height:
            yield score(f"simulated, {kind}: running month", told.filter(young))
        if kind == "restated":
            apart = [month(m) for m in RESTATED]
            yield score(f"{NOT_CROSSED}: simulated", told.filter(not_crossing(apart)))
        if kind == "switch":
            late = pl.col("origin") >= month(48)
            yield score("simulated, switch: from a year after it", told.filter(~young & late))


def star_rows() -> Iterator[Row]:
    """Stars gained in four weeks, told after one, two and three of them."""
    path = files("howdah.markets") / "ai" / "data" / "github_stars.parquet"
    prints = star_prints(pl.read_parquet(str(path)))
    ends = prints["valid_to"].unique().sort()
    # Three weeks into every second period of the second half.
    for weeks in (1, 2, 3):
        origins = [end - dt.timedelta(days=27) + weeks * WEEK for end in ends[len(ends) // 2 :: 2]]
        told = judge(prints, origins, 0, 0, flows=("stars_gained",))
        yield score(f"stars gained, after {weeks} of 4 weeks", told.filter(pl.col("age_days") < 0))


def star_prints(stars: pl.DataFrame) -> pl.DataFrame:
    """Running counts of four weeks, from weekly totals."""
    stars = stars.select("repo", "date", pl.col("stars").cast(pl.Float64))
    first = stars["date"].min()
    assert isinstance(first, dt.date)
    start = pl.lit(first) + pl.duration(
        days=(pl.col("date") - pl.lit(first)).dt.total_days() // 28 * 28
    )
    opened = stars.select("repo", pl.col("date").alias("start"), pl.col("stars").alias("before"))
    running = stars.with_columns(start.cast(pl.Date).alias("start"))
    # The reading that opens a period closes the one before.
    closing = stars.with_columns(
        (pl.col("date") - pl.duration(days=28)).cast(pl.Date).alias("start")
    )
    both = pl.concat([running.filter(pl.col("date") > pl.col("start")), closing]).join(
        opened, on=["repo", "start"]
    )
    is_period = (pl.col("start") - pl.lit(first)).dt.total_days() % 28 == 0
    large = pl.col("value").max().over("series", "valid_to") >= LEAST_GAIN
    return (
        both.filter(is_period)
        .select(
            series="repo",
            source=pl.lit("github"),
            metric=pl.lit("stars_gained"),
            scale=pl.lit("log"),
            valid_from="start",
            valid_to=(pl.col("start") + pl.duration(days=27)).cast(pl.Date),
            published_at="date",
            value=pl.col("stars") - pl.col("before"),
        )
        .filter(pl.col("value") > 0)
        .filter(large)
    )


def rating_rows() -> Iterator[Row]:
    """Ratings of chat models: the first weeks of a model against its rating four months on."""
    path = data_folder() / "lmarena_scores.parquet"
    if not path.exists():
        sys.stderr.write(f"left out: {path} is not there (see README.md)\n")
        return
    scores = pl.read_parquet(path)
    prints = scores.select(
        series="model",
        source=pl.lit("arena"),
        metric=pl.lit("rating"),
        scale=pl.lit("linear"),
        valid_from=pl.col("date").min().over("model"),
        valid_to=pl.col("date").min().over("model"),
        published_at="date",
        value="score",
    )
    origins = [dt.date(2024, m, 15) for m in range(2, 11)]
    told = judge(prints, origins, RATING_DAYS, RATING_DAYS)
    yield score("ratings, all", told, is_log=False)
    yield score(f"{NOT_CROSSED}: ratings", told.filter(not_crossing(RATED_ANEW)), is_log=False)


if __name__ == "__main__":
    keep(Path(__file__).parent, [*simulated_rows(), *star_rows(), *rating_rows()])
