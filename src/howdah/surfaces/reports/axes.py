"""Axes: the range of a chart, its ticks, and their labels in the page's language."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from howdah.core.phrases import Lang, number_text

#: A log axis shows at least this ratio of its ends, so that no noise looks like a cliff.
_LEAST_RATIO = 3.0

#: More labels than this run into each other on a phone.
_MAX_TICKS = 5

#: Share of the axis that the arrow of an open end takes.
_ARROW_ROOM = 0.15

_LOG_STEPS = ((1, 2, 5), (1, 3), (1,))
_LINEAR_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A value axis.

    Attributes
    ----------
    kind
        log, symlog (log, with room for zero) or linear.
    constant
        Below this a symlog axis is linear.
    low, high
        Its ends.
    ticks, labels
        Where it is labelled, and with what.
    """

    kind: Literal["log", "symlog", "linear"]
    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    constant: float = 1.0

    @property
    def is_log(self) -> bool:
        """Whether equal distances are equal ratios, near zero aside."""
        return self.kind != "linear"

    def scale(self) -> dict[str, object]:
        """The axis as a scale of Vega-Lite."""
        scale = {"type": self.kind, "domain": [self.low, self.high], "nice": False, "zero": False}
        return scale | ({"constant": self.constant} if self.kind == "symlog" else {})

    def position(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high end, cut at both."""
        low, high, value = (
            self._scaled(end) for end in (self.low, self.high, max(value, self.low))
        )
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def _scaled(self, value: float) -> float:
        match self.kind:
            case "log":
                return math.log(value)
            case "symlog":
                return math.copysign(math.log1p(abs(value) / self.constant), value)
            case "linear":
                return value


def axis_of(
    numbers: Sequence[float],
    scale: str,
    unit: str = "",
    lang: Lang = "en",
    *,
    room: tuple[bool, bool] = (False, False),
) -> Axis:
    """The axis on which numbers of a metric of `scale` are drawn.

    A log scale that must show zero is linear near it; shares stay within 0 and 100.

    Parameters
    ----------
    room
        Whether an open end needs room for its arrow below and above.

    Examples
    --------
    >>> axis_of([1e6, 9e6], "log").labels
    ('1M', '2M', '5M', '10M')
    """
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    constant = 1.0
    kind: Literal["log", "symlog", "linear"] = "linear"
    if scale == "log" and low > 0:
        kind = "log"
        low, high, ticks = _log_range(low, high, room)
    elif scale == "log" and low == 0 and high > 0:
        kind, constant = "symlog", min(n for n in numbers if n > 0)
        low, high = -0.15 * constant, 1.4 * high
        ticks = [0.0, *_log_ticks(constant, high, most=_MAX_TICKS - 1)]
    else:
        low, high = _linear_range(low, high, unit, room)
        ticks = _linear_ticks(low, high)
    # The axis title names the unit; only a share carries its sign.
    shown = unit if unit == "percent" else ""
    labels = tuple(number_text(tick, shown, "", lang) for tick in ticks)
    return Axis(kind, low, high, tuple(ticks), labels, constant)


def _log_range(
    low: float, high: float, room: tuple[bool, bool]
) -> tuple[float, float, list[float]]:
    low, high = low / 1.15, high * 1.15
    if high / low < _LEAST_RATIO:
        middle = math.sqrt(low * high)
        low, high = middle / math.sqrt(_LEAST_RATIO), middle * math.sqrt(_LEAST_RATIO)
    step = (high / low) ** _ARROW_ROOM
    low, high = low / step ** room[0], high * step ** room[1]
    return low, high, _log_ticks(low, high)


def _linear_range(
    low: float, high: float, unit: str, room: tuple[bool, bool]
) -> tuple[float, float]:
    margin = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    floor, ceiling = (0.0, 100.0) if unit == "percent" else (0.0, math.inf)
    is_within = floor <= low and high <= ceiling
    arrow = _ARROW_ROOM * (high - low)
    low, high = low - margin - arrow * room[0], high + margin + arrow * room[1]
    # A share or a count that keeps to its range has an axis that does.
    return (max(low, floor), min(high, ceiling)) if is_within else (low, high)


def _log_ticks(low: float, high: float, *, most: int = _MAX_TICKS) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for steps in _LOG_STEPS:
        ticks = [s * 10.0**d for d in decades for s in steps if low <= s * 10.0**d <= high]
        if len(ticks) <= most:
            break
    while len(ticks) > most:
        ticks = ticks[::2]
    return [float(f"{tick:.3g}") for tick in ticks]


def _linear_ticks(low: float, high: float) -> list[float]:
    size = 10.0 ** math.floor(math.log10((high - low) / _MAX_TICKS))
    for step in _LINEAR_STEPS:
        first = math.ceil(low / (step * size))
        last = math.floor(high / (step * size))
        if last - first + 1 <= _MAX_TICKS:
            return [float(f"{n * step * size:.6g}") for n in range(first, last + 1)]
    raise AssertionError("ten times the size always fits")
