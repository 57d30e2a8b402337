"""Units: entities of one snapshot that are counted in another unit than the rest."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.health.events import Event, step_interval
from howdah.estimates.health.steps import MIN_COMMON, entity_changes

Floats = NDArray[np.float64]

#: Factors between units that feeds mix up: days, weeks, months and years, dozens, thousands.
FACTORS = (7.0, 10.0, 12.0, 28.0, 30.0, 52.0, 100.0, 365.0, 1e3, 1e4, 1e6)

#: A cluster holds at least so many entities, and this share of those in both snapshots.
_MIN_CLUSTER = 5
_MIN_SHARE = 0.005

#: Standard deviations by which a cluster stands above what lies beside it at the same distance.
_CLUSTER_SDS = 5.0

#: Quartile range in standard deviations, and standard error of a median in those of a mean.
_IQR_SDS = 1.349
_MEDIAN_FACTOR = 1.2533

#: Reach of a cluster on the log scale: an entity also moved by itself.
_LEAST_REACH, _MOST_REACH = 0.05, 0.3


@dataclass(frozen=True, slots=True)
class _Heap:
    """Entities that changed alike: by which factor, how many, and how many do anyway.

    ``center`` is the median of their log changes against the rest, ``sd`` its standard error.
    """

    factor: float
    n: int
    expected: float
    center: float
    sd: float


def find_unit_mixes(rows: pl.DataFrame, prob: float) -> list[Event]:
    """Snapshots in which some entities jump together by a factor between units.

    The changes of a snapshot thin out with their distance from the median; a unit that was
    mistaken for another makes a heap at its factor, which stands out against both its sides.

    Parameters
    ----------
    rows
        ``period, entity, value, suspect``: one row an entity and snapshot, positive values.

    Notes
    -----
    What it cannot tell: entities that are in another unit from their first snapshot on, and a
    whole feed that is, which is a level shift.
    """
    change = entity_changes(rows, (), np.log(rows["value"].to_numpy()))
    snapshots = (
        rows.select("period")
        .with_columns(pl.Series("change", change, nan_to_null=True))
        .drop_nulls()
        .group_by("period")
        .agg("change")
        .filter(pl.col("change").list.len() >= MIN_COMMON)
        .sort("period")
    )
    events = []
    for period, changes in snapshots.iter_rows():
        found = _largest_heap(np.array(changes))
        if found is None:
            continue
        size, lower, upper = step_interval(found.center, found.sd, prob)
        named = f"{found.factor:,.0f}" if found.factor > 1 else f"1/{1 / found.factor:,.0f}"
        evidence = (
            f"{found.n:,} of {len(changes):,} entities changed by {named} against the rest, where "
            f"{found.expected:.0f} are expected"
        )
        confidence = 1 - found.expected / found.n
        events.append(Event(period, "unit_mix", size, lower, upper, confidence, evidence))
    return events


def _largest_heap(changes: Floats) -> _Heap | None:
    away = changes - np.median(changes)
    low, high = np.quantile(away, [0.25, 0.75])
    reach = float(np.clip((high - low) / _IQR_SDS, _LEAST_REACH, _MOST_REACH))
    least = max(_MIN_CLUSTER, _MIN_SHARE * len(away))
    heaps = []
    for log_factor in (sign * np.log(factor) for factor in FACTORS for sign in (1, -1)):
        distance = np.abs(away - log_factor)
        inside = away[distance <= reach]
        expected = int(((distance > 2 * reach) & (distance <= 4 * reach)).sum()) / 2
        if len(inside) < least:
            continue
        if len(inside) > expected + _CLUSTER_SDS * np.sqrt(expected + 1):
            center = float(np.median(inside))
            sd = _MEDIAN_FACTOR * reach / np.sqrt(len(inside))
            heap = _Heap(float(np.exp(log_factor)), len(inside), expected, center, float(sd))
            heaps.append((len(inside), -abs(center - log_factor), heap))
    # Of two factors that are near each other, such as 28 and 30, the one in the middle.
    return max(heaps, key=lambda found: found[:2])[2] if heaps else None
