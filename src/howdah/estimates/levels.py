"""Observations to estimates: the level of each period of a series, with its interval.

All statements of a metric are fused at once (`estimates.fusion`), each series with the house
effects of its sources; a series with figures of many periods is followed from one to the next, a
figure stated now and then stands by itself. A cell of which only bounds are known stays a bound;
sources whose statements exclude each other make the cell contested, and no average is formed of a
report and its denial.
"""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.core.estimate import ANCHORED, CALIBRATED, UNCALIBRATED
from howdah.estimates.assembly import Assembly, source_name
from howdah.estimates.cells import describe_cells
from howdah.estimates.fits import (
    Fit,
    covering,
    find_contested,
    fit_statements,
    mature,
    of_metric,
)
from howdah.estimates.fusion import METHOD, REASONS, Learned
from howdah.estimates.fusion.learning import ANCHOR_SD
from howdah.estimates.fusion.solving import UNDECIDED
from howdah.estimates.models import Models
from howdah.estimates.observations import CELL, SERIES
from howdah.estimates.scales import from_scale
from howdah.estimates.statements import SCALES, Statements
from howdah.estimates.suspects import describe_suspects

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Least share of a variance that stays a level's own when what is common is taken out.
_LEAST_OWN = 1e-6

#: Distance on the scale up to which a level is the one statement of its cell, but for rounding.
_ROUNDING = 1e-6

_COLUMNS = (
    *CELL,
    "name",
    "value",
    "lower",
    "upper",
    "prob",
    "status",
    "n_claims",
    "n_sources",
    "sources",
    "stated_low",
    "stated_high",
    "as_of",
    "method",
    "claim_ids",
    "calibration",
    "note",
    "own_sd",
)

_NUMBERS = ("value", "lower", "upper")


class Levels(NamedTuple):
    """Estimates, and what was left out of them.

    Attributes
    ----------
    estimates
        A row a cell, with the fields of `core.Estimate`, ordered by cell. The status is *point*;
        *bound* where no source gives a number or a closed range: the ends on which all
        statements agree, null where open, and no value; or *contested* where two statements, or
        a none and a some, exclude each other: the hull of all that was said.
    suspects
        Claims that are held to be wrong, from `describe_suspects`.
    """

    estimates: pl.DataFrame
    suspects: pl.DataFrame


def estimate_levels(
    observations: pl.DataFrame,
    models: Models,
    *,
    as_of: dt.date,
    latest_only: bool = False,
) -> Levels:
    """Estimate every cell of the observations.

    Statements that one source repeats word for word are one statement. Claims of an unfinished
    period stay out of a cell that has later ones. An exact figure of an age at which its source's
    figures still move enters as what they usually end at, with the variance of what is left to
    move, and the ``note`` says so; an anchor's figures are taken as they are. Claims that name
    different other parties (``object``) are of different quantities, and the ``note`` of their
    estimates names the party.

    What this cannot do: a zero has no logarithm, so a cell of zeros only is kept as stated, with
    no width; a number below zero on the log scale is shown as a bound.

    Parameters
    ----------
    observations
        From `observe`, with ``suspect`` from `flag_suspects`; suspects stay out of the fit. All
        that is known of the series that are asked for: periods bear on each other.
    models
        From `learn_models`; metrics and sources that it lacks have the prior of their nature.
        The intervals have the mass that they were calibrated for.
    as_of
        Knowledge date that the observations were read at.
    latest_only
        Give only the cells of the last period of each series; all are fused anyway.
    """
    metrics = observations["metric"].unique().sort().to_list()
    # One after the other: the arrays of one metric are a part of those of all. Without any, the
    # tables are empty.
    parts = [
        _estimate(of_metric(observations, metric), models, as_of, latest_only=latest_only)
        for metric in metrics or [""]
    ]
    estimates = pl.concat(part.estimates for part in parts)
    return Levels(
        # Stable, so that what differs in the other party alone stays in order.
        estimates.sort(CELL, maintain_order=True),
        pl.concat(part.suspects for part in parts).sort("claim_id"),
    )


