"""The revision curve of claims as a stage reads them: a table a source and class of age."""

import datetime as dt

import polars as pl

from howdah.core.metrics import Scale
from howdah.estimates.revisions.curve import RevisionCurve
from howdah.estimates.revisions.learning import learn_revisions

#: What a stage has one of: its file holds claims of one metric.
_METRIC = "value"

_COLUMNS = (
    "source",
    "age_days_from",
    "age_days_to",
    "n",
    "bias",
    "bias_lower",
    "bias_upper",
    "spread",
    "final_after_days",
)


def claims_as_prints(claims: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """Claims of `howdah fuse` as prints: ages are counted from ``period``.

    Parameters
    ----------
    claims
        ``series, source, period, value, published_at``; claims without a value, which are
        intervals, are set aside by `read_prints`.
    """
    return claims.with_columns(
        pl.lit(_METRIC).alias("metric"),
        pl.lit(scale).alias("scale"),
        pl.col("period").alias("valid_to"),
    )


def learn_from_claims(
    claims: pl.DataFrame, *, scale: Scale, as_of: dt.date | None = None, prob: float = 0.9
) -> RevisionCurve:
    """Revision curve of each source of a stage's claims, of all or of a sample of the series.

    A period there is a date: whether it begins or ends the period is not said, so that partial
    periods are not told from whole ones; classes of age are the same either way.
    """
    return learn_revisions(claims_as_prints(claims, scale), as_of=as_of, prob=prob)


def revision_table(curve: RevisionCurve) -> pl.DataFrame:
    """The table that a stage writes, ordered by source and age; empty without several prints.

    Returns
    -------
    DataFrame
        ``source, age_days_from, age_days_to, n, bias, bias_lower, bias_upper, spread,
        final_after_days``: ``bias`` is final minus print and ``spread`` its standard deviation,
        on the additive scale (of the log: .05 is five per cent still to come), null where too
        few periods tell.
    """
    return curve.frame.select(_COLUMNS).sort("source", "age_days_from")
