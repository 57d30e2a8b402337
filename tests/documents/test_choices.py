"""The log-linear model of choices."""

import math

import numpy as np
import pytest

from howdah.documents.linking import Calibration, Choice, ChoiceModel, learn, learned_models
from howdah.documents.linking.confidence import logit


def simulated(n: int, weights: dict[str, float], seed: int) -> list[Choice]:
    rng = np.random.default_rng(seed)
    names = list(weights)
    found = []
    for _ in range(n):
        rows = [tuple(name for name in names if rng.random() < 0.5) for _ in range(4)]
        masses = np.exp([sum(weights[name] for name in row) for row in rows])
        right = rng.choice(4, p=masses / masses.sum())
        found.append(Choice(tuple(rows), tuple(k == right for k in range(4))))
    return found


def test_known_weights_are_recovered() -> None:
    truth = {"near": 1.5, "far": -1.0, "noise": 0.0}
    model = learn(simulated(3000, truth, 0), ridge=0.1)
    for name, weight in truth.items():
        assert model.weights.get(name, 0.0) == pytest.approx(weight, abs=0.15)


def test_probabilities_by_hand() -> None:
    model = ChoiceModel({"a": 1.0, "b": -0.5})
    told = model.probabilities([("a", "b"), ("unknown",), ()])
    masses = [math.exp(0.5), 1.0, 1.0]
    assert told == pytest.approx([mass / sum(masses) for mass in masses])
    assert model.probabilities([]) == []


def test_what_is_not_seen_stays_at_its_prior() -> None:
    model = learn(simulated(50, {"near": 1.0}, 1), {"rare": 2.0})
    assert model.weights["rare"] == 2.0
    assert learn([], {"rare": 2.0}).weights == {"rare": 2.0}
    assert learn([]).weights == {}


def test_several_right_candidates_share_the_likelihood() -> None:
    choice = Choice((("a",), ("b",), ("c",)), (True, True, False))
    weights = learn([choice] * 20).weights
    assert weights["a"] == pytest.approx(weights["b"], abs=1e-3)
    assert weights["c"] < 0 < weights["a"]


def test_confidence_rises_with_the_product_and_stays_inside() -> None:
    calibration = Calibration(-0.5, {"product": 0.7})
    told = [calibration.confidence({"product": logit(p)}) for p in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert told == sorted(told)
    assert 0.0 <= told[0] < told[-1] <= 1.0


def test_the_committed_weights_are_of_all_choices() -> None:
    assert set(learned_models()) == {
        "statement", "metric", "subject", "period", "source", "modality",
    }  # fmt: skip
