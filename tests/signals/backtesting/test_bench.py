"""The bench: what it scores, what it skips, and that it says what signals would have said."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from simulated_markets import Market, month

from howdah.core.calendar import add_months
from howdah.core.errors import InputError
from howdah.signals.backtesting import (
    OWN,
    Backtest,
    differences,
    fdr_frame,
    flagged_before,
    leads_frame,
    mean_scores,
    origins_between,
    pooled_fdr,
    records,
    run_backtest,
    scores_frame,
)
from howdah.signals.breakouts import (
    Question,
    Sources,
    breakout_table,
    code_feed,
    look_out,
    parse_target,
)

QUESTION = Question(parse_target("top:40"), 6)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    found: pl.DataFrame = Market.draw(300, 48, 250, 50, jump=36).rows()
    return found


@pytest.fixture(scope="module")
def found(rows: pl.DataFrame) -> Backtest:
    origins = [month(n) for n in (-2, 24, 27, 29, 32, 41, 43)]
    return run_backtest(Sources(code_feed(rows, "list")), origins, QUESTION)


def test_origins_that_cannot_be_scored_say_why(found: Backtest) -> None:
    assert found.skipped == [
        (month(-2), "the feed says nothing so early, or not yet"),
        (month(43), "its horizon is not over"),
    ]


def test_scores_have_a_row_a_method_and_origin(found: Backtest) -> None:
    scores = scores_frame(found)
    assert scores.columns == [
        "origin", "method", "precision_at_20", "precision_at_50", "recall_at_50",
        "average_precision", "brier", "base_rate", "n", "contaminated",
    ]  # fmt: skip
    assert scores.height == 5 * 4
    assert set(scores["method"]) == {OWN, "closest", "last_growth", "seasonal_naive"}
    marked = scores.filter("contaminated")["origin"].unique().to_list()
    # The break is in the 37th month.
    assert marked == [month(32)]


def test_it_scores_what_signals_said(rows: pl.DataFrame, found: Backtest) -> None:
    origin = month(27)
    known = rows.filter(pl.col("period") <= origin)
    table = breakout_table(look_out(Sources(code_feed(known, "list")), origin, QUESTION), QUESTION)
    after = rows.filter(pl.col("period").is_between(month(28), month(33)))
    place = pl.col("value").rank("min", descending=True).over("period")
    came = after.filter(place <= 40)["entity"].unique()
    hits = table["entity"].is_in(came.implode()).to_numpy()
    score = scores_frame(found).filter((pl.col("origin") == origin) & (pl.col("method") == OWN))
    assert score["precision_at_50"][0] == pytest.approx(hits[:50].mean())
    inside = rows.filter((pl.col("period") == origin) & (place <= 40))["entity"]
    n_came = int((~came.is_in(inside.implode())).sum())
    assert score["recall_at_50"][0] == pytest.approx(hits[:50].sum() / n_came)
    brier = ((table["probability"].to_numpy() - hits) ** 2).mean()
    assert score["brier"][0] == pytest.approx(brier)
    leads = leads_frame(found).filter((pl.col("origin") == origin) & (pl.col("method") == OWN))
    assert leads["entity"].to_list() == table["entity"].head(50).to_list()
    assert leads["came"].to_list() == hits[:50].tolist()
    closest = leads_frame(found).filter(
        (pl.col("origin") == origin) & (pl.col("method") == "closest")
    )
    ranks = dict(table.select("entity", "rank").iter_rows())
    assert [ranks[name] for name in closest["entity"]] == list(range(41, 91))


def test_lead_times_are_those_of_the_list(rows: pl.DataFrame, found: Backtest) -> None:
    place = pl.col("value").rank("min", descending=True).over("period")
    inside = rows.filter(place <= 40).select("entity", "period")
    for origin, entity, lead in (
        leads_frame(found).filter("came").select("origin", "entity", "lead_months").iter_rows()
    ):
        when = inside.filter((pl.col("entity") == entity) & (pl.col("period") > origin))["period"]
        assert add_months(origin, lead) == when.min()


def test_means_and_differences_are_over_clean_origins_alone(found: Backtest) -> None:
    clean = scores_frame(found).filter(~pl.col("contaminated"))
    means = mean_scores(found, contaminated=False)
    assert means["n_origins"].to_list() == [4] * 4
    own = clean.filter(pl.col("method") == OWN)["precision_at_50"]
    assert means.filter(pl.col("method") == OWN)["precision_at_50"][0] == pytest.approx(own.mean())
    gap = differences(found, 6, contaminated=False)
    assert gap.height == 9
    other = clean.filter(pl.col("method") == "closest")["precision_at_50"]
    first = gap.row(0, named=True)
    assert (first["measure"], first["baseline"]) == ("precision_at_50", "closest")
    assert first["value"] == pytest.approx(own.mean() - other.mean())


def test_rates_of_false_discoveries_are_pooled_over_those_told(found: Backtest) -> None:
    table = fdr_frame(found)
    assert table.height == 5 * 6
    pooled = pooled_fdr(found, contaminated=False)
    for row in pooled.iter_rows(named=True):
        part = table.filter((pl.col("nominal") == row["nominal"]) & ~pl.col("contaminated"))
        assert row["n_told"] == part["n_told"].sum()
        if row["n_told"]:
            assert row["actual"] == pytest.approx(part["n_false"].sum() / part["n_told"].sum())
            assert row["expected"] <= row["nominal"]


def test_alarms_are_new_once_in_a_row() -> None:
    def lead(n: int, entity: str, *, came: bool) -> dict[str, object]:
        return {
            "origin": month(n), "method": OWN, "entity": entity, "place": 1, "probability": 0.5,
            "lead_estimate_months": 3.0, "came": came, "lead_months": 4 - n if came else None,
            "contaminated": False,
        }  # fmt: skip

    made = Backtest(
        leads=[
            lead(0, "a", came=False), lead(1, "a", came=False), lead(1, "b", came=True),
            lead(2, "b", came=True), lead(2, "c", came=False), lead(2, "a", came=False),
        ]
    )  # fmt: skip
    record = records(made, contaminated=False).row(0, named=True)
    # After the first origin b and c are new; a was there throughout.
    assert (record["new_a_month"], record["false_alarms_a_month"]) == (1.0, 0.5)
    assert record["hit_rate"] == pytest.approx(2 / 6)
    first = flagged_before(made, contaminated=False).row(0, named=True)
    assert (first["n"], first["median_months"]) == (1, 3.0)


def test_nothing_to_score_makes_empty_tables() -> None:
    none = Backtest()
    assert scores_frame(none).height == 0
    assert mean_scores(none, contaminated=False).height == 0
    assert differences(none, 6, contaminated=False)["n"].to_list() == [0] * 9
    assert fdr_frame(none).columns[-1] == "actual"
    assert records(none, contaminated=False).height == 0


def test_origins_are_a_month_apart_and_ordered() -> None:
    days = origins_between(dt.date(2024, 1, 15), dt.date(2024, 4, 14))
    assert days == [dt.date(2024, n, 15) for n in (1, 2, 3)]
    with pytest.raises(InputError, match="earlier date first"):
        origins_between(dt.date(2024, 2, 1), dt.date(2024, 1, 1))


def test_a_short_feed_is_skipped_throughout() -> None:
    rows = pl.DataFrame({"period": [month(0)], "entity": ["a"], "value": [1.0]})
    found = run_backtest(Sources(code_feed(rows, "list")), [month(0), month(1)], QUESTION)
    assert [why for _, why in found.skipped] == [
        "its horizon is not over", "the feed says nothing so early, or not yet"
    ]  # fmt: skip
    assert np.array_equal(found.scores, [])
