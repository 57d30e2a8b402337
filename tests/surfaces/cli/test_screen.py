"""The screen: widths, wrapping, stacking, and what it keeps from the terminal."""

import re

import pytest
from rich.cells import cell_len

from howdah.surfaces.cli.screen import Column, Screen, clean

COLUMNS = [Column("Name"), Column("Value", is_number=True), Column("Day", is_whole=True)]
ROWS = [
    ["豆包是一个名字很长的中文产品，占两列宽", "1,234,567", "2025-01-31"],
    ["Latin name " * 6, "89", "2025-01-30"],
]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")


def printed(screen: Screen, capsys: pytest.CaptureFixture[str]) -> list[str]:
    screen.write()
    return re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()


@pytest.mark.usefixtures("terminal")
def test_a_table_wraps_texts_and_never_cuts_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.table(COLUMNS, ROWS, indent=2)
    lines = printed(screen, capsys)
    assert max(cell_len(line) for line in lines) <= 60
    text = "\n".join(lines)
    for whole in ("1,234,567", "2025-01-31", "2025-01-30"):
        assert whole in text
    assert "…" not in text


def test_a_table_too_wide_for_the_terminal_is_stacked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "30")
    screen = Screen()
    screen.table(COLUMNS, ROWS)
    lines = printed(screen, capsys)
    assert max(cell_len(line) for line in lines) <= 30
    assert "Value  1,234,567" in lines


def test_a_row_stays_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.table(COLUMNS, ROWS)
    lines = printed(screen, capsys)
    assert len(lines) == 3
    assert not set("─│┃━…\x1b") & set("".join(lines))
    days = ("2025-01-31", "2025-01-30")
    ends = {cell_len(line.split(day)[0]) for line, day in zip(lines[1:], days, strict=True)}
    assert len(ends) == 1, "columns line up whatever the script"


def test_columns_that_hold_nothing_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.table([Column("A"), Column("B")], [["x", ""], ["y", ""]])
    assert printed(screen, capsys)[0] == "A"


@pytest.mark.usefixtures("terminal")
def test_a_command_that_would_wrap_gets_its_own_line(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.fields([("Next", "See both of these long names side by side: howdah compare a b")])
    assert "      howdah compare a b" in printed(screen, capsys)


def test_empty_fields_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.fields([("Left", ""), ("Right", "x")])
    assert printed(screen, capsys) == ["Right  x"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain", "plain"),
        ("豆包", "豆包"),
        ("a\x1b]0;title\x07b", "a\ufffd]0;title\ufffdb"),
        ("two\nlines\tand tabs", "two lines and tabs"),
        ("hid\u202eden", "hid\ufffdden"),
    ],
)
def test_a_feed_cannot_drive_the_terminal(given: str, shown: str) -> None:
    assert clean(given) == shown


def test_control_codes_of_a_feed_never_reach_the_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen = Screen()
    screen.heading("a\x1b[31mb")
    screen.fields([("Name", "a\x1b[2Jb")])
    screen.table([Column("Name")], [["a\x1b[2Jb"]])
    screen.write()
    assert "\x1b" not in capsys.readouterr().out