def _estimate(
    observations: pl.DataFrame, models: Models, as_of: dt.date, *, latest_only: bool
) -> Levels:
    rows, outlook = mature(observations, models)
    models = covering(rows, models)
    found = _Found(rows, find_contested(rows, outlook, models))
    for fit in fit_statements(rows, outlook, models, found.contested):
        found.add_suspects(fit)
        _place_levels(found, fit, models.prob)
    # What was left out supports nothing: an estimate counts and shows what it rests on.
    left_out = found.suspects()
    used = ~found.is_left_out
    outlook = outlook.filter(pl.Series(used))
    found = found.chosen(used)
    rows = found.rows
    numbers, status = found.finished()
    label = np.where(found.is_tested, CALIBRATED, UNCALIBRATED)
    label = np.where(rows.is_known(), ANCHORED, label)
    own_sd = np.where(status == "point", found.own_sd, np.nan)
    suspects = describe_suspects(observations, left_out, rows, numbers)
    if latest_only:
        is_last = pl.col("valid_to") == pl.col("valid_to").max().over(SERIES)
        latest = rows.frame.select(is_last).to_series()
        keep = latest.to_numpy()
        cells = np.unique(rows.cell[keep])
        rows, numbers, status = rows.chosen(keep), numbers[:, cells], status[cells]
        label, own_sd = label[cells], own_sd[cells]
        outlook = outlook.filter(latest)
    estimates = (
        describe_cells(rows, outlook)
        .with_columns(
            *(pl.Series(name, numbers[n], nan_to_null=True) for n, name in enumerate(_NUMBERS)),
            pl.Series("status", status, dtype=pl.String),
            pl.Series("calibration", label, dtype=pl.String),
            pl.Series("own_sd", own_sd, nan_to_null=True),
            pl.lit(models.prob).alias("prob"),
            pl.lit(as_of).alias("as_of"),
            pl.lit(METHOD).alias("method"),
        )
        .select(_COLUMNS)
    )
    return Levels(estimates, suspects)


class _Found:
    """What has been found of each cell so far; (n_cells,) arrays, NaN where nothing."""

    def __init__(self, rows: Statements, contested: Bools) -> None:
        self.rows = rows
        self.numbers = np.full((3, rows.n_cells), np.nan)
        self.contested = contested
        self.own_sd = np.full(rows.n_cells, np.nan)
        self.is_tested = np.zeros(rows.n_cells, np.bool_)
        self.is_left_out = np.zeros(len(rows.cell), np.bool_)
        self._left_out: list[pl.DataFrame] = []
        # Ranks are what their lists say.
        ranked = rows.is_rank & rows.is_closed
        self.numbers[:, rows.cell[ranked]] = rows.low[ranked]
        self.own_sd[rows.cell[ranked]] = 0.0

    def add_suspects(self, fit: Fit) -> None:
        """Keep the claims that were left out of a fit."""
        built, coded, solved = fit.built, fit.coded, fit.solved
        out = np.flatnonzero((solved.reason > 0) & (coded.row >= 0))
        own = built.rows[built.claims[coded.row[out]]]
        names = np.array([*(source_name(v) for v in built.names.sources), ""])
        self.is_left_out[own[solved.reason[out] != UNDECIDED]] = True
        self._left_out.append(
            self.rows.frame[own]
            .select("claim_id", *SERIES)
            .with_columns(
                pl.Series("reason", [REASONS[n] for n in solved.reason[out]], dtype=pl.String),
                pl.Series("factor", solved.factor[out], dtype=pl.Float64).fill_nan(None),
                pl.Series("original", names[solved.original[out]], dtype=pl.String),
            )
        )

    def suspects(self) -> pl.DataFrame:
        """``claim_id``, its series, ``reason, factor, original``."""
        kinds = dict.fromkeys(("claim_id", *SERIES, "reason", "factor", "original"), pl.String)
        empty = pl.DataFrame(schema={**kinds, "factor": pl.Float64})
        return pl.concat([empty, *self._left_out])

    def chosen(self, keep: Bools) -> "_Found":
        """What has been found of the cells that some rows are of."""
        cells = np.unique(self.rows.cell[keep])
        some = _Found(self.rows.chosen(keep), self.contested[cells])
        some.numbers = self.numbers[:, cells]
        some.own_sd, some.is_tested = self.own_sd[cells], self.is_tested[cells]
        return some

    def finished(self) -> tuple[Floats, NDArray[np.str_]]:
        """Value and ends of each cell, and its status."""
        rows, numbers = self.rows, self.numbers
        low, high = rows.common_ends()
        said_low, said_high = rows.hull()
        has_zero = rows.any_of_cell(rows.is_zero) & np.isnan(numbers[0])
        numbers[:, has_zero] = 0.0
        self._restore_stated()
        is_share = rows.any_of_cell(rows.scale == SCALES.index("logit"))
        for edge, end, stated in ((0.0, 1, said_low), (100.0, 2, said_high)):
            # Open to 0 or 100 percent where that was stated; all of it keeps it as value.
            with np.errstate(invalid="ignore"):
                reaches = is_share & (stated <= 0 if end == 1 else stated >= edge)
            numbers[end, reaches] = edge
            numbers[0, reaches & (said_low == said_high)] = edge
        # A bound is what is stated, whatever the neighbours in time suggest.
        is_bound = ~rows.any_of_cell(rows.is_closed | rows.is_zero) & ~self.contested
        numbers[:, is_bound] = np.stack([np.full_like(low, np.nan), low, high])[:, is_bound]
        hull = np.stack([np.full_like(low, np.nan), said_low, said_high])
        numbers[:, self.contested] = hull[:, self.contested]
        status = np.where(self.contested, "contested", np.where(is_bound, "bound", "point"))
        return numbers, status

    def _restore_stated(self) -> None:
        """What is stated exactly comes back exactly, not as the scale's rounding left it."""
        rows = self.rows
        own = ~rows.is_echo()
        single = own & (np.bincount(rows.cell, own, rows.n_cells)[rows.cell] == 1)
        exact = single & rows.is_closed & (rows.stated_low == rows.stated_high)
        cell, stated = rows.cell[exact], rows.stated_low[exact]
        near = np.abs(self.numbers[0, cell] - stated) <= _ROUNDING * np.abs(stated)
        self.numbers[0, cell[near]] = stated[near]


