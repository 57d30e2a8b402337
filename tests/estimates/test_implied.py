"""Bounds that comparisons imply, with open ends left open."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from howdah.core.estimate import Estimate
from howdah.core.metrics import builtin_metrics
from howdah.estimates import implied_bounds

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

RATIO: Row = {
    "entity": "kimi",
    "metric": "ad_creatives_ratio",
    "object": "Doubao",
    "object_entity": "doubao",
}
LEAD: Row = {
    "entity": "ernie",
    "metric": "dau_lead_over_doubao",
    "object": "Doubao",
    "object_entity": "doubao",
}


def ends(low: float | None, high: float | None) -> Row:
    return {"low": low, "high": high, "value": low if low == high else None}


def count(entity: str, low: float | None, high: float | None) -> Row:
    return {"entity": entity, "metric": "ad_creatives"} | ends(low, high)


def users(entity: str, low: float | None, high: float | None) -> Row:
    return {"entity": entity, "metric": "dau"} | ends(low, high)


def implied(observed: Claims, *rows: Row) -> list[Estimate]:
    return implied_bounds(
        observed(rows), {"doubao": "豆包"}, builtin_metrics(), as_of=dt.date(2025, 1, 1), prob=0.9
    )


@pytest.mark.parametrize(
    ("ratio", "subject", "bound", "note"),
    [
        ((4.0, 5.0), (100.0, 120.0), (20.0, 30.0), ""),
        ((4.0, 4.0), (100.0, 100.0), (25.0, 25.0), ""),
        ((4.0, None), (100.0, 120.0), (None, 30.0), ""),
        ((None, 5.0), (100.0, 120.0), (20.0, None), ""),
        ((4.0, 5.0), (None, 120.0), (None, 30.0), ""),
        ((4.0, None), (180_000.0, None), (None, 45_000.0), "floor of 180,000"),
        ((4.0, 5.0), (100.0, None), (20.0, 25.0), "floor of 100"),
    ],
)
def test_ratio_bounds_the_object(
    observed: Claims,
    ratio: tuple[float | None, float | None],
    subject: tuple[float | None, float | None],
    bound: tuple[float | None, float | None],
    note: str,
) -> None:
    (estimate,) = implied(observed, RATIO | ends(*ratio), count("kimi", *subject))
    assert (estimate.lower, estimate.upper) == bound
    assert (estimate.entity, estimate.name, estimate.metric) == ("doubao", "豆包", "ad_creatives")
    assert (estimate.status, estimate.value) == ("bound", None)
    assert note in estimate.note
    assert bool(estimate.note) == bool(note)
    assert estimate.claim_ids == ("c0000", "c0001")


@pytest.mark.parametrize(
    ("ratio", "known", "bound"),
    [
        ((4.0, 5.0), (10.0, 20.0), (40.0, 100.0)),
        ((4.0, None), (10.0, 20.0), (40.0, None)),
        ((4.0, 5.0), (None, 20.0), (None, 100.0)),
    ],
)
def test_ratio_bounds_the_subject(
    observed: Claims,
    ratio: tuple[float | None, float | None],
    known: tuple[float | None, float | None],
    bound: tuple[float | None, float | None],
) -> None:
    (estimate,) = implied(observed, RATIO | ends(*ratio), count("doubao", *known))
    assert (estimate.lower, estimate.upper) == bound
    assert estimate.entity == "kimi"


def test_nothing_follows_from_two_open_ends(observed: Claims) -> None:
    assert implied(observed, RATIO | ends(4.0, None), count("kimi", None, None)) == []
    assert implied(observed, RATIO | ends(None, 5.0), count("kimi", None, 120.0)) == []
    assert implied(observed, RATIO | ends(None, 5.0), count("doubao", 10.0, None)) == []


@pytest.mark.parametrize(
    ("lead", "known", "bound"),
    [
        ((2e5, 9e5), (1e6, 1.3e6), (1.2e6, 2.2e6)),
        ((2e5, None), (1e6, 1.3e6), (1.2e6, None)),
        # What is counted is not negative.
        ((2e5, 9e5), (None, 1.3e6), (2e5, 2.2e6)),
        ((2e5, 9e5), (1e6, None), (1.2e6, None)),
    ],
)
def test_difference_bounds_the_subject(
    observed: Claims,
    lead: tuple[float | None, float | None],
    known: tuple[float | None, float | None],
    bound: tuple[float | None, float | None],
) -> None:
    (estimate,) = implied(observed, LEAD | ends(*lead), users("doubao", *known))
    assert (estimate.lower, estimate.upper) == bound


@pytest.mark.parametrize(
    ("lead", "known", "bound"),
    [
        ((2e5, 9e5), (1e6, 1.3e6), (1e5, 1.1e6)),
        ((2e5, None), (1e6, 1.3e6), (None, 1.1e6)),
        ((2e5, 2e6), (1e6, 1.3e6), (None, 1.1e6)),
        ((2e5, 9e5), (1e6, None), (1e5, None)),
    ],
)
def test_difference_bounds_the_object(
    observed: Claims,
    lead: tuple[float | None, float | None],
    known: tuple[float | None, float | None],
    bound: tuple[float | None, float | None],
) -> None:
    (estimate,) = implied(observed, LEAD | ends(*lead), users("ernie", *known))
    assert (estimate.lower, estimate.upper) == bound
    assert estimate.entity == "doubao"


def test_a_lead_that_leaves_less_than_none_implies_nothing(observed: Claims) -> None:
    assert implied(observed, LEAD | ends(2e6, 3e6), users("ernie", 1e6, 1.3e6)) == []


def test_a_side_with_its_own_figure_is_not_bounded(observed: Claims) -> None:
    rows = (RATIO | ends(4.0, 5.0), count("kimi", 100.0, 120.0), count("doubao", 1.0, 1.0))
    assert implied(observed, *rows) == []


def test_another_period_does_not_speak_of_this_one(observed: Claims) -> None:
    other = count("kimi", 100.0, 120.0) | {"period": "2024-10"}
    assert implied(observed, RATIO | ends(4.0, 5.0), other) == []


def test_definitions_are_not_mixed(observed: Claims) -> None:
    ratio = RATIO | ends(4.0, 5.0) | {"source": "DataEye", "definition": "dataeye:ratio"}
    foreign = count("kimi", 100.0, 120.0) | {"source": "X", "definition": "x:creatives"}
    assert implied(observed, ratio, foreign) == []
    own = count("kimi", 40.0, 50.0) | {"source": "DataEye", "definition": "dataeye:creatives"}
    (estimate,) = implied(observed, ratio, foreign, own)
    assert (estimate.lower, estimate.upper) == (8.0, 12.5)
    assert estimate.definition == "dataeye:creatives"
    unstated = foreign | {"definition": ""}
    (estimate,) = implied(observed, ratio, unstated)
    assert estimate.note == "with the figure of X"
    assert estimate.sources == ("DataEye", "X")


def test_several_figures_each_bound_and_order_is_irrelevant(observed: Claims) -> None:
    rows = [RATIO | ends(4.0, 5.0), count("kimi", 100.0, 100.0), count("kimi", 200.0, 200.0)]
    found = sorted((e.lower, e.upper) for e in implied(observed, *rows))
    assert found == [(20.0, 25.0), (40.0, 50.0)]
    assert sorted((e.lower, e.upper) for e in implied(observed, *reversed(rows))) == found


def test_objects_that_are_no_entity_bound_nothing(observed: Claims) -> None:
    rows = (RATIO | ends(4.0, 5.0) | {"object_entity": None}, count("kimi", 100.0, 120.0))
    assert implied(observed, *rows) == []


@pytest.mark.parametrize("modality", ["planned", "denied", "rumoured"])
def test_what_did_not_happen_bounds_nothing(observed: Claims, modality: str) -> None:
    rows = (RATIO | ends(4.0, 5.0), count("kimi", 100.0, 120.0) | {"modality": modality})
    assert implied(observed, *rows) == []
