"""Restatements on screens: curves by age, what turned round, what a page says of a series."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

Run = Callable[..., Any]
Built = tuple[Path, dict[str, int]]


def test_how_far_figures_still_move(run: Run, restating_market: Built) -> None:
    ran = run("sources", "--revisions", market=restating_market[0], columns=80)
    assert (ran.code, ran.err) == (0, "")
    assert "How far figures still move" in ran.out
    assert "x1.09 (x1.0" in ran.out
    assert all(cell_len(line) <= 80 for line in ran.out.splitlines())


def test_restatements_that_turned_a_change_round(run: Run, restating_market: Built) -> None:
    answer = run("sources", "--revisions", "--json", market=restating_market[0]).answer["data"]
    assert 0 < len(answer["flips"]) <= 10
    days = [flip["flipped_at"] for flip in answer["flips"]]
    assert days == sorted(days, reverse=True)
    for flip in answer["flips"]:
        assert flip["change_first"] * flip["change_newest"] < 0
    text = run("sources", "--revisions", market=restating_market[0]).out
    assert "Restatements that turned a change round" in text


def test_without_history_it_says_so(run: Run, small_market: Path) -> None:
    ran = run("sources", "--revisions", market=small_market)
    assert "cannot be told" in " ".join(ran.out.split())
    assert run("sources", "--revisions", "--json", market=small_market).answer["data"] == {
        "revisions": [], "flips": [],
    }  # fmt: skip


def test_of_one_metric(run: Run, restating_market: Built) -> None:
    ran = run("sources", "--revisions", "--metric", "wau", "--json", market=restating_market[0])
    assert ran.answer["data"] == {"revisions": [], "flips": []}


def test_cards_and_revisions_are_not_split_together(run: Run, small_market: Path) -> None:
    ran = run("sources", "--revisions", "--by", "size", market=small_market)
    assert ran.code != 0
    assert "--revisions" in ran.err


@pytest.mark.parametrize("columns", [80, 160])
def test_a_page_names_what_was_restated(run: Run, restating_market: Built, columns: int) -> None:
    ran = run("show", "alpha", market=restating_market[0], columns=columns)
    text = " ".join(ran.out.split())
    assert "usually end x1.09" in text
    assert "restated: " in text
    assert "2024-09 was" in text
    assert "on 2024-10-10" in text
    assert "earlier periods (--json shows all)" in text
