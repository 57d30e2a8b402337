"""Places, sums and shares of estimates that rest on the same sources."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.core.estimate import Estimate
from howdah.core.metrics import builtin_metrics
from howdah.estimates import estimate_levels, learn_models, to_records
from howdah.estimates.leagues import add_up, find_places

from .conftest import AS_OF

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]


@pytest.fixture
def points(observed: Claims) -> Callable[..., list[Estimate]]:
    def build(rows: list[Row], **natures: str) -> list[Estimate]:
        frame = observed(rows, **natures)
        levels = estimate_levels(frame, learn_models(frame, {}, prob=0.9), as_of=AS_OF)
        found = [e for e in to_records(levels.estimates, builtin_metrics()) if e.status == "point"]
        return sorted(found, key=lambda e: -(e.value or 0.0))

    return build


Points = Callable[..., list[Estimate]]


def one_vendor(values: list[float], source: str = "Vendor") -> list[Row]:
    return [
        {"entity": f"e{n}", "value": value, "source": source, "feed": "p"}
        for n, value in enumerate(values)
    ]


def test_one_vendor_orders_better_than_its_levels_say(points: Points) -> None:
    estimates = points(one_vendor([200.0, 100.0]), p="panel")
    # The two intervals overlap by far, the order is sure: the vendor's bias moves both.
    assert estimates[1].upper > estimates[0].lower  # type: ignore[operator]
    places = find_places(estimates, "log", lowest_first=False)
    assert (places.lower.tolist(), places.upper.tolist()) == ([1, 2], [1, 2])
    rows = [*one_vendor([200.0]), {"entity": "e1", "value": 100.0, "source": "Other", "feed": "p"}]
    apart = find_places(points(rows, p="panel"), "log", lowest_first=False)
    assert apart.upper.tolist() == [2, 2]
    assert apart.p_first[0] < places.p_first[0]


def test_what_is_alike_shares_a_band(points: Points) -> None:
    places = find_places(points(one_vendor([7.0, 7.0, 7.0, 3.0e-3]), p="panel"), "log",
                         lowest_first=False)  # fmt: skip
    assert places.lower.tolist() == [1, 1, 1, 4]
    assert places.upper.tolist() == [3, 3, 3, 4]
    assert places.p_first[:3].sum() == pytest.approx(1.0)


def test_the_lowest_may_be_first(points: Points) -> None:
    estimates = points(one_vendor([1e6, 1.0]), p="panel")[::-1]
    places = find_places(estimates, "log", lowest_first=True)
    assert places.lower.tolist() == [1, 2]


def test_sums_hold_what_all_have_in_common(points: Points) -> None:
    same = add_up(points(one_vendor([100.0] * 40), p="panel"), "log")
    rows = [row for n in range(40) for row in one_vendor([100.0] * (n + 1), f"v{n:02}")[n:]]
    apart = add_up(points(rows, p="panel"), "log")
    assert same is not None
    assert apart is not None
    for summed in (same, apart):
        # A mean of log-normals lies above their median.
        assert 4000 < summed.total.value < 4600
        assert summed.shares[:, 0].sum() == pytest.approx(100)
    widths = [np.log(s.total.upper / s.total.lower) for s in (same, apart)]
    assert widths[0] > 3 * widths[1]
    # A share does not move with the vendor's bias.
    assert np.ptp(same.shares[0, 1:]) < np.ptp(apart.shares[0, 1:])


def test_nothing_adds_up_with_a_zero(points: Points) -> None:
    assert add_up(points(one_vendor([100.0, 0.0]), p="panel"), "log") is None
    places = find_places(points(one_vendor([100.0, 0.0]), p="panel"), "log", lowest_first=False)
    assert places.lower.tolist() == [1, 2]


def test_own_error_is_a_part_of_all(points: Points) -> None:
    rows = [*one_vendor([100.0]), {"entity": "e0", "value": 110.0, "source": "B", "feed": "p"}]
    for estimates in (points(one_vendor([100.0]), p="panel"), points(rows, p="panel")):
        (e,) = estimates
        assert e.lower is not None
        assert e.upper is not None
        assert e.own_sd is not None
        assert 0 < e.own_sd < np.log(e.upper / e.lower) / (2 * 1.6449)
