"""From audience tables to what a panel claims: figures of whole days, weeks and months.

The users of a day are told as the mean of the days of a period. The units of these days are
largely the same, so the errors of the days go together: the mean of their standard errors, which
is what it would be if they went together entirely, is stated, and is never too small. Other
metrics are those of the last day of the period, and retention is that of a month's entries.
"""

import polars as pl

from howdah.sources import COHORT_DAYS, PANEL_RATIOS, FeedSpec, PanelClaim

#: Days of trailing windows.
_WINDOWS = {"wau": 7, "mau28": 28, "mau30": 30, "stickiness28": 28}
_WEEK = 7
_PERCENT = 100.0

#: Columns of a figure, the last day that it looks at among them.
COLUMNS = (
    "product", "metric", "definition", "valid_from", "valid_to", "precision", "unit", "value",
    "stderr", "n_raw", "audience_table", "audience_rows", "known_on",
)  # fmt: skip


def make_figures(spec: FeedSpec, daily: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """Every figure that a panel claims; suppressed cells give none.

    Parameters
    ----------
    daily
        ``product, day, metric, value, stderr, n_raw, suppressed``, mature rows alone.
    months
        Retention by month of entry, as of `panels.entry_months`.
    """
    assert spec.panel is not None
    parts = []
    for claim in spec.panel.claims:
        if claim.metric in COHORT_DAYS:
            found = _of_cohorts(months, COHORT_DAYS[claim.metric])
        else:
            found = _of_days(daily.filter(pl.col("metric") == claim.metric), claim)
        is_ratio = claim.metric in PANEL_RATIOS
        factor = _PERCENT if is_ratio else 1.0
        parts.append(
            found.filter(pl.col("value").is_not_null())
            .with_columns(
                pl.lit(claim.metric).alias("metric"),
                pl.lit(definition_of(spec, claim)).alias("definition"),
                pl.lit("percent" if is_ratio else spec.panel.counts).alias("unit"),
                pl.col("value") * factor,
                pl.col("stderr") * factor,
            )
            .select(COLUMNS)
        )
    return pl.concat(parts)


def definition_of(spec: FeedSpec, claim: PanelClaim) -> str:
    """Whose definition a claim goes by: the feed's own, unless the spec names one."""
    return claim.definition or f"{spec.id}:{claim.metric}"


def with_periods(daily: pl.DataFrame, claim: PanelClaim) -> pl.DataFrame:
    """Rows of days with the ``first`` and the ``last`` day of the period that a figure is of."""
    day = pl.col("day")
    start = {"day": day, "week": day.dt.truncate("1w"), "month": day.dt.month_start()}[claim.every]
    end = {
        "day": day, "week": start + pl.duration(days=_WEEK - 1), "month": day.dt.month_end()
    }[claim.every]  # fmt: skip
    return daily.with_columns(start.alias("first"), end.alias("last"))


def _of_days(daily: pl.DataFrame, claim: PanelClaim) -> pl.DataFrame:
    day = pl.col("day")
    rows = with_periods(daily, claim)
    if claim.metric == "dau":
        length = (pl.col("last") - pl.col("first")).dt.total_days() + 1
        return (
            rows.group_by("product", "first", "last", maintain_order=True)
            .agg(
                # A mean that leaves suppressed days out would be of the larger ones.
                pl.when(pl.len() == length.first(), pl.col("value").null_count() == 0)
                .then(pl.col("value").mean())
                .alias("value"),
                # Without the error of one day that of the mean is not known.
                pl.when(pl.col("stderr").null_count() == 0)
                .then(pl.col("stderr").mean())
                .alias("stderr"),
                pl.col("n_raw").min(),
            )
            .with_columns(
                pl.col("first").alias("valid_from"),
                pl.col("last").alias("valid_to"),
                pl.col("last").alias("known_on"),
                pl.lit(claim.every).alias("precision"),
                pl.lit("daily").alias("audience_table"),
                pl.format("dau of {} to {}, mean", "first", "last").alias("audience_rows"),
            )
        )
    if claim.metric == "mau_month":
        return daily.with_columns(
            day.dt.month_start().alias("valid_from"),
            day.alias("valid_to"),
            day.alias("known_on"),
            pl.lit("month").alias("precision"),
            pl.lit("daily").alias("audience_table"),
            pl.format("mau_month of {}", day.dt.strftime("%Y-%m")).alias("audience_rows"),
        )
    window = _WINDOWS[claim.metric]
    is_week = claim.every == "week" and window == _WEEK
    return rows.filter(day == pl.col("last")).with_columns(
        (day - pl.duration(days=window - 1)).alias("valid_from"),
        day.alias("valid_to"),
        day.alias("known_on"),
        pl.lit("week" if is_week else "range").alias("precision"),
        pl.lit("daily").alias("audience_table"),
        pl.format("{} of {}", pl.lit(claim.metric), "day").alias("audience_rows"),
    )


def _of_cohorts(months: pl.DataFrame, n_day: int) -> pl.DataFrame:
    return months.filter(pl.col("n_day") == n_day).with_columns(
        pl.col("month").alias("valid_from"),
        pl.col("month").dt.month_end().alias("valid_to"),
        pl.lit("month").alias("precision"),
        pl.lit("months").alias("audience_table"),
        pl.format("entered {}, day {}", pl.col("month").dt.strftime("%Y-%m"), "n_day").alias(
            "audience_rows"
        ),
    )
