"""Charts whose levels are all known, of which most are hidden: ranks, what is known, truth."""

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import polars as pl

N_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Case:
    """Ranks and known levels as `levels_from_ranks` takes them, and the hidden levels.

    Attributes
    ----------
    truth
        ``chart, period, entity, truth`` of entities of which no level is known; where the known
        are chosen by their size, of all, since those left out are no fair sample. What howdah
        says of an entity never uses its own level.
    """

    what: str
    ranks: pl.DataFrame
    known: pl.DataFrame
    truth: pl.DataFrame


def packages() -> pl.DataFrame:
    """The last monthly lists of the most downloaded Python packages."""
    rows = _table("pypi_downloads").select(
        pl.lit("PyPI").alias("chart"),
        pl.col("snapshot_date").alias("period"),
        pl.col("project").alias("entity"),
        pl.col("rank").cast(pl.Float64),
        pl.col("downloads").cast(pl.Float64).alias("level"),
    )
    return _last(rows)


def repositories() -> pl.DataFrame:
    """Repositories ranked by forks, with their stars, every fourth week."""
    rows = _table("github_stars").filter(pl.col("stars") > 0)
    weeks = rows["date"].unique().sort()[::-4]
    return _last(
        rows.filter(pl.col("date").is_in(weeks.implode())).select(
            pl.lit("GitHub").alias("chart"),
            pl.col("date").alias("period"),
            pl.col("repo").alias("entity"),
            # Those that share a number of forks share its last place.
            pl.col("forks")
            .rank("max", descending=True)
            .over("date")
            .cast(pl.Float64)
            .alias("rank"),
            pl.col("stars").cast(pl.Float64).alias("level"),
        )
    )


def at_random(what: str, rows: pl.DataFrame, share: float, seed: int) -> Case:
    """Levels of a random share of the entities known on all days."""
    return _case(what, rows, pl.col("entity").is_in(_drawn(rows, share, seed)))


def next_month(what: str, rows: pl.DataFrame, share: float, seed: int) -> Case:
    """Ranks of one month, levels of the next."""
    return at_random(what, _moved(rows, 1), share, seed)


def month_before(what: str, rows: pl.DataFrame, share: float, seed: int) -> Case:
    """Levels known of the month before only, with the known ones' own drift as error.

    The drift is that of the known levels from one earlier month to the next, so that nothing of
    the month itself is used; growth in common to all is left in, as a user would.
    """
    drawn = _drawn(rows, share, seed)
    before = _moved(rows, -1)
    seen = before.filter(pl.col("entity").is_in(drawn))
    steps = seen.sort("period").select(pl.col("level").log().diff().over("entity")).to_series()
    spread = steps.drop_nulls() - steps.median()
    drift = 1.4826 * float(np.median(np.abs(spread.to_numpy())))
    known = seen.select("entity", "period", pl.col("level").alias("value"))
    hidden = rows.filter(~pl.col("entity").is_in(drawn))
    return Case(
        what,
        rows.drop("level"),
        known.with_columns(pl.lit(drift).alias("sd_log")),
        hidden.select("chart", "period", "entity", pl.col("level").alias("truth")),
    )


def largest(what: str, rows: pl.DataFrame, share: float, *, is_stated: bool) -> Case:
    """Only the largest levels of each day are known; the cut-off stated for the rest, or not."""
    cutoff = pl.col("level").quantile(1 - share).over("period")
    case = _with_all(_case(what, rows, pl.col("level") > cutoff), rows)
    if not is_stated:
        return case
    below = rows.filter(pl.col("level") <= cutoff).with_columns(cutoff.alias("value_high"))
    known = pl.concat([case.known, below.select("entity", "period", "value_high")], how="diagonal")
    return Case(what, case.ranks, known, case.truth)


def at_the_top(what: str, rows: pl.DataFrame, last: int) -> Case:
    """Levels known down to a rank."""
    return _case(what, rows, pl.col("rank") <= last)


