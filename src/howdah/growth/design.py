r"""What besides spend moves the outcome, as fixed columns: trend, season, controls, other groups.

Seasons are pairs $\cos, \sin$ of $2\pi k s / S$: of the year for days, weeks, months and quarters
(as many pairs as the length of the series can tell from the level), of the week for days.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.growth.series import Calendar, Rhythm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_DAYS_A_YEAR = 365.25

#: Pairs of the yearly season from so many years of data on.
_PAIRS = ((3.0, 3), (2.0, 2), (1.0, 1))

#: Most pairs that a year of a rhythm can hold.
_MOST_PAIRS = {"day": 3, "week": 3, "month": 3, "quarter": 1, "year": 0, "uneven": 0}

#: Weeks of days from which on the week has a season.
_LEAST_WEEKS = 4

#: A column of which the others leave less than this share of its sum of squares is none.
_LEFT = 1e-6


@dataclass(frozen=True, slots=True)
class Design:
    """Fixed columns that are linearly independent over the known periods.

    Attributes
    ----------
    columns
        (n_fixed, n_period), the first of ones, those of the future among them.
    names
        What each is.
    n_own
        Those that come first and are made of the calendar: level, trend, seasons.
    """

    columns: Floats
    names: tuple[str, ...]
    n_own: int


def design(
    calendar: Calendar, days: Ints, is_known: Bools, controls: Floats, names: tuple[str, ...]
) -> Design:
    """Fixed columns of a series, those that say nothing of their own left out.

    Parameters
    ----------
    days
        (n_period,) dates of the calendar and of what comes after it.
    is_known
        (n_period,) periods with an outcome.
    controls
        (n_control, n_period), the future filled in.
    names
        (n_control,) names of the controls.
    """
    n_period = len(days)
    steps = np.arange(n_period)
    found: list[tuple[str, Floats]] = [("level", np.ones(n_period))]
    # Centred on what is known, so that the columns are nearly orthogonal.
    known = steps[is_known]
    middle, reach = (known.mean(), max(np.ptp(known) / 2, 1.0)) if len(known) else (0.0, 1.0)
    found.append(("trend", (steps - middle) / reach))
    found += _seasons(calendar.rhythm, days, is_known)
    n_own = len(found)
    for name, row in zip(names, controls, strict=True):
        inside = row[is_known]
        spread = inside.std() if len(inside) else 0.0
        if spread > 0.0:
            found.append((name, (row - inside.mean()) / spread))
    kept = _independent(np.array([row[is_known] for _, row in found]))
    return Design(
        np.array([found[k][1] for k in kept]).reshape(len(kept), n_period),
        tuple(found[k][0] for k in kept),
        sum(k < n_own for k in kept),
    )


def _seasons(rhythm: Rhythm, days: Ints, is_known: Bools) -> list[tuple[str, Floats]]:
    known = days[is_known]
    if not len(known):
        return []
    n_years = (np.ptp(known) + 1) / _DAYS_A_YEAR
    # A series of exactly three years ends a little before its third anniversary.
    n_pairs = next((n for years, n in _PAIRS if n_years >= years - 0.03), 0)
    n_pairs = min(n_pairs, _MOST_PAIRS[rhythm])
    found = _pairs("year", days, _DAYS_A_YEAR, n_pairs)
    if rhythm == "quarter" and n_pairs:
        # Four seasons have three columns: the half-year's sine is zero in all of them.
        found.append(("year 2 cos", np.cos(4 * np.pi * days / _DAYS_A_YEAR)))
    if rhythm == "day" and (np.ptp(known) + 1) / 7 >= _LEAST_WEEKS:
        found += _pairs("week", days, 7.0, 3)
    return found


def _pairs(name: str, days: Ints, length: float, n_pairs: int) -> list[tuple[str, Floats]]:
    found = []
    for k in range(1, n_pairs + 1):
        angle = 2 * np.pi * k * days / length
        found += [(f"{name} {k} cos", np.cos(angle)), (f"{name} {k} sin", np.sin(angle))]
    return found


def _independent(columns: Floats) -> list[int]:
    """Places of columns that those before them do not explain."""
    kept: list[int] = []
    basis = np.zeros((0, columns.shape[1]))
    for n, column in enumerate(columns):
        left = column - basis.T @ (basis @ column)
        left -= basis.T @ (basis @ left)
        total, own = column @ column, left @ left
        if total > 0.0 and own > _LEFT * total and len(kept) < columns.shape[1]:
            kept.append(n)
            basis = np.vstack([basis, left / np.sqrt(own)])
    return kept
