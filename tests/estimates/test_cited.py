"""What a text tells of a source that speaks itself: no second source, no dispute, its own voice."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from howdah.core.metrics import builtin_metrics
from howdah.estimates import FeedTraits, estimate_levels, flag_suspects, learn_models, observe
from howdah.estimates.explaining import Cell, explain_level

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

MONTHS = [f"2024-{month:02d}" for month in range(1, 11)]
PANELS = [
    {"period": period, "value": 1e6 * 1.05**n * factor, "source": source, "feed": feed}
    for source, feed, factor in (("Tallow", "tallow", 1.0), ("Sorrel", "sorrel", 1.3))
    for n, period in enumerate(MONTHS)
]
FEEDS = {
    "tallow": FeedTraits("panel", anchor=False),
    "sorrel": FeedTraits("panel", anchor=False),
    "news": FeedTraits("statement", anchor=False, cited={"Tallow": "panel"}),
}
NUMBERS = ["value", "lower", "upper", "n_sources", "status"]


@pytest.fixture
def of(claims_frame: Claims) -> Claims:
    """Observations of rows, judged; the feed ``news`` cites Tallow."""

    def build(rows: list[Row]) -> pl.DataFrame:
        return flag_suspects(observe(claims_frame(rows), builtin_metrics(), FEEDS))

    return build


def estimates(observations: pl.DataFrame) -> pl.DataFrame:
    models = learn_models(observations, {}, prob=0.9)
    as_of = observations["recorded_at"].dt.date().max()
    assert as_of is not None
    return estimate_levels(observations, models, as_of=as_of).estimates  # type: ignore[arg-type]


def told(period: str, value: float, **changes: object) -> Row:
    return {"period": period, "value": value, "source": "Tallow", "feed": "news", **changes}


def test_what_is_said_twice_moves_nothing(of: Claims) -> None:
    plain = estimates(of(PANELS))
    # Rounded, and one misquoted by half.
    cited = estimates(of([*PANELS, told("2024-05", 1.2e6), told("2024-07", 2e6)]))
    assert cited.select(NUMBERS).equals(plain.select(NUMBERS))
    counts = cited.filter(pl.col("valid_to").dt.month().is_in([5, 7]))["n_claims"].to_list()
    assert counts == [3, 3]


def test_another_source_that_says_so_does_move_it(of: Claims) -> None:
    rows = [*PANELS, told("2024-07", 2e6, source="Quill")]
    assert not estimates(of(rows)).select(NUMBERS).equals(estimates(of(PANELS)).select(NUMBERS))


def test_where_the_source_says_nothing_its_word_counts_with_its_bias(of: Claims) -> None:
    silent = [r for r in PANELS if (r["source"], r["period"]) != ("Tallow", "2024-06")]
    whole = estimates(of(PANELS)).select(NUMBERS)
    value = next(r["value"] for r in PANELS if r["period"] == "2024-06")
    quoted = of([*silent, told("2024-06", value)])
    assert quoted.filter(pl.col("feed") == "news")["nature"].to_list() == ["panel"]
    assert estimates(quoted).select(NUMBERS).equals(whole)


def test_a_misquotation_disputes_nothing_and_says_why_it_is_left_out(of: Claims) -> None:
    alone = [r for r in PANELS if r["source"] == "Tallow"]
    observations = of([*alone, told("2024-09", 6e6)])
    found = estimates(observations)
    assert set(found["status"]) == {"point"}
    september = found.filter(pl.col("valid_to").dt.month() == 9).row(0, named=True)
    cell = Cell(september["valid_from"], september["valid_to"], "month")
    explained = explain_level(observations, learn_models(observations, {}, prob=0.9), cell)
    assert explained is not None
    reasons = dict(explained.claims.select("claim_id", "reason").iter_rows())
    (cited,) = observations.filter("cited")["claim_id"]
    assert reasons[cited] == "cited"
