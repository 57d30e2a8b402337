"""What feeds tell of ads and of what they bring, as series that a split reads.

A split reads what one source says, under one definition: fusion smooths a level, which is what a
split must not see smoothed, and a step from one source to another looks like growth. The channel
of a claim is its object.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from howdah.market.pages.split import Told

#: What is split, in order of preference.
OUTCOMES = ("new_users", "installs", "downloads", "dau", "wau", "mau28", "mau30", "mau_month")

#: What is spent, and what stands for it where nobody tells it.
SPEND, PROXY = "ad_spend", "ad_creatives"
IMPRESSIONS = "ad_impressions"
AD_METRICS = (SPEND, PROXY, IMPRESSIONS)

#: One series of a source.
TABLE = ("metric", "definition", "unit", "currency", "source")

#: Figures that are there whatever the length of a period: they have a mean, and no sum.
_STOCKS = frozenset({PROXY})


@dataclass(frozen=True, slots=True)
class Series:
    """What one source tells of one metric of one entity.

    Attributes
    ----------
    rows
        ``valid_from, valid_to, channel, value, claim_id``, in order of time.
    """

    told: Told
    rows: pl.DataFrame

    @property
    def channels(self) -> list[str]:
        """What it calls the channels, in order of their names."""
        return sorted(self.rows["channel"].unique().to_list())


def series_of(observations: pl.DataFrame, metrics: Sequence[str]) -> list[Series]:
    """Series of some metrics: the first metric first, then the longest.

    What states no number, or was told before its period was over, is left out; so is what a
    reviewer dropped.
    """
    exact = observations.filter(
        pl.col("metric").is_in(list(metrics))
        & pl.col("value").is_not_null()
        & (pl.col("verdict") >= 0)
        & (pl.coalesce("published_at", "recorded_at").dt.date() >= pl.col("valid_to"))
    ).sort("valid_from", "valid_to", "object", "published_at", "claim_id")
    order = {metric: n for n, metric in enumerate(metrics)}
    found = []
    for key, rows in exact.group_by(TABLE, maintain_order=True):
        own = rows.unique(["valid_from", "valid_to", "object"], keep="last", maintain_order=True)
        first, last = own["valid_from"].min(), own["valid_to"].max()
        assert isinstance(first, dt.date)
        assert isinstance(last, dt.date)
        metric, definition, unit, currency, source = (str(part) for part in key)
        ids = tuple(own["claim_id"].to_list())
        feeds = tuple(sorted(own["feed"].unique().to_list()))
        told = Told(metric, definition, unit, currency, source, first, last, feeds, ids)
        columns = ("valid_from", "valid_to", pl.col("object").alias("channel"), "value", "claim_id")
        found.append(Series(told, own.select(columns)))
    return sorted(found, key=lambda s: (order[s.told.metric], -s.rows.height, s.told.definition))


def by_channel(series: Series) -> Series:
    """Its channels, without what it tells of all together; that alone where it tells no channel."""
    own = series.rows.filter(pl.col("channel") != "")
    return Series(series.told, own) if own.height else series


def within(series: Series, periods: Sequence[tuple[dt.date, dt.date]]) -> dict[str, np.ndarray]:
    """A series by channel over other periods, NaN where it does not tell all of a period.

    Where the source tells of another channel and not of this one, nothing ran in it.
    """
    channels = series.channels
    place = {channel: c for c, channel in enumerate(channels)}
    starts = np.array([p[0].toordinal() for p in periods])
    total = np.zeros((len(channels), len(periods)))
    covered = np.zeros((len(channels), len(periods)))
    for first, last, channel, value, _ in series.rows.iter_rows():
        n = int(np.searchsorted(starts, first.toordinal(), side="right")) - 1
        if n < 0 or last > periods[n][1]:
            continue
        days = (last - first).days + 1
        covered[place[channel], n] += days
        total[place[channel], n] += value * (days if series.told.metric in _STOCKS else 1)
    lengths = np.array([(last - first).days + 1 for first, last in periods])
    if series.told.metric in _STOCKS:
        total /= lengths
    is_whole = covered.max(0) >= lengths
    # A source that tells of each week of a month, but for the days at its ends, tells no month.
    return {channel: np.where(is_whole, total[c], np.nan) for channel, c in place.items()}
