"""Confidence: from evidence to a probability."""

import math

import pytest

from howdah.documents.linking import Calibration
from howdah.documents.linking.confidence import logit


def test_without_calibration_it_is_the_product() -> None:
    assert Calibration().confidence({"product": logit(0.3), "row": 1.0}) == pytest.approx(0.3)


def test_evidence_adds_on_the_scale_of_log_odds() -> None:
    told = Calibration(0.5, {"product": 1.0, "row": -2.0}).confidence({"product": 0.0, "row": 1.0})
    assert logit(told) == pytest.approx(-1.5, abs=1e-3)


@pytest.mark.parametrize("probability", [0.0, 1.0, -1.0, 2.0])
def test_nothing_is_certain(probability: float) -> None:
    assert 0.0 < 1.0 / (1.0 + math.exp(-logit(probability))) < 1.0
