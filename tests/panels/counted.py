"""Metrics counted the slow way: sets of days, one unit and day at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Unit:
    """A unit of a panel; days are counted from the first of the log."""

    stratum: int
    joined: int
    left: int
    days: dict[int, set[int]] = field(default_factory=dict)  # by product


LOOK_BACK = {"dau": 0, "wau": 6, "mau28": 27, "mau30": 29, "stickiness28": 27}
WIDTH = {"dau": 1, "wau": 7, "mau28": 28, "mau30": 30}


def look_back(metric: str, burn_in: int) -> int:
    if metric in LOOK_BACK:
        return LOOK_BACK[metric]
    kind, width = metric.split("_")
    two = 2 * int(width[:-1]) - 1
    return max(two, burn_in) if kind in {"new", "resurrected"} else two


def has(metric: str, unit: Unit, product: int, day: int) -> float:
    """What a unit adds to a metric's count; to stickiness, its share of active days."""
    days = unit.days.get(product, set())

    def active(end: int, width: int) -> bool:
        return any(d in days for d in range(end - width + 1, end + 1))

    if metric in WIDTH:
        return active(day, WIDTH[metric])
    if metric == "stickiness28":
        return sum(d in days for d in range(day - 27, day + 1)) / 28
    kind, width_text = metric.split("_")
    width = int(width_text[:-1])
    now, before = active(day, width), active(day - width, width)
    is_first = bool(days) and day - width < min(days) <= day
    return {
        "new": now and is_first,
        "retained": now and before,
        "resurrected": now and not before and not is_first,
        "churned": before and not now,
    }[kind]


@dataclass
class Cell:
    value: float | None
    stderr: float | None
    n_raw: int
    is_mature: bool = True


def cell(
    metric: str, units: list[Unit], population: list[float], product: int, day: int,
    n_day: int, burn_in: int,
) -> Cell:  # fmt: skip
    """One cell by the textbook: sample variances of each stratum, residuals for the ratio."""
    back = look_back(metric, burn_in)
    is_ratio = metric == "stickiness28"
    samples: list[tuple[float, np.ndarray, np.ndarray]] = []
    for h, n_all in enumerate(population):
        seen = [
            u for u in units if u.stratum == h and u.joined <= day - back and day < u.left
            and day - back >= 0 and day < n_day
        ]  # fmt: skip
        if not seen and n_all > 0:
            return Cell(None, None, 0, is_mature=False)
        if seen:
            y = np.array([float(has(metric, u, product, day)) for u in seen])
            x = np.array([float(has("mau28", u, product, day)) for u in seen])
            samples.append((n_all, y, x if is_ratio else y))
    total = sum(n_all * y.mean() for n_all, y, _ in samples)
    raw = int(sum((x > 0).sum() for _, _, x in samples))
    ratio, scale = 0.0, 1.0
    if is_ratio:
        scale = sum(n_all * x.mean() for n_all, _, x in samples)
        if scale == 0:
            return Cell(None, None, raw)
        ratio = total / scale
    variance = 0.0
    for n_all, y, x in samples:
        n = len(y)
        residual = y - ratio * x if is_ratio else y
        if n == 1:
            if n_all > 1:
                variance = np.nan
            continue
        variance += n_all**2 * (1 - n / n_all) * residual.var(ddof=1) / n
    stderr = float(np.sqrt(max(variance, 0.0))) / scale if not np.isnan(variance) else None
    return Cell(ratio if is_ratio else total, stderr, raw)


def rows_of(units: Iterable[Unit]) -> list[tuple[int, int, int]]:
    """(unit, product, day) of all activity."""
    return [
        (i, product, day)
        for i, unit in enumerate(units)
        for product, days in unit.days.items()
        for day in sorted(days)
    ]
