"""What became of faults of measurement, once more of their feed was known."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from howdah.core.finding import Finding
from howdah.estimates.health import MarketIndex
from howdah.signals.records.cases import Base, Judged, make_case
from howdah.signals.scene import NEWS_DAYS, Scene

if TYPE_CHECKING:
    from howdah.core.record import Outcome

_STEP = ("feed", "metric", "definition", "period")


def judge_faults(
    found: Sequence[Finding],
    then: Scene,
    now: Scene,
    index_then: MarketIndex,
    index_now: MarketIndex,
) -> Judged:
    """Faults, held against what a quarter more of history says of the same step.

    Steps that were not held to be faults are what they are held against: how many of them
    turned out to be.
    """
    later = {
        tuple(row[:-1]): row[-1] for row in index_now.rows.select(*_STEP, "reason").iter_rows()
    }
    cases = []
    for f in found:
        key = (f.entity, f.metric, f.definition, f.period.end)
        outcome: Outcome = "open" if key not in later else "right" if later[key] else "wrong"
        # That there is a fault is what is found here; it spoils nothing.
        case = make_case(f, now.as_of, outcome)
        cases.append(case.replaced(is_contaminated=False))
    recent = index_then.rows.filter(
        pl.col("reason").is_null()
        & ((pl.lit(then.as_of) - pl.col("period")).dt.total_days().is_between(0, NEWS_DAYS))
    )
    others = [later[row] is not None for row in recent.select(_STEP).iter_rows() if row in later]
    base = Base("measurement", then.as_of, now.as_of, len(others), sum(others))
    return Judged(tuple(cases), (base,))
