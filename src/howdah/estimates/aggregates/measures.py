"""Growth, sums, shares and ratios of levels that were joined, each with its interval."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, ndtr, ndtri

from howdah.core.errors import InputError
from howdah.core.plain import Unbounded
from howdah.estimates.aggregates.joint import Joint
from howdah.estimates.aggregates.sums import Logs, Sums, add_up, shrink
from howdah.estimates.aggregates.trust import NO_TRUST, Trust

Floats = NDArray[np.float64]

METHOD = "joint.1"

#: What `method` adds: truth has tested levels, but nothing of this kind; or growth, but only over
#: longer times; or there is no truth of this segment; or none at all.
BY_LEVELS = f"{METHOD} by levels"
BY_LONGER = f"{METHOD} by longer growth"
UNCALIBRATED_HERE = f"{METHOD} uncalibrated here"
UNCALIBRATED = f"{METHOD} uncalibrated"


class Interval(NamedTuple):
    """A number with its interval, and which truth has tested it."""

    value: Unbounded
    lower: Unbounded
    upper: Unbounded
    prob: float
    method: str


def growth(joint: Joint, before: dt.date, after: dt.date, trust: Trust = NO_TRUST) -> pl.DataFrame:
    """Growth of each series from one period to another, in percent.

    House effects stand in both levels and cancel: growth is better known than either.

    Returns
    -------
    DataFrame
        ``series, value, lower, upper, prob, method``.

    Raises
    ------
    InputError
        The levels are not on the log scale.
    """
    _need_logs(joint, "Growth in percent")
    pair, tested = _pair(joint, before, after, trust)
    change = pair.mean[:, 1] - pair.mean[:, 0]
    moved = pair.common[:, 1] - pair.common[:, 0]
    own = pair.own[:, 0, 0] + pair.own[:, 1, 1] - 2 * pair.own[:, 0, 1]
    reach = _normal(joint) * np.sqrt(np.maximum(own, 0.0) + (moved**2).sum(1))
    percent = [100 * np.expm1(x) for x in (change, change - reach, change + reach)]
    methods = [method_of(joint, tested, n) for n in range(len(joint.series))]
    return _table(joint, percent, methods)


def total_growth(
    joint: Joint, before: dt.date, after: dt.date, trust: Trust = NO_TRUST
) -> Interval:
    """Growth of the sum of all series of a joint, in percent.

    Raises
    ------
    InputError
        The levels are not on the log scale.
    """
    _need_logs(joint, "Growth in percent")
    pair, tested = _pair(joint, before, after, trust)
    sums = add_up(shrink(pair), np.eye(2)[:, None, :].repeat(len(joint.series), 1))
    found = _log_ratio(joint, sums, 1, 0)
    value, low, high = (float(100 * np.expm1(x)) for x in found)
    return Interval(value, low, high, joint.prob, method_of(joint, tested))


def total(joint: Joint, period: dt.date, trust: Trust = NO_TRUST) -> Interval:
    """Sum of all series of a joint in a period.

    On the linear scale sums are Gaussian; on the log scale see `sums`.

    Raises
    ------
    InputError
        The levels are shares (logit scale), which do not add up.
    """
    factor = trust.of_sum(len(joint.series))
    at = joint.at(period)
    method = method_of(joint, BY_LEVELS if factor is None else METHOD)
    if joint.scale != "log":
        if joint.scale != "linear":
            raise InputError(
                f"Levels on the {joint.scale} scale do not add up. Fuse amounts for a sum."
            )
        variance = joint.own[:, at, at].sum() + (joint.common[:, at].sum(0) ** 2).sum()
        value = float(joint.mean[:, at].sum() * joint.unit)
        reach = float(_normal(joint) * np.sqrt(variance) * joint.unit)
        return Interval(value, value - reach, value + reach, joint.prob, method)
    sums = add_up(_in_period(joint, at, factor), np.ones((1, len(joint.series), 1)))
    middle, reach = sums.median[0], _normal(joint) * np.sqrt(sums.covariance[0, 0])
    value, low, high = (float(np.exp(x)) for x in (middle, middle - reach, middle + reach))
    return Interval(value, low, high, joint.prob, method)


def shares(joint: Joint, period: dt.date, trust: Trust = NO_TRUST) -> pl.DataFrame:
    """Share of each series in the sum of all series of a joint, in percent.

    The values are shares of what is expected, so that they add up to 100. One series alone has
    all, for sure.

    Returns
    -------
    DataFrame
        ``series, value, lower, upper, prob, method``.

    Raises
    ------
    InputError
        The levels are not on the log scale: a sum of levels that may be zero has no shares.
    """
    _need_logs(joint, "A share")
    n = len(joint.series)
    factor = trust.of_sum(n)
    logs = _in_period(joint, joint.at(period), factor)
    method = [method_of(joint, BY_LEVELS)] * n
    own, common = logs.own[:, 0, 0], logs.common[:, 0]
    variance = own + (common**2).sum(1)
    value = np.exp(logs.mean[:, 0] - logs.mean[:, 0].max() + variance / 2)
    part = value / value.sum()
    if n == 1:
        return _table(joint, [np.full(1, 100.0)] * 3, method)
    # The sum of all others, in closed form for each.
    rest = 1.0 - part
    moved = part @ common
    others = (moved - part[:, None] * common) / rest[:, None]
    alone = part**2 * np.exp((common**2).sum(1)) * np.expm1(own)
    rest_var = np.log1p((alone.sum() - alone) / rest**2 + np.expm1((others**2).sum(1)))
    own_log_var = variance
    shared = (common * others).sum(1)
    middle = np.log(part) - own_log_var / 2 - (np.log(rest) - rest_var / 2)
    reach = _normal(joint) * np.sqrt(np.maximum(own_log_var + rest_var - 2 * shared, 0.0))
    return _table(
        joint, [100 * part, 100 * expit(middle - reach), 100 * expit(middle + reach)], method
    )


def share(joint: Joint, of: Sequence[str], period: dt.date, trust: Trust = NO_TRUST) -> Interval:
    """Share of some series together in the sum of all series of a joint, in percent.

    Raises
    ------
    InputError
        The levels are not on the log scale.
    UnknownNameError
        A series is not in the joint.
    """
    _need_logs(joint, "A share")
    n = len(joint.series)
    inside = np.zeros(n, np.bool_)
    inside[joint.of(of)] = True
    method = method_of(joint, BY_LEVELS)
    if inside.all() or not inside.any():
        whole = 100.0 * float(inside.all())
        return Interval(whole, whole, whole, joint.prob, method)
    logs = _in_period(joint, joint.at(period), trust.of_sum(n))
    sums = add_up(logs, np.stack([inside, ~inside])[:, :, None].astype(np.float64))
    _, low, high = _log_ratio(joint, sums, 0, 1)
    value = 100 * float(sums.expected[0] / sums.expected.sum())
    return Interval(value, float(100 * expit(low)), float(100 * expit(high)), joint.prob, method)


def ratio(joint: Joint, first: str, second: str, period: dt.date) -> tuple[Interval, float]:
    """How many times as large as another one series is, and the probability that it is larger.

    Raises
    ------
    InputError
        The levels are not on the log scale.
    UnknownNameError
        A series is not in the joint.
    """
    _need_logs(joint, "A ratio")
    at = joint.at(period)
    a, b = int(joint.of([first])[0]), int(joint.of([second])[0])
    apart = float(joint.mean[a, at] - joint.mean[b, at])
    moved = joint.common[a, at] - joint.common[b, at]
    own = 0.0 if a == b else joint.own[a, at, at] + joint.own[b, at, at]
    sd = float(np.sqrt(own + moved @ moved))
    reach = _normal(joint) * sd
    value, low, high = (float(np.exp(x)) for x in (apart, apart - reach, apart + reach))
    larger = float(ndtr(apart / sd)) if sd > 0 else 0.5 * (1 + np.sign(apart))
    return Interval(value, low, high, joint.prob, method_of(joint, BY_LEVELS)), larger


def _in_period(joint: Joint, at: int, factor: float | None) -> Logs:
    """Levels of a period, as they are to be summed."""
    logs = Logs(joint.mean[:, [at]], joint.own[:, [at]][:, :, [at]], joint.common[:, [at]])
    logs = shrink(logs)
    return logs if factor is None else logs._replace(own=logs.own * factor**2)


def _pair(joint: Joint, before: dt.date, after: dt.date, trust: Trust) -> tuple[Logs, str]:
    """Levels of two periods, their difference widened as truth says, and what it has tested."""
    at = [joint.at(before), joint.at(after)]
    own = joint.own[:, at][:, :, at]
    days = abs((after - before).days)
    factor, tested = trust.of_growth(joint, days), BY_LEVELS
    if factor is not None:
        tested = METHOD if trust.has_tested(days) else BY_LONGER
        # The difference is scaled, the middle of the two is not.
        near, far = (1 + factor) / 2, (1 - factor) / 2
        turn = np.stack([np.stack([near, far], 1), np.stack([far, near], 1)], 1)
        own = turn @ own @ turn
    return Logs(joint.mean[:, at], own, joint.common[:, at]), tested


def _log_ratio(joint: Joint, sums: Sums, above: int, below: int) -> tuple[float, float, float]:
    """Log of the ratio of two sums, and its ends."""
    middle = float(sums.median[above] - sums.median[below])
    c = sums.covariance
    variance = c[above, above] + c[below, below] - 2 * c[above, below]
    reach = _normal(joint) * float(np.sqrt(max(float(variance), 0.0)))
    return middle, middle - reach, middle + reach


def _need_logs(joint: Joint, what: str) -> None:
    if joint.scale != "log":
        raise InputError(
            f"{what} needs levels on the log scale, and these are on the {joint.scale} scale: "
            "they may be zero. Fuse with scale='log'."
        )


def _normal(joint: Joint) -> float:
    return float(ndtri(0.5 + joint.prob / 2))


def method_of(joint: Joint, tested: str, row: int | None = None) -> str:
    """Which truth has tested an interval of one series or of all; `tested` says it best."""
    own = joint.is_tested if row is None else joint.is_tested[[row]]
    if not joint.is_calibrated:
        return UNCALIBRATED
    return tested if own.all() else UNCALIBRATED_HERE


def _table(joint: Joint, ends: Sequence[Floats], methods: Sequence[str]) -> pl.DataFrame:
    value, lower, upper = ends
    return pl.DataFrame(
        {
            "series": joint.series,
            "value": value,
            "lower": lower,
            "upper": upper,
            "prob": np.full(len(value), joint.prob),
            "method": methods,
        }
    )
