"""The audience tables of a panel, counted part by part as the lake keeps them."""

import datetime as dt

import polars as pl
import pyarrow as pa

from howdah.core.progress import Progress
from howdah.market.audience.lake import KINDS
from howdah.panels.audience import Audience
from howdah.panels.daily import DailyTable
from howdah.panels.entry_months import EntryMonths
from howdah.panels.l28 import L28Table
from howdah.panels.migration import Migration
from howdah.panels.month_users import MonthUsers
from howdah.panels.overlap import Overlap
from howdah.panels.survival import Survival


def count_tables(audience: Audience, until: dt.date, progress: Progress) -> dict[str, pa.Table]:
    """The audience tables as the lake keeps them: what can be told, of days that are over."""
    survey = audience.survey
    daily, l28, months = DailyTable(survey), L28Table(survey), EntryMonths(survey)
    month_users = MonthUsers(survey)
    overlap, migration, survival = Overlap(survey), Migration(survey), Survival(survey)
    tables = (daily, month_users, l28, months, overlap, migration, survival)
    audience.count({type(table).__name__: table for table in tables}, progress)
    day, end = pl.col("day"), pl.col("day")
    frames = {
        # Those of a calendar month stand on its last day.
        "daily": pl.concat(
            [
                _frame(daily.finish().read_all())
                .filter("mature")
                .with_columns(pl.col("metric").cast(pl.String)),
                _frame(month_users.finish()).with_columns(pl.lit("mau_month").alias("metric")),
            ],
            how="diagonal",
        ).with_columns(end.alias("known_on")),
        "l28": _frame(l28.finish().read_all()).with_columns(
            pl.col("value").is_null().alias("suppressed"), end.alias("known_on")
        ),
        "months": _frame(months.finish()),
        "overlap": _frame(overlap.finish())
        .rename({"product_a": "product", "product_b": "other", "period_end": "day"})
        .rename({"share_a": "value", "stderr_share_a": "stderr", "window": "window_days"})
        .with_columns(pl.lit(value=False).alias("suppressed"), day.alias("known_on")),
        "migration": _frame(migration.finish())
        .rename({"from_product": "product", "to_product": "other", "period": "month"})
        .with_columns(
            pl.col("value").is_null().alias("suppressed"),
            pl.col("month").dt.month_end().alias("known_on"),
        ),
        "survival": _survival(survival).with_columns(pl.lit(survey.last).alias("known_on")),
    }
    return {
        name: frame.filter(pl.col("known_on") < until)
        .select(*KINDS[name].keys, *KINDS[name].names, "known_on")
        .to_arrow()
        for name, frame in frames.items()
    }


def _frame(table: pa.Table) -> pl.DataFrame:
    """A table of the engine with products as text, whatever the log has."""
    frame = pl.DataFrame(table)
    names = [n for n in frame.columns if n in {"product", "product_a", "product_b"}]
    return frame.with_columns(pl.col(name).cast(pl.String) for name in names)


def _survival(survival: Survival) -> pl.DataFrame:
    values, laws = (_frame(table) for table in survival.finish())
    return values.join(laws.select("product", "verdict", "n_raw"), on="product")
