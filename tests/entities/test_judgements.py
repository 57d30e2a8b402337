import datetime as dt
import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.core import InputError, Judgement
from howdah.core.errors import MissingColumnError
from howdah.entities import Decision, JudgementTable, judgement_rows, latest_judgements

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
REFERENCES = ["a", "b", "github:x/y", "pypi:z"]


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    left, right = draw(st.lists(st.sampled_from(REFERENCES), min_size=2, max_size=2, unique=True))
    moment = START + dt.timedelta(hours=draw(st.integers(0, 20)))
    return Decision(left, right, draw(st.sampled_from(Judgement)), moment, "an analyst")


def hour(number: int) -> dt.datetime:
    return START + dt.timedelta(hours=number)


@given(st.lists(decisions(), max_size=8), st.lists(decisions(), max_size=8), st.integers(0, 20))
def test_what_is_recorded_later_changes_no_earlier_reading(
    before: list[Decision], after: list[Decision], at: int
) -> None:
    known = [decision for decision in before if decision.recorded_at <= hour(at)]
    later = [decision for decision in after if decision.recorded_at > hour(at)]
    assert latest_judgements(judgement_rows(known + later), as_of=hour(at)) == latest_judgements(
        judgement_rows(known)
    )


@given(st.lists(decisions(), max_size=8), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(some: list[Decision], rng: random.Random) -> None:
    shuffled = [
        decision
        if rng.random() < 0.5
        else Decision(
            decision.right,
            decision.left,
            decision.judgement,
            decision.recorded_at,
            decision.judged_by,
        )
        for decision in some
    ]
    rng.shuffle(shuffled)

    def read(given: Iterable[Decision]) -> dict:
        latest = latest_judgements(judgement_rows(given))
        return {pair: (d.judgement, d.recorded_at) for pair, d in latest.items()}

    assert read(some) == read(shuffled)


def test_latest_holds_and_the_careful_one_of_two_at_once() -> None:
    rows = judgement_rows(
        [
            Decision("a", "b", Judgement.DIFFERENT, hour(1), "x"),
            Decision("b", "a", Judgement.SAME, hour(2), "x"),
            Decision("a", "pypi:z", Judgement.DIFFERENT, hour(3), "x"),
            Decision("a", "pypi:z", Judgement.SAME, hour(3), "x"),
        ]
    )
    latest = latest_judgements(rows)
    assert latest["a", "b"].judgement is Judgement.SAME
    assert latest["a", "pypi:z"].judgement is Judgement.DIFFERENT


def test_spellings_of_an_identifier_are_one_pair() -> None:
    one = Decision("github:X/Y", "a", Judgement.SAME, hour(1), "x")
    other = Decision("a", "github:x/y", Judgement.SAME, hour(1), "x")
    assert one.judgement_id == other.judgement_id


def test_id_does_not_depend_on_the_time_zone_written() -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    one = Decision("a", "b", Judgement.SAME, hour(1), "x")
    other = Decision("a", "b", Judgement.SAME, hour(1).astimezone(shanghai), "x")
    assert one.judgement_id == other.judgement_id


def test_table_grows_by_what_is_new(tmp_path: Path) -> None:
    table = JudgementTable(tmp_path / "judgements")
    first = Decision("a", "b", Judgement.SAME, hour(1), "an analyst", 0.8, ("equal_name",))
    second = Decision("a", "b", Judgement.DIFFERENT, hour(2), "an analyst")
    assert table.read().num_rows == 0
    assert table.append([first, first]) == 1
    assert table.append([first, second]) == 1
    assert table.append([first, second]) == 0
    assert table.read().num_rows == 2
    assert latest_judgements(table.read(), as_of=hour(1)) == {("a", "b"): first}
    assert latest_judgements(table.read()) == {("a", "b"): second}


def test_entity_is_not_judged_against_itself() -> None:
    with pytest.raises(InputError, match="against itself"):
        judgement_rows([Decision("github:X/y", "github:x/Y", Judgement.SAME, hour(1), "x")])


def test_moments_need_a_time_zone() -> None:
    naive = hour(1).replace(tzinfo=None)
    with pytest.raises(InputError, match=r"recorded_at .* has no time zone"):
        judgement_rows([Decision("a", "b", Judgement.SAME, naive, "x")])
    with pytest.raises(InputError, match=r"as_of .* has no time zone"):
        latest_judgements(judgement_rows([]), as_of=naive)


def test_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="judged_by"):
        latest_judgements(judgement_rows([]).drop_columns(["judged_by"]))
