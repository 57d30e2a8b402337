"""The account of a back-test: its tables, and what they come to over all origins."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import polars as pl

from howdah.signals.backtesting.baselines import BASELINES
from howdah.signals.backtesting.bench import FLAGGED, OWN, Backtest
from howdah.signals.backtesting.comparison import compare_methods

Schema = dict[str, pl.DataType | type[pl.DataType]]

SCORES: Schema = {
    "origin": pl.Date, "method": pl.String, "precision_at_20": pl.Float64,
    "precision_at_50": pl.Float64, "recall_at_50": pl.Float64, "average_precision": pl.Float64,
    "brier": pl.Float64, "base_rate": pl.Float64, "n": pl.Int64, "contaminated": pl.Boolean,
}  # fmt: skip

LEADS: Schema = {
    "origin": pl.Date, "method": pl.String, "entity": pl.String, "place": pl.Int64,
    "probability": pl.Float64, "lead_estimate_months": pl.Float64, "came": pl.Boolean,
    "lead_months": pl.Int64, "contaminated": pl.Boolean,
}  # fmt: skip

FDR: Schema = {
    "origin": pl.Date, "nominal": pl.Float64, "n_told": pl.Int64, "n_false": pl.Int64,
    "expected_false": pl.Float64, "contaminated": pl.Boolean,
}  # fmt: skip

#: Measures that methods are compared by.
COMPARED = ("precision_at_50", "average_precision", "brier")


def scores_frame(found: Backtest) -> pl.DataFrame:
    """The scores as a table."""
    return _frame(found.scores, SCORES)


def leads_frame(found: Backtest) -> pl.DataFrame:
    """The leads as a table."""
    return _frame(found.leads, LEADS)


def fdr_frame(found: Backtest) -> pl.DataFrame:
    """False discoveries as a table, with the ``actual`` share; null where none was told."""
    rate = pl.when(pl.col("n_told") > 0).then(pl.col("n_false") / pl.col("n_told"))
    return _frame(found.fdr, FDR).with_columns(rate.alias("actual"))


def _frame(rows: Sequence[dict[str, object]], schema: Schema) -> pl.DataFrame:
    floats = [name for name, kind in schema.items() if kind == pl.Float64]
    return pl.DataFrame(list(rows), schema=schema).with_columns(pl.col(floats).fill_nan(None))


def mean_scores(found: Backtest, *, contaminated: bool) -> pl.DataFrame:
    """Means over origins by method, the clean or the contaminated ones."""
    scores = scores_frame(found).filter(pl.col("contaminated") == contaminated)
    means = pl.exclude("origin", "method", "contaminated", "n").mean()
    return scores.group_by("method", maintain_order=True).agg(
        pl.len().alias("n_origins"), means, pl.col("n").mean()
    )


def differences(found: Backtest, horizon: int, *, contaminated: bool) -> pl.DataFrame:
    """How much better the model is than each baseline, with block-bootstrap intervals at 90 %.

    Returns
    -------
    DataFrame
        ``measure, baseline, value, lower, upper, n``; ``value`` is the model's measure less the
        baseline's, mean over origins.
    """
    scores = scores_frame(found).filter(pl.col("contaminated") == contaminated).sort("origin")
    rows = []
    for measure in COMPARED:
        own = scores.filter(pl.col("method") == OWN)[measure].fill_null(np.nan).to_list()
        for name in BASELINES:
            other = scores.filter(pl.col("method") == name)[measure].fill_null(np.nan).to_list()
            gap = compare_methods(own, other, horizon)
            rows.append({"measure": measure, "baseline": name, **asdict(gap)})
    schema: Schema = {
        "measure": pl.String, "baseline": pl.String, "value": pl.Float64, "lower": pl.Float64,
        "upper": pl.Float64, "n": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema).with_columns(
        pl.col("value", "lower", "upper").fill_nan(None)
    )


def pooled_fdr(found: Backtest, *, contaminated: bool) -> pl.DataFrame:
    """Nominal against actual rate of false discoveries over all origins, and the share expected."""
    n = pl.col("n_told").sum()
    return (
        fdr_frame(found)
        .filter(pl.col("contaminated") == contaminated)
        .group_by("nominal", maintain_order=True)
        .agg(
            n.alias("n_told"),
            pl.when(n > 0).then(pl.col("n_false").sum() / n).alias("actual"),
            pl.when(n > 0).then(pl.col("expected_false").sum() / n).alias("expected"),
        )
    )


def records(found: Backtest, *, contaminated: bool) -> pl.DataFrame:
    """Hit rate, lead time and false alarms a month of each method's first `FLAGGED`.

    Returns
    -------
    DataFrame
        ``method, hit_rate, median_lead_months, new_a_month, false_alarms_a_month``. An alarm is
        new where the entity was not among the first `FLAGGED` at the origin before.
    """
    leads = leads_frame(found).filter(pl.col("contaminated") == contaminated)
    days = leads["origin"].unique().sort()
    number = pl.DataFrame({"origin": days, "n": np.arange(days.len())})
    flagged = leads.join(number, on="origin").sort("method", "entity", "n")
    before = pl.col("n").shift(1).over("method", "entity")
    is_new = (before.is_null() | (pl.col("n") - before > 1)) & (pl.col("n") > 0)
    n_months = max(days.len() - 1, 1)
    return (
        flagged.with_columns(is_new.alias("is_new"))
        .sort("origin", "method", "place")
        .group_by("method", maintain_order=True)
        .agg(
            pl.col("came").mean().alias("hit_rate"),
            pl.col("lead_months").median().alias("median_lead_months"),
            (pl.col("is_new").sum() / n_months).alias("new_a_month"),
            ((pl.col("is_new") & ~pl.col("came")).sum() / n_months).alias("false_alarms_a_month"),
        )
    )


def flagged_before(found: Backtest, *, contaminated: bool) -> pl.DataFrame:
    """Months from the first time that an entity was among the first `FLAGGED` until it came.

    Returns
    -------
    DataFrame
        ``method, n, median_months`` of entities that came at least once; longer than a horizon
        where it was named again and again.
    """
    leads = leads_frame(found).filter(pl.col("contaminated") == contaminated)
    came = leads.filter("came").with_columns(
        pl.col("origin").dt.offset_by(pl.format("{}mo", "lead_months")).alias("came_on")
    )
    # An entity may come, leave and come again: each time it comes is told apart by its month.
    month = pl.col("came_on").dt.truncate("1mo")
    first = came.group_by("method", "entity", month.alias("month")).agg(pl.col("lead_months").max())
    order = {name: n for n, name in enumerate((OWN, *BASELINES))}
    table = first.group_by("method").agg(
        pl.len().alias("n"), pl.col("lead_months").median().alias("median_months")
    )
    return table.sort(pl.col("method").replace_strict(order, return_dtype=pl.Int64))


__all__ = [
    "FLAGGED",
    "differences",
    "fdr_frame",
    "flagged_before",
    "leads_frame",
    "mean_scores",
    "pooled_fdr",
    "records",
    "scores_frame",
]
