"""What an update costs beside a full run, and whether 26 of them end where a full run does."""

import contextlib
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from costs import N_SIMULATED, make_large, make_simulated, make_whole

from bench import Cost, run_child
from howdah.estimates.fusion import Options
from howdah.surfaces.cli.pages import fuse as page

Row = dict[str, object]

#: Sources of the smaller update.
TWO = ("vendor-0", "vendor-1")

#: Simulated products of the comparison with a full run, weeks that come as updates, and draws.
N_COMPARED = 3_000
N_UPDATES = 26
SEEDS = (11, 12, 13)


def update_rows(
    data: Path,
    simulate: Callable[..., Any],
    claims_of: Callable[..., Any],
    n_series: int = N_SIMULATED,
    *,
    is_whole: bool = False,
) -> Iterator[Row]:
    """Files in, files out: full runs without and with a state, then a new week's claims."""
    claims, truth = (make_whole if is_whole else make_simulated)(data, simulate, claims_of)
    if n_series > N_SIMULATED:
        claims, truth = make_large(data, (claims, truth))
    with tempfile.TemporaryDirectory(dir=data) as name:
        folder = Path(name)
        _cut(claims, folder)
        whole = None
        for label, part, state in (
            ("full run", "before", None),
            ("full run with --state", "before", "new"),
            ("update, two vendors", "two", "two"),
            ("update, ten vendors", "ten", "ten"),
        ):
            if state in {"two", "ten"}:
                # Each update goes on from the state of the full run.
                _copy(folder / "new", folder / str(state))
            cost, written = _fuse(folder, part, None if part != "before" else truth, state)
            whole = whole or cost
            yield {
                "run": label,
                "series": written["n_series"],
                "claims": int(
                    pl.scan_parquet(folder / f"{part}.parquet").select(pl.len()).collect().item()
                ),
                "wall s": round(cost.wall, 1),
                "CPU s": round(cost.cpu, 1),
                "solve CPU s": written["timings"]["solve_cpu_s"],
                "suspects CPU s": written["timings"]["suspects_cpu_s"],
                "share of the full run's CPU": round(cost.cpu / whole.cpu, 3),
                "peak MB": round(cost.peak_mb),
                "state MB": round(_size(folder / state) / 1e6) if state else "",
            }


def _cut(claims: Path, folder: Path) -> None:
    """The claims of all weeks but the last, and those of the last of two sources and of all."""
    source = pq.ParquetFile(claims)
    at = source.schema_arrow.get_field_index("period")
    groups = (source.metadata.row_group(g).column(at) for g in range(source.num_row_groups))
    last = pa.scalar(max(group.statistics.max for group in groups), pa.date32())
    new = []
    with pq.ParquetWriter(
        folder / "before.parquet", source.schema_arrow, compression="zstd"
    ) as writer:
        # Batch by batch: the engine would hold all of an ordered copy in memory.
        for batch in source.iter_batches(500_000):
            is_last = pc.equal(batch["period"], last)
            writer.write_batch(batch.filter(pc.invert(is_last)))
            new.append(batch.filter(is_last))
    ten = pa.Table.from_batches(new)
    pq.write_table(ten, folder / "ten.parquet", compression="zstd")
    two = ten.filter(pc.is_in(ten["source"], pa.array(TWO)))
    pq.write_table(two, folder / "two.parquet", compression="zstd")


def compared_rows(
    simulate: Callable[..., Any],
    claims_of: Callable[..., Any],
    truth_of: Callable[..., Any],
    scores: Callable[..., Row],
) -> Iterator[Row]:
    """Half a year as weekly updates, against one full run: error and coverage of the same weeks."""
    found: dict[str, list[Row]] = {}
    for seed in SEEDS:
        simulation = simulate(N_COMPARED, seed=seed, habits_seed=seed)
        draws = np.random.default_rng(seed)
        anchored = np.sort(draws.choice(N_COMPARED, N_COMPARED // 10, replace=False))
        others = np.setdiff1d(np.arange(N_COMPARED), anchored)
        size = np.argsort(np.argsort(simulation.level.mean(1))) * 3 // N_COMPARED
        claims, truth = claims_of(simulation), truth_of(simulation, anchored)
        weeks = claims["period"].unique().sort()
        cut = weeks[-N_UPDATES]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            whole = _estimates(folder, claims, truth, seed, None)
            early = pl.col("period") < cut
            _estimates(folder, claims.filter(early), truth.filter(early), seed, "state")
            parts = []
            for week in weeks[-N_UPDATES:]:
                own = pl.col("period") == week
                parts.append(
                    _estimates(folder, claims.filter(own), truth.filter(own), seed, "state")
                )
        keys = ["series", "period"]
        updated = pl.concat(parts).unique(keys, keep="last", maintain_order=True)
        for label, table in (("full run", whole), ("26 updates", updated)):
            for when, first in (("26 weeks", cut), ("last week", weeks[-1])):
                rows = table.filter(pl.col("period") >= first)
                result = scores(rows, simulation, others, size)
                found.setdefault(f"{label}, {when}", []).append(
                    {name: result[name] for name in ("log error", "coverage")}
                )
        both = updated.join(whole, on=keys, suffix="_whole").filter(pl.col("period") >= cut)
        half = (pl.col("upper_whole") / pl.col("lower_whole")).log() / 2
        off = both.select((pl.col("value") / pl.col("value_whole")).log().abs() / half)
        width = both.select((pl.col("upper") / pl.col("lower")).log() / 2 / half)
        found.setdefault("difference, in half-widths of the interval", []).append(
            {
                "median": off.to_series().median(),
                "99 %": off.to_series().quantile(0.99),
                "width": width.to_series().median(),
            }
        )
    for label, runs in found.items():
        yield {
            "run": label,
            **{name: round(float(np.mean([run[name] for run in runs])), 4) for name in runs[0]},  # type: ignore[arg-type]
        }


def _fuse(
    folder: Path, part: str, truth: Path | None, state: str | None
) -> tuple[Cost, dict[str, Any]]:
    out = folder / "out"
    command = [str(Path(sys.executable).parent / "howdah"), "fuse", f"{folder}/{part}.parquet"]
    command += ["--out", str(out), "--force", "--json"]
    command += [] if truth is None else ["--anchors", str(truth)]
    command += [] if state is None else ["--state", str(folder / state)]
    cost = run_child(command)
    return cost, json.loads((out / "summary.json").read_text(encoding="utf-8"))


def _estimates(
    folder: Path, claims: pl.DataFrame, truth: pl.DataFrame, seed: int, state: str | None
) -> pl.DataFrame:
    """A run in this process: 81 of them would otherwise start Python 81 times."""
    claims.write_parquet(folder / "claims.parquet")
    truth.write_parquet(folder / "truth.parquet")
    with contextlib.redirect_stderr(io.StringIO()):
        page.run(
            folder / "claims.parquet", folder / "out", folder / "truth.parquet", None, None,
            Options(seed=seed), None if state is None else folder / state, None,
            static=False, force=True, strict=False, as_json=False,
        )  # fmt: skip
    return pl.read_parquet(folder / "out" / "estimates.parquet")


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
