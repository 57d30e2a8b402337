"""What was printed more than once: prints as `revisions` reads them, what changed, what turned."""

import polars as pl

from howdah.estimates.assembly import natures_of, period_length, source_name, voice_of
from howdah.estimates.observations import QUANTITY, is_exact
from howdah.estimates.revisions import find_flips

#: What makes one series of prints of a source and metric, besides those.
PRINT_KEYS = ("entity", "definition", "unit", "currency", "object", "length", "feed")


def as_prints(observations: pl.DataFrame) -> pl.DataFrame:
    """Dated exact figures of every revision, in the form that `revisions` reads.

    Returns
    -------
    DataFrame
        ``source`` (the voice), ``metric, scale, valid_from, valid_to, published_at, value``,
        `PRINT_KEYS` and ``entity_name``; ranks, whose distances do not add up, are left out.
    """
    return observations.filter(
        is_exact() & pl.col("published_at").is_not_null() & (pl.col("scale") != "rank")
    ).select(
        voice_of().alias("source"),
        "metric",
        "scale",
        "valid_from",
        "valid_to",
        "published_at",
        pl.col("value_low").alias("value"),
        period_length(),
        *(name for name in PRINT_KEYS if name != "length"),
        "entity_name",
    )


def restated(observations: pl.DataFrame) -> pl.DataFrame:
    """Exact figures that a source printed again with another value, oldest period first.

    Parameters
    ----------
    observations
        Of every revision.

    Returns
    -------
    DataFrame
        `QUANTITY`, ``source, nature, feed, first, final`` and ``first_published_at,
        last_published_at``. Of several values printed at one time the last claim's counts.
    """
    ordered = observations.filter(is_exact() & pl.col("published_at").is_not_null())
    return (
        ordered.sort("published_at", "claim_id")
        .group_by(*QUANTITY, "source", "nature", "feed", maintain_order=True)
        .agg(
            pl.col("value_low").first().alias("first"),
            pl.col("value_low").last().alias("final"),
            pl.col("published_at").first().alias("first_published_at"),
            pl.col("published_at").last().alias("last_published_at"),
        )
        .filter(
            (pl.col("first") != pl.col("final"))
            & (pl.col("first_published_at") != pl.col("last_published_at"))
        )
        .sort("valid_to", "valid_from", "source", "nature", "feed", "object")
    )


def turned_round(prints: pl.DataFrame, *, least: float) -> pl.DataFrame:
    """Changes from one period to the next that restatements turned round, newest first.

    Parameters
    ----------
    prints
        Observations of every revision.
    least
        Changes up to this, on the additive scale, are no direction.

    Returns
    -------
    DataFrame
        As `find_flips`, with ``nature``, ``scale`` and ``name``.
    """
    known = as_prints(prints)
    flips = find_flips(known, keys=PRINT_KEYS, least=least)
    about = known.group_by("entity", "metric").agg(
        pl.col("scale").first(), pl.col("entity_name").min().alias("name")
    )
    voices = tuple(flips["source"])
    return (
        flips.with_columns(
            pl.Series("source", [source_name(voice) for voice in voices], pl.String),
            pl.Series("nature", natures_of(voices), pl.String),
        )
        .join(about, on=["entity", "metric"], how="left")
        .sort(
            ["flipped_at", "valid_to", "source", "metric", "entity", "definition", "unit"],
            descending=[True, True, *[False] * 5],
        )
    )
