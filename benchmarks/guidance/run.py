"""Does the ranking of segments tell which grow in the year after? See README.md.

python run.py
"""

import datetime as dt
import sys
from importlib.resources import files
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

from typing import TYPE_CHECKING

from bench import keep
from howdah.estimates import Models
from howdah.estimates.aggregates import total, total_growth
from howdah.estimates.ends import Ends, Window, join_ends
from howdah.guidance.growing import YEAR_DAYS, growth_term
from howdah.guidance.ranking import rank_segments
from howdah.guidance.record import SegmentYear, keep_record
from howdah.guidance.terms import told_term
from howdah.market.steps import market_changes

if TYPE_CHECKING:
    from howdah.guidance.term import Terms

PROB = 0.9

#: Fewest packages of a segment that are on the list at both ends of a year.
LEAST_PACKAGES = 8

#: The lists that the ranking is asked on are the last of these days or before.
ORIGINS = tuple(dt.date(year, 11, 2) for year in range(2019, 2024))

KEY = ("downloads", "pypi:downloads_30d", "package_download", "", "days:29")


def read_lists() -> pl.DataFrame:
    """Observations of packages whose names have a first word and more."""
    path = Path(str(files("howdah.markets") / "ai" / "data" / "pypi_downloads.parquet"))
    day = pl.col("snapshot_date")
    said = day.cast(pl.Datetime("us", "UTC"))
    texts = {
        "metric": "downloads", "definition": KEY[1], "unit": KEY[2], "currency": "",
        "precision": "range", "source": "PyPI", "source_type": "data_provider",
        "feed": "pypi-downloads", "scheme": "pypi", "modality": "asserted", "object": "",
        "scale": "log", "nature": "counter", "sensitivity": "public",
    }  # fmt: skip
    return pl.read_parquet(path).select(
        pl.col("project").alias("entity"),
        pl.col("project").alias("entity_name"),
        pl.col("project").alias("subject"),
        pl.concat_str("project", pl.lit(" "), day.cast(pl.String)).alias("claim_id"),
        day.alias("valid_to"),
        (day - dt.timedelta(29)).alias("valid_from"),
        *(pl.col("downloads").cast(pl.Float64).alias(n) for n in (
            "value", "value_low", "value_high")),
        *(pl.lit(text).alias(name) for name, text in texts.items()),
        said.alias("published_at"),
        said.alias("recorded_at"),
        pl.lit(value=False).alias("anchor"),
        pl.lit(value=False).alias("suspect"),
        pl.lit(None, pl.Float64).alias("stderr"),
        pl.lit(0.0).alias("own_var"),
        pl.lit(0, pl.Int8).alias("verdict"),
    )  # fmt: skip


def join(rows: pl.DataFrame, start: dt.date, end: dt.date) -> Ends:
    """Levels of all packages near two days, from what was known and told on the way."""
    near = rows.filter(pl.col("valid_to") >= start - dt.timedelta(200))
    windows = []
    for day in (start, end):
        days = near["valid_to"].unique().to_list()
        nearest = min(days, key=lambda other: abs(other - day))
        windows.append(Window(nearest, nearest, nearest))
    found = join_ends(near, Models({}, {}, PROB), windows)
    assert found is not None
    return found


def segments_of(ends: Ends) -> dict[str, list[int]]:
    """Packages that are at both ends, by the first word of their names."""
    found: dict[str, list[int]] = {}
    for row in ends.having(0, 1):
        found.setdefault(ends.entities[row].lower().split("-")[0], []).append(row)
    return {name: rows for name, rows in found.items() if len(rows) >= LEAST_PACKAGES}


def main() -> None:
    """Rank the segments of each origin and hold the ranking against the year after."""
    every = read_lists()
    named = every.filter(pl.col("entity").str.contains("-"))
    years: list[SegmentYear] = []
    for origin in ORIGINS:
        known = every.filter(pl.col("valid_to") <= origin)
        change = market_changes(known)
        last = known["valid_to"].max()
        assert isinstance(last, dt.date)
        own = named.filter(pl.col("valid_to") <= last)
        ends = join(own, last - dt.timedelta(YEAR_DAYS), last)
        table: dict[str, Terms] = {}
        for name, rows in segments_of(ends).items():
            part = ends.take(rows)
            joint = part.joint
            grown = total_growth(joint, *joint.periods)
            size = total(joint, joint.periods[1])
            table[name] = {
                "growth": growth_term(KEY, grown, part, change),
                "size": told_term("size", KEY, size, "log", part, last),
            }
        (group,) = rank_segments(table, prob=PROB)
        later = named.filter(pl.col("valid_to") <= last + dt.timedelta(YEAR_DAYS + 31))
        following = join(later, last, last + dt.timedelta(YEAR_DAYS))
        after = segments_of(following)
        sys.stderr.write(f"{last}: {len(table)} segments\n")
        for place in group:
            if place.segment not in after:
                continue
            joint = following.take(after[place.segment]).joint
            terms = table[place.segment]
            years.append(
                SegmentYear(
                    place.segment,
                    last,
                    KEY[1],
                    {
                        "ranking": place.score,
                        "momentum": terms["growth"].mean,
                        "size": terms["size"].mean,
                    },
                    total_growth(joint, *joint.periods).value,
                )
            )
    record = keep_record(years, ORIGINS, prob=PROB)
    keep(
        Path(__file__).parent,
        [
            {
                "ranked by": found.way,
                "rank correlation": found.correlation.value,
                "lower": found.correlation.lower,
                "upper": found.correlation.upper,
                "first place came to": found.first,
                "segment-years": record.n,
                "rankings": record.n_blocks,
            }
            for found in record.ways
        ],
    )


if __name__ == "__main__":
    main()
