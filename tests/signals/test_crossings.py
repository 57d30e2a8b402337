"""Thresholds passed within the window: with probability, direction and cause."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from howdah.core.finding import Finding
from howdah.signals import Scene, SegmentView, market_index
from howdah.signals.crossings import THRESHOLDS, find_crossings

MakeScene = Callable[..., Scene]
Row = dict[str, Any]


def crossings(scene: Scene) -> list[Finding]:
    return find_crossings(scene, market_index(scene.observations))


def stars(*values: float, last: str = "2024-12-29", **extra: Any) -> list[Row]:  # noqa: ANN401 - columns
    """Readings thirty days apart, up to a day."""
    end = dt.date.fromisoformat(last)
    return [
        {
            "entity": "repo",
            "metric": "stars",
            "feed": "counter",
            "value": value,
            "period": (end - dt.timedelta(days=30 * (len(values) - 1 - n))).isoformat(),
        }
        | extra
        for n, value in enumerate(values)
    ]


def test_thresholds_are_round() -> None:
    assert THRESHOLDS[:4] == (1e3, 2e3, 5e3, 1e4)
    assert THRESHOLDS[-1] == 5e11


def test_a_threshold_passed_upwards(make_scene: MakeScene) -> None:
    (finding,) = crossings(make_scene(stars(90_000, 97_000, 108_000)))
    assert (finding.params["threshold"], finding.params["direction"]) == (1e5, "up")
    assert (finding.entity, finding.segment) == ("repo", "all")
    assert finding.probability == pytest.approx(1.0, abs=1e-3)
    assert finding.params["before"] == pytest.approx(90_000)
    assert finding.cause == "cannot tell"
    assert finding.n == len(finding.claim_ids) == 2


def test_a_threshold_passed_downwards(make_scene: MakeScene) -> None:
    (finding,) = crossings(make_scene(stars(108_000, 97_000, 90_000)))
    assert (finding.params["threshold"], finding.params["direction"]) == (1e5, "down")


def test_of_several_the_farthest_is_named(make_scene: MakeScene) -> None:
    (up,) = crossings(make_scene(stars(15_000, 60_000)))
    assert up.params["threshold"] == 5e4
    (down,) = crossings(make_scene(stars(60_000, 15_000)))
    assert down.params["threshold"] == 2e4


def test_nothing_is_passed_by_standing_above_or_by_coming_back(make_scene: MakeScene) -> None:
    assert crossings(make_scene(stars(101_500, 108_000, 140_000))) == []
    assert crossings(make_scene(stars(90_000, 120_000, 91_000))) == []
    assert crossings(make_scene(stars(120_000))) == []


def test_the_first_reading_of_the_window_is_compared(make_scene: MakeScene) -> None:
    # Passed 150 days ago, and above ever since.
    assert crossings(make_scene(stars(90_000, 110_000, 112_000, 113_000, 114_000, 115_000))) == []


def test_a_panels_error_keeps_a_close_call_out(make_scene: MakeScene) -> None:
    close = {"metric": "dau", "feed": "panel"}
    assert crossings(make_scene(stars(9.6e6, 1.05e7, **close))) == []
    # The same panel's error is in both readings, so far apart is needed whatever their distance.
    (finding,) = crossings(make_scene(stars(2.1e6, 4.7e7, **close)))
    assert finding.probability is not None
    assert 0.8 < finding.probability < 1


def test_definitions_periods_and_currencies_are_never_mixed(make_scene: MakeScene) -> None:
    first, last = stars(90_000, 120_000)
    for name, other in (
        ("definition", "other"),
        ("unit", "device"),
        ("currency", "CNY"),
        ("object", "X"),
        ("entity", "other"),
    ):
        assert crossings(make_scene([first, last | {name: other}])) == []
    months = [first | {"metric": "revenue", "period": "2024-09"}]
    months += [last | {"metric": "revenue", "period": "2024-Q4"}]
    assert crossings(make_scene(months)) == []


def test_bounds_and_what_did_not_happen_cross_nothing(make_scene: MakeScene) -> None:
    first, last = stars(90_000, 120_000)
    over = {"value": None, "low": 120_000.0, "high": None}
    for mark in (over, {"modality": "planned"}, {"sensitivity": "rumour"}):
        assert crossings(make_scene([first, last | mark])) == []


def test_immature_periods_are_kept_out(make_scene: MakeScene) -> None:
    first, last = stars(90_000, 120_000)
    early = {"published_at": dt.datetime(2024, 12, 1, tzinfo=dt.UTC)}
    assert crossings(make_scene([first, last | early])) == []


def test_ratings_and_ranks_have_no_round_numbers(make_scene: MakeScene) -> None:
    for metric in ("rating", "rank"):
        assert crossings(make_scene(stars(900, 1200, metric=metric))) == []


def test_only_followed_members(make_scene: MakeScene) -> None:
    segment = SegmentView("s", "S", "stars", ("repo",), is_followed=False)
    assert crossings(make_scene(stars(90_000, 120_000), segments=(segment,))) == []


def test_old_crossings_are_history_and_stale_ones_sink(make_scene: MakeScene) -> None:
    assert crossings(make_scene(stars(90_000, 120_000, last="2024-08-20"))) == []
    (fresh,) = crossings(make_scene(stars(90_000, 120_000)))
    (stale,) = crossings(make_scene(stars(90_000, 120_000, last="2024-09-30")))
    assert stale.priority == pytest.approx(fresh.priority / 2, rel=0.05)
    assert stale.params["age_days"] == 92


def test_two_sources_make_it_the_market(make_scene: MakeScene) -> None:
    rows = stars(90_000, 120_000)
    rows += [row | {"feed": "second", "source": "Second"} for row in rows]
    (finding,) = crossings(make_scene(rows))
    assert finding.cause == "market"


def test_a_fault_in_between_is_the_cause(
    make_scene: MakeScene, counters: Callable[..., list[Row]]
) -> None:
    rows = counters(60, 20) + counters(60, 20, feed="second")
    for row in rows:
        row["value"] *= 3.0 if row["period"] >= "2024-11-15" else 1.0
        row["definition"] = "stars"
    scene = make_scene(rows, headline="stars")
    found = crossings(scene)
    assert found
    # Two sources passed it, and a fault never makes a market.
    assert {f.cause for f in found} == {"measurement"}
