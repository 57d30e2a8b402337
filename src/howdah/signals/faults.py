"""Recent faults of measurement, as findings: they are shown, and never as a market move."""

import numpy as np
import polars as pl
from scipy.special import ndtri

from howdah.core.calendar import Period
from howdah.core.finding import Finding, Reason
from howdah.core.phrases import reason
from howdah.estimates.health import MarketIndex
from howdah.signals.scene import NEWS_DAYS, Row, Scene

METHOD = "measurement.2"

#: How much wider a median scatters than a mean: sqrt(pi / 2), and a quartile range in standard
#: deviations.
_MEDIAN_FACTOR = 1.2533
_IQR_SDS = 1.349


def find_faults(scene: Scene, index: MarketIndex) -> list[Finding]:
    """Steps of a feed's market index, and changes of its lists, that are held to be faults.

    The size is the median change of all that the feed counts, with the interval of a median; for
    a list that was recut it is the change of those that are in both lists.
    """
    recent = index.rows.filter(
        pl.col("reason").is_not_null()
        & (pl.col("period") <= scene.as_of)
        & ((pl.lit(scene.as_of) - pl.col("period")).dt.total_days() <= NEWS_DAYS)
    )
    return [_finding(scene, row) for row in recent.iter_rows(named=True)]


def _finding(scene: Scene, row: Row) -> Finding:
    step = row["step"]
    sd = _MEDIAN_FACTOR * (row["iqr"] or 0.0) / _IQR_SDS / np.sqrt(max(row["n_common"], 1))
    reach = float(ndtri(0.5 + scene.prob / 2) * sd)
    ends = [None] * 3 if step is None else [float(np.exp(step + x)) for x in (0.0, -reach, reach)]
    return Finding(
        kind="measurement",
        entity=row["feed"],
        name=row["feed"],
        metric=row["metric"],
        definition=row["definition"],
        segment="",
        period=Period(row["period"], row["period"], "day"),
        value=ends[0],
        lower=ends[1],
        upper=ends[2],
        prob=scene.prob,
        measure="times the snapshot before, all entities",
        probability=None,
        n=row["n_common"],
        cause="measurement",
        cause_reason=_reason(row),
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=(),
        params={
            "reason": row["reason"],
            "n_listed": row["n_listed"],
            "age_days": scene.age_days(row["period"]),
        },
        priority=0.8 * scene.recency(row["period"]),
    )


def _reason(row: Row) -> Reason:
    if row["reason"] == "list_length":
        return reason("list_has", n=f"{row['n_listed']:,}")
    if row["reason"] == "drain":
        return reason("list_drained")
    if row["reason"] == "composition":
        return reason("part_moved")
    return reason("list_moved")
