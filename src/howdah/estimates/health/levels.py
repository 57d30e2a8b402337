"""Events of the level: shifts, drains, and changes of the window that is counted over."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.health.breaks import LevelBreak
from howdah.estimates.health.events import Event, Kind, rarity, step_interval

Floats = NDArray[np.float64]

#: Windows, in days, that counters change between without a word. Months to quarters are left out:
#: their factor of three is not told from an ordinary shift.
_WINDOWS = ((1, 7), (1, 28), (1, 30), (7, 28), (7, 30))

#: Standard error of a median in those of a mean, and a quartile range in standard deviations.
_MEDIAN_FACTOR = 1.2533
_IQR_SDS = 1.349


def median_noise(steps: pl.DataFrame) -> Floats:
    """Variance of each step's median, from ``iqr`` and ``n_common``; NaN where there is none."""
    sds = steps["iqr"].cast(pl.Float64).fill_null(np.nan).to_numpy() / _IQR_SDS
    n_common = np.maximum(steps["n_common"].to_numpy(), 1)
    return np.asarray(_MEDIAN_FACTOR**2 * sds**2 / n_common, np.float64)


def level_events(
    steps: pl.DataFrame, breaks: Sequence[LevelBreak], noise: Floats, prob: float
) -> list[Event]:
    """Breaks of the level as events, and stated changes of the window.

    The interval of a size holds what the market may have moved by itself meanwhile, and the
    standard error of the medians.

    Parameters
    ----------
    steps
        ``period, window_days`` of each snapshot, ordered.
    breaks
        Found by `level_breaks` in these steps, those that last.
    noise
        (n,) variance of each step's median.
    prob
        Mass inside the intervals.
    """
    stated = stated_windows(steps)
    events = []
    for found in breaks:
        sd = float(np.sqrt(found.sd**2 + noise[found.first : found.last + 1].sum()))
        size, lower, upper = step_interval(found.offset, sd, prob)
        period = steps["period"][found.first]
        until = "" if found.first == found.last else f" until {steps['period'][found.last]}"
        evidence = (
            f"all that is counted moved by {size:.3g} against its drift{until}, "
            f"{found.sds:.1f} standard deviations of its ordinary steps"
        )
        kind: Kind = "drain" if found.is_drain else "level_shift"
        change = next(
            (stated.pop(n) for n in range(found.first, found.last + 1) if n in stated), None
        )
        if change is not None:
            kind = "window"
            evidence = f"the stated window changed {_spoken(change)}; {evidence}"
        elif steps["window_days"].is_null().all() and (guess := _window(found)):
            kind = "window"
            evidence += f", as a change of the window {_spoken(guess)} would; none is stated"
        events.append(Event(period, kind, size, lower, upper, rarity(found.sds), evidence))
    events += [
        Event(
            steps["period"][n],
            "window",
            None,
            None,
            None,
            1.0,
            f"the stated window changed {_spoken(change)}; the level shows no break",
        )
        for n, change in stated.items()
    ]
    return events


def stated_windows(steps: pl.DataFrame) -> dict[int, tuple[float, float]]:
    """Windows before and after, by the position of the snapshot that first has the new one."""
    known = steps.with_row_index("n").filter(pl.col("window_days").is_not_null())
    days = known["window_days"].to_list()
    return {
        known["n"][i]: (days[i - 1], days[i]) for i in range(1, len(days)) if days[i] != days[i - 1]
    }


def _window(found: LevelBreak) -> tuple[float, float] | None:
    """Windows whose ratio the break is, within a standard deviation; the nearest."""
    both = [*_WINDOWS, *((after, before) for before, after in _WINDOWS)]
    nearest = min(both, key=lambda pair: abs(found.offset - np.log(pair[1] / pair[0])))
    is_near = abs(found.offset - np.log(nearest[1] / nearest[0])) <= found.sd
    return nearest if is_near else None


def _spoken(change: tuple[float, float]) -> str:
    return f"from {change[0]:g} to {change[1]:g} days"
