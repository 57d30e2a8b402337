"""What a state keeps of each series: its last claims, and one Gaussian for all before them.

A row a series, as an Arrow table. The window is the last `WINDOW` periods of the grid; a series
that ended before it keeps its own last period. Claims of the window stay claims, so that an update
weighs them anew; what was before is the summary of `kernels.summary`, whose weights are final.
"""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from howdah.estimates.fusion.coding import Coded, Numbered
from howdah.estimates.fusion.learned import Learned
from howdah.estimates.fusion.solving import Solved
from howdah.estimates.scales import from_scale
from howdah.kernels import Known, Packed, Panel, make_room, pack_known, unpack_known

Floats = NDArray[np.float64]
Small = NDArray[np.int8]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Periods whose claims a state keeps. Fewer cost less, but weigh a claim for good when few later
#: ones have been seen, and let fewer late ones in. From 8 on the estimates are those of longer
#: windows (benchmarks/fusion), and weekly claims of a month may come a month late.
WINDOW = 8

#: Number of truth as a source: sources that join later are numbered before it in a panel.
_TRUTH = -1

_COLUMNS = ("value", "value_low", "value_high", "listed", "cutoff")

SCHEMA = pa.schema(
    [
        ("series", pa.string()),
        ("segment", pa.int32()),
        ("size", pa.int8()),
        # Whether anything said so far tells its size, and not bounds on one side alone.
        ("is_placed", pa.bool_()),
        # First day of the window.
        ("start", pa.date32()),
        # Weighted squares of the steps before it, and how many there were.
        ("moved", pa.float32()),
        ("steps", pa.float32()),
        # Sources with claims before it; the mean of (level, house effects, drifts) at its start
        # and the Cholesky factor of their precision, row by row.
        ("houses", pa.list_(pa.int16())),
        ("mean", pa.list_(pa.float64())),
        ("factor", pa.list_(pa.float32())),
        # Claims of the window, as they were given.
        ("source", pa.list_(pa.int16())),
        ("period", pa.list_(pa.date32())),
        ("value", pa.list_(pa.float64())),
        ("value_low", pa.list_(pa.float64())),
        ("value_high", pa.list_(pa.float64())),
        ("listed", pa.list_(pa.bool_())),
        ("cutoff", pa.list_(pa.float64())),
        # What a reviewer said of each: of `solving.KEEP` and `DROP`, 0 for nothing.
        ("verdict", pa.list_(pa.int8())),
        # When a claim or truth was published: of its prints the newest counts.
        ("published_at", pa.list_(pa.timestamp("us"))),
    ]
)


class Taken(NamedTuple):
    """What a state says of some series, for a panel of these and perhaps others."""

    before: Known
    is_placed: Flags  # (n_series,)
    claims: pl.DataFrame  # ``series, source, period``, values, ``verdict, published_at``
    truth: pl.DataFrame  # ``series, period, value, published_at``


def window_starts(panel: Panel) -> Ints:
    """First period of each series' next window, counted from its first."""
    last = panel.first + panel.length - 1
    start = np.clip(len(panel.gap) - WINDOW, panel.first, last)
    return np.asarray(start - panel.first, np.int64)


