"""Prints of a source: what it said of a period, how old the period was then, on which scale."""

import datetime as dt
from collections.abc import Collection, Sequence
from functools import partial
from typing import NamedTuple

import polars as pl

from howdah.core.errors import InputError
from howdah.core.metrics import Scale
from howdah.estimates.scales import to_scale

#: Columns that every frame of prints has, beside those that name the series.
PRINT_INPUT = ("source", "metric", "scale", "valid_to", "published_at", "value")

#: Of a period published on its first day, at most half a day had gone by on average.
_LEAST_ELAPSED_DAYS = 0.5

_SCALES: tuple[Scale, ...] = ("log", "logit", "linear", "rank")


class Prints(NamedTuple):
    """Prints that can be used, and how many cannot.

    Attributes
    ----------
    frame
        The input's columns and ``age_days``, from the end of the period to the day of
        publication, negative while it ran; ``level``, the value on the additive scale;
        ``elapsed``, the log of the share of the period that had gone by, 0 where it does not
        count. Ordered by source, metric, series, period and publication.
    set_aside
        ``reason, n``.
    """

    frame: pl.DataFrame
    set_aside: pl.DataFrame


def read_prints(
    prints: pl.DataFrame,
    *,
    keys: Sequence[str] = ("series",),
    flows: Collection[str] = (),
    as_of: dt.date | None = None,
) -> Prints:
    """Prints with their age and level.

    Parameters
    ----------
    prints
        ``source, metric, scale, valid_to, published_at, value`` and the keys; ``valid_from``
        where partial periods of flows are to be told by the elapsed share.
    keys
        Columns that, with the metric, name a series.
    flows
        Metrics that add up over their period: a print of an unfinished one is a running count.
        Elapsed shares are used on the log scale only.
    as_of
        What was published after that day is not read.

    Returns
    -------
    Prints
        Set aside with their reason: prints without a publication date or an end of the period,
        published before the period began, not finite, or not held by the scale (zero and
        negative on log). Different values that one source published at one time for one period
        count as their median: which came last cannot be told.

    Raises
    ------
    InputError
        A column is missing, or a scale is unknown.
    """
    wanted = [*PRINT_INPUT, *keys]
    if missing := [name for name in wanted if name not in prints.columns]:
        raise InputError(
            f"Prints have no column {', '.join(map(repr, missing))}; there are "
            f"{', '.join(map(repr, prints.columns))}. Needed: {', '.join(wanted)}."
        )
    if "valid_from" not in prints.columns:
        prints = prints.with_columns(pl.lit(None, pl.Date).alias("valid_from"))
    if strange := set(prints["scale"].unique().to_list()) - set(_SCALES):
        raise InputError(f"Prints have the scale {strange}; give one of {', '.join(_SCALES)}.")
    day = pl.col("published_at").cast(pl.Date)
    if as_of is not None:
        prints = prints.filter(day.is_null() | (day <= as_of))
    length = (pl.col("valid_to") - pl.col("valid_from")).dt.total_days() + 1
    gone = (day - pl.col("valid_from")).dt.total_days()
    is_running = pl.col("metric").is_in(list(flows)) & (pl.col("scale") == "log")
    aged = prints.with_columns(
        (day - pl.col("valid_to")).dt.total_days().alias("age_days"),
        pl.col("value").cast(pl.Float64),
    ).with_columns(
        _level().alias("level"),
        pl.when(is_running & (pl.col("age_days") < 0))
        .then((pl.max_horizontal(gone, _LEAST_ELAPSED_DAYS) / length).log())
        .otherwise(0.0)
        .fill_null(0.0)
        .alias("elapsed"),
    )
    reason = (
        pl.when(day.is_null())
        .then(pl.lit("no publication date"))
        .when(pl.col("valid_to").is_null())
        .then(pl.lit("no end of the period"))
        .when(gone < 0)
        .then(pl.lit("published before the period began: a forecast"))
        .when(pl.col("value").is_null() | ~pl.col("value").is_finite())
        .then(pl.lit("no finite value"))
        .when(~pl.col("level").is_finite())
        .then(pl.lit("not held by the scale (zero or negative)"))
    )
    judged = aged.with_columns(reason.alias("reason"))
    set_aside = judged.drop_nulls("reason").group_by("reason").agg(n=pl.len()).sort("reason")
    cell = ["source", "metric", *keys, "valid_to"]
    good = judged.filter(pl.col("reason").is_null()).drop("reason")
    at_once = [*cell, "published_at"]
    frame = (
        good.sort(*at_once, "value")
        .with_columns(pl.col("level").median().over(at_once))
        .unique(at_once, keep="first", maintain_order=True)
    )
    return Prints(frame, set_aside)


def _level() -> pl.Expr:
    """The value on the scale that its row names."""
    found = pl.lit(None, pl.Float64)
    for scale in _SCALES:
        here = pl.col("value").map_batches(partial(_on_scale, scale), return_dtype=pl.Float64)
        found = pl.when(pl.col("scale") == scale).then(here).otherwise(found)
    return found


def _on_scale(scale: Scale, values: pl.Series) -> pl.Series:
    return pl.Series(to_scale(values.cast(pl.Float64).to_numpy(), scale))
