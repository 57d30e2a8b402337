"""Which claims are observations, of what nature and when."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from howdah.core.metrics import builtin_metrics
from howdah.core.wording import MODALITIES
from howdah.estimates import FeedTraits, is_immature, observe, with_entities
from howdah.estimates.scales import to_scale

Claims = Callable[..., pl.DataFrame]


@pytest.mark.parametrize("modality", MODALITIES)
def test_only_what_is_asserted_or_reported_counts(claims_frame: Claims, modality: str) -> None:
    rows = observe(claims_frame([{"value": 5.0, "modality": modality}]), builtin_metrics(), {})
    assert rows.height == int(modality in {"asserted", "reported"})


@pytest.mark.parametrize(
    ("sensitivity", "n"), [("public", 1), ("confidential", 1), ("rumour", 0), ("leak", 0)]
)
def test_rumours_and_leaks_never_count(claims_frame: Claims, sensitivity: str, n: int) -> None:
    rows = claims_frame([{"value": 5.0, "sensitivity": sensitivity}])
    assert observe(rows, builtin_metrics(), {}).height == n


def test_events_and_claims_without_a_number_are_left_out(claims_frame: Claims) -> None:
    rows = claims_frame([{"metric": "release", "value": None, "object": "2.0"}, {"value": None}])
    assert observe(rows, builtin_metrics(), {}).height == 0


def test_a_bound_is_an_observation(claims_frame: Claims) -> None:
    rows = observe(claims_frame([{"low": 5.0, "high": None}]), builtin_metrics(), {})
    assert rows.select("value", "value_low", "value_high").row(0) == (None, 5.0, None)


def test_nature_is_that_of_the_feed_and_a_data_provider_in_the_news_is_a_panel(
    claims_frame: Claims,
) -> None:
    rows = claims_frame(
        [
            {"value": 1.0, "feed": "count"},
            {"value": 1.0, "feed": "unknown"},
            {"value": 1.0, "feed": "news", "source_type": "data_provider"},
            {"value": 1.0, "feed": "count", "source_type": "data_provider"},
        ]
    )
    feeds = {
        "count": FeedTraits("counter", anchor=True),
        "news": FeedTraits("statement", anchor=False),
    }
    found = observe(rows, builtin_metrics(), feeds)
    assert found["nature"].to_list() == ["counter", "statement", "panel", "counter"]
    assert found["anchor"].to_list() == [True, False, False, True]


def test_a_claim_without_a_period_speaks_of_its_publication(claims_frame: Claims) -> None:
    day = dt.datetime(2024, 11, 14, 9, tzinfo=dt.UTC)
    rows = claims_frame([{"value": 1.0, "valid_from": None, "valid_to": None, "published_at": day}])
    found = observe(rows, builtin_metrics(), {})
    assert found.select("valid_from", "valid_to").row(0) == (day.date(), day.date())


def test_immature_is_what_was_published_before_its_period_was_over(claims_frame: Claims) -> None:
    early = dt.datetime(2024, 9, 29, tzinfo=dt.UTC)
    last_day = dt.datetime(2024, 9, 30, 23, tzinfo=dt.UTC)
    rows = claims_frame([{"value": 1.0, "published_at": day} for day in (early, last_day, None)])
    assert rows.select(is_immature()).to_series().to_list() == [True, False, False]


def test_unresolved_subjects_are_entities_of_their_own() -> None:
    claims = pa.table({"scheme": ["name", "pypi"], "subject": ["豆包", "torch"]})
    mapping = pa.table(
        {"scheme": ["name"], "subject": ["豆包"], "entity": ["doubao"], "entity_name": ["Doubao"]}
    )
    found = (
        pl.concat(with_entities(claims.to_reader(), mapping)).select("entity", "entity_name").rows()
    )
    assert found == [("doubao", "Doubao"), ("pypi:torch", "torch")]


@pytest.mark.parametrize(
    ("metric", "value", "step"),
    [("dau", 2e6, 1.0), ("retention_d30", 20.0, 1e-4), ("rating", 1200.0, 1e-2)],
)
def test_a_stated_standard_error_is_a_variance_on_the_scale_of_the_metric(
    claims_frame: Claims, metric: str, value: float, step: float
) -> None:
    rows = claims_frame([{"metric": metric, "value": value, "stderr": value / 20}])
    found = observe(rows, builtin_metrics(), {})
    # The slope of the scale by a small step on it.
    ends = to_scale(np.array([value - step, value + step]), builtin_metrics()[metric].scale)
    slope = (ends[1] - ends[0]) / (2 * step)
    assert found["own_var"][0] == pytest.approx((slope * value / 20) ** 2, rel=1e-4)


def test_without_a_standard_error_and_at_the_edge_of_a_scale_there_is_no_own_variance(
    claims_frame: Claims,
) -> None:
    rows = claims_frame([
        {"value": 5.0},
        {"value": 0.0, "stderr": 3.0},
        {"metric": "retention_d30", "value": 0.0, "stderr": 1.0},
        {"low": 5.0, "high": None, "stderr": 1.0},
    ])  # fmt: skip
    assert observe(rows, builtin_metrics(), {})["own_var"].to_list() == [0.0] * 4
