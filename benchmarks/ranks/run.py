"""How well does a place in a chart tell the level? See README.md."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

import cases
from cases import Case

from bench import keep, own_usage
from howdah.estimates.ranks import levels_from_ranks

N_SEEDS = 4
PROB = 0.9

#: Columns that a way of telling levels gives of ranked entities.
TOLD = ("chart", "period", "entity", "rank", "value", "lower", "upper")

Way = Callable[[Case], pl.DataFrame]


def by_howdah(case: Case) -> pl.DataFrame:
    """Laws with bends and what neighbours say."""
    claims = levels_from_ranks(case.ranks, case.known, prob=PROB).claims
    return claims.filter(pl.col("value").is_not_null()).select(TOLD)


def by_straight_laws(case: Case) -> pl.DataFrame:
    """The same without bends."""
    claims = levels_from_ranks(case.ranks, case.known, prob=PROB, is_bent=False).claims
    return claims.filter(pl.col("value").is_not_null()).select(TOLD)


def by_interpolation(case: Case) -> pl.DataFrame:
    """Between the nearest known ranks of the day, in logs; no interval."""
    parts = []
    for day in _with_levels(case).partition_by("chart", "period"):
        known = day.filter(pl.col("level").is_not_null()).group_by("rank").agg(
            pl.col("level").log().mean()
        ).sort("rank")  # fmt: skip
        if known.is_empty():
            continue
        at = np.interp(
            np.log(day["rank"].to_numpy()),
            np.log(known["rank"].to_numpy()),
            known["level"].to_numpy(),
        )
        nothing = pl.lit(None, pl.Float64)
        parts.append(
            day.with_columns(
                pl.Series("value", np.exp(at)),
                nothing.alias("lower"),
                nothing.alias("upper"),
            )
        )
    return pl.concat(parts).select(TOLD)


def by_one_law(case: Case) -> pl.DataFrame:
    """One power law over all days by least squares, with the interval of the residuals."""
    rows = _with_levels(case)
    known = rows.filter(pl.col("level").is_not_null())
    x, y = np.log(known["rank"].to_numpy()), np.log(known["level"].to_numpy())
    slope, level = np.polyfit(x, y, 1)
    half = 1.645 * float(np.std(y - level - slope * x, ddof=2))
    middle = level + slope * np.log(rows["rank"].to_numpy())
    return rows.with_columns(
        pl.Series("value", np.exp(middle)),
        pl.Series("lower", np.exp(middle - half)),
        pl.Series("upper", np.exp(middle + half)),
    ).select(TOLD)


WAYS: dict[str, Way] = {
    "howdah": by_howdah,
    "howdah, no bends": by_straight_laws,
    "nearest known ranks": by_interpolation,
    "one law, least squares": by_one_law,
}


def _with_levels(case: Case) -> pl.DataFrame:
    points = case.known.filter(pl.col("value").is_not_null())
    levels = points.select("entity", "period", pl.col("value").alias("level"))
    return case.ranks.join(levels, on=["entity", "period"], how="left")


def all_cases() -> Iterator[tuple[str, Callable[[int], Case]]]:
    """Name of each case, and how it is made from a seed."""
    packages, repositories = cases.packages(), cases.repositories()
    for share, label in ((0.05, "5%"), (0.01, "1%")):
        made = {
            "downloads by their own rank": (cases.at_random, packages),
            "downloads, known a month before": (cases.month_before, packages),
            "downloads of the next month": (cases.next_month, packages),
            "stars by rank of forks": (cases.at_random, repositories),
        }
        for name, (make, rows) in made.items():
            what = f"{name}, {label} known"
            yield what, lambda seed, w=what, m=make, r=rows, s=share: m(w, r, s, seed)
    for n in (40, 8):
        what = f"simulated, {n} known of 260"
        yield what, lambda seed, w=what, n=n: cases.simulated(w, n, seed)
    what = "stars, largest 5% known, cut-off not stated"
    yield what, lambda _, w=what: cases.largest(w, repositories, 0.05, is_stated=False)
    what = "stars, largest 5% known, cut-off stated"
    yield what, lambda _, w=what: cases.largest(w, repositories, 0.05, is_stated=True)
    what = "stars, ranks 1 to 80 known"
    yield what, lambda _, w=what: cases.at_the_top(w, repositories, 80)
    what = "downloads, ranks 1 to 400 known"
    yield what, lambda _, w=what: cases.at_the_top(w, packages, 400)


def score(what: str, name: str, told: pl.DataFrame, truth: pl.DataFrame) -> dict[str, object]:
    """Error and coverage, in all and by rank."""
    rows = told.join(truth, on=["chart", "period", "entity"]).with_columns(
        (pl.col("value") / pl.col("truth")).log().alias("error"),
        pl.col("truth").is_between(pl.col("lower"), pl.col("upper")).alias("covered"),
    )
    row: dict[str, object] = {
        "what": what,
        "way": name,
        "n": rows.height,
        "error": rows["error"].abs().median(),
        "bias": rows["error"].median(),
        "coverage": rows["covered"].mean(),
        "width": (rows["upper"] / rows["lower"]).log().median(),
    }
    for label, first, last in (
        ("to 100", 1, 100),
        ("to 1,000", 101, 1000),
        ("beyond", 1001, np.inf),
    ):
        part = rows.filter(pl.col("rank").is_between(first, last))
        row[f"error {label}"] = part["error"].abs().median()
        row[f"coverage {label}"] = part["covered"].mean()
    return row


def score_bounds(seed_count: int) -> dict[str, object]:
    """How many of the absent lie below what absence says, in lists cut at 200 places."""
    held = n = 0
    for seed in range(seed_count):
        case = cases.cut("", cases.repositories(), 200, 0.05, seed)
        claims = levels_from_ranks(case.ranks, case.known, prob=PROB).claims
        rows = claims.filter(pl.col("value_high").is_not_null()).join(
            case.truth, on=["chart", "period", "entity"]
        )
        held += int((rows["truth"] <= rows["value_high"]).sum())
        n += rows.height
    what = "stars of those absent from the first 200 by forks"
    return {"what": what, "way": "howdah", "n": n, "coverage": held / n}


def main() -> None:
    """Score howdah and what a user would take instead."""
    results = []
    for what, make in all_cases():
        made = [make(seed) for seed in range(N_SEEDS)]
        for name, way in WAYS.items():
            before = own_usage()[0]
            told = [
                way(case).with_columns(pl.format("{} {}", pl.lit(n), "chart").alias("chart"))
                for n, case in enumerate(made)
            ]
            truth = [
                case.truth.with_columns(pl.format("{} {}", pl.lit(n), "chart").alias("chart"))
                for n, case in enumerate(made)
            ]
            row = score(what, name, pl.concat(told), pl.concat(truth))
            results.append({**row, "cpu s": (own_usage()[0] - before) / N_SEEDS})
            sys.stderr.write(f"{what}: {name}\n")
    results.append(score_bounds(N_SEEDS))
    keep(Path(__file__).parent, results)


if __name__ == "__main__":
    main()
