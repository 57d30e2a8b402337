"""Suspect observations: values that leave their own series and come back."""

import numpy as np
import polars as pl

from howdah.estimates.assembly import LINEAR_SHARE
from howdah.estimates.codes import row_codes
from howdah.estimates.observations import SERIES, is_exact
from howdah.estimates.scales import to_scale
from howdah.kernels import hampel_outliers

#: Least spread of the outlier rule on the log and logit scale: a counter that stands still has
#: none of its own. With the rule's six spreads a value less than a third off is never suspect.
_FLOOR = 0.05

#: Statements of one series and period length, by one source of one feed, are neighbours in time.
_OWN_SERIES = (*SERIES, "object", "precision", "source", "feed")


def flag_suspects(observations: pl.DataFrame) -> pl.DataFrame:
    """Add ``suspect``: a value far from its neighbours in the same source's own series.

    Only exact values that stand between others of their series can be judged; ranges, bounds,
    ranks, values that the scale cannot hold and the first and last of a series are never suspect.
    A gap in time is no reason by itself: what comes after it is a new level if it stays.

    Returns
    -------
    DataFrame
        The rows in the order they came in. What is suspect depends on its own series only.
    """
    flags = np.zeros(observations.height, np.bool_)
    exact = observations.select(is_exact()).to_series().to_numpy()
    numbers = observations["value_low"].to_numpy()
    series = row_codes(observations, _OWN_SERIES)
    place = row_codes(
        pl.DataFrame({"series": series, "day": observations["valid_to"]}), ["series", "day"]
    )
    for scale in ("log", "logit", "linear"):
        chosen = np.flatnonzero(exact & (observations["scale"] == scale).to_numpy())
        level = to_scale(numbers[chosen], scale)
        chosen, level = chosen[np.isfinite(level)], level[np.isfinite(level)]
        # Several values of one day stand in order of size, whatever order they came in.
        order = np.lexsort((level, place[chosen]))
        chosen, level = chosen[order], level[order]
        floor = LINEAR_SHARE * np.abs(level) if scale == "linear" else _FLOOR
        flags[chosen] = hampel_outliers(level, series[chosen], floor=floor)
    return observations.with_columns(pl.Series("suspect", flags))
