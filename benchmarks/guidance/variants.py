"""Other ways to rank and other cuts of segments, on the raw figures of the lists. See README.md.

python variants.py
"""

import datetime as dt
import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from run import ORIGINS, PROB, read_lists

from bench import keep
from howdah.guidance.growing import YEAR_DAYS
from howdah.guidance.record import SegmentYear, keep_record

#: Fewest packages of a segment, days over which growth before is taken, and how it is.
LEAST = (3, 5, 8, 15, 25)
SPANS = (YEAR_DAYS, YEAR_DAYS // 2, YEAR_DAYS // 4)
GROWTHS = ("sum", "median")


def lists() -> pl.DataFrame:
    """Downloads of each package on each day, with its segment."""
    first = pl.col("entity").str.to_lowercase().str.split("-").list.first()
    rows = read_lists().filter(pl.col("entity").str.contains("-"))
    return rows.select("entity", first.alias("segment"), pl.col("valid_to").alias("day"), "value")


def grown(rows: pl.DataFrame, start: dt.date, end: dt.date, how: str, least: int) -> pl.DataFrame:
    """Log growth and size of the segments with so many packages on both days."""
    before = rows.filter(pl.col("day") == start).select("entity", "segment", x="value")
    after = rows.filter(pl.col("day") == end).select("entity", y="value")
    ratio = pl.col("y") / pl.col("x")
    whole = (pl.col("y").sum() / pl.col("x").sum()).log()
    return (
        before.join(after, on="entity")
        .group_by("segment")
        .agg(
            (whole if how == "sum" else ratio.log().median()).alias("growth"),
            pl.col("y").sum().log().alias("size"),
            pl.len().alias("n"),
        )
        .filter(pl.col("n") >= least)
        .sort("segment")
    )


def years(rows: pl.DataFrame, how: str, span: int, least: int) -> list[SegmentYear]:
    """Segment-years of one way; the growth that followed is of the sum in all of them."""
    days = rows["day"].unique().sort().to_list()
    found = []
    for origin in ORIGINS:
        last = max(day for day in days if day <= origin)
        start, end = (
            min(days, key=lambda day, wanted=last + dt.timedelta(shift): abs(day - wanted))
            for shift in (-span, YEAR_DAYS)
        )
        told = grown(rows, start, last, how, least)
        after = grown(rows, last, end, "sum", least).select("segment", after="growth")
        both = told.join(after, on="segment").sort("segment")
        score = (pl.col("growth").rank() + pl.col("size").rank()) / 2
        both = both.with_columns(score.alias("score"))
        columns = ("segment", "score", "growth", "size", "after")
        found += [
            SegmentYear(name, last, "", {"ranking": s, "momentum": g, "size": z}, a)
            for name, s, g, z, a in both.select(columns).iter_rows()
        ]
    return found


def main() -> None:
    """Hold every variant against the year that followed."""
    rows = lists()
    table: list[dict[str, object]] = []
    for least in LEAST:
        for span in SPANS:
            for how in GROWTHS:
                record = keep_record(years(rows, how, span, least), ORIGINS, prob=PROB)
                row: dict[str, object] = {
                    "packages": least, "days": span, "growth of": how, "segment-years": record.n,
                }  # fmt: skip
                for found in record.ways:
                    value, low, high = found.correlation[:3]
                    row[found.way] = f"{value:+.2f} ({low:+.2f} to {high:+.2f})"
                table.append(row)
    keep(Path(__file__).parent / "variants", table)


if __name__ == "__main__":
    main()
