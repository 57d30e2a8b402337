"""The metrics of a census in Polars; the same ways and tables as in `sql`."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from audience.sql import LIFECYCLE, WINDOWS

_KEY = ("product", "unit")


@dataclass(frozen=True)
class Log:
    """A log without repeats, days counted from its first."""

    active: pl.DataFrame
    start: dt.date
    n_day: int

    def dated(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """Days of a column as dates."""
        return frame.with_columns((pl.lit(self.start) + pl.duration(days=column)).alias(column))


def prepare(log: pl.LazyFrame) -> Log:
    """Rows ``unit, product, day`` each once, in order; to be counted into the cost of any."""
    active = log.select(*_KEY, "day").unique().sort(*_KEY, "day").collect()
    start = active["day"].min()
    assert isinstance(start, dt.date)
    active = active.with_columns((pl.col("day") - start).dt.total_days().cast(pl.Int32))
    last = active["day"].max()
    assert isinstance(last, int)
    return Log(active, start, last + 1)


def daily(log: Log, burn_in: int = 55) -> pl.DataFrame:
    """Rows ``product, day, metric, value`` of all metrics."""
    present = {w: _stretches(log, w) for w in {*WINDOWS.values(), *LIFECYCLE.values()}}
    wide = _grid(log)
    for metric, w in WINDOWS.items():
        wide = _counted(wide, present[w], metric, w - 1)
    entry = log.active.group_by(_KEY).agg(pl.col("day").min().alias("s"))
    for suffix, w in LIFECYCLE.items():
        now, before = present[w], present[w].with_columns(pl.col("s", "e") + w)
        both = (
            now.join(before, on=_KEY, suffix="_b")
            .select(
                *_KEY,
                s=pl.max_horizontal("s", "s_b"),
                e=pl.min_horizontal("e", "e_b"),
            )
            .filter(pl.col("s") <= pl.col("e"))
        )
        fresh = entry.with_columns(e=pl.col("s") + (w - 1))
        pair, history = 2 * w - 1, max(2 * w - 1, burn_in)
        for name, stretches, lookback in (
            (f"retained_{suffix}", both, pair),
            (f"new_{suffix}", fresh, history),
            ("now", now, history),
            ("before", before, pair),
        ):
            wide = _counted(wide, stretches, name, lookback)
        retained, new = pl.col(f"retained_{suffix}"), pl.col(f"new_{suffix}")
        wide = wide.with_columns(
            (pl.col("before") - retained).alias(f"churned_{suffix}"),
            (pl.col("now") - retained - new).alias(f"resurrected_{suffix}"),
        ).drop("now", "before")
    month = pl.col("dau").rolling_sum(28).over("product", order_by="day")
    wide = wide.with_columns(
        stickiness28=pl.when(pl.col("mau28") > 0).then(month / 28 / pl.col("mau28"))
    )
    long = wide.unpivot(index=["product", "day"], variable_name="metric")
    return log.dated(long.drop_nulls("value"), "day")


def _grid(log: Log) -> pl.DataFrame:
    products = log.active.select("product").unique().sort("product")
    return products.join(pl.DataFrame({"day": range(log.n_day)}).cast(pl.Int32), how="cross")


def _stretches(log: Log, w: int) -> pl.DataFrame:
    """Stretches of days on whose trailing window of w days a unit was active."""
    same = (pl.col("product") == pl.col("product").shift()) & (
        pl.col("unit") == pl.col("unit").shift()
    )
    goes_on = (same & (pl.col("day") - pl.col("day").shift() <= w)).fill_null(value=False)
    return (
        log.active.with_columns(island=(~goes_on).cum_sum())
        .group_by("island")
        .agg(
            pl.col("product", "unit").first(),
            s=pl.col("day").min(),
            e=pl.col("day").max() + (w - 1),
        )
        .drop("island")
    )


def _counted(wide: pl.DataFrame, stretches: pl.DataFrame, name: str, lookback: int) -> pl.DataFrame:
    """The frame with units by day from stretches, null before the look-back is full."""
    steps = (
        pl.concat(
            [
                stretches.select("product", day="s", step=pl.lit(1)),
                stretches.select("product", day=pl.col("e") + 1, step=pl.lit(-1)),
            ]
        )
        .group_by("product", "day")
        .agg(pl.col("step").sum())
    )
    counts = pl.col("step").fill_null(0).cum_sum().over("product", order_by="day")
    return (
        wide.join(steps, on=["product", "day"], how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("day") >= lookback).then(counts).alias(name))
        .drop("step")
    )


def retention(
    log: Log, n_days: tuple[int, ...] = (1, 3, 7, 14, 30), burn_in: int = 55
) -> pl.DataFrame:
    """Rows ``product, cohort_day, kind, n_day, cohort_value, value`` of cohorts with units."""
    entry = log.active.group_by(_KEY).agg(pl.col("day").min(), pl.col("day").max().alias("latest"))
    frames = []
    for n in n_days:
        later = log.active.select(*_KEY, pl.col("day") - n, is_back=pl.lit(value=True))
        mature = pl.col("day") + n < log.n_day
        first = entry.filter(mature, pl.col("day") >= burn_in)
        came = pl.col("is_back").is_not_null()
        for kind, cohort, is_back in (
            ("on", first.join(later, on=[*_KEY, "day"], how="left"), came),
            ("unbounded", first, pl.col("latest") >= pl.col("day") + n),
            (
                "recurring",
                log.active.filter(mature).join(later, on=[*_KEY, "day"], how="left"),
                came,
            ),
        ):
            frames.append(
                cohort.group_by("product", "day")
                .agg(cohort_value=pl.len(), value=is_back.mean())
                .with_columns(kind=pl.lit(kind), n_day=pl.lit(n))
            )
    return log.dated(pl.concat(frames), "day").rename({"day": "cohort_day"})


def _month_ends(log: Log) -> pl.DataFrame:
    days = log.dated(pl.DataFrame({"ends": range(log.n_day)}).cast(pl.Int32), "ends")
    return days.filter(pl.col("ends") == pl.col("ends").dt.month_end())


def overlap(log: Log, window: int = 28) -> pl.DataFrame:
    """Rows ``product_a, product_b, period_end, both_value, share_a, lift, jaccard``."""
    everybody = log.active["unit"].n_unique()
    frames = []
    for (end,) in _month_ends(log).rows():
        last = (end - log.start).days
        if last < window - 1:
            continue
        used = (
            log.active.filter(pl.col("day").is_between(last - window + 1, last))
            .select(_KEY)
            .unique()
        )
        size = used.group_by("product").len()
        both, a, b = pl.col("both_value"), pl.col("size_a"), pl.col("size_b")
        others = (b - both) / (everybody - a)
        share = both / a
        frames.append(
            used.join(used, on="unit", suffix="_b")
            .filter(pl.col("product") != pl.col("product_b"))
            .group_by(product_a="product", product_b="product_b")
            .agg(both_value=pl.len().cast(pl.Int64))
            .join(
                size.select(product_a="product", size_a=pl.col("len").cast(pl.Int64)),
                on="product_a",
            )
            .join(
                size.select(product_b="product", size_b=pl.col("len").cast(pl.Int64)),
                on="product_b",
            )
            .with_columns(
                period_end=pl.lit(end),
                share_a=share,
                lift=pl.when((b > both) & (a < everybody)).then(share / others),
                jaccard=both / (a + b - both),
            )
            .drop("size_a", "size_b")
        )
    return pl.concat(frames) if frames else pl.DataFrame()


TABLES = {"daily": daily, "retention": retention, "overlap": overlap}
