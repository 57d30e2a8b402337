"""Newer prints of what a state has: what is said again, and what gives way."""

import polars as pl

#: What a claim says, beside when it was published.
SAID = ("series", "source", "period", "value", "value_low", "value_high", "listed", "cutoff")

_CELL = ("series", "source", "period")


def said_again(known: pl.DataFrame, said: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Claims of the window, new ones without those that it has, and how many it has.

    What the state has already is said again, not by another witness; it is as new as its last
    print.
    """
    again = (
        said.join(known, on=SAID, how="semi", nulls_equal=True)
        .group_by(SAID)
        .agg(again=pl.col("published_at").max())
    )
    fresh = said.join(again, on=SAID, how="anti", nulls_equal=True, maintain_order="left")
    newer = pl.max_horizontal("published_at", "again")
    known = known.join(
        again, on=SAID, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(published_at=newer)
    return known.drop("again"), fresh, said.height - fresh.height


def newest_of(known: pl.DataFrame, fresh: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Claims of the window and new ones, of each source, series and period the newest prints.

    A later file says it later, unless the days of publication say otherwise; what was published
    at one time stays side by side, as in a full run.
    """
    when = pl.col("published_at")

    def beside(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
        newest = others.group_by(_CELL).agg(other=when.max(), n=pl.len())
        return rows.join(newest, on=_CELL, how="left", maintain_order="left")

    is_older = (when < pl.col("other")).fill_null(value=False)
    fresh = beside(fresh, known).filter(~is_older).drop("other", "n")
    gives_way = pl.col("n").is_not_null() & (when < pl.col("other")).fill_null(value=True)
    return beside(known, fresh).filter(~gives_way).drop("other", "n"), fresh


def newest_truth(known: pl.DataFrame, fixed: pl.DataFrame) -> pl.DataFrame:
    """Truth of each cell, old and new: the newest print, as in a full run; of one time the mean.

    Returns
    -------
    DataFrame
        ``series, period, value, published_at`` and ``is_new``, whether new truth is in it.
    """
    cell, when = ["series", "period"], pl.col("published_at")
    both = pl.concat(
        frame.select(*cell, "value", when.cast(pl.Datetime("us")), is_new=pl.lit(value=is_new))
        for frame, is_new in ((known, False), (fixed, True))
    )
    newest = when.max().over(cell)
    return (
        both.filter(newest.is_null() | (when == newest))
        .group_by(cell, maintain_order=True)
        .agg(pl.col("value").mean(), when.first(), pl.col("is_new").any())
    )
