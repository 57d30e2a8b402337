"""What `howdah audience` does: logs of a panel or a census in, tables of its audience out."""

import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import duckdb

from howdah.core import settings
from howdah.core.errors import InputError
from howdah.core.progress import Progress
from howdah.engines import OutputFolder, output_folder
from howdah.engines.spark import masters_of
from howdah.panels.audience import Audience, Options
from howdah.panels.population import PanelFiles
from howdah.panels.raking import Raked
from howdah.panels.reading import read_audience
from howdah.panels.shortfalls import gaps_of, lone_strata_of, shortfalls_of
from howdah.panels.state import KeptWords, opened_state
from howdah.surfaces.cli.staging import finish, staged
from howdah.surfaces.cli.words import counted


def run(
    logs: Sequence[Path], out: Path, panel: Path | None, strata: Path | None,
    margins: Path | None, trim: float | None, options: Options, state: Path | None,
    engine_name: str,
    *, threads: int, memory: float | None, force: bool, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read the log, count it and write the tables."""
    started = time.perf_counter()
    if (panel is None) != (strata is None):
        given, missing = ("--panel", "--strata") if strata is None else ("--strata", "--panel")
        raise InputError(
            f"{given} is given without {missing}. Give both for a panel, or neither for a census."
        )
    if state is not None and state.resolve() == out.resolve():
        raise InputError(f"--out and --state are both {out}; give each a folder of its own.")
    url = _spark_url(engine_name)
    if url is not None and state is not None:
        raise InputError("--state is kept on this machine alone. Leave it out, or --engine spark.")
    if panel is None and margins is not None:
        raise InputError("--margins is given without --panel and --strata: a census has no strata.")
    files = None
    if panel is not None and strata is not None:
        files = PanelFiles(panel, strata, margins, trim)
    options = replace(
        options,
        threads=threads or int(settings.get_number("threads")) or os.cpu_count() or 1,
        memory_gb=settings.get_number("memory_gb") if memory is None else memory,
    )
    with staged("reading the log") as (engine, progress), opened_state(state) as kept:
        # The outputs take their names before the state does: a run that ends in between can be
        # repeated.
        with output_folder(out, force=force) as into:
            with _read(url, engine, logs, files, options, into, progress, kept) as found:
                read_s = time.perf_counter() - started
                written = []
                for name, rows in found.tables(progress):
                    into.write(name, rows)
                    written.append(name)
                survey = found.survey
                notes = (
                    *gaps_of(found), *lone_strata_of(survey), *shortfalls_of(survey, options)
                )  # fmt: skip
                summary = _summary(found, options, is_census=files is None)
                summary |= {"tables": written, "notes": list(notes)}
            total_s = time.perf_counter() - started
            timings = {"reading_s": round(read_s, 3), "total_s": round(total_s, 3)}
            into.write_json("summary", {**summary, "timings": timings})
        if kept is not None:
            kept.commit()
    finish(
        out, summary, into.n_quarantined, said=[*_said(found), *notes],
        as_of=None, strict=strict, as_json=as_json,
    )  # fmt: skip


def _spark_url(name: str) -> str | None:
    """URL of the cluster to work on; None for this machine."""
    kind, _, url = name.partition("=")
    if name == "local":
        return None
    if kind != "spark" or not url:
        # What was given is not repeated: it may hold a password.
        raise InputError("--engine is neither local nor spark=URL. Give one of them.")
    masters_of(url)
    return url


def _read(
    url: str | None, engine: duckdb.DuckDBPyConnection, logs: Sequence[Path],
    panel: PanelFiles | None, options: Options, into: OutputFolder, progress: Progress,
    kept: KeptWords | None,
) -> AbstractContextManager[Audience]:  # fmt: skip
    if url is None:
        return read_audience(
            engine, logs, panel, options,
            set_aside=into.set_aside, folder=into.path, progress=progress, kept=kept,
        )  # fmt: skip
    from howdah.panels.cluster import read_audience_on_spark  # noqa: PLC0415 - few need it

    return read_audience_on_spark(
        url, engine, logs, panel, options, set_aside=into.set_aside, progress=progress
    )


def _summary(found: Audience, options: Options, *, is_census: bool) -> dict[str, object]:
    survey = found.survey
    return {
        "n_rows": found.n_rows,
        "n_units": found.n_units,
        "n_products": len(survey.products),
        "n_days": survey.n_day,
        "n_days_without_rows": int((found.day_rows == 0).sum()),
        "first_day": survey.start.isoformat(),
        "last_day": survey.last.isoformat(),
        "is_census": is_census,
        "population": float(survey.population.sum()),
        "n_strata": len(survey.strata),
        "raking": None if found.raked is None else _raking(found.raked),
        "set_aside": dict(sorted(found.asides.by_reason.items())),
        "spilled_bytes": found.n_spilled,
        "burn_in_days": options.burn_in,
        "min_n": options.min_n,
        "tz": options.tz,
        "versions": {name: version(name) for name in ("howdah", "numpy", "numba", "pyarrow")},
    }


def _raking(raked: Raked) -> dict[str, object]:
    return {
        "is_converged": raked.is_converged,
        "n_rounds": raked.n_rounds,
        "n_effective": raked.n_effective,
        "n_trimmed": raked.n_trimmed,
        "total_gap": raked.total_gap,
        "gaps": [gap._asdict() for gap in raked.gaps],
    }


def _said(found: Audience) -> list[str]:
    survey = found.survey
    lines = [
        (
            f"{counted(found.n_rows, 'row')} of {counted(found.n_units, 'unit')}, "
            f"{counted(len(survey.products), 'product')}, {survey.start} to {survey.last}"
        )
    ]
    if (raked := found.raked) is not None:
        lines.append(
            f"strata raked to margins: as telling as {raked.n_effective:,.0f} units of equal weight"
        )
        worst = raked.gaps[0]
        if not raked.is_converged:
            lines.append(
                f"margins are not met: {worst.variable} {worst.level!r} should be "
                f"{worst.wanted:,.0f} and is {worst.reached:,.0f}; the others are in summary.json"
            )
    reasons = sorted(found.asides.by_reason.items())
    return [*lines, *(f"set aside: {n} ({reason})" for reason, n in reasons)]
