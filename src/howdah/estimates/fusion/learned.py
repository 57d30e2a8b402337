"""What a sample teaches of all series: the model, who copies whom, how wide intervals must be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.calibration import WEIGHTS_UNKNOWN, Calibration, Residuals, calibrate
from howdah.estimates.fusion.centring import Centre, find_centre
from howdah.estimates.fusion.coding import Coded, Coding
from howdah.estimates.fusion.copying import find_copying
from howdah.estimates.fusion.freezing import learn_steps
from howdah.estimates.fusion.learning import ANCHOR_SD, Prior, Shape, learn_model, usual_prior
from howdah.estimates.fusion.links import Links, no_links
from howdah.estimates.fusion.solving import DROP, Rules, Solved, hide_source, solve, take_series
from howdah.kernels import Known, Model, Panel, leave_out

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Small = NDArray[np.int8]

#: Share of copied claims from which a source has no bias of its own to show.
_MOSTLY = 0.5

#: Classes of size that noise and calibration go by, equally many series in each.
SIZES = ("small", "middle", "large")


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the method that can be left out, to see what each buys."""

    shared: bool = True
    trends: bool = True
    suspects: bool = True
    copies: bool = True
    calibrated: bool = True


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that a chunk of series needs to be solved.

    Attributes
    ----------
    model
        Hyper-parameters; the last source is truth.
    rules
        Who copies whom, and what else tells suspect claims.
    bias_sd
        (n_source + 1, n_segment) standard errors of the biases.
    bias_held
        (n_source,) spread of the biases around none that was held before; of sources whose bias
        is not taken off, that their house effects leave.
    bias_share
        (n_source + 1,) share of the variance of house effects that is the source's bias, the same
        for all series; 0 where it is taken off.
    common_var
        Variance of what all sources have in common throughout, as truth of too few series
        leaves it.
    """

    coding: Coding
    model: Model
    rules: Rules
    bias_sd: Floats
    bias_held: Floats
    bias_share: Floats
    calibration: Calibration
    residuals: Residuals
    common_var: float
    parts: Parts
    n_sample: int
    n_anchored: int

    @property
    def is_calibrated(self) -> bool:
        """Whether truth says how wide intervals have to be."""
        return self.calibration.is_calibrated and self.parts.calibrated

    @property
    def widening(self) -> float:
        """Times which variances of the model are taken before they are calibrated."""
        return 1.0 if self.is_calibrated else WEIGHTS_UNKNOWN

    def common_vars(self, variance: Floats, is_anchored: Flags) -> Floats:
        """`common_var` of each cell: one that truth speaks of knows where it lies.

        Parameters
        ----------
        variance
            Of the level of a cell, by the model.
        is_anchored
            Whether its series has truth; of the same shape, or one that goes with it.
        """
        told = np.where(is_anchored, np.minimum(ANCHOR_SD**2 / variance, 1.0), 0.0)
        return np.asarray(self.common_var * (1.0 - told), np.float64)


def learn(
    coded: Coded,
    coding: Coding,
    *,
    prob: float,
    parts: Parts,
    prior: Prior | None = None,
    verdict: Small | None = None,
) -> Learned:
    """Learn from a sample of series with all their claims and truth.

    Parameters
    ----------
    prior
        What is held of the sources before; as a rule, nothing.
    verdict
        What a reviewer said of the claims, of `solving.solve`.
    """
    names = coding.names
    shape = Shape(names.truth + 1, len(names.segments), len(coding.sizes) + 1)
    prior = prior or usual_prior(names.truth)
    panel = coded.panel
    if verdict is not None:
        panel = leave_out(panel, verdict == DROP)
    links = no_links()
    if parts.copies:
        links = find_copying(panel, shape.n_source, scale=coding.scale, unit=coding.unit)
        links = _between(links, prior.may_copy)
    rules = Rules(links, learn_steps(panel, shape.n_source), coding.scale, coding.unit)
    # Copies teach nothing, whichever of two it is that copies.
    panel = leave_out(panel, rules.copied(panel) >= 0)
    model, posterior = learn_model(panel, shape, prior, shared=parts.shared, trends=parts.trends)
    model = _inherited(model, links)
    anchored = np.flatnonzero(coded.is_anchored)
    residuals, sd = _hidden(coded, anchored, model, rules, coding, parts, verdict)
    common = centred = 0.0
    if prior.takes_off.any():
        centre = Centre(0.0, _middle_var(model, prior, links))
        if prior.takes_off.all():
            # Where nobody is taken to be right already, the levels follow the middle of all.
            centre = find_centre(residuals, sd, centre.variance)
            model = _moved(model, names.truth, -centre.offset)
            residuals = residuals._replace(z=residuals.z - centre.offset / sd)
        common = centred = centre.variance
    calibration = calibrate(residuals, prob, n_segment=shape.n_segment, n_size=shape.n_size)
    if calibration.is_calibrated:
        # The factors of the estimates hold what is left of it; nothing else holds that of biases.
        common = 0.0
    held = prior.bias_sd**2 / prior.seen_house_var() if names.truth else np.zeros(0)
    share = np.append(np.where(prior.takes_off, 0.0, held), 0.0)
    counts = np.zeros((shape.n_source, shape.n_segment))
    series = np.repeat(np.arange(len(coded.panel.segment)), np.diff(posterior.house_start))
    np.add.at(counts, (posterior.house_source, coded.panel.segment[series]), 1.0)
    bias_sd = np.sqrt(model.house_var[:, None] / np.maximum(counts, 1.0) + centred)
    for e in np.flatnonzero(links.is_whole):
        bias_sd[links.copier[e]] = bias_sd[links.original[e]]
    return Learned(
        coding=coding,
        model=model,
        rules=rules,
        bias_sd=bias_sd,
        bias_held=np.where(
            prior.takes_off, prior.bias_sd, np.sqrt((share * model.house_var)[: names.truth])
        ),
        bias_share=share,
        calibration=calibration,
        residuals=residuals,
        common_var=common,
        parts=parts,
        n_sample=len(coded.series),
        n_anchored=len(anchored),
    )


def _inherited(model: Model, links: Links) -> Model:
    """Model in which a source that says nothing but another's figures errs as that one does.

    None of its claims has taught what it errs by.
    """
    bias, house_var = model.bias.copy(), model.house_var.copy()
    noise_var, drift_var = model.noise_var.copy(), model.drift_var.copy()
    for e in np.flatnonzero(links.is_whole):
        s, o = links.copier[e], links.original[e]
        bias[s], house_var[s] = bias[o] + links.shift[e], house_var[o]
        noise_var[s], drift_var[s] = noise_var[o], drift_var[o]
    return model._replace(bias=bias, house_var=house_var, noise_var=noise_var, drift_var=drift_var)


def _middle_var(model: Model, prior: Prior, links: Links) -> float:
    """Variance of the mean of all biases around none, before there is truth.

    The sources' spread says how far it may be; of one source alone only the prior does, which
    counts as one more.
    """
    is_copy = np.zeros(len(prior.bias_sd), np.bool_)
    is_copy[links.copier[links.share > _MOSTLY]] = True
    own = model.bias[:-1][~is_copy].mean(1)
    one_more = float(np.max(prior.bias_sd)) ** 2
    return float((own**2).sum() + one_more) / (len(own) + 1) / len(own)


def _moved(model: Model, truth: int, by: float) -> Model:
    """Model in which all sources but truth are biased by so much more."""
    bias = model.bias.copy()
    bias[:truth] += by
    return model._replace(bias=bias)


def _between(links: Links, may_copy: NDArray[np.bool_]) -> Links:
    """Links between sources of which both may copy."""
    kept = may_copy[links.copier] & may_copy[links.original]
    return links._replace(**{name: column[kept] for name, column in links._asdict().items()})


def solve_chunk(
    learned: Learned,
    coded: Coded,
    verdict: Small | None = None,
    *,
    before: Known | None = None,
    at: Ints | None = None,
) -> Solved:
    """Solve the series of a chunk with what was learnt; the rest is as of `solve`."""
    return solve(
        coded.panel,
        learned.model,
        learned.rules,
        suspects=learned.parts.suspects,
        verdict=verdict,
        before=before,
        at=at,
    )


def _hidden(
    coded: Coded,
    anchored: Ints,
    model: Model,
    rules: Rules,
    coding: Coding,
    parts: Parts,
    verdict: Small | None,
) -> tuple[Residuals, Floats]:
    """Truth against the level that is found without it, of the anchored series of a sample.

    With the standard deviations that the distances are divided by.
    """
    panel, rows = take_series(coded.panel, anchored)
    truth = panel.source == coding.names.truth
    hidden = hide_source(panel, coding.names.truth)
    solved = solve(
        hidden,
        model,
        rules,
        suspects=parts.suspects,
        verdict=None if verdict is None else verdict[rows],
    )
    series = np.repeat(np.arange(len(anchored)), np.diff(panel.start))
    at = solved.posterior.level_start[series] + panel.period - panel.first[series]
    n_sources = np.bincount(
        np.repeat(np.arange(len(anchored)), np.diff(solved.posterior.house_start)),
        minlength=len(anchored),
    )
    sd = np.sqrt(solved.posterior.variance[at] + ANCHOR_SD**2)
    z = (panel.value - solved.posterior.mean[at]) / sd
    # Before the first and after the last claim nothing but the walk is tested.
    own = np.flatnonzero(truth & _is_spanned(panel, truth))
    residuals = Residuals(
        series=series[own],
        z=z[own],
        segment=panel.segment[series[own]].astype(np.int64),
        size=panel.size[series[own]].astype(np.int64),
        # Truth is hidden, yet counts as one of the series' house effects.
        n_sources=n_sources[series[own]] - 1,
    )
    return residuals, sd[own]


def _is_spanned(panel: Panel, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a row lies between the first and the last claim of its series that is not truth."""
    n_series = len(panel.segment)
    series = np.repeat(np.arange(n_series), np.diff(panel.start))
    first = np.full(n_series, len(panel.gap))
    last = np.full(n_series, -1)
    np.minimum.at(first, series[~truth], panel.period[~truth])
    np.maximum.at(last, series[~truth], panel.period[~truth])
    return (first[series] <= panel.period) & (panel.period <= last[series])
