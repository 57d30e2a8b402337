"""What was learnt, with room for names that it was not learnt from.

A source or a segment that joins later has what is held of it before a claim is seen, until the next
full run.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.coding import Names
from howdah.estimates.fusion.learned import Learned
from howdah.estimates.fusion.learning import Prior, usual_prior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def join_names(learned: Learned, names: Names, prior: Prior) -> Learned:
    """What was learnt, for names that are more than it was learnt from.

    Parameters
    ----------
    names
        All names of before, in any order, and new ones.
    prior
        What is held of the sources of `names`; of those of before only their family is used, and
        how far a bias may be from theirs in a segment that is new.

    Notes
    -----
    A source that joins has no bias; one that truth has not told of is a part of its house effects.
    A segment that joins has each source's mean bias.
    """
    before, model, calibration = learned.coding.names, learned.model, learned.calibration
    truth = names.truth
    old = np.array([names.sources.index(s) for s in before.sources], np.int64)
    there = np.array([names.segments.index(s) for s in before.segments], np.int64)
    place = np.append(old, truth)

    def placed(values: Floats, known: Floats, at: Ints = place) -> Floats:
        out = values.copy()
        out[at] = known
        return out

    seen = prior.seen_house_var()
    bias = np.zeros((truth + 1, len(names.segments)))
    if len(there):
        bias[place] = model.bias.mean(1, keepdims=True)
    bias[np.ix_(place, there)] = model.bias
    noise = np.repeat(np.append(prior.noise_var, 1.0)[:, None], model.noise_var.shape[1], axis=1)
    family_var, common_var = prior.family_var.copy(), prior.common_var.copy()
    family = model.family[: before.truth]
    own = family >= 0
    family_var[prior.family[old[own]]] = model.family_var[family[own]]
    common_var[prior.family[old[own]]] = model.common_var[family[own]]
    rules = learned.rules
    links = rules.links._replace(
        copier=place[rules.links.copier], original=place[rules.links.original]
    )
    share = np.append(np.where(prior.takes_off, 0.0, prior.bias_sd**2 / seen), 0.0)
    bias_sd = np.repeat(np.append(np.sqrt(seen), 0.0)[:, None], len(names.segments), axis=1)
    bias_sd[np.ix_(place, there)] = learned.bias_sd
    by_segment = placed(np.ones(len(names.segments)), calibration.by_segment, there)
    has_truth = np.zeros(len(names.segments), np.bool_)
    has_truth[there] = calibration.has_truth
    return Learned(
        coding=learned.coding._replace(names=names),
        model=model._replace(
            bias=bias,
            house_var=placed(np.append(seen, 1.0), model.house_var),
            noise_var=placed(noise, model.noise_var),
            drift_var=placed(np.append(prior.drift_var, 0.0), model.drift_var),
            family=np.append(prior.family, -1).astype(np.int32),
            family_var=family_var,
            common_var=common_var,
        ),
        rules=rules._replace(links=links, usual_step=placed(np.zeros(truth + 1), rules.usual_step)),
        bias_sd=bias_sd,
        bias_held=placed(prior.bias_sd, learned.bias_held, old),
        bias_share=placed(share, learned.bias_share),
        calibration=calibration._replace(by_segment=by_segment, has_truth=has_truth),
        residuals=learned.residuals,
        common_var=learned.common_var,
        parts=learned.parts,
        n_sample=learned.n_sample,
        n_anchored=learned.n_anchored,
    )


def join_later(
    learned: Learned, sources: Iterable[str], segments: Iterable[str], days: Ints
) -> Learned:
    """What was learnt, with these names after those it has, and these days among its days.

    A source that joins is like those of before, whose median noise it has. Its bias is not known:
    their biases widen its house effects.
    """
    before, model = learned.coding.names, learned.model
    names = Names(
        (*before.sources, *sorted(set(sources) - set(before.sources))),
        (*before.segments, *sorted(set(segments) - set(before.segments))),
        np.union1d(before.days, days).astype(np.int64),
    )
    n, own = names.truth, slice(before.truth)
    prior = usual_prior(n)._replace(drift_var=np.zeros(n), takes_off=np.arange(n) < before.truth)
    if before.truth:
        prior = prior._replace(
            house_var=np.full(n, np.median(model.house_var[own])),
            noise_var=np.full(n, np.median(model.noise_var[own].mean(1))),
            bias_sd=np.full(n, np.sqrt((model.bias[own] ** 2).mean())),
        )
    return join_names(learned, names, prior)


def usual_step(days: Ints) -> float:
    """Days between periods, usually."""
    steps = np.diff(days)
    return float(np.median(steps)) if len(steps) else 1.0


def place_along(days: Ints, learnt: Ints) -> Floats:
    """Place of each day on the way of a drift: -1/2 to 1/2 over the days it was learnt from."""
    n = len(learnt)
    if not n:
        return np.zeros(len(days))
    at = np.interp(days, learnt, np.arange(n, dtype=np.float64))
    at += (np.minimum(days - learnt[0], 0) + np.maximum(days - learnt[-1], 0)) / usual_step(learnt)
    return np.asarray(at / max(n - 1, 1) - 0.5, np.float64)
