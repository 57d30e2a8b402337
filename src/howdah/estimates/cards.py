"""The report card of every source: bias, noise, lag, revisions, coverage, suspects."""

import polars as pl

from howdah.core.estimate import UNCALIBRATED
from howdah.estimates.observations import SERIES

_REVISION = (*SERIES, "source", "feed", "valid_from", "valid_to")


def source_cards(
    observations: pl.DataFrame,
    houses: pl.DataFrame,
    estimates: pl.DataFrame,
    all_prints: pl.DataFrame,
) -> pl.DataFrame:
    """One row a source and metric.

    Parameters
    ----------
    observations
        With ``suspect``, latest revisions.
    houses
        From `learn_houses`.
    estimates
        From `estimate_levels` of the cells that more than one source speaks of, each computed
        without the source in its ``left_out`` column: the test of coverage.
    all_prints
        Observations of every revision: ``(series, source, feed, valid_from, valid_to, value,
        published_at)``.

    Returns
    -------
    DataFrame
        ``source, metric, nature, n_claims, n_entities, bias_factor, bias_sd, noise_sd,
        n_overlap, lag_days, n_revised, revision_size, coverage, n_coverage, n_suspect,
        calibration``. Bias is a factor against the other sources (1 none), null where no other
        source speaks; coverage is the share of the source's exact values inside the interval
        that the other sources give.
    """
    counts = observations.group_by("metric", "source", "nature").agg(
        pl.len().alias("n_claims"),
        pl.col("entity").n_unique().alias("n_entities"),
        pl.col("suspect").sum().alias("n_suspect"),
        (pl.col("published_at").dt.date() - pl.col("valid_to"))
        .dt.total_days()
        .median()
        .alias("lag_days"),
        pl.col("scale").first(),
    )
    cards = counts.join(
        houses.select("metric", "source", "nature", "bias", "bias_sd", "sigma", "n_overlap"),
        on=["metric", "source", "nature"],
        how="left",
    )
    cards = cards.join(_revisions(all_prints), on=["metric", "source"], how="left")
    cards = cards.join(_coverage(observations, estimates), on=["metric", "source"], how="left")
    compared = pl.col("n_overlap") > 0
    is_log = pl.col("scale") == "log"
    return cards.select(
        "source",
        "metric",
        "nature",
        "n_claims",
        "n_entities",
        pl.when(compared & is_log).then(pl.col("bias").exp()).alias("bias_factor"),
        pl.when(compared).then("bias_sd").alias("bias_sd"),
        pl.when(compared).then("sigma").alias("noise_sd"),
        pl.col("n_overlap").fill_null(0),
        "lag_days",
        pl.col("n_revised").fill_null(0),
        "revision_size",
        "coverage",
        pl.col("n_coverage").fill_null(0),
        "n_suspect",
        pl.lit(UNCALIBRATED).alias("calibration"),
    ).sort("source", "metric")


def _revisions(all_prints: pl.DataFrame) -> pl.DataFrame:
    """How many periods were restated, and the median size of first against last print."""
    spans = (
        all_prints.filter(pl.col("value").is_not_null())
        .sort("published_at")
        .group_by(_REVISION)
        .agg(
            pl.col("value").first().alias("first"),
            pl.col("value").last().alias("last"),
            pl.col("published_at").n_unique().alias("n_prints"),
        )
        .filter((pl.col("n_prints") > 1) & (pl.col("first") != 0))
    )
    return spans.group_by("metric", "source").agg(
        pl.len().alias("n_revised"),
        (pl.col("last") / pl.col("first") - 1).abs().median().alias("revision_size"),
    )


def _coverage(observations: pl.DataFrame, estimates: pl.DataFrame) -> pl.DataFrame:
    """Share of a source's exact values inside the interval that the others give."""
    exact = observations.filter(pl.col("value").is_not_null() & ~pl.col("suspect"))
    joined = exact.join(
        estimates.filter(pl.col("status") == "point"),
        left_on=[*SERIES, "valid_to", "source"],
        right_on=[*SERIES, "valid_to", "left_out"],
        suffix="_others",
    )
    return joined.group_by("metric", "source").agg(
        ((pl.col("value") >= pl.col("lower")) & (pl.col("value") <= pl.col("upper")))
        .mean()
        .alias("coverage"),
        pl.len().alias("n_coverage"),
    )
