"""Simulated articles: what a press would write of a simulated market, in figures that are true."""

import datetime as dt
from pathlib import Path

import polars as pl

#: The pair of products that the article of each month tells of, by the last letter of their names.
_PAIRS = ("AC", "BE", "AF", "DB", "CE", "AD", "HB", "DF", "HA", "DE")

#: Day of the next month on which the article of a month comes out.
_OUT_ON = 10

_ARTICLE = """\
Simulated article: {month} on the simulated market

Published {published}. Everything in this article is simulated; nothing in it is real.

{first_said} {second_said}

{end}
"""

_SAID = "{name} had {value:,} daily active users in {month}."

_ENDS = (
    "Nobody said why.",
    "{first} plans to have {plan:,} daily active users in {year}.",
    # It is closed on day 300.
    "It is rumoured that {closing} will be closed this year.",
)


def write_articles(folder: Path, daily: pl.DataFrame) -> int:
    """Write an article a month about two products, and say how many there are.

    Parameters
    ----------
    folder
        Is made.
    daily
        ``product, day, metric, value`` of the whole population: articles state the mean of a
        month's days, which is what daily users of a month are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    month = pl.col("day").dt.truncate("1mo").alias("month")
    whole = pl.len() == pl.col("day").first().dt.month_end().dt.day()
    means = (
        daily.filter(pl.col("metric") == "dau")
        .group_by("product", month)
        .agg(pl.col("value").mean().round(0).cast(pl.Int64), whole.alias("is_whole"))
        .filter("is_whole")
    )
    told = {
        (product[-1], month): value
        for product, month, value in means.select("product", "month", "value").iter_rows()
    }
    names = {name[-1]: name for name in means["product"].unique()}
    months = sorted(means["month"].unique())[-len(_PAIRS) :]
    for n, (month_, pair) in enumerate(zip(months, _PAIRS, strict=False)):
        out = (month_ + dt.timedelta(days=32)).replace(day=_OUT_ON)
        values = {
            "month": f"{month_:%B %Y}",
            "published": f"{out.day} {out:%B %Y}",
            "first": names[pair[0]],
            "second": names[pair[1]],
            **{
                f"{which}_said": _SAID.format(
                    name=names[letter], value=told[letter, month_], month=f"{month_:%B %Y}"
                )
                for which, letter in zip(("first", "second"), pair, strict=True)
            },
            "plan": int(round(1.2 * told[pair[0], month_], -1)),
            "closing": names["G"],
            "year": month_.year + 1,
        }
        end = _ENDS[n % len(_ENDS)].format(**values)
        text = _ARTICLE.format(**values, end=end)
        (folder / f"{out}-simulated.txt").write_text(text, encoding="utf-8")
    return len(months)
