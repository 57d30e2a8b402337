"""Round thresholds crossed: a hundred thousand stars, ten million users, with probability."""

import numpy as np
import polars as pl
from scipy import stats

from howdah.core.finding import Finding
from howdah.estimates import SERIES, to_scale
from howdah.signals.scene import Scene, period_of

METHOD = "crossing.1"

#: Thresholds are these multiples of the powers of ten from a thousand on.
_STEPS = (1, 2, 5)
_FIRST_POWER = 3
_LAST_POWER = 12

THRESHOLDS: tuple[float, ...] = tuple(
    float(step * 10**power) for power in range(_FIRST_POWER, _LAST_POWER) for step in _STEPS
)

#: Crossings older than this are history, not news.
_NEWS_DAYS = 100


def find_crossings(scene: Scene) -> list[Finding]:
    """Members of followed segments whose level passed a round number since the period before."""
    followed = {e for segment in scene.segments if segment.is_followed for e in segment.members}
    points = scene.estimates.filter(
        (pl.col("status") == "point")
        & pl.col("entity").is_in(list(followed))
        & ((pl.lit(scene.as_of) - pl.col("valid_to")).dt.total_days() <= 2 * _NEWS_DAYS)
    )
    found = []
    for _, series in points.sort("valid_to").group_by(list(SERIES), maintain_order=True):
        if series.height < 2:  # noqa: PLR2004 - a crossing needs two periods
            continue
        last = series.row(-1, named=True)
        metric = scene.metrics[last["metric"]]
        if metric.scale != "log" or (scene.as_of - last["valid_to"]).days > _NEWS_DAYS:
            continue
        first = series.row(0, named=True)
        finding = _crossing(scene, first, last)
        if finding is not None:
            found.append(finding)
    return found


def _crossing(scene: Scene, first: dict[str, object], last: dict[str, object]) -> Finding | None:
    below, above = _chances(scene, first), _chances(scene, last)
    # Passed upwards or downwards, whichever is likelier, for the largest threshold it holds of.
    up, down = (1 - below) * above, below * (1 - above)
    best = int(np.argmax(np.maximum(up, down)))
    chances = np.maximum(up, down)
    likely = np.flatnonzero(chances > 0.8)  # noqa: PLR2004 - four in five, shown as it is
    if len(likely) == 0:
        return None
    best = int(likely[-1])
    segment = scene.segment_of(str(last["entity"]))
    claim_ids = (*first["claim_ids"], *last["claim_ids"])  # type: ignore[misc]
    return Finding(
        kind="crossing",
        entity=str(last["entity"]),
        name=str(last["name"]),
        metric=str(last["metric"]),
        definition=str(last["definition"]),
        segment=segment.id if segment else "",
        period=period_of(last),
        value=last["value"],  # type: ignore[arg-type]
        lower=last["lower"],  # type: ignore[arg-type]
        upper=last["upper"],  # type: ignore[arg-type]
        prob=scene.prob,
        measure=str(last["currency"] or last["unit"]),
        probability=float(chances[best]),
        n=len(claim_ids),
        cause="cannot tell" if last["n_sources"] == 1 else "market",
        cause_reason=(
            "one source counts it; a second one that passes too would settle it"
            if last["n_sources"] == 1
            else "more than one source has passed it"
        ),
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=claim_ids,
        params={
            "threshold": THRESHOLDS[best],
            "direction": "up" if up[best] >= down[best] else "down",
            "before": first["value"],  # type: ignore[dict-item]
            "before_period": str(first["valid_to"]),
            "after_period": str(last["valid_to"]),
            "unit": str(last["currency"] or last["unit"]),
        },
        priority=0.35 * float(chances[best]) * float(np.log10(THRESHOLDS[best]) / 9),
    )


def _chances(scene: Scene, row: dict[str, object]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Probability that the level of a row lies above each threshold."""
    numbers = np.array([row["value"], row["lower"], row["upper"]], dtype=np.float64)
    level, lower, upper = to_scale(numbers, "log")
    reach = stats.norm.ppf(0.5 + scene.prob / 2)
    sd = max(float(upper - lower) / (2 * reach), 1e-9)
    chances: np.ndarray[tuple[int], np.dtype[np.float64]] = stats.norm.cdf(
        (level - np.log(THRESHOLDS)) / sd
    )
    return chances
