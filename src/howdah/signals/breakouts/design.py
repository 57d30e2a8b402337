r"""Designs: features as the columns of a regression, bent where the data bend.

A feature $f$, centred and scaled by its quartiles, gives a line and hinges
$\max(f - \kappa, 0)$ at quantiles $\kappa$; a missing one gives its centre and a mark. Products
with the first feature let, say, growth count for more near a threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.signals.breakouts.features import Features

Floats = NDArray[np.float64]

#: Quantiles at which a feature may bend.
_KNOTS = (0.05, 0.25, 0.5, 0.75, 0.95)

#: Scaled values beyond this are that much: an odd feature decides nothing alone.
_LARGEST = 4.0

#: Share of rows that lack a feature, or have it, from which on that is told apart.
_LEAST_SHARE = 0.002

#: A column that varies less is not blown up further: it would decide on a few rows.
_LEAST_SD = 0.1

#: Features whose products with the first one are columns too.
_PRODUCTS = ("crossing", "growth_3", "growth_12", "volatility", "age", "near", "best")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: which feature it is of, and what is done to it.

    Attributes
    ----------
    feature
        Position of the feature.
    kind
        ``line``, ``hinge``, ``missing`` or ``product`` with the first feature.
    knot
        Where a hinge bends.
    """

    feature: int
    kind: str
    knot: float = 0.0


@dataclass(frozen=True, slots=True)
class Design:
    """How features become columns, learnt on the rows that are fitted.

    Attributes
    ----------
    names
        Of the features.
    center, scale
        (k,) median and half the quartile range.
    columns
        In order; an intercept comes before them.
    means, sds
        Of the columns; they are centred and scaled, so that one penalty fits all.
    """

    names: tuple[str, ...]
    center: Floats
    scale: Floats
    columns: tuple[Column, ...]
    means: Floats
    sds: Floats

    def matrix(self, values: Floats) -> Floats:
        """(n, 1 + len(columns)) of features (n, k)."""
        raw = _raw(values, self.center, self.scale, self.columns)
        return np.hstack([np.ones((len(raw), 1)), (raw - self.means) / self.sds])

    def owners(self) -> NDArray[np.int64]:
        """(1 + len(columns),) the feature of each column, -1 of the intercept.

        A product belongs to the feature that is not the first.
        """
        return np.array([-1, *(column.feature for column in self.columns)], np.int64)


def learn_design(features: Features, *, without: Sequence[str] = ()) -> Design:
    """The columns that features make.

    Parameters
    ----------
    features
        Of the rows that will be fitted; one that is the same, or missing, in nearly all of them
        makes no column.
    without
        Features that are left out.
    """
    values = features.values
    k = values.shape[1]
    center, scale = np.zeros(k), np.ones(k)
    columns: list[Column] = []
    for f in range(k):
        known = values[np.isfinite(values[:, f]), f]
        share = len(known) / max(len(values), 1)
        if features.names[f] in without or share < _LEAST_SHARE:
            continue
        low, center[f], high = np.quantile(known, [0.25, 0.5, 0.75])
        spread = max(float(high - low) / 2, float(known.std()) / 2)
        if share < 1 - _LEAST_SHARE:
            columns.append(Column(f, "missing"))
        if spread <= 0:
            continue
        scale[f] = spread
        columns.append(Column(f, "line"))
        scaled = np.clip((known - center[f]) / spread, -_LARGEST, _LARGEST)
        knots = np.unique(np.quantile(scaled, _KNOTS).round(3))
        inside = knots[(knots > scaled.min()) & (knots < scaled.max())]
        columns += [Column(f, "hinge", float(knot)) for knot in inside]
        if features.names[f] in _PRODUCTS and f > 0:
            columns.append(Column(f, "product"))
    raw = _raw(values, center, scale, columns)
    sds = raw.std(axis=0)
    return Design(
        features.names, center, scale, tuple(columns), raw.mean(axis=0), np.maximum(sds, _LEAST_SD)
    )


def _raw(values: Floats, center: Floats, scale: Floats, columns: Sequence[Column]) -> Floats:
    scaled = np.clip((values - center) / scale, -_LARGEST, _LARGEST)
    is_missing = ~np.isfinite(scaled)
    scaled[is_missing] = 0.0
    out = np.empty((len(values), len(columns)))
    for n, column in enumerate(columns):
        own = scaled[:, column.feature]
        if column.kind == "missing":
            out[:, n] = is_missing[:, column.feature]
        elif column.kind == "hinge":
            # Where nothing is known, nothing bends.
            bent = np.maximum(own - column.knot, 0.0)
            out[:, n] = np.where(is_missing[:, column.feature], 0.0, bent)
        elif column.kind == "product":
            out[:, n] = own * scaled[:, 0]
        else:
            out[:, n] = own
    return out
