"""Ranks and known levels as they come, and as a chart's law needs them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from howdah.core.errors import ColumnTypeError, MissingColumnError
from howdah.kernels.rank_law import Chart

#: Columns of ranks and of known levels: name, type, what is said when it is another, and whether
#: the column may be absent.
_RANKS = {
    "chart": (pl.String, "text", False),
    "period": (pl.Date, "dates", False),
    "entity": (pl.String, "text", False),
    "rank": (pl.Float64, "numbers", False),
    "length": (pl.Float64, "numbers", True),
}
_KNOWN = {
    "entity": (pl.String, "text", False),
    "period": (pl.Date, "dates", False),
    "value": (pl.Float64, "numbers", False),
    "sd_log": (pl.Float64, "numbers", True),
    "value_low": (pl.Float64, "numbers", True),
    "value_high": (pl.Float64, "numbers", True),
    "chart": (pl.String, "text", True),
}

REFUSED_SCHEMA = {
    "chart": pl.String,
    "period": pl.Date,
    "entity": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One chart: its ranks, its known levels as arrays, and its days.

    Attributes
    ----------
    ranks
        ``period, entity, rank, length``, with ``day`` and ``known_entity``, the indices of the
        day and of an entity that has a known level (-1 for others).
    days
        Every period of the chart, in order.
    chart
        None where no level is known.
    """

    name: str
    ranks: pl.DataFrame
    days: pl.Series
    chart: Chart | None

    @property
    def n_known(self) -> int:
        """Entities with a known level, bounds not counted."""
        if self.chart is None:
            return 0
        return len(np.unique(self.chart.entity[np.isfinite(self.chart.value)]))


