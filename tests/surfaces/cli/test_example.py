"""The example market, as a newcomer meets it: the documented examples, names in two scripts."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from howdah.surfaces.cli.application import SECTIONS, Command

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

#: Quick to answer, and in need of no file but the market's.
READING = ("radar", "show", "compare", "rank", "trail", "metrics", "feeds")

EXAMPLES = [
    command.example
    for section in SECTIONS.values()
    for command in section
    if isinstance(command, Command) and command.name in READING
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_documented_example_runs_and_fits_eighty_columns(
    run: Run, example_market: Path, example: str
) -> None:
    program, *arguments = shlex.split(example)
    assert program == "howdah"
    ran = run(*arguments, market=example_market, columns=80)
    assert ran.code == 0
    assert [line for line in ran.out.splitlines() if cell_len(line) > 80] == []
    assert len(ran.out) > 100


def test_chinese_and_latin_names_give_one_page(run: Run, example_market: Path) -> None:
    pages = [run("show", name, market=example_market).out for name in ("豆包", "Doubao")]
    assert sorted(pages[0].splitlines()) == sorted(pages[1].splitlines())
    assert "豆包" in pages[0]
    assert "Planned, rumoured, denied (not counted)" in pages[0]


def test_a_maker_s_page_is_kept_short(run: Run, example_market: Path) -> None:
    out = run("show", "智谱", market=example_market, columns=80).out
    assert "What belongs to it" in out
    assert "times" in out, "what a list repeats is one line"
    assert len(out.splitlines()) < 200


def test_the_radar_comes_before_the_feeds_of_later_years(run: Run, example_market: Path) -> None:
    answer = run("radar", "--json", market=example_market).answer
    assert answer["meta"]["as_of"] == "2025-01-31"
    assert answer["meta"]["time_basis"] == "replayed"
    later = {feed["feed"] for feed in answer["meta"]["later_feeds"]}
    assert "ios-charts" in later
    assert 5 <= len(answer["data"]["findings"]) <= 9


def test_long_lists_of_sources_show_what_tells_most(run: Run, example_market: Path) -> None:
    cards = run("sources", "--json", market=example_market).answer["data"]
    out = run("sources", market=example_market).out
    alone = out.partition("Standing alone")[2].partition("\n\n")[0].splitlines()
    n_alone = sum(not c["n_overlap"] and c["against"] != "anchor" for c in cards)
    # A title, the names of the columns, twenty rows, and what is left out.
    assert len(alone) == 23 < n_alone
    assert alone[-1].startswith(f"and {n_alone - 20} other sources, none of more than ")
    record = out.partition("Punctual, restated, held wrong\n")[2].partition("\n\n")[0]
    for card in cards:
        if card["n_suspect"] or card["n_revised"]:
            assert card["source"] in record
    quiet = [c for c in cards if not (c["lag_days"] or c["n_revised"] or c["n_suspect"])]
    assert f"Of {len(quiet)} more there is nothing to tell" in record


def test_the_example_brings_a_record_that_stands(run: Run, example_market: Path) -> None:
    """Where this fails the record is of other claims or methods: run benchmarks/records/run.py."""
    found = run("radar", "--json", market=example_market).answer["data"]["findings"]
    states = {finding["kind"]: finding["record"]["state"] for finding in found}
    assert states["growth"] == states["overtaking"] == "scored"
    assert found[0]["record"]["state"] == "scored"
    assert any(finding["analogues"] for finding in found)
