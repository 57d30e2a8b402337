"""Outlooks: nothing of the future is in them, truth is recovered, and little data has an answer."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from simulated_markets import Market, month

from howdah.core.errors import LookAheadError
from howdah.signals.breakouts import (
    Feed,
    Outlook,
    Question,
    Sources,
    breakout_table,
    code_feed,
    look_out,
    parse_target,
)
from howdah.signals.breakouts.features import FeatureMaker
from howdah.signals.breakouts.training import training_rows

QUESTION = Question(parse_target("top:40"), 6)


def told(outlook: Outlook, question: Question = QUESTION) -> pl.DataFrame:
    return breakout_table(outlook, question)


def test_what_is_published_later_changes_nothing() -> None:
    rows = Market.draw(300, 36, 250, 11, jump=30).rows()
    day = month(27)
    stars = rows.with_columns(pl.format("{}/x", "entity").alias("entity"))
    links = {f"e{n:05d}": (f"e{n:05d}/x",) for n in range(300)}

    def answer(known: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
        sources = Sources(code_feed(known, "list"), (code_feed(other, "stars"),), links)
        return told(look_out(sources, day, QUESTION))

    later = pl.col("period") > day
    cut = answer(rows.filter(~later), stars.filter(~later))
    assert answer(rows, stars).equals(cut)
    # Whatever the future holds: here other levels, and names that nobody has heard of yet.
    poisoned = pl.concat(
        [
            rows.with_columns(
                pl.when(later).then(1e6 / pl.col("value")).otherwise("value").alias("value")
            ),
            pl.DataFrame({"period": [month(30)], "entity": ["a new one"], "value": [1e9]}),
        ]
    )
    assert answer(poisoned, stars.filter(~later)).equals(cut)
    assert cut.height > 200


def test_a_later_print_changes_nothing_before_it_is_published() -> None:
    rows = Market.draw(200, 30, 200, 12).rows()
    first = rows.with_columns(pl.col("period").cast(pl.Datetime("us", "UTC")).alias("published_at"))
    again = first.filter(pl.col("period") == month(20)).with_columns(
        pl.col("value") * pl.when(pl.col("entity") < "e00100").then(9).otherwise(1),
        pl.lit(dt.datetime(2021, 5, 2, tzinfo=dt.UTC)).alias("published_at"),
    )
    both = Sources(code_feed(pl.concat([first, again]), "list"))
    one = Sources(code_feed(first, "list"))
    before, after = dt.date(2021, 5, 1), dt.date(2021, 6, 1)
    assert told(look_out(both, before, QUESTION)).equals(told(look_out(one, before, QUESTION)))
    assert not told(look_out(both, after, QUESTION)).equals(told(look_out(one, after, QUESTION)))


def test_labels_that_are_not_known_are_refused(small_feed: Feed) -> None:
    panel = look_out(Sources(small_feed), month(30), QUESTION).panel
    maker = FeatureMaker(panel, (), QUESTION.target, 6, [24, 25, 30])
    training_rows(maker, [24], 6, seed=0)
    with pytest.raises(LookAheadError):
        training_rows(maker, [25], 6, seed=0)
    with pytest.raises(LookAheadError):
        maker.at(31, np.arange(3))


def test_the_table_is_best_first_and_says_why(small_feed: Feed) -> None:
    outlook = look_out(Sources(small_feed), month(35), QUESTION)
    table = told(outlook)
    p = table["probability"].to_numpy()
    assert (np.diff(p) <= 0).all()
    assert (table["lower"] <= table["probability"]).all()
    assert (table["probability"] <= table["upper"]).all()
    assert table["rank"].min() == 41
    listed = table.filter(pl.col("rank").is_not_null())
    assert listed.height == 250 - 40
    assert listed["level"].to_numpy() == pytest.approx(
        np.sort(small_feed.rows.filter(pl.col("period") == month(35))["value"])[::-1][
            listed["rank"].to_numpy() - 1
        ]
    )
    assert listed["reasons"][0].startswith(("already at rank ", "its trend"))
    assert table["caveats"][0] == "no second source"
    assert table["lead_estimate_months"].is_between(1, 6).all()
    gone = table.filter(pl.col("rank").is_null())
    assert gone.height > 0
    assert gone["reasons"].str.starts_with("not in the list, gone for").all()
    assert breakout_table(outlook, QUESTION, top=3).equals(table.head(3))


def test_a_reason_has_the_sign_of_what_it_does_to_the_odds(small_feed: Feed) -> None:
    outlook = look_out(Sources(small_feed), month(35), QUESTION)
    table = told(outlook).drop_nulls("rank")
    assert outlook.model is not None
    parts = outlook.model.contributions(outlook.features.values[outlook.order])
    names = outlook.features.names
    place = parts[np.flatnonzero(outlook.kinds[outlook.order] < 0), names.index("place")]
    n_for = n_against = 0
    for text, part in zip(table["reasons"], place, strict=True):
        for reason in text.split("; "):
            if "where 40 is wanted" in reason:
                assert reason.startswith("already at" if part > 0 else "against: rank"), (
                    reason,
                    part,
                )
                n_for, n_against = n_for + (part > 0), n_against + (part < 0)
            # Bad news is no reason for, and good news none against.
            if reason.startswith("against: "):
                assert "grew" not in reason or "less" in reason
                assert "beyond" not in reason
            elif any(word in reason for word in ("shrank", "short of", "miss", "less")):
                assert "only" in reason
    assert n_for > 10
    assert n_against > 10


def test_those_not_yet_listed_are_told_at_the_rate_of_their_kind() -> None:
    market = Market.draw(300, 30, 150, 13)
    names = [f"e{n:05d}" for n in range(300)]
    feed = code_feed(market.rows(), "list", universe=names)
    table = told(look_out(Sources(feed), month(29), Question(parse_target("top:100"), 6)))
    never = table.filter(pl.col("reasons").str.contains("never listed"))
    assert never.height > 10
    assert never["probability"].n_unique() == 1
    assert 0 < never["probability"][0] < 0.05
    assert table.height == 300 - 100


@pytest.mark.parametrize("kind", ["top:40", "growth:1.3"])
def test_probabilities_add_up_to_what_comes(kind: str) -> None:
    expected, came = 0.0, 0
    question = Question(parse_target(kind), 6)
    for seed in range(4):
        market = Market.draw(400, 48, 350, 20 + seed)
        feed = market.feed()
        table = told(look_out(Sources(feed), month(40), question), question).drop_nulls("rank")
        rows = market.rows().filter(pl.col("period").is_between(month(41), month(46)))
        place = pl.col("value").rank("ordinal", descending=True).over("period")
        if kind == "top:40":
            hits = rows.filter(place <= 40)["entity"].unique()
        else:
            # The market itself grows by a hundredth a month.
            now = dict(table.select("entity", "level").iter_rows())
            at = rows.with_columns(pl.col("entity").replace_strict(now, default=None).alias("now"))
            months = (pl.col("period") - month(40)).dt.total_days() / 30.44
            rise = (pl.col("value") / pl.col("now")).log() - 0.01 * months
            hits = at.filter(rise > np.log(1.3))["entity"].unique()
        expected += float(table["probability"].sum())
        came += int(table["entity"].is_in(hits.implode()).sum())
    assert came > 30
    # Some forty come in four markets: their number varies by a sixth around its mean.
    assert expected / came == pytest.approx(1.0, abs=0.4)


@pytest.mark.slow
def test_intervals_hold_the_chances_of_a_known_law() -> None:
    low, high, both, n, error, naive = 0, 0, 0, 0, 0.0, 0.0
    question = Question(parse_target("top:40"), 6)
    for seed in range(6):
        market = Market.draw(600, 60, 550, 40 + seed)
        truth = market.chances(59, 40, 6, 400, seed)
        table = told(look_out(Sources(market.feed()), month(59), question)).drop_nulls("rank")
        own = np.array([truth[int(name[1:])] for name in table["entity"]])
        near = own > 0.02
        above = table["lower"].to_numpy() <= own
        below = own <= table["upper"].to_numpy()
        low, high = low + int(above[near].sum()), high + int(below[near].sum())
        both += int((above & below)[near].sum())
        n += int(near.sum())
        error += float(np.abs(table["probability"].to_numpy() - own)[near].sum())
        naive += float(np.abs(own[near].mean() - own[near]).sum())
    # Nine of ten are to be inside. Odds that are shrunk are too low for the likely.
    assert low / n > 0.95
    assert high / n > 0.78
    assert both / n > 0.75
    assert error < naive


def test_three_points_tell_that_nothing_can_be_told() -> None:
    rows = Market.draw(50, 3, 50, 30).rows()
    table = told(look_out(Sources(code_feed(rows, "list")), month(2), QUESTION))
    assert table.height == 10
    assert table["probability"].null_count() == 10
    assert table["caveats"].str.contains("cannot tell: no past origin has its horizon over").all()
    assert table["rank"].to_list() == sorted(table["rank"].to_list())


def test_entities_with_three_points_are_told_with_a_caveat() -> None:
    rows = Market.draw(300, 36, 300, 31).rows()
    young = [f"e{n:05d}" for n in range(20)]
    some = rows.filter(~pl.col("entity").is_in(young) | (pl.col("period") >= month(33)))
    table = told(look_out(Sources(code_feed(some, "list")), month(35), QUESTION))
    own = table.filter(pl.col("entity").is_in(young))
    assert own["probability"].is_between(0, 1).all()
    assert own["caveats"].str.contains("short history: 3 months").all()


def test_a_market_that_is_all_one_break_is_told_with_a_caveat() -> None:
    rows = Market.draw(100, 36, 100, 32).rows()
    steps = (pl.col("period").dt.month() % 2 == 0) & (pl.col("period") > month(2))
    torn = rows.with_columns(pl.col("value") * pl.when(steps).then(50).otherwise(1))
    table = told(look_out(Sources(code_feed(torn, "list")), month(35), QUESTION))
    assert table["probability"].is_between(0, 1).all()


def test_too_few_past_cases_give_everyone_the_rate_of_the_past() -> None:
    rows = Market.draw(45, 20, 45, 33).rows()
    question = Question(parse_target("growth:50"), 6)
    table = told(look_out(Sources(code_feed(rows, "list")), month(19), question), question)
    assert table["probability"].unique().to_list() == [0.0]
    assert (table["upper"] > 0).all()
    assert table["caveats"].str.contains("too few past cases").all()


def test_a_day_before_the_feed_has_the_universe_alone() -> None:
    rows = pl.DataFrame({"period": [month(5)], "entity": ["a"], "value": [1.0]})
    feed = code_feed(rows, "list", universe=["x", "y"])
    table = told(look_out(Sources(feed), month(2), QUESTION))
    assert table["entity"].to_list() == ["x", "y"]
    assert table["probability"].null_count() == 2
    assert table["caveats"][0] == "cannot tell: no reading by this date"
    none = code_feed(rows, "list")
    assert told(look_out(Sources(none), month(2), QUESTION)).height == 0


def test_a_top_that_is_the_whole_list_has_candidates_from_outside_alone(small_feed: Feed) -> None:
    question = Question(parse_target("top:1000"), 6)
    table = told(look_out(Sources(small_feed), month(35), question), question)
    assert table["rank"].null_count() == table.height


def test_rank_alone_is_enough_for_a_top() -> None:
    rows = Market.draw(200, 30, 200, 34).rows()
    place = pl.col("value").rank("ordinal", descending=True).over("period").cast(pl.Int64)
    ranked = rows.with_columns(place.alias("rank"), pl.lit(None, pl.Float64).alias("value"))
    table = told(look_out(Sources(code_feed(ranked, "list")), month(29), QUESTION))
    assert table["probability"].is_between(0, 1).all()
    assert table["probability"].n_unique() > 50
    assert table["level"].null_count() == table.height
    assert table["caveats"].str.contains("no market index").all()


def test_the_same_seed_gives_the_same_bytes_and_another_order_of_rows_too() -> None:
    rows = Market.draw(200, 30, 180, 35).rows()
    again = rows.sample(fraction=1.0, shuffle=True, seed=1)
    first, second = (
        told(look_out(Sources(code_feed(part, "list")), month(29), QUESTION))
        for part in (rows, again)
    )
    assert first.equals(second)
