"""Faults of snapshots as such: doubled rows, missing ones, ones that repeat another."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.health.events import Event
from howdah.estimates.health.steps import entity_changes

Floats = NDArray[np.float64]

#: A gap of this many usual ones has room for a snapshot that is not there.
_MISSING_GAPS = 1.6

#: Gaps on each side that are the usual ones, and that are searched for one as long.
_GAPS_AROUND = 6
_GAPS_SEARCHED = 12

#: Share of equal values from which a snapshot repeats another, when no more than `_USUAL_EQUAL` of
#: values are equal from one snapshot to the next as a rule: small counts often stand still.
_REPEATED_SHARE = 0.95
_USUAL_EQUAL = 0.75

#: Fewest entities in both snapshots for them to be compared.
_MIN_EQUAL = 10

#: Older snapshots that each is compared with, and entities that are looked at first.
_MEMORY = 120
_SAMPLE = 300


def find_duplicates(rows: pl.DataFrame) -> list[Event]:
    """Snapshots that hold an entity more than once.

    Parameters
    ----------
    rows
        ``period, entity, value``.
    """
    doubled = (
        rows.group_by("period", "entity")
        .agg(pl.len().alias("n"), pl.col("value").drop_nulls().n_unique().alias("n_values"))
        .filter(pl.col("n") > 1)
        .group_by("period")
        .agg(pl.len().alias("n"), (pl.col("n_values") > 1).sum().alias("n_contradicting"))
        .sort("period")
    )
    return [
        Event(
            period,
            "duplicate",
            None,
            None,
            None,
            1.0,
            f"{n:,} {'entity is' if n == 1 else 'entities are'} there more than once, "
            f"{contradicting:,} with values that differ; the median of the values is used",
        )
        for period, n, contradicting in doubled.iter_rows()
    ]


def find_missing(periods: pl.DataFrame) -> list[Event]:
    """Snapshots that should be there, and those without any value.

    Parameters
    ----------
    periods
        ``period, n_listed, n_read`` of each snapshot, ordered.
    """
    events = [
        Event(
            period,
            "missing_period",
            None,
            None,
            None,
            1.0,
            f"all {listed:,} values are missing",
        )
        for period, listed, read in periods.select("period", "n_listed", "n_read").iter_rows()
        if read == 0
    ]
    dates = periods["period"].to_list()
    gaps = np.diff(periods["period"].to_physical().to_numpy()).astype(np.float64)
    for n, gap in enumerate(gaps):
        usual = _usual_gap(gaps, n)
        if gap >= _MISSING_GAPS * usual:
            n_missing = max(round(gap / usual) - 1, 1)
            expected = dates[n] + (dates[n + 1] - dates[n]) / (n_missing + 1)
            evidence = (
                f"no snapshot between {dates[n]} and {dates[n + 1]}, where they usually are "
                f"{usual:.0f} {'day' if round(usual) == 1 else 'days'} apart: {n_missing:,} missing"
            )
            events.append(Event(expected, "missing_period", None, None, None, 1.0, evidence))
    return events


def _usual_gap(gaps: Floats, n: int) -> float:
    """The longest gap that is nothing special around gap `n`."""
    before = gaps[max(n - _GAPS_SEARCHED, 0) : n]
    after = gaps[n + 1 : n + 1 + _GAPS_SEARCHED]
    near = (before[-_GAPS_AROUND:], after[:_GAPS_AROUND])
    # Where the cadence changes a gap is long against one side only.
    medians = [float(np.median(side)) for side in near if len(side)]
    # A gap that comes again, such as a week-end of a feed of working days, is a rhythm; one more
    # long gap is another missing snapshot.
    again = np.sort(np.concatenate([before, after]))[-2:-1]
    return max([*medians, *again.tolist()], default=float(gaps[n]))


def find_repeats(rows: pl.DataFrame) -> list[Event]:
    """Snapshots that repeat the one before (frozen) or an older one (copied).

    Parameters
    ----------
    rows
        ``period, entity, reading, suspect``: one row an entity and snapshot.
    """
    change = entity_changes(rows, (), rows["reading"].to_numpy())
    shares = (
        rows.select("period")
        .with_columns(pl.Series("change", change, nan_to_null=True))
        .group_by("period")
        .agg((pl.col("change") == 0).mean().alias("share"), pl.col("change").count().alias("n"))
        .sort("period")
    )
    usual = shares["share"].median()
    if not isinstance(usual, float) or usual > _USUAL_EQUAL:
        return []
    events = [
        Event(
            period,
            "frozen",
            None,
            None,
            None,
            share,
            f"{share:.1%} of {n:,} values are those of the snapshot before; {usual:.1%} are usual",
        )
        for period, share, n in shares.iter_rows()
        if share is not None and share >= _REPEATED_SHARE and n >= _MIN_EQUAL
    ]
    return events + _find_copies(rows, {event.period for event in events}, usual)


def _find_copies(rows: pl.DataFrame, frozen: set[object], usual: float) -> list[Event]:
    periods = rows["period"].unique().sort().to_list()
    often = rows.group_by("entity").len().sort(["len", "entity"], descending=[True, False])
    sample = rows.filter(pl.col("entity").is_in(often["entity"].head(_SAMPLE).implode()))
    table = sample.pivot(on="entity", index="period", values="reading").sort("period")
    # Entities are there seldom enough that a whole snapshot may lack all of the sample.
    wide = pl.DataFrame({"period": periods}).join(table, on="period", how="left")
    values = wide.drop("period").to_numpy().astype(np.float64)
    events = []
    for n in range(2, len(periods)):
        if periods[n] in frozen:
            continue
        first = max(n - 1 - _MEMORY, 0)
        older = values[first : n - 1]
        both = np.isfinite(older) & np.isfinite(values[n])
        equal = (older == values[n]).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
        for k in np.flatnonzero(equal >= _REPEATED_SHARE)[::-1]:
            share, n_both = _equal_share(rows, periods[n], periods[first + k])
            if share >= _REPEATED_SHARE and n_both >= _MIN_EQUAL:
                events.append(
                    Event(
                        periods[n],
                        "copied",
                        None,
                        None,
                        None,
                        share,
                        f"{share:.1%} of {n_both:,} values are those of {periods[first + k]}; "
                        f"{usual:.1%} are equal to the snapshot before as a rule",
                    )
                )
                break
    return events


def _equal_share(rows: pl.DataFrame, period: object, older: object) -> tuple[float, int]:
    pair = rows.filter(pl.col("period") == period).join(
        rows.filter(pl.col("period") == older), on="entity"
    )
    share = (pair["reading"] == pair["reading_right"]).mean()
    return (share if isinstance(share, float) else 0.0), pair.height
