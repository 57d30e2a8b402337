"""`howdah warm`: it runs whole, and leaves nothing to compile for the demo and the stages."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from howdah.surfaces.cli.application import SECTIONS
from howdah.surfaces.cli.pages import warm

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

#: What a first user does, and the stages on other tables than those that `warm` makes.
JOBS = (
    "demo --dir demo",
    "report --market demo",
    "show 'Simulated assistant D' --market demo",
    "rank downloads --market demo",
    "entry open-source-ai --market demo",
    "directions --market demo",
    "explain Doubao dau --since 2024-12-31 --market demo",
    "review --suspects --market demo",
    "audience {log} --panel {roster} --strata {groups} --out panel",
    "audience {log} --out census",
    "audience named.csv --out named",
    "fuse claims.csv --out fused",
    "fuse levels.csv --out fused-levels --state fusion",
    "fuse claims.csv --static --out static",
    "health feed.csv --out health",
    "split weeks.csv --outcome users --channels ads --proxy --out split",
    "signals feed.csv --as-of 2023-11-01 --target growth:1.2 --horizon 2 --out breakouts.csv",
    "backtest feed.csv --from 2023-05-01 --to 2023-06-01 --target top:4 --horizon 2 --out record",
)

#: Commands of which nothing is compiled, or the same as of one that runs.
UNCOMPUTED = {
    "init", "warm", "radar", "hits", "compare", "trail", "metrics", "export", "update", "feeds",
    "feed", "quarantine", "judge", "compact", "extract", "features", "brief", "decide", "decisions",
    "serve",
}  # fmt: skip


def test_every_command_that_computes_is_run() -> None:
    there = {
        entry if isinstance(entry, str) else entry.name
        for section in SECTIONS.values()
        for entry in section
    }
    assert {shlex.split(command)[0] for command in warm.COMMANDS} == there - UNCOMPUTED


def test_the_stages_run_on_what_is_written_for_them(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = [
        c
        for c in warm.COMMANDS
        if c.startswith(("audience", "fuse", "health", "split", "signals", "backtest"))
        and "{market}" not in c
    ]
    monkeypatch.setattr(warm, "COMMANDS", stages)
    monkeypatch.setattr(warm, "copy_example", lambda *_, **__: None)
    assert run("warm", "--json").answer["data"]["n_commands"] == len(stages)


def _run(command: str, folder: Path, cache: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "howdah", *shlex.split(command)],
        cwd=folder,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _compiled(cache: Path) -> set[str]:
    """Names of kernels with machine code, a file for each set of types."""
    return {path.name for path in cache.rglob("*.nbc")}


@pytest.mark.slow
def test_nothing_is_left_to_compile(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    _run("warm", tmp_path, cache)
    before = _compiled(cache)
    assert len(before) > 50
    log = pl.read_parquet(warm.write_tables(tmp_path)["numbers"])
    named = log.with_columns(pl.format("someone {}", "unit").alias("unit"))
    named.write_csv(tmp_path / "named.csv")
    simulated = tmp_path / "demo" / "simulated"
    names = {
        "log": simulated / "log" / "part-000.parquet",
        "roster": simulated / "panel.csv",
        "groups": simulated / "strata.csv",
    }
    for job in JOBS:
        _run(job.format(**names), tmp_path, cache)
        assert sorted(_compiled(cache) - before) == [], job
