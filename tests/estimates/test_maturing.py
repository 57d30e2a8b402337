"""Young figures in the estimate of a cell: moved, widened, noted; and where they are not."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.core.metrics import builtin_metrics
from howdah.estimates import (
    IMMATURE,
    FeedTraits,
    Models,
    estimate_levels,
    flag_suspects,
    is_immature_note,
    learn_models,
    observe,
    restated,
    revision_rows,
    turned_round,
)

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

MONTHS = [dt.date(2022 + n // 12, n % 12 + 1, 1) for n in range(24)]
NEXT = "2024-01"
TODAY = dt.date(2024, 2, 20)


def printed(end: dt.date, age: int) -> dt.datetime:
    return dt.datetime.combine(end, dt.time(), dt.UTC) + dt.timedelta(days=age)


def history(
    source: str, shares: dict[int, float], *, metric: str = "dau", add: bool = False, seed: int = 0
) -> list[Row]:
    """Prints of 24 months, each age's a share of the final figure, or that much below it."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for month in MONTHS:
        end = (month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
        final = 100.0 + rng.normal()
        for age, share in shares.items():
            off = rng.normal(0.0, 0.005)
            value = final + share + off if add else final * share * np.exp(off * (share < 1))
            rows.append(
                {"source": source, "metric": metric, "period": f"{month:%Y-%m}", "value": value,
                 "published_at": printed(end, age)}
            )  # fmt: skip
    return rows


def young(source: str, value: float, age: int, **more: Any) -> Row:  # noqa: ANN401
    end = dt.date(2024, 1, 31)
    return {
        "source": source, "period": NEXT, "value": value, "published_at": printed(end, age), **more
    }  # fmt: skip


SHARES = {10: 0.9, 40: 1.0, 70: 1.0}


@pytest.fixture
def newest(claims_frame: Claims) -> Callable[..., Row]:
    """Estimate of the newest month, with the curves of all prints; natures by feed."""

    def estimate(past: list[Row], now: list[Row], *, learns: bool = True) -> Row:
        feeds = {
            "news": FeedTraits("counter", anchor=False),
            "truth": FeedTraits("counter", anchor=True),
        }
        every = observe(claims_frame([*past, *now]), builtin_metrics(), feeds)
        keys = ["source", "metric", "valid_to"]
        latest = flag_suspects(
            every.filter(pl.col("published_at") == pl.col("published_at").max().over(keys))
        )
        models = learn_models(latest, {}, prob=0.9, prints=every if learns else None)
        found = estimate_levels(latest, models, as_of=TODAY).estimates
        return found.filter(pl.col("valid_to") == dt.date(2024, 1, 31)).row(0, named=True)

    return estimate


def test_a_young_figure_is_moved_and_widened(newest: Callable[..., Row]) -> None:
    past, now = history("A", SHARES), [young("A", 90.0, 10)]
    row, plain = newest(past, now), newest(past, now, learns=False)
    assert row["value"] == pytest.approx(100.0, rel=0.02)
    assert row["lower"] < 100.0 < row["upper"]
    assert (row["stated_low"], row["stated_high"]) == (90.0, 90.0)
    assert row["note"] == "nowcast: this source's figures of this age usually end x1.11"
    assert plain["note"] == ""
    assert plain["value"] < 95.0


def test_a_final_figure_stays(newest: Callable[..., Row]) -> None:
    row = newest(history("A", SHARES), [young("A", 90.0, 40)])
    assert row["note"] == ""
    assert row["value"] < 95.0


def test_a_source_without_history_is_not_moved_by_that_of_another(
    newest: Callable[..., Row],
) -> None:
    past = history("A", SHARES) + history("B", {40: 1.0}, seed=0)
    row = newest(past, [young("B", 100.0, 10)])
    assert row["note"] == ""
    assert row["value"] == pytest.approx(100.0, rel=0.01)


def test_an_age_without_history_cannot_be_told(newest: Callable[..., Row]) -> None:
    early = newest(history("A", SHARES), [young("A", 40.0, -12)])
    assert early["note"] == f"{IMMATURE}, cannot tell where it ends"
    none = newest([], [young("A", 40.0, -12)])
    assert none["note"] == IMMATURE


def test_a_source_that_wavers_is_widened_and_not_moved(newest: Callable[..., Row]) -> None:
    rng = np.random.default_rng(3)
    past = history("A", SHARES)
    for row in past:
        if row["published_at"].day == 10 or row["published_at"].day in (9, 11):
            row["value"] = row["value"] / 0.9 * np.exp(rng.normal(0.0, 0.1))
    found = newest(past, [young("A", 100.0, 10)])
    assert found["note"] == "nowcast: this source's figures of this age still move, either way"
    assert found["value"] == pytest.approx(100.0, rel=0.02)


def test_beside_others_the_young_source_is_named(newest: Callable[..., Row]) -> None:
    past = history("A", SHARES) + history("B", {30: 1.0, 60: 1.0})
    one = newest(past, [young("A", 90.0, 10), young("B", 100.0, 30)])
    assert one["note"] == "nowcast: figures of A of this age usually end x1.11"
    assert one["value"] == pytest.approx(100.0, rel=0.02)
    past = history("A", SHARES) + history("B", SHARES)
    both = newest(past, [young("A", 90.0, 10), young("B", 90.5, 10)])
    assert both["note"] == "nowcast: figures of 2 sources still move at this age"
    assert both["value"] == pytest.approx(100.0, rel=0.02)


def test_figures_that_end_alike_do_not_contradict(newest: Callable[..., Row]) -> None:
    past = history("A", {10: 0.7, 40: 1.0, 70: 1.0}) + history("B", {30: 1.0, 60: 1.0})
    now = [young("A", 70.0, 10), young("B", 100.0, 30)]
    assert newest(past, now)["status"] == "point"
    assert newest(past, now, learns=False)["status"] == "contested"


def test_an_anchor_is_taken_at_its_word(newest: Callable[..., Row]) -> None:
    past = [row | {"feed": "truth"} for row in history("A", SHARES)]
    row = newest(past, [young("A", 90.0, 10, feed="truth")])
    assert row["note"] == ""
    assert row["value"] == pytest.approx(90.0, rel=0.001)


@pytest.mark.parametrize(("metric", "by"), [("retention_d30", 3.0), ("rating", 12.0)])
def test_other_scales_are_moved_by_a_difference(
    newest: Callable[..., Row], metric: str, by: float
) -> None:
    past = history("A", {10: -by, 40: 0.0, 70: 0.0}, metric=metric, add=True)
    past = [row | {"value": row["value"] - 60.0} for row in past]
    row = newest(past, [young("A", 40.0 - by, 10, metric=metric)])
    assert row["value"] == pytest.approx(40.0, abs=0.3)
    assert row["note"].startswith("nowcast: this source's figures of this age usually end +")


def test_notes_of_young_figures_are_told_from_others() -> None:
    notes = ["", IMMATURE, "other party: X", "other party: X; nowcast: figures", f"a; {IMMATURE}"]
    found = pl.DataFrame({"note": notes}).select(is_immature_note()).to_series().to_list()
    assert found == [False, True, False, True, True]


def test_without_prints_there_is_no_curve(observed: Claims) -> None:
    frame = observed([{"value": 100.0}])
    for prints in (None, frame, frame.head(0)):
        models: Models = learn_models(frame, {}, prob=0.9, prints=prints)
        assert models.curves == {}
        assert revision_rows(models.curves.values()).height == 0
    assert restated(frame.head(0)).height == turned_round(frame.head(0), least=0.0).height == 0


def test_what_turned_round_is_told_with_its_name(claims_frame: Claims) -> None:
    day = dt.datetime(2024, 10, 10, tzinfo=dt.UTC)
    rows = [
        {"period": "2024-08", "value": 100.0, "published_at": day - dt.timedelta(days=30)},
        {"period": "2024-09", "value": 90.0, "published_at": day},
        {"period": "2024-09", "value": 120.0, "published_at": day + dt.timedelta(days=30)},
        {"period": "2024-08", "value": 100.0, "published_at": day},
    ]
    frame = observe(claims_frame(rows), builtin_metrics(), {})
    flip = turned_round(frame, least=0.01).row(0, named=True)
    assert (flip["name"], flip["source"], flip["nature"]) == ("Doubao", "A", "statement")
    assert flip["change_first"] == pytest.approx(np.log(0.9))
    assert flip["change_newest"] == pytest.approx(np.log(1.2))
    again = restated(frame).row(0, named=True)
    assert (again["first"], again["final"]) == (90.0, 120.0)
    assert restated(frame).height == 1
