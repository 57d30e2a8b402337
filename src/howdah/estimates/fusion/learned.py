"""What a sample teaches of all series: the model, who copies whom, how wide intervals must be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.calibration import Calibration, Residuals, calibrate
from howdah.estimates.fusion.coding import Coded, Coding
from howdah.estimates.fusion.copying import find_copying
from howdah.estimates.fusion.learning import ANCHOR_SD, Prior, Shape, learn_model, usual_prior
from howdah.estimates.fusion.solving import Solved, hide_source, solve, take_series
from howdah.kernels import Model, Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Classes of size that noise and calibration go by, equally many series in each.
SIZES = ("small", "middle", "large")


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the method that can be left out, to see what each buys."""

    shared: bool = True
    suspects: bool = True
    calibrated: bool = True


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that a chunk of series needs to be solved.

    Attributes
    ----------
    model
        Hyper-parameters; the last source is truth.
    original
        (n_source + 1,) source that each source copies, -1 for none.
    bias_sd
        (n_source + 1, n_segment) standard errors of the biases.
    common_var
        Variance of what all sources have in common throughout: without truth, nothing shows it.
    """

    coding: Coding
    model: Model
    original: Ints
    bias_sd: Floats
    calibration: Calibration
    residuals: Residuals
    common_var: float
    parts: Parts
    n_sample: int
    n_anchored: int


def learn(
    coded: Coded, coding: Coding, *, prob: float, parts: Parts, prior: Prior | None = None
) -> Learned:
    """Learn from a sample of series with all their claims and truth.

    Parameters
    ----------
    prior
        What is held of the sources before; as a rule, nothing.
    """
    names = coding.names
    shape = Shape(names.truth + 1, len(names.segments), len(coding.sizes) + 1)
    prior = prior or usual_prior(names.truth)
    original = find_copying(coded.panel, shape.n_source).original
    original[: names.truth][~prior.may_copy] = -1
    model, posterior = learn_model(coded.panel, shape, prior, original, shared=parts.shared)
    anchored = np.flatnonzero(coded.is_anchored)
    residuals = _hidden(coded, anchored, model, original, coding, parts)
    calibration = calibrate(residuals, prob, n_segment=shape.n_segment, n_size=shape.n_size)
    bias = model.bias[: names.truth]
    # Too little truth leaves the mean of all biases unknown. The sources' spread says how far it
    # may be from none; of one source alone only the prior does, which counts as one more.
    common = 0.0
    if prior.bias_sd.any() and not calibration.is_calibrated:
        own = bias[original[: names.truth] < 0].mean(1)
        held = float(np.max(prior.bias_sd)) ** 2
        common = float((own**2).sum() + held) / (len(own) + 1) / len(own)
    counts = np.zeros((shape.n_source, shape.n_segment))
    series = np.repeat(np.arange(len(coded.panel.segment)), np.diff(posterior.house_start))
    np.add.at(counts, (posterior.house_source, coded.panel.segment[series]), 1.0)
    return Learned(
        coding=coding,
        model=model,
        original=original,
        bias_sd=np.sqrt(model.house_var[:, None] / np.maximum(counts, 1.0) + common),
        calibration=calibration,
        residuals=residuals,
        common_var=common,
        parts=parts,
        n_sample=len(coded.series),
        n_anchored=len(anchored),
    )


def solve_chunk(learned: Learned, coded: Coded) -> Solved:
    """Solve the series of a chunk with what was learnt."""
    return solve(
        coded.panel,
        learned.model,
        learned.original,
        scale=learned.coding.scale,
        suspects=learned.parts.suspects,
    )


def _hidden(
    coded: Coded, anchored: Ints, model: Model, original: Ints, coding: Coding, parts: Parts
) -> Residuals:
    """Truth against the level that is found without it, of the anchored series of a sample."""
    panel, _ = take_series(coded.panel, anchored)
    truth = panel.source == coding.names.truth
    hidden = hide_source(panel, coding.names.truth)
    solved = solve(hidden, model, original, scale=coding.scale, suspects=parts.suspects)
    series = np.repeat(np.arange(len(anchored)), np.diff(panel.start))
    at = solved.posterior.level_start[series] + panel.period - panel.first[series]
    n_sources = np.bincount(
        np.repeat(np.arange(len(anchored)), np.diff(solved.posterior.house_start)),
        minlength=len(anchored),
    )
    off = panel.value - solved.posterior.mean[at]
    z = off / np.sqrt(solved.posterior.variance[at] + ANCHOR_SD**2)
    # Before the first and after the last claim nothing but the walk is tested.
    own = np.flatnonzero(truth & _is_spanned(panel, truth))
    return Residuals(
        series=series[own],
        z=z[own],
        segment=panel.segment[series[own]].astype(np.int64),
        size=panel.size[series[own]].astype(np.int64),
        # Truth is hidden, yet counts as one of the series' house effects.
        n_sources=n_sources[series[own]] - 1,
    )


def _is_spanned(panel: Panel, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a row lies between the first and the last claim of its series that is not truth."""
    n_series = len(panel.segment)
    series = np.repeat(np.arange(n_series), np.diff(panel.start))
    first = np.full(n_series, len(panel.gap))
    last = np.full(n_series, -1)
    np.minimum.at(first, series[~truth], panel.period[~truth])
    np.maximum.at(last, series[~truth], panel.period[~truth])
    return (first[series] <= panel.period) & (panel.period <= last[series])
