r"""A log-linear model of choices: which of several candidates a number belongs to.

Candidate $i$ of a choice has binary features $f_i$, and $P(i) \propto \exp(w \cdot f_i)$. Where
several candidates are right (a name that stands twice), the likelihood is that of their sum. The
weights maximise the log-likelihood less $\lambda |w - w_0|^2 / 2$: a feature seen rarely stays near
its prior $w_0$, zero for all but those that grammar says (``priors.toml``), so that no weight
stands for one text.
"""

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import repeat

import numpy as np

from howdah.documents.linking.confidence import Calibration

#: Features of one candidate.
Features = Sequence[str]

#: What features weigh that are not listed.
_NOTHING = repeat(0.0)

#: Strength of the prior that a weight is zero.
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice to learn from.

    Attributes
    ----------
    candidates
        Features of each candidate.
    is_right
        Whether each candidate is right; at least one is.
    """

    candidates: tuple[tuple[str, ...], ...]
    is_right: tuple[bool, ...]


@dataclass(frozen=True)
class ChoiceModel:
    """Weights of features, by name; one that is not listed weighs nothing."""

    weights: Mapping[str, float] = field(default_factory=dict)

    def probabilities(self, candidates: Sequence[Features]) -> list[float]:
        """Probability of each candidate; they sum to 1.

        Examples
        --------
        >>> ChoiceModel({"near": 1.0}).probabilities([("near",), ("far",)])
        [0.7310585786300049, 0.2689414213699951]
        """
        weigh = self.weights.get
        # Without a step of Python for each name: this is what reading does most.
        scores = [sum(map(weigh, names, _NOTHING)) for names in candidates]
        top = max(scores, default=0.0)
        masses = [math.exp(score - top) for score in scores]
        total = sum(masses)
        return [mass / total for mass in masses]


def learn(
    choices: Sequence[Choice], prior: Mapping[str, float] | None = None, ridge: float = RIDGE
) -> ChoiceModel:
    """Weights that make the right candidates likely.

    Parameters
    ----------
    prior
        Where weights are before anything is seen; those not listed are zero.
    ridge
        Strength of the prior, in choices.
    """
    # Reading texts does without, and starts a second sooner.
    from scipy.optimize import minimize  # noqa: PLC0415
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    expected = prior or {}
    usable = [c for c in choices if any(c.is_right) and not all(c.is_right)]
    seen = {name for c in usable for features in c.candidates for name in features}
    names = sorted(seen.union(expected))
    if not usable:
        return ChoiceModel(dict(expected))
    number = {name: n for n, name in enumerate(names)}
    rows, columns = [], []
    starts = []
    n_rows = 0
    for choice in usable:
        starts.append(n_rows)
        for features in choice.candidates:
            for name in set(features):
                rows.append(n_rows)
                columns.append(number[name])
            n_rows += 1
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(n_rows, len(names)))
    right = np.concatenate([np.array(c.is_right, dtype=float) for c in usable])
    first = np.array(starts)
    sizes = np.diff(np.append(first, n_rows))
    middle = np.array([expected.get(name, 0.0) for name in names])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, first), sizes)
        mass = np.exp(scores)
        total = np.add.reduceat(mass, first)
        held = np.add.reduceat(mass * right, first)
        gap = mass / np.repeat(total, sizes) - mass * right / np.repeat(held, sizes)
        value = np.sum(np.log(total) - np.log(held)) + ridge / 2 * np.sum((weights - middle) ** 2)
        return float(value), matrix.T @ gap + ridge * (weights - middle)

    found = minimize(loss, middle, jac=True, method="L-BFGS-B")
    kept = {name: round(float(w), 3) for name, w in zip(names, found.x, strict=True)}
    return ChoiceModel({name: weight for name, weight in kept.items() if weight})


@cache
def prior_weights() -> dict[str, dict[str, float]]:
    """What grammar says of weights before any text is seen, by what is chosen."""
    text = (files("howdah.documents.linking") / "priors.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def learned_models() -> dict[str, ChoiceModel]:
    """The committed models by what they choose: statement, metric, subject, period, ..."""
    kept = _kept()
    return {name: ChoiceModel(kept[name]) for name in kept if name != "confidence"}


@cache
def learned_calibration() -> Calibration:
    """How the committed models' probabilities become confidences."""
    kept = dict(_kept()["confidence"])
    return Calibration(kept.pop("intercept"), kept)


@cache
def _kept() -> dict[str, dict[str, float]]:
    text = (files("howdah.documents.linking") / "weights.json").read_text(encoding="utf-8")
    kept: dict[str, dict[str, float]] = json.loads(text)
    return kept
