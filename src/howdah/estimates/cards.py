"""The report card of every source: bias, noise, lag, revisions, coverage, suspects."""

import polars as pl

from howdah.core.estimate import UNCALIBRATED
from howdah.estimates.levels import OTHER_PARTY
from howdah.estimates.observations import CELL, QUANTITY, is_exact

_KEYS = ("metric", "source", "nature")

_REVISION = (*QUANTITY, "source", "nature", "feed")


def source_cards(
    observations: pl.DataFrame,
    houses: pl.DataFrame,
    estimates: pl.DataFrame,
    all_prints: pl.DataFrame,
) -> pl.DataFrame:
    """One row a source, metric and nature.

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
        Observations of every revision.

    Returns
    -------
    DataFrame
        ``source, metric, nature, n_claims, n_entities, bias_factor, bias_sd, noise_sd,
        n_overlap, lag_days, n_revised, revision_size, coverage, n_coverage, n_suspect,
        calibration``, ordered.

        ``bias_factor`` is against the other sources (1 none), on the log scale only, and with
        ``bias_sd`` and ``noise_sd`` (on the additive scale) null where no other source speaks of
        the same cell. ``lag_days`` is the median from the end of a period to its publication,
        negative where figures come before it is over. ``n_revised`` counts exact values printed
        again at a later date, ``revision_size`` is the median relative change from first to last
        print of those; two publications that quote one source at different dates count as two
        prints. ``coverage`` is the share of the source's exact values inside the interval that
        the other sources give: agreement, not accuracy, and below the interval's probability
        even for a perfect model, since the source's own error is not in the interval.
    """
    counts = observations.group_by(_KEYS).agg(
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
        houses.select(*_KEYS, "bias", "bias_sd", "sigma", "n_overlap"),
        on=_KEYS,
        how="left",
    )
    cards = cards.join(_revisions(all_prints), on=_KEYS, how="left")
    cards = cards.join(_coverage(observations, estimates), on=_KEYS, how="left")
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
    ).sort("source", "metric", "nature")


def _revisions(all_prints: pl.DataFrame) -> pl.DataFrame:
    """How many periods were printed again, and the median size of first against last print."""
    spans = (
        all_prints.lazy()
        .filter(is_exact() & (pl.col("value_low") != 0) & pl.col("published_at").is_not_null())
        .filter(pl.struct(_REVISION).is_duplicated())
        .sort("published_at", "claim_id")
        .group_by(_REVISION)
        .agg(
            pl.col("value_low").first().alias("first"),
            pl.col("value_low").last().alias("last"),
            pl.col("published_at").n_unique().alias("n_prints"),
        )
        .filter(pl.col("n_prints") > 1)
    )
    size = (pl.col("last") / pl.col("first") - 1).abs().median()
    return (
        spans.group_by(_KEYS)
        .agg(pl.len().alias("n_revised"), size.alias("revision_size"))
        .collect()
    )


def _coverage(observations: pl.DataFrame, estimates: pl.DataFrame) -> pl.DataFrame:
    """Share of a source's exact values inside the interval that the others give."""
    # Figures with another party are several quantities of one cell.
    exact = is_exact() & ~pl.col("suspect") & (pl.col("object") == "")
    alone = ~pl.col("note").str.starts_with(OTHER_PARTY)
    inside = pl.col("value_low").is_between(pl.col("lower"), pl.col("upper"))
    return (
        observations.lazy()
        .filter(exact)
        .join(
            estimates.lazy().filter((pl.col("status") == "point") & alone),
            left_on=[*CELL, "source"],
            right_on=[*CELL, "left_out"],
            suffix="_others",
        )
        .group_by(_KEYS)
        .agg(inside.mean().alias("coverage"), pl.len().alias("n_coverage"))
        .collect()
    )
