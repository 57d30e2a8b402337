"""Young figures in a panel: what is still to come by their age, and how uncertain that is."""

import datetime as dt

import polars as pl

from howdah.core.metrics import Scale
from howdah.estimates.fusion.coding import Names
from howdah.estimates.revisions import (
    RevisionCurve,
    claims_as_prints,
    learn_from_claims,
    nowcast,
)

#: Any day: ages alone matter.
_DAY = dt.date(2000, 1, 1)


#: What may be said of a figure by its age, in the order of the last axis of counts: brought to what
#: figures of its age usually end at (which may be itself) and held for less certain; as stated,
#: since too few figures of its source and age were printed again; as stated, since too few of its
#: source were at any age, so that it may restate or not. All others are final or have no date.
YOUNG = ("corrected", "too_few", "no_history")
_CORRECTED, _TOO_FEW, _NO_HISTORY = 1, 2, 3


def learn_curve(prints: pl.DataFrame, scale: Scale) -> RevisionCurve | None:
    """Revision curve of prints; None where no source printed a period twice.

    Parameters
    ----------
    prints
        ``series, source, period, value, published_at``.
    """
    dated = prints.drop_nulls("published_at")
    cells = dated.select("series", "source", "period").n_unique()
    if cells == dated.unique(["series", "source", "period", "published_at"]).height:
        return None
    return learn_from_claims(dated, scale=scale)


def with_age(
    claims: pl.DataFrame, curve: RevisionCurve | None, names: Names, scale: Scale
) -> pl.DataFrame:
    """Claims with what their age adds to them instead of the day that they were published on.

    Parameters
    ----------
    claims
        Of `Numbered`, with ``published_at``.

    Returns
    -------
    DataFrame
        With ``shift``, added to the value on the additive scale, and ``own_var``, the variance of
        what is added; both 0 for figures that are final, without a date, or of an age at which
        nothing is known of the source. ``young`` is the place of what is said of a figure in
        `YOUNG`, from 1, and 0 where it is no young one: young are figures that the source usually
        still restates, and of one that is not known to restate any those younger than what the
        slowest of the others takes.
    """
    day = pl.col("published_at").cast(pl.Date)
    aged = claims.with_columns(age=(day - pl.col("period")).dt.total_days()).drop("published_at")
    if curve is None:
        return aged.drop("age")
    pairs = aged.select("source", "age").drop_nulls().unique(maintain_order=True)
    named = pairs.with_columns(
        number="source",
        source=pl.Series(names.sources, dtype=pl.String).gather(pairs["source"]),
        series=pl.lit(""),
        period=pl.lit(_DAY),
        published_at=pl.lit(_DAY) + pl.duration(days="age"),
        value=pl.lit(1.0),
    )
    told = nowcast(claims_as_prints(named, scale), curve)
    moves = told.select(
        pl.col("number").alias("source"),
        "age",
        "shift",
        own_var=pl.col("sd") ** 2,
        young=_what_is_said(curve),
    )
    return (
        aged.join(moves, on=["source", "age"], how="left", maintain_order="left")
        .with_columns(
            pl.col("shift", "own_var").fill_null(0.0),
            # An interval is not moved, whatever its age.
            pl.when(pl.col("value").is_not_null()).then("young").otherwise(0).fill_null(0),
        )
        .drop("age")
    )


def _what_is_said(curve: RevisionCurve) -> pl.Expr:
    """Of ``source, age, status`` the place in `YOUNG`, from 1."""
    after = {
        source: known.settling.after_days or 0
        for (source, _), known in curve.curves.items()
        if any(age.is_known for age in known.classes)
    }
    restates = pl.col("source").is_in(list(after))
    is_early = pl.col("age") < max(after.values(), default=0)
    return (
        pl.when(pl.col("status") == "nowcast")
        .then(_CORRECTED)
        .when(restates & (pl.col("status") == "cannot tell"))
        .then(_TOO_FEW)
        .when(~restates & is_early)
        .then(_NO_HISTORY)
        .otherwise(0)
        .cast(pl.Int8)
    )
