"""Help: what it says, what it costs, and what wrong usage is told."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from howdah.surfaces.cli.application import FOREIGN, SECTIONS, Command, imported

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

HELP = """\
Usage: howdah [OPTIONS] COMMAND [ARGS]...

  See a market from high up: every feed, one honest number, what changed and
  how sure.

  Begin with `howdah demo`: it builds the example market in ./howdah-demo and
  shows its radar.
"""

COMMANDS = """\
Begin:
  demo        Build the example market and show its radar.
  init        Make an empty market.
  warm        Compile ahead what the other commands use.

Read:
  radar       What changed, how sure, market or measurement.
  hits        Who is next: odds of entering the top of each list.
  show        Everything known of one product, company, model or package.
  compare     Two to six entities side by side, definitions kept apart.
  rank        A league table of one metric, with honest places.
  entry       What happened when giants entered a segment.
  features    Which product has which feature, since when, and what ours lack.
  directions  Which segments to go into, term by term.
  split       Split growth into what spend bought and what was earned.
  brief       One direction on one page: case, gaps, what disproves it.
  decisions   What was decided, what is due, and what came of it.
  trail       From any printed id down to the raw records behind it.
  explain     Why an estimate is this number, and why it changed.
  sources     Report cards of sources: bias, noise, lag, revisions.
  metrics     What each metric means and must be read with.
  report      {report}
  serve       {serve}
  export      Write estimates or claims to a file, licence terms enforced.

Keep:
  update      Pull the feeds, append what is new, and derive what follows.
  feeds       State, terms, cost and reach of every feed.
  feed        Work on one feed.
  quarantine  Rows that could not become claims, and why.
  review      Pairs that may be the same thing, to be judged.
  judge       Decide who is one, which claim counts, what a sentence says.
  decide      Record what is done about a finding, and what it is to bring.
  compact     Rewrite the claims in order, so that reading stays quick.

Stages:
  fuse        Fuse what sources say into levels with intervals.
  audience    Count users, growth and retention from the log of a panel.
  health      Find what happened to a feed's measurement.
  extract     Turn texts in Chinese and English into sourced claims.
  signals     Find who may break out of a market next, and how likely it is.
  backtest    Score what `howdah signals` would have said at past dates.
"""

#: Loaded by the help, these would be paid for by every call.
HEAVY = (
    "howdah.core",
    "howdah.market",
    "duckdb",
    "polars",
    "pyarrow",
    "deltalake",
    "numba",
    "scipy",
)


def test_the_help_lists_every_command_on_one_line(run: Run) -> None:
    ran = run("--help", columns=80)
    assert ran.code == 0
    assert " ".join(ran.out.split()).startswith(" ".join(HELP.split()))
    assert ran.out.endswith(
        COMMANDS.format(report=FOREIGN["report"].help, serve=FOREIGN["serve"].help)
    )
    assert max(map(len, ran.out.splitlines())) <= 80


def test_the_help_of_a_foreign_command_is_how_its_own_begins() -> None:
    for command in FOREIGN.values():
        own = imported(command).get_short_help_str(limit=200)
        assert own.startswith(command.help.rstrip("."))


@pytest.mark.parametrize(
    "name",
    [c.name for section in SECTIONS.values() for c in section if isinstance(c, Command)]
    + ["feed check"],
)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    ran = run(*name.split(), "--help", columns=80)
    assert ran.code == 0
    assert "Example: howdah" in ran.out
    assert "--json" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_the_help_loads_no_engine() -> None:
    code = (
        "import sys\n"
        "import howdah.surfaces.cli\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _cpu_seconds(*arguments: str, n: int = 5) -> float:
    times = []
    for _ in range(n):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_the_help_is_cheap() -> None:
    assert _cpu_seconds("-m", "howdah", "--help") < 15 * _cpu_seconds("-c", "pass")


def test_no_command_at_all_shows_the_help(run: Run) -> None:
    ran = run()
    assert "howdah demo" in ran.out + ran.err


def test_the_version_is_the_package_s(run: Run) -> None:
    ran = run("--version")
    assert ran.code == 0
    assert ran.out.split()[0] == "howdah"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["raddar"], "radar"),
        (["radar", "--jsn"], "--json"),
        (["show"], "NAME"),
        (["rank", "dau", "--limit", "-3"], "--limit"),
        (["init"], "DIR"),
        (["feed", "check", "no.toml", "no.csv"], "no.toml"),
    ],
)
def test_wrong_usage_says_what_to_give(run: Run, arguments: Sequence[str], said: str) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""


def test_the_module_runs_too() -> None:
    environment = {**os.environ, "COLUMNS": "80"}
    command = [sys.executable, "-m", "howdah", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.startswith("Usage: howdah [OPTIONS]")
