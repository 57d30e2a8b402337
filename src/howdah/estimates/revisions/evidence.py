"""Prints of a source as evidence for fusion: a revision is not a second witness."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from howdah.estimates.revisions.curve import RevisionCurve
from howdah.estimates.revisions.nowcast import nowcast


def newest_prints(
    claims: pl.DataFrame,
    *,
    keys: Sequence[str] = ("series",),
    period: str = "valid_to",
    as_of: dt.date | None = None,
) -> pl.DataFrame:
    """The newest print of every source, series and period that was known on a date.

    Claims that a source published at one time, or without a date, are kept side by side: which
    of them came last cannot be told, and several undated claims may be several readings.

    Parameters
    ----------
    claims
        ``source``, the keys, the period and ``published_at``; other columns are kept.
    as_of
        Claims published later are left out; those without a date are taken for known.
    """
    published = pl.col("published_at")
    if as_of is not None:
        claims = claims.filter(published.is_null() | (published.cast(pl.Date) <= as_of))
    newest = published.max().over("source", *keys, period)
    return claims.filter(published.is_null() | (published == newest))


def as_evidence(
    claims: pl.DataFrame,
    curve: RevisionCurve,
    *,
    keys: Sequence[str] = ("series",),
    as_of: dt.date | None = None,
) -> pl.DataFrame:
    """One claim a source, series and period: its newest print, brought to its final value.

    Two prints of one source share all that the source gets wrong, so that fusing both as
    independent readings counts its noise once too little; and a young print errs by what will
    still be revised.

    Returns
    -------
    DataFrame
        As `nowcast` of `newest_prints`, with ``value`` the nowcast where there is one, and
        ``own_var``, the variance that the claim brings beside its source's noise, on the additive
        scale: 0 for final values. Where nothing supports a nowcast the print stays as it is,
        ``own_var`` is null and ``reason`` says why.
    """
    known = newest_prints(claims, keys=keys, as_of=as_of)
    told = nowcast(known, curve, keys=keys, prob=curve.prob)
    is_moved = pl.col("status") == "nowcast"
    return told.with_columns(
        pl.when(is_moved).then("nowcast").otherwise("value").alias("value"),
        (pl.col("sd") ** 2).alias("own_var"),
    )
