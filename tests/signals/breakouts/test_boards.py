"""Lists of a market: which can be asked about, who is told of, and what became of past ones."""

import datetime as dt

import polars as pl
import pytest
from simulated_markets import START, Market, month

from howdah.core.finding import Finding
from howdah.signals.breakouts.boards import HORIZON_MONTHS, Board, board_feed, find_boards
from howdah.signals.breakouts.findings import find_breakouts, judge_breakouts

N_MONTHS = 60
AS_OF = month(N_MONTHS - 1)


def observed(rows: pl.DataFrame, **columns: object) -> pl.DataFrame:
    named = rows.with_columns(
        pl.lit("list").alias("feed"),
        pl.lit("stars").alias("metric"),
        pl.lit("list:stars").alias("definition"),
        pl.lit("star").alias("unit"),
        pl.lit("log").alias("scale"),
        pl.lit("counter").alias("nature"),
        pl.lit("name").alias("scheme"),
        pl.lit("asserted").alias("modality"),
        pl.lit("").alias("object"),
        pl.col("period").alias("valid_to"),
        pl.col("period").cast(pl.Datetime("us", "UTC")).alias("recorded_at"),
        pl.col("period").cast(pl.Datetime("us", "UTC")).alias("published_at"),
        pl.int_range(pl.len()).cast(pl.String).alias("claim_id"),
    )
    return named.with_columns(pl.lit(value).alias(name) for name, value in columns.items())


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return observed(Market.draw(600, N_MONTHS, 400, seed=2).rows())


def boards(rows: pl.DataFrame, as_of: dt.date = AS_OF) -> tuple[Board, ...]:
    return find_boards(rows, ["stars"], as_of)


def candidates(rows: pl.DataFrame, segment: str = "") -> list[Finding]:
    [board] = boards(rows)
    return find_breakouts(rows, board, AS_OF, segment_of=lambda _: segment, names={}, prob=0.9)


def test_a_long_live_list_is_a_board(rows: pl.DataFrame) -> None:
    [board] = boards(rows)
    assert (board.feed, board.n_listed, board.target.n) == ("list", 400, 30)
    assert board_feed(rows, board).snapshots()[0] == START


@pytest.mark.parametrize("n_listed, n_top", [(400, 30), (1_500, 100), (8_000, 500)])  # noqa: PT006
def test_the_top_follows_the_length(n_listed: int, n_top: int) -> None:
    assert Board("f", "m", "d", "u", n_listed).target.n == n_top


def test_what_is_no_board(rows: pl.DataFrame) -> None:
    assert find_boards(rows, ["dau"], AS_OF) == ()
    assert boards(rows, AS_OF + dt.timedelta(days=200)) == ()
    assert boards(rows.filter(pl.col("period") > month(30))) == ()
    assert boards(rows.filter(pl.col("entity") < "e00100")) == ()
    assert boards(rows.clear()) == ()
    assert boards(rows.with_columns(pl.lit("panel").alias("nature"))) == ()


def test_candidates_are_told_with_odds_and_claims(rows: pl.DataFrame) -> None:
    found = candidates(rows)
    assert 0 < len(found) <= 10
    for f in found:
        assert f.kind == "breakout"
        assert f.lower <= f.probability <= f.upper  # type: ignore[operator]
        assert int(f.params["rank"] or 0) > 30
        assert 1 <= len(f.claim_ids) <= 12
        assert f.cause == "cannot tell"
    odds = [f.probability for f in found]
    assert odds == sorted(odds, reverse=True)  # type: ignore[type-var]


def test_a_segment_has_places_of_its_own(rows: pl.DataFrame) -> None:
    [board] = boards(rows)
    best = [f.entity for f in candidates(rows)]
    found = find_breakouts(
        rows, board, AS_OF, segment_of=lambda e: "" if e in best else "s", names={}, prob=0.9
    )
    assert [f.entity for f in found[:10]] == best
    assert [f.segment for f in found[10:]] == ["s"] * len(found[10:])
    assert 0 < len(found[10:]) <= 3


def test_nothing_later_changes_an_outlook(rows: pl.DataFrame) -> None:
    [board] = boards(rows)
    day = month(48)

    def found(known: pl.DataFrame) -> list[Finding]:
        return find_breakouts(known, board, day, segment_of=lambda _: "", names={}, prob=0.9)

    cut = rows.filter(pl.col("period") <= day)
    assert [(f.entity, f.probability) for f in found(cut)] == [
        (f.entity, f.probability) for f in found(rows)
    ]


def test_past_outlooks_are_judged_when_their_year_is_over(rows: pl.DataFrame) -> None:
    [board] = boards(rows)
    origins = [month(k) for k in (36, 39, 42, 57)]
    judged = dict(
        judge_breakouts(
            board_feed(rows, board), board, origins,
            segment_of=lambda _: "", names={}, prob=0.9,
        )
    )  # fmt: skip
    assert list(judged) == origins[:3]
    for origin, one in judged.items():
        assert len(one.cases) == 50
        assert {c.outcome for c in one.cases} == {"right", "wrong"}
        assert all((c.after is not None) == (c.outcome == "right") for c in one.cases)
        assert all(c.judged_on == month(12 + origins.index(origin) * 3 + 36) for c in one.cases)
        [base] = one.bases
        right = sum(c.outcome == "right" for c in one.cases)
        # The first fifty are better than the others.
        assert right / 50 > base.n_right / base.n
    assert HORIZON_MONTHS == 12


def test_without_origins_there_is_nothing_to_judge(rows: pl.DataFrame) -> None:
    [board] = boards(rows)
    feed = board_feed(rows, board)
    none = judge_breakouts(feed, board, [], segment_of=lambda _: "", names={}, prob=0.9)
    assert list(none) == []
