"""Recent faults of measurement, as findings: they are shown, and never as a market move."""

import numpy as np
import polars as pl

from howdah.core.calendar import Period
from howdah.core.finding import Finding
from howdah.signals.scene import Scene

METHOD = "measurement.1"

#: Faults older than this no longer touch what radar compares.
_NEWS_DAYS = 100


def find_faults(scene: Scene, index: pl.DataFrame) -> list[Finding]:
    """Steps of a feed's market index, and changes of its lists, that are held to be faults."""
    recent = index.filter(
        pl.col("reason").is_not_null()
        & ((pl.lit(scene.as_of) - pl.col("period")).dt.total_days() <= _NEWS_DAYS)
    )
    found = []
    for row in recent.iter_rows(named=True):
        half_width = 1.645 * (row["iqr"] or 0.0) / 1.349 / np.sqrt(max(row["n_common"], 1))
        step = row["step"] or 0.0
        found.append(
            Finding(
                kind="measurement",
                entity=row["feed"],
                name=row["feed"],
                metric=row["metric"],
                definition=row["definition"],
                segment="",
                period=Period(row["period"], row["period"], "day"),
                value=float(np.exp(step)),
                lower=float(np.exp(step - half_width)),
                upper=float(np.exp(step + half_width)),
                prob=scene.prob,
                measure="times the snapshot before, all entities",
                probability=None,
                n=row["n_common"],
                cause="measurement",
                cause_reason=(
                    "the whole list moved at once, far outside its history"
                    if row["reason"] == "level_shift"
                    else f"the list now has {row['n_listed']:,} entries"
                ),
                as_of=scene.as_of,
                method=METHOD,
                claim_ids=(),
                params={"reason": row["reason"], "n_listed": row["n_listed"]},
                priority=0.8,
            )
        )
    return found
