"""Two readings of every period, first print and final, and what a restatement turned round."""

import datetime as dt
from collections.abc import Collection, Sequence

import polars as pl

from howdah.estimates.revisions.ages import SAME
from howdah.estimates.revisions.curve import RevisionCurve
from howdah.estimates.revisions.prints import read_prints


def first_print_and_final(
    prints: pl.DataFrame,
    curve: RevisionCurve,
    *,
    keys: Sequence[str] = ("series",),
    as_of: dt.date | None = None,
) -> pl.DataFrame:
    """First print, final and newest value of every period, and the distances between them.

    Parameters
    ----------
    prints, keys, as_of
        See `read_prints`.
    curve
        Says at which age values of a source are final.

    Returns
    -------
    DataFrame
        A row a source, metric, series and period: ``n_prints, first, first_published_at,
        first_age_days``; ``final, final_published_at, final_age_days``, null while no print has
        the age; ``newest, newest_published_at``; on the additive scale ``revision``, final minus
        first, and ``restatement``, newest minus final: what history was moved by later, which
        belongs to a version of the vendor's model and not to an age. Ordered.
    """
    read = read_prints(prints, keys=keys, flows=curve.flows, as_of=as_of).frame
    after = pl.DataFrame(
        [(c.source, c.metric, c.settling.after_days) for c in curve.curves.values()],
        schema={"source": pl.String, "metric": pl.String, "after": pl.Int64},
        orient="row",
    )
    cell = ["source", "metric", *keys, "valid_to"]
    old = pl.col("age_days") >= pl.col("after")

    def when_final(name: str) -> pl.Expr:
        return pl.col(name).filter(old).first()

    return (
        read.join(after, on=["source", "metric"], how="left")
        .sort(*cell, "published_at")
        .group_by(cell, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("n_prints"),
            pl.col("value").first().alias("first"),
            pl.col("published_at").first().alias("first_published_at"),
            pl.col("age_days").first().alias("first_age_days"),
            when_final("value").alias("final"),
            when_final("published_at").alias("final_published_at"),
            when_final("age_days").alias("final_age_days"),
            pl.col("value").last().alias("newest"),
            pl.col("published_at").last().alias("newest_published_at"),
            (when_final("level") - pl.col("level").first()).alias("revision"),
            (pl.col("level").last() - when_final("level")).alias("restatement"),
        )
    )


def find_flips(
    prints: pl.DataFrame,
    *,
    keys: Sequence[str] = ("series",),
    flows: Collection[str] = (),
    as_of: dt.date | None = None,
    least: float = 0.0,
) -> pl.DataFrame:
    """Periods whose change against the period before turned round when they were restated.

    A conclusion is drawn when a period is first printed once it is over: its change is that
    against what was then known of the source's period before. The same change is taken again
    from the newest prints of both.

    Parameters
    ----------
    prints, keys, flows, as_of
        See `read_prints`. Prints of unfinished periods draw no conclusion.
    least
        Changes up to this, on the additive scale, are no direction.

    Returns
    -------
    DataFrame
        ``source, metric, keys, valid_to, previous_valid_to, change_first, change_newest,
        first_published_at, flipped_at``: changes on the additive scale; ``flipped_at`` is the
        first publication of either period since which the direction has been the newest one.
        Ordered.
    """
    read = read_prints(prints, keys=keys, flows=flows, as_of=as_of).frame
    series = ["source", "metric", *keys]
    mature = read.filter(pl.col("age_days") >= 0).select(
        *series, "valid_to", "published_at", "level"
    )
    pairs = (
        mature.select(*series, "valid_to")
        .unique()
        .sort(*series, "valid_to")
        .with_columns(pl.col("valid_to").shift(1).over(series).alias("previous_valid_to"))
        .drop_nulls("previous_valid_to")
    )
    both = [*series, "valid_to", "previous_valid_to"]
    own = pairs.join(mature, on=[*series, "valid_to"], nulls_equal=True)
    before = pairs.join(
        mature.rename({"valid_to": "previous_valid_to", "level": "before"}),
        on=[*series, "previous_valid_to"],
        nulls_equal=True,
    )
    # At each publication of either period, both as they were known then.
    steps = (
        pl.concat([own, before], how="diagonal")
        .group_by(*both, "published_at")
        .agg(pl.col("level", "before").drop_nulls().first())
        .sort(*both, "published_at")
        .with_columns(pl.col("level", "before").forward_fill().over(both))
        .drop_nulls(["level", "before"])
        .with_columns((pl.col("level") - pl.col("before")).alias("change"))
    )
    margin = max(least, SAME)
    ways = steps.with_columns(
        pl.when(pl.col("change").abs() > margin)
        .then(pl.col("change").sign())
        .otherwise(0.0)
        .alias("way")
    ).with_columns(pl.col("way").last().over(both).alias("last_way"))
    # The last stretch of one direction starts after the last publication with another.
    other = pl.col("published_at").filter(pl.col("way") != pl.col("last_way")).max()
    return (
        ways.with_columns(other.over(both).alias("other_until"))
        .group_by(both, maintain_order=True)
        .agg(
            pl.col("change").first().alias("change_first"),
            pl.col("change").last().alias("change_newest"),
            pl.col("published_at").first().alias("first_published_at"),
            pl.col("published_at")
            .filter(pl.col("published_at") > pl.col("other_until"))
            .first()
            .alias("flipped_at"),
            (pl.col("way").first() * pl.col("way").last()).alias("agreement"),
        )
        .filter(pl.col("agreement") < 0)
        .drop("agreement")
        .sort(*series, "valid_to")
    )
