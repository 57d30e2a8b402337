"""Scales invert, and their edges are handled without inventing certainty."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.estimates.scales import ends_on_scale, from_scale, to_scale


@given(st.floats(1e-9, 1e15))
def test_log_inverts(value: float) -> None:
    back = from_scale(to_scale(np.array([value]), "log"), "log")[0]
    assert back == pytest.approx(value, rel=1e-9)


@given(st.floats(0.02, 99.98))
def test_logit_inverts_between_the_edges(value: float) -> None:
    back = from_scale(to_scale(np.array([value]), "logit"), "logit")[0]
    assert back == pytest.approx(value, rel=1e-9)


@given(st.floats(-1e6, 1e6))
def test_linear_and_rank_change_nothing(value: float) -> None:
    for scale in ("linear", "rank"):
        assert from_scale(to_scale(np.array([value]), scale), scale)[0] == value


def test_log_holds_neither_zero_nor_less() -> None:
    assert np.isnan(to_scale(np.array([0.0, -5.0, np.nan]), "log")).all()


def test_logit_of_the_edges_is_finite_and_symmetric() -> None:
    low, high = to_scale(np.array([0.0, 100.0]), "logit")
    assert np.isfinite(low)
    assert low == pytest.approx(-high)


def ends(low: float, high: float) -> tuple[float, float]:
    a, b = ends_on_scale(np.array([low]), np.array([high]), "logit")
    return float(a[0]), float(b[0])


def test_a_share_of_a_hundred_percent_is_rounded_not_certain() -> None:
    low, high = ends(100.0, 100.0)
    assert from_scale(np.array([(low + high) / 2]), "logit")[0] == pytest.approx(99.95)
    assert high - low > 1
    zero = ends(0.0, 0.0)
    assert zero == pytest.approx((-high, -low))


def test_a_share_up_to_the_edge_keeps_its_middle() -> None:
    low, high = ends(95.0, 100.0)
    assert from_scale(np.array([(low + high) / 2]), "logit")[0] == pytest.approx(97.5)


def test_a_share_from_zero_to_a_hundred_says_nothing() -> None:
    assert np.isnan(ends(0.0, 100.0)).all()


def test_open_ends_stay_open() -> None:
    assert np.isnan(ends(np.nan, 40.0)[0])
    assert np.isnan(ends(40.0, np.nan)[1])
