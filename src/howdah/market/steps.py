"""How all that a feed counts changed, where its own method did."""

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from howdah.guidance.growing import MarketChange
from howdah.signals import market_index

if TYPE_CHECKING:
    from howdah.estimates.health import MarketIndex

#: How much wider a median scatters than a mean, and a quartile range in standard deviations.
_MEDIAN_FACTOR = 1.2533
_IQR_SDS = 1.349


def market_changes(observations: pl.DataFrame) -> MarketChange:
    """What tells how all that a feed counts changed, where its method did."""
    index: list[MarketIndex] = []

    def change(
        metric: str, definition: str, start: dt.date, end: dt.date
    ) -> tuple[float, float] | None:
        if not index:
            index.append(market_index(observations))
        faults = index[0].faults(metric, definition, start, end)
        if not faults:
            return None
        rows = index[0].rows.filter(
            (pl.col("feed") == faults[-1][1])
            & (pl.col("metric") == metric)
            & (pl.col("definition") == definition)
        )
        known = set(rows["period"].to_list())
        between = rows.filter((pl.col("period") > start) & (pl.col("period") <= end))
        if not {start, end} <= known or between["step"].null_count():
            return float("nan"), float("nan")
        sd = _MEDIAN_FACTOR / _IQR_SDS * between["iqr"].fill_null(0.0).to_numpy()
        return float(between["step"].sum()), float((sd**2 / between["n_common"].to_numpy()).sum())

    return change
