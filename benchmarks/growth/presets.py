"""Two public simulations with truth: four channels of one shop, eight channels in eight regions.

They may not be shipped, so they are read from the data folder; `README.md` says which files.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from howdah.growth import Names, Options, Split, split

Row = dict[str, object]

#: Share of a channel's largest contribution from which on periods count for coverage.
_LEAST = 0.01

PRESETS = ("small_business", "medium_business")


def read_preset(folder: Path, preset: str) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Rows as `howdah split` takes them, and the true contributions by channel."""
    paths = [folder / f"mmm_{preset}{part}.parquet" for part in ("", "_truth")]
    for path in paths:
        if not path.exists():
            sys.stderr.write(f"left out: {path} is not there (see README.md)\n")
            return None
    rows, truth = (pl.read_parquet(path) for path in paths)
    channels = channels_of(rows)
    long = truth.unpivot(
        [f"contribution_{c}" for c in channels], index=["geo", "date"],
        variable_name="channel", value_name="true",
    )  # fmt: skip
    return rows.with_columns(pl.col("date").str.to_date()), long.select(
        group="geo",
        period=pl.col("date").str.to_date(),
        channel=pl.col("channel").str.strip_prefix("contribution_"),
        true="true",
    )


def channels_of(rows: pl.DataFrame) -> tuple[str, ...]:
    """Columns of spend."""
    return tuple(c for c in rows.columns if c.startswith("x"))


def names_of(rows: pl.DataFrame) -> Names:
    """What the columns of a preset hold."""
    controls = tuple(c for c in rows.columns if c[0] == "c" and not c.endswith("_effect"))
    return Names("y", channels_of(rows), controls, "date", "geo")


def score(found: pl.DataFrame, truth: pl.DataFrame) -> Row:
    """Scaled errors and coverage of contributions by period, and coverage of their sums.

    Parameters
    ----------
    found
        ``group, period, channel, value, lower, upper``.
    """
    both = truth.join(found, on=["group", "period", "channel"], how="inner").filter(
        pl.col("value").is_not_null()
    )
    inside = (pl.col("true") >= pl.col("lower")) & (pl.col("true") <= pl.col("upper"))
    by = both.group_by("group", "channel").agg(
        error=((pl.col("value") - pl.col("true")) ** 2).mean().sqrt() / pl.col("true").mean(),
        # Tails fade to thousandths of a unit, which nobody asks for.
        covered=inside.filter(pl.col("true") >= _LEAST * pl.col("true").max()).mean(),
        covered_tails=inside.filter(pl.col("true") > 0.0).mean(),
    )
    return {
        "scaled RMSE": by["error"].mean(),
        "coverage by period": by["covered"].mean(),
        "with all tails": by["covered_tails"].mean(),
        "n": by.height,
    }


def score_totals(found: Split, truth: pl.DataFrame) -> Row:
    """Coverage of totals, and how many were withheld."""
    sums = truth.group_by("group", "channel").agg(pl.col("true").sum())
    both = sums.join(found.totals, on=["group", "channel"], how="inner")
    told = both.filter(pl.col("verdict") != "cannot_tell")
    inside = (told["true"] >= told["lower"]) & (told["true"] <= told["upper"])
    return {
        "coverage of totals": inside.mean(),
        "identified": int((both["verdict"] == "identified").sum()),
        "weak": int((both["verdict"] == "weak").sum()),
        "cannot tell": int((both["verdict"] == "cannot_tell").sum()),
    }


def preset_rows(folder: Path) -> Iterator[Row]:
    """Errors and coverage: with what regions have in common, and each on its own."""
    for preset in PRESETS:
        read = read_preset(folder, preset)
        if read is None:
            continue
        rows, truth = read
        names = names_of(rows)
        regions = rows["geo"].unique(maintain_order=True).to_list()
        started = time.process_time()
        whole = split(rows, names, Options())
        cost = time.process_time() - started
        yield {
            "what": preset, **score(whole.contributions, truth), **score_totals(whole, truth),
            "CPU s": cost,
        }  # fmt: skip
        if len(regions) < 2:
            continue
        alone = [
            split(rows.filter(pl.col("geo") == region), names, Options()) for region in regions
        ]
        joined = Split(
            *(pl.concat([getattr(a, part) for a in alone]) for part in Split.__dataclass_fields__)
        )
        yield {
            "what": f"{preset}, each region alone", **score(joined.contributions, truth),
            **score_totals(joined, truth),
        }  # fmt: skip
