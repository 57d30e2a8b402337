"""Fits: the statements of a metric, fused at once.

What `estimates.levels` reads its estimates from, and what explains them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.assembly import Assembly, assemble, series_codes, units_of, voice_of
from howdah.estimates.fusion import Learned, Solved, solve_chunk
from howdah.estimates.fusion.coding import Coded
from howdah.estimates.fusion.solving import EXPLAINED
from howdah.estimates.maturing import BroughtForward, bring_forward
from howdah.estimates.models import Models, extended, habits_of, learn_models
from howdah.estimates.observations import is_immature
from howdah.estimates.statements import SCALES, STATEMENT_INPUT, Statements

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: A rank is what the list says: two that differ exclude each other.
_RANK_SD = 1e-9


class Fit(NamedTuple):
    """The statements of a metric as they were fused; what explains its levels.

    Attributes
    ----------
    outlook
        (n,) of each row, as of `maturing.BroughtForward`.
    """

    rows: Statements
    outlook: pl.Series
    scale: Scale
    learned: Learned
    built: Assembly
    coded: Coded
    solved: Solved


def fit_levels(observations: pl.DataFrame, models: Models) -> Iterator[Fit]:
    """The fits behind `estimate_levels` of the same observations, one a metric that has any."""
    for metric in observations["metric"].unique().sort():
        grown = mature(of_metric(observations, metric), models)
        known = covering(grown.statements, models)
        yield from fit_statements(*grown, known, find_contested(*grown, known))


def of_metric(observations: pl.DataFrame, metric: str) -> pl.DataFrame:
    """Observations of one metric, with what statements are made of."""
    own = observations.lazy().filter(pl.col("metric") == metric)
    return own.select(*STATEMENT_INPUT, "suspect").collect()


def mature(observations: pl.DataFrame, models: Models) -> BroughtForward:
    """Statements without suspects and those of unfinished periods that gave way to later ones.

    Young figures are where their source's figures of that age usually end.
    """
    rows = Statements(observations.filter(~pl.col("suspect")).drop("suspect"))
    immature = rows.frame.select(is_immature()).to_series().to_numpy()
    if immature.any():
        rows = rows.chosen(~immature | rows.all_of_cell(immature))
    own = set(rows.frame["metric"].unique())
    return bring_forward(rows, [curve for m, curve in models.curves.items() if m in own])


def covering(rows: Statements, models: Models) -> Models:
    """Models with one of every metric of some statements; what is missing is learnt from these."""
    part = rows.frame.filter(
        ~pl.col("metric").is_in(list(models.by_metric)), pl.col("scale") != "rank"
    )
    if part.is_empty():
        return models
    own = learn_models(
        part.with_columns(suspect=pl.lit(value=False)), models.segments, prob=models.prob
    )
    return replace(models, by_metric={**own.by_metric, **models.by_metric})


_Metric = tuple[Ints, Scale, Learned]


def _by_metric(rows: Statements, models: Models) -> list[_Metric]:
    """Rows, scale and model of each metric whose errors add up."""
    names = rows.frame["metric"].unique().sort()
    codes = rows.frame["metric"].cast(pl.Enum(names)).to_physical().to_numpy()
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(names) + 1))
    found: list[_Metric] = []
    for n, metric in enumerate(names):
        own = order[ends[n] : ends[n + 1]]
        scale = SCALES[rows.scale[own[0]]]
        if scale == "rank":
            continue
        found.append((own, scale, models.by_metric[metric]))
    return found


def find_contested(rows: Statements, outlook: pl.Series, models: Models) -> Bools:
    """(n_cells,) whether statements of a cell exclude each other, and none of them is explained.

    A figure that is a thousand times the others is no dispute where the rest of its series tells
    that it is of another unit: a fit of all statements is asked which of them are slips of units,
    copies, stale or of another series, and what is left is looked at again. What is merely far
    out in that fit stays a dispute: of any two that exclude each other one is.
    """
    contested = _excluding(rows, models)
    if not contested.any():
        return contested
    series = series_codes(rows.frame)
    disputed = np.isin(series, series[contested[rows.cell]])
    own = rows.chosen(disputed)
    explained = np.zeros(len(rows.cell), np.bool_)
    at = np.flatnonzero(disputed)
    for fit in fit_statements(
        own, outlook.filter(pl.Series(disputed)), models, np.zeros(own.n_cells, np.bool_)
    ):
        coded, built = fit.coded, fit.built
        wrong = np.isin(fit.solved.reason, EXPLAINED) & (coded.row >= 0)
        explained[at[built.rows[built.claims[coded.row[wrong]]]]] = True
    explained &= contested[rows.cell]
    found = np.zeros(rows.n_cells, np.bool_)
    found[np.unique(rows.cell[~explained])] = _excluding(rows.chosen(~explained), models)
    return found


def _excluding(rows: Statements, models: Models) -> Bools:
    """(n_cells,) whether statements of a cell exclude each other, beside what is known of them."""
    bias, (house, noise) = np.zeros(len(rows.cell)), np.full((2, len(rows.cell)), _RANK_SD)
    for own, scale, learned in _by_metric(rows, models):
        unit = units_of(rows, own, scale)
        habits = habits_of(rows.frame[own], learned, models.segments)
        for part, found in zip((bias, house, noise), habits, strict=True):
            part[own] = found * unit
    return rows.find_contested(bias, house, np.sqrt(noise**2 + rows.own_var))


def fit_statements(
    rows: Statements, outlook: pl.Series, models: Models, contested: Bools
) -> Iterator[Fit]:
    """The fits of statements that `mature` gave, one a metric that has any.

    Parameters
    ----------
    contested
        (n_cells,) from `find_contested`.
    """
    fused = np.isfinite(rows.low) | np.isfinite(rows.high)
    fused &= rows.said_once() & ~contested[rows.cell]
    for own, scale, learned in _by_metric(rows, models):
        if not fused[own].any():
            continue
        found = _fuse_metric(rows, own[fused[own]], scale, learned, models)
        if found is not None:
            yield Fit(rows, outlook, scale, *found)


def _fuse_metric(
    rows: Statements, fused: Ints, scale: Scale, learned: Learned, models: Models
) -> tuple[Learned, Assembly, Coded, Solved] | None:
    frame = rows.frame[fused]
    voices = frame.select(voice_of()).to_series().unique().sort()
    segments = frame["entity"].replace_strict(models.segments, default="", return_dtype=pl.String)
    learned = extended(learned, tuple(voices), tuple(segments.unique().sort()))
    built = assemble(rows, fused, scale, models.segments, learned.coding.names)
    if not len(built.rows):
        return None
    learned = replace(learned, coding=learned.coding._replace(names=built.names))
    coded = built.code(learned.coding)
    return learned, built, coded, solve_chunk(learned, coded, built.verdicts(coded))