def cut(what: str, rows: pl.DataFrame, length: int, share: float, seed: int) -> Case:
    """A list of the first places, so that the absent have levels that are hidden too."""
    case = at_random(what, rows, share, seed)
    listed = case.ranks.filter(pl.col("rank") <= length)
    known = case.known.with_columns(pl.lit("GitHub").alias("chart"))
    return _with_all(Case(what, listed, known, case.truth), rows)


def simulated(what: str, n_known: int, seed: int) -> Case:
    """Six countries' charts over five days, heavy tails, lasting distances from the law."""
    rng = np.random.default_rng(seed)
    parts, seen = [], []
    n, length = 260, 200
    for country in range(6):
        slope = rng.normal(1.0, 0.2)
        first = rng.normal(12.0, 1.0) + np.cumsum(rng.normal(0.0, 0.05, 5))
        place = np.log(rng.permutation(n) + 1.0)
        own = 0.3 * rng.standard_t(4, n)
        known = rng.choice(n, n_known, replace=False)
        for day in range(5):
            place += rng.normal(0.0, 0.05, n)
            rank = np.argsort(np.argsort(place)) + 1.0
            level = first[day] - slope * np.log(rank) - 0.3 * np.maximum(np.log(rank) - 3.0, 0.0)
            level += own + 0.15 * rng.standard_t(4, n)
            part = pl.DataFrame(
                {
                    "chart": [f"country {country}"] * n,
                    "period": [dt.date(2025, 1, 1 + day)] * n,
                    "entity": [f"{country}/{i}" for i in range(n)],
                    "rank": rank,
                    "level": np.exp(level),
                    "seen": np.exp(level + 0.1 * rng.normal(size=n)),
                    "is_known": np.isin(np.arange(n), known),
                }
            )
            parts.append(part)
            seen.append(part.filter("is_known"))
    rows = pl.concat(parts)
    return Case(
        what,
        rows.filter(pl.col("rank") <= length).select("chart", "period", "entity", "rank"),
        pl.concat(seen).select(
            "entity", "period", pl.col("seen").alias("value"), pl.lit(0.1).alias("sd_log")
        ),
        rows.filter(~pl.col("is_known")).select(
            "chart", "period", "entity", pl.col("level").alias("truth")
        ),
    )


def _case(what: str, rows: pl.DataFrame, is_known: pl.Expr) -> Case:
    known = rows.filter(is_known).select("entity", "period", pl.col("level").alias("value"))
    hidden = rows.filter(~is_known)
    return Case(
        what,
        rows.drop("level"),
        known,
        hidden.select("chart", "period", "entity", pl.col("level").alias("truth")),
    )


def _with_all(case: Case, rows: pl.DataFrame) -> Case:
    truth = rows.select("chart", "period", "entity", pl.col("level").alias("truth"))
    return Case(case.what, case.ranks, case.known, truth)


def _drawn(rows: pl.DataFrame, share: float, seed: int) -> list[str]:
    entities = rows["entity"].unique().sort()
    rng = np.random.default_rng(seed)
    return entities.filter(pl.Series(rng.random(len(entities)) < share)).to_list()


def _moved(rows: pl.DataFrame, n: int) -> pl.DataFrame:
    """Levels of n snapshots later, at the period of the rank."""
    days = rows["period"].unique().sort()
    at = {day: days[k + n] for k, day in enumerate(days) if 0 <= k + n < len(days)}
    other = rows.select("chart", "entity", pl.col("period").alias("later"), "level")
    return (
        rows.drop("level")
        .with_columns(pl.col("period").replace_strict(at, default=None).alias("later"))
        .join(other, on=["chart", "entity", "later"])
        .drop("later")
    )


def _last(rows: pl.DataFrame) -> pl.DataFrame:
    days = rows["period"].unique().sort()[-N_MONTHS:]
    return rows.filter(pl.col("period").is_in(days.implode())).sort("period", "rank", "entity")


def _table(name: str) -> pl.DataFrame:
    return pl.read_parquet(str(files("howdah.markets") / "ai" / "data" / f"{name}.parquet"))
