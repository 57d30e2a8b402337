"""A market that one person begins with: few rows, one feed, updated again and again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

SPEC = """\
title = "Monthly users of our own apps"
source = "Our own logs"
nature = "counter"
path = "inbox/apps.csv"

[licence]
name = "Internal"
may_export = false

[[claim]]
subject = { column = "app" }
metric = "mau_month"
definition = "own:mau_month"
unit = "login_account"
value = { column = "users", worded = true }
period = { column = "month" }
"""

ROWS = """\
month,app,users
2024-10,Parrot Chat,120000
2024-11,Parrot Chat,about 150k
2024-12,ParrotChat,over 160k
2024-12,Crow Talk,90000
2024-H2,Owl Notes,500000
"""


@pytest.fixture
def market(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    assert run("init", str(folder)).code == 0
    (folder / "feeds" / "apps.toml").write_text(SPEC, "utf-8")
    (folder / "inbox" / "apps.csv").write_text(ROWS, "utf-8")
    assert run("update", market=folder).code == 0
    return folder


def test_an_update_that_finds_nothing_new_changes_no_answer(run: Run, market: Path) -> None:
    questions = (("show", "Parrot Chat"), ("rank", "mau_month"), ("radar",), ("sources",))
    before = [run(*question, market=market).out for question in questions]
    for _ in range(2):
        assert run("update", market=market).code == 0
    for question, said in zip(questions, before, strict=True):
        ran = run(*question, market=market)
        assert (ran.code, ran.out) == (0, said)


def test_every_spelling_of_a_name_is_on_its_page(run: Run, market: Path) -> None:
    for name in ("Parrot Chat", "ParrotChat"):
        out = run("show", name, market=market).out
        assert "over 160k" in out
        assert "about 150k" in out


def test_a_market_without_findings_does_not_say_that_it_is_empty(run: Run, market: Path) -> None:
    out = run("radar", market=market).out
    assert "no claims" not in out
    assert "No change stands out" in out


def test_a_part_of_a_period_never_stands_beside_the_whole(run: Run, market: Path) -> None:
    def names(*arguments: str) -> list[str]:
        data = run("rank", "mau_month", *arguments, "--json", market=market).answer["data"]
        return [row["estimate"]["name"] for row in data["places"]]

    assert names("--period", "2024-H2") == ["Owl Notes"]
    assert set(names("--period", "2024-12")) == {"Crow Talk"}
    assert "Owl Notes" not in names()
    ran = run("rank", "mau_month", "--period", "2024-Q4", market=market)
    assert ran.code == 2
    assert "2024-12" in ran.err