def _place_levels(found: _Found, fit: Fit, prob: float) -> None:
    """Levels of the solved series at the cells of their statements."""
    _, _, scale, learned, built, coded, solved = fit
    rows, panel, posterior = found.rows, coded.panel, solved.posterior
    # Where only bounds are known the level is not shown, and may lie far beyond them.
    known = rows.any_of_cell(rows.is_closed)[rows.cell[built.rows]]
    series = built.series[known]
    period = np.searchsorted(built.names.days, built.day[known])
    place = posterior.level_start[series] + period - panel.first[series]
    variance = posterior.variance[place]
    common_var = learned.common_vars(variance, coded.is_anchored[series])
    sd = np.sqrt(learned.widening * variance + common_var)
    n_houses = np.diff(posterior.house_start) - coded.is_anchored
    calibration = learned.calibration
    is_tested = np.zeros(len(series), np.bool_)
    if learned.is_calibrated:
        factor = calibration.factors(panel.segment, panel.size, n_houses)
        sd *= factor[series]
        is_tested = calibration.has_truth[panel.segment][series]
    mean, unit = posterior.mean[place], built.unit[series]
    cell = rows.cell[built.rows[known]]
    # What is known is given as it is known.
    truth, is_known = _known_levels(rows, cell)
    mean, sd = np.where(is_known, truth / unit, mean), np.where(is_known, ANCHOR_SD, sd)
    reach = ndtri(0.5 + prob / 2) * sd
    ends = np.stack([mean, mean - reach, mean + reach]) * unit
    found.numbers[:, cell] = from_scale(ends, scale)
    found.is_tested[cell] = is_tested
    shared = learned.widening * _common_var(rows, built, learned)[cell]
    found.own_sd[cell] = np.sqrt(np.maximum(sd**2 - shared, _LEAST_OWN * sd**2)) * unit


def _known_levels(rows: Statements, cell: Ints) -> tuple[Floats, Bools]:
    """What anchors say of some cells, on the scale, and whether they say anything."""
    is_truth = rows.frame["anchor"].to_numpy() & rows.is_closed & (rows.low == rows.high)
    n = np.bincount(rows.cell, is_truth, rows.n_cells)
    total = np.bincount(rows.cell, np.where(is_truth, rows.low, 0.0), rows.n_cells)
    return (total / np.maximum(n, 1.0))[cell], np.asarray(n > 0, np.bool_)[cell]


def _common_var(rows: Statements, built: Assembly, learned: Learned) -> Floats:
    """(n_cells,) variance of levels that the biases of their sources make, the same for all.

    Of several sources each weighs by how much it is to be trusted; what other periods of the
    series say of the level is left out of account.
    """
    claims = built.numbered.claims
    source, segment = claims["source"].to_numpy(), claims["segment"].to_numpy()
    cell = rows.cell[built.rows[built.claims]]
    model = learned.model
    trusted = 1.0 / (model.house_var[source] + model.noise_var[source].mean(1))
    total = np.bincount(cell, trusted, rows.n_cells)
    weight = trusted / total[cell]
    held = np.where(
        learned.bias_share[source] > 0.0,
        learned.bias_share[source] * model.house_var[source],
        learned.bias_sd[source, segment] ** 2,
    )
    # Statements of one source are moved by one bias.
    voice = cell * len(model.house_var) + source
    _, first, voices = np.unique(voice, return_index=True, return_inverse=True)
    summed = np.bincount(voices, weight)
    return np.bincount(cell[first], summed**2 * held[first], rows.n_cells).astype(np.float64)