def keep_series(
    numbered: Numbered,
    coded: Coded,
    solved: Solved,
    learned: Learned,
    at: Ints,
    verdict: Small | None,
    is_placed: Flags,
) -> pa.Table:
    """Rows of a state, in order of series.

    Parameters
    ----------
    at
        (n_series,) first period of each window, counted from the series' first.
    verdict
        (n,) what a reviewer said of each claim of the panel.
    is_placed
        (n_series,) whether what is said tells the size of each.
    """
    panel, coding, summary = coded.panel, learned.coding, solved.summary
    n_series = len(panel.segment)
    series = np.repeat(np.arange(n_series), np.diff(panel.start))
    kept = np.flatnonzero(panel.period >= (panel.first + at)[series])
    starts = _starts(np.bincount(series[kept], minlength=n_series))
    packed = pack_known(summary, learned.model, panel.segment)
    days = coding.names.days
    columns = {
        "series": coded.series.to_arrow(),
        "segment": panel.segment,
        "size": panel.size,
        "is_placed": is_placed,
        "start": pa.array(days[panel.first + at].astype(np.int32), pa.int32()),
        "moved": summary.moved.astype(np.float32),
        "steps": summary.steps.astype(np.float32),
        "houses": _list(summary.house_start, _numbered(summary.house_source, coding.names.truth)),
        "mean": _list(summary.pull_start, packed.mean),
        "factor": _list(summary.start, packed.factor),
        "source": _list(starts, _numbered(panel.source[kept], coding.names.truth)),
        "period": _list(starts, days[panel.period[kept]].astype(np.int32)),
    }
    given = numbered.claims.select(_COLUMNS)[np.maximum(coded.row[kept], 0)]
    if (coded.row[kept] < 0).any():
        fixed = from_scale(panel.value[kept] * coding.unit, coding.scale)
        is_truth = pl.Series(coded.row[kept] < 0)
        given = given.with_columns(
            pl.when(is_truth).then(None).otherwise(pl.col(name)).alias(name) for name in _COLUMNS
        ).with_columns(pl.when(is_truth).then(pl.Series(fixed)).otherwise("value").alias("value"))
    for name in _COLUMNS:
        columns[name] = _list(starts, given[name].to_arrow())
    said = np.zeros(len(kept), np.int8) if verdict is None else verdict[kept]
    columns["verdict"] = _list(starts, said)
    when = _publication(numbered, series[kept], days[panel.period[kept]], coded.row[kept])
    columns["published_at"] = _list(starts, when.to_arrow())
    arrays = [
        (x if isinstance(x, pa.Array) else pa.array(x)).cast(SCHEMA.field(name).type)
        for name, x in columns.items()
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def take_series_up(
    rows: pa.Table, number: Ints, segment: NDArray[np.int32], learned: Learned, along: Floats
) -> Taken:
    """Known and claims of series for a panel.

    Parameters
    ----------
    rows
        Series that the state knows.
    number
        (n_known,) number of each in the panel, ascending.
    segment
        (n_series,) segment of each series of the panel.
    along
        (n_period,) place of each period on the way of a drift.
    """
    rows = rows.combine_chunks()
    names, n_series = learned.coding.names, len(segment)

    def spread(values: NDArray[Any]) -> NDArray[Any]:
        found = np.zeros(n_series, values.dtype)
        found[number] = values
        return found

    house_counts, house = _flat(rows, "houses")
    houses = _of_panel(house, names.truth)
    empty = make_room(_starts(spread(house_counts)), houses, learned.model)
    packed = Packed(_flat(rows, "mean")[1], _flat(rows, "factor")[1])
    before = unpack_known(packed, empty, learned.model, segment)._replace(
        moved=spread(_column(rows, "moved")).astype(np.float64),
        steps=spread(_column(rows, "steps")).astype(np.float64),
        along=along,
    )
    counts, source = _flat(rows, "source")
    said = pl.DataFrame(
        {
            "series": np.repeat(number, counts).astype(np.int32),
            "source": source,
            **{name: _values(rows, name) for name in ("period", *_COLUMNS, "verdict")},
            "published_at": _values(rows, "published_at"),
        }
    )
    is_truth = pl.col("source") == _TRUTH
    return Taken(
        before,
        spread(rows.column("is_placed").to_numpy()),
        said.filter(~is_truth),
        said.filter(is_truth).select("series", "period", "value", "published_at"),
    )


def has_truth(before: Known, truth: int) -> NDArray[np.bool_]:
    """Series of which truth is known before the window."""
    n_series = len(before.level)
    own = np.repeat(np.arange(n_series), np.diff(before.house_start))
    return np.bincount(own[before.house_source == truth], minlength=n_series) > 0


def _publication(numbered: Numbered, series: Ints, day: Ints, row: Ints) -> pl.Series:
    """When some claims, and the truth among them (``row`` -1), were published; null if unknown."""
    truth, claims = numbered.truth, numbered.claims
    is_truth = pl.Series(row < 0)
    said = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(row))
    if "published_at" in claims.columns:
        said = claims["published_at"].cast(pl.Datetime("us")).gather(np.maximum(row, 0))
    wanted = pl.DataFrame({"series": series, "period": pl.Series(day, dtype=pl.Int64)})
    known = truth.filter(pl.col("published_at").is_not_null()).select(
        pl.col("series").cast(pl.Int64),
        pl.col("period").to_physical().cast(pl.Int64),
        pl.col("published_at").cast(pl.Datetime("us")),
    )
    found = wanted.join(known, on=["series", "period"], how="left", maintain_order="left")
    return found.select(
        pl.when(is_truth).then("published_at").otherwise(said).alias("published_at")
    ).to_series()


def _starts(counts: NDArray[Any]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _numbered(source: NDArray[np.integer], truth: int) -> NDArray[np.int16]:
    return np.where(source == truth, _TRUTH, source).astype(np.int16)


def _of_panel(source: NDArray[np.integer], truth: int) -> NDArray[np.int32]:
    return np.where(source == _TRUTH, truth, source).astype(np.int32)


def _list(starts: Ints, values: NDArray[Any] | pa.Array) -> pa.Array:
    flat = values if isinstance(values, pa.Array) else pa.array(values)
    return pa.ListArray.from_arrays(pa.array(starts.astype(np.int32)), flat)


def _values(rows: pa.Table, name: str) -> pl.Series:
    chunks = rows.column(name).chunks
    flat = chunks[0].flatten() if chunks else pa.array([], SCHEMA.field(name).type.value_type)
    return pl.Series(name, flat)


def _flat(rows: pa.Table, name: str) -> tuple[Ints, NDArray[Any]]:
    """Length of each list, and all values after each other."""
    chunks = rows.column(name).chunks
    counts = chunks[0].value_lengths().to_numpy() if chunks else np.zeros(0, np.int64)
    return counts.astype(np.int64), _values(rows, name).to_numpy()


def _column(rows: pa.Table, name: str) -> NDArray[Any]:
    return np.asarray(rows.column(name).to_numpy())
