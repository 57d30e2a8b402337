"""Simulated vendors that restate: true final values, prints by age, structures unlike the model."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

N_MONTHS = 72
FIRST = dt.date(2018, 1, 1)

#: Days before the end of a month on which its running count is printed.
EARLY = (20, 10)

#: Months after which a month is printed again, on the vendor's day of the month.
LAGS = (0, 1, 2, 3, 4, 6, 8)
DAY = dt.timedelta(days=5)


class Vendor(NamedTuple):
    """Prints, and what each period's value is once nothing moves it."""

    prints: pl.DataFrame
    final: pl.DataFrame  # series, valid_to, final


#: From this age on nothing moves but by a new version of the vendor's model.
OVER_DAYS = 180

#: Months in which a restating vendor moves all its history, and by how much (of the log).
RESTATED = {24: 0.12, 50: -0.2}

KINDS = ("shrinking", "seasonal", "switch", "restated", "partial", "late starts")


def simulate(kind: str, seed: int, *, n_series: int = 12) -> Vendor:
    """Prints of one vendor.

    Parameters
    ----------
    kind
        *shrinking*: bias and spread shrink with age, and prints of one month share half of their
        error. *seasonal*: as that, and first prints of December and January miss twice as much.
        *switch*: from the middle on the vendor overshoots where it fell short. *restated*: as
        shrinking, and twice a new model moves all history at once. *partial*: running counts of
        days that are not alike. *late starts*: as shrinking, with prints of the running month in
        the last two years only.
    """
    rng = np.random.default_rng(seed)
    starts = [month(m) for m in range(N_MONTHS + LAGS[-1] + 1)]
    level = rng.normal(12.0, 1.5, n_series)[:, None] + np.cumsum(
        rng.normal(0.02, 0.08, (n_series, N_MONTHS)), axis=1
    )
    shared = rng.standard_t(6, (N_MONTHS,))
    versions = RESTATED if kind == "restated" else {}
    rows, finals = [], []
    for m in range(N_MONTHS):
        end = starts[m + 1] - dt.timedelta(days=1)
        length = end.day
        weight = rng.gamma(8.0, 1.0, length) * np.where(np.arange(length) % 7 < 5, 1.0, 0.5)
        for i in range(n_series):
            own = rng.standard_t(5)
            early = [end - dt.timedelta(days=d) for d in EARLY if _has_partial(kind, m)]
            for day in [*early, *(starts[m + 1 + lag] + DAY for lag in LAGS)]:
                age = (day - end).days
                miss = _miss(kind, m, end.month, age, 0.6 * shared[m] + 0.6 * own)
                value = np.exp(level[i, m] + miss + _version(versions, starts, day))
                if age < 0:
                    gone = length + age
                    noise = rng.gamma(400.0, 1 / 400.0)
                    value *= weight[: max(gone - 1, 1)].sum() / weight.sum() * noise
                rows.append((f"p{i}", starts[m], end, day, float(value)))
            finals.append((f"p{i}", end, float(np.exp(level[i, m]))))
    schema = ["series", "valid_from", "valid_to", "published_at", "value"]
    prints = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        source=pl.lit("vendor"), metric=pl.lit("downloads"), scale=pl.lit("log")
    )
    final = pl.DataFrame(finals, schema=["series", "valid_to", "final"], orient="row")
    return Vendor(prints, final)


def true_bias(age: int) -> float:
    """Mean of final minus print of the *shrinking* vendor."""
    return 0.15 * float(np.exp(-age / 30)) if age < OVER_DAYS else 0.0


def month(n: int) -> dt.date:
    """First day of a month."""
    return dt.date(FIRST.year + n // 12, n % 12 + 1, 1)


def _has_partial(kind: str, month: int) -> bool:
    return kind == "partial" or (kind == "late starts" and month >= N_MONTHS - 24)


def _miss(kind: str, month: int, calendar: int, age: int, error: float) -> float:
    """Log of print over final."""
    if age >= OVER_DAYS:
        return 0.0
    left = float(np.exp(-max(age, 0) / 30))
    bias = -0.15
    if kind == "seasonal" and calendar in {12, 1}:
        bias = -0.3
    if kind == "switch" and month >= N_MONTHS // 2:
        bias = 0.08
    return bias * left + 0.05 * left * error


def _version(versions: dict[int, float], starts: list[dt.date], day: dt.date) -> float:
    return sum(size for month, size in versions.items() if day >= starts[month])