def read_ranks(ranks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ranks that can be used, and those refused with the reason.

    Several entities may share a rank. A row that repeats another is one row.
    """
    rows = _typed(ranks, _RANKS, "ranks").unique(maintain_order=True)
    rank, length = pl.col("rank"), pl.col("length")
    place = ("chart", "period")
    rows = rows.with_columns(
        pl.when(pl.any_horizontal(pl.col("chart", "period", "entity").is_null()))
        .then(pl.lit("chart, period or entity is empty"))
        .when(rank.is_null() | ~rank.is_finite())
        .then(pl.lit("rank is no number"))
        .when(rank < 1)
        .then(pl.lit("rank is below 1"))
        .when(pl.col("rank").n_unique().over(*place, "entity") > 1)
        .then(pl.lit("entity has several ranks in one list"))
        .alias("reason")
    )
    good = rows.filter(pl.col("reason").is_null()).drop("reason")
    good = good.group_by(*place, "entity", "rank").agg(length.max())
    listed = good.group_by(place).agg(
        pl.col("rank").max().alias("last"), length.max().alias("length")
    )
    # A list that is shorter than its own last rank has no last place that could be told.
    short = (length < pl.col("last")) | ~length.is_finite()
    lengths = listed.select(
        *place,
        pl.when(length.is_null()).then("last").when(~short).then(length).alias("length"),
        "last",
    )
    refused = pl.concat(
        [
            rows.filter(pl.col("reason").is_not_null()).select(*REFUSED_SCHEMA),
            listed.filter(short.fill_null(value=False)).select(
                *place,
                pl.lit(None, pl.String).alias("entity"),
                pl.lit("length is below the largest rank: no bounds").alias("reason"),
            ),
        ]
    )
    good = good.drop("length").join(lengths, on=place, how="left")
    return good.sort("chart", "period", "rank", "entity"), refused


def read_known(known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Known levels that can be used, on the log scale, and those refused with the reason."""
    rows = _typed(known, _KNOWN, "known")
    value, low, high = pl.col("value"), pl.col("value_low"), pl.col("value_high")
    is_point = value.is_not_null()
    is_wrong = pl.any_horizontal(
        (column.is_not_null() & ~(column.is_finite() & (column > 0))).fill_null(value=False)
        for column in (value, low, high)
    )
    spread = pl.col("sd_log")
    rows = rows.with_columns(
        pl.when(pl.any_horizontal(pl.col("period", "entity").is_null()))
        .then(pl.lit("period or entity is empty"))
        .when(is_wrong)
        .then(pl.lit("a level is not above 0"))
        .when(value.is_null() & low.is_null() & high.is_null())
        .then(pl.lit("no level and no bound"))
        .when(~is_point & (low > high))
        .then(pl.lit("lower bound above the upper"))
        .when(spread.is_not_null() & ~(spread.is_finite() & (spread >= 0)))
        .then(pl.lit("sd_log is not 0 or above"))
        .alias("reason")
    )
    good = rows.filter(pl.col("reason").is_null()).select(
        "chart",
        "period",
        "entity",
        value.log().alias("value"),
        pl.when(~is_point).then(low.log()).fill_null(-np.inf).alias("low"),
        pl.when(~is_point).then(high.log()).fill_null(np.inf).alias("high"),
        (spread.fill_null(0.0) ** 2).alias("own_var"),
    )
    refused = rows.filter(pl.col("reason").is_not_null()).select(*REFUSED_SCHEMA)
    return good.sort("period", "entity", "value", "low", "high", "own_var"), refused


def make_sheet(name: str, ranks: pl.DataFrame, known: pl.DataFrame) -> Sheet:
    """One chart's ranks and what is known of its entities on its days."""
    days = ranks["period"].unique().sort()
    numbered = pl.DataFrame({"period": days, "day": np.arange(len(days))})
    rows = ranks.join(numbered, on="period").sort("day", "rank", "entity")
    levels = (
        known.filter(pl.col("chart").is_null() | (pl.col("chart") == name))
        .drop("chart")
        .join(rows.select("period", "entity", "day", "rank"), on=["period", "entity"])
        .sort("day", "rank", "entity", "value", "low", "high", "own_var")
    )
    entities = levels.select(pl.col("entity").unique().sort()).with_row_index("known_entity")
    entities = entities.cast({"known_entity": pl.Int64})
    rows = rows.join(entities, on="entity", how="left", maintain_order="left").with_columns(
        pl.col("known_entity").fill_null(-1)
    )
    points = levels.filter(pl.col("value").is_not_null())
    if points.is_empty():
        return Sheet(name, rows, days, None)
    levels = levels.join(entities, on="entity", how="left", maintain_order="left")
    waits = np.diff(days.to_physical().to_numpy()).astype(np.float64)
    longest = rows.select(pl.max_horizontal(pl.col("length").max(), pl.col("rank").max())).item()
    chart = Chart(
        day=levels["day"].to_numpy().astype(np.int64),
        log_rank=np.log(levels["rank"].to_numpy()),
        entity=levels["known_entity"].to_numpy().astype(np.int64),
        value=levels["value"].fill_null(np.nan).to_numpy(),
        low=levels["low"].to_numpy(),
        high=levels["high"].to_numpy(),
        own_var=levels["own_var"].to_numpy(),
        gap=waits / np.median(waits) if len(waits) else waits,
        log_length=float(np.log(longest)),
        pivot=float(np.log(points.select(pl.col("rank").median()).item())),
    )
    return Sheet(name, rows, days, chart)


def _typed(
    frame: pl.DataFrame, columns: dict[str, tuple[type[pl.DataType], str, bool]], where: str
) -> pl.DataFrame:
    """The columns that are needed, of the types that are needed, absent ones empty."""
    remedy = f"Give {where} with {', '.join(columns)}."
    missing = [n for n, (_, _, is_optional) in columns.items() if not is_optional]
    missing = [n for n in missing if n not in frame.columns]
    if missing:
        raise MissingColumnError(where, missing, frame.columns, remedy)
    out = []
    for name, (kind, expected, _) in columns.items():
        if name not in frame.columns:
            out.append(pl.lit(None, kind).alias(name))
            continue
        found = frame.schema[name]
        fits = found in {kind, pl.Null} or (kind == pl.Float64 and found.is_numeric())
        if not fits:
            raise ColumnTypeError(where, name, str(found), expected)
        out.append(pl.col(name).cast(kind))
    rows = frame.select(out)
    # NaN is a missing number here as it is in NumPy.
    return rows.with_columns(
        pl.col(n).fill_nan(None) for n in columns if rows.schema[n] == pl.Float64
    )
