"""What `howdah audience` does: logs of a panel or a census in, tables of its audience out."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from howdah.core import settings
from howdah.core.errors import InputError
from howdah.engines import output_folder
from howdah.panels.audience import Audience, Options, read_audience
from howdah.panels.state import opened_state
from howdah.surfaces.cli.staging import finish, staged
from howdah.surfaces.cli.words import counted


def run(
    logs: Sequence[Path], out: Path, panel: Path | None, strata: Path | None, options: Options,
    state: Path | None,
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
    files = None if panel is None or strata is None else (panel, strata)
    options = replace(
        options,
        threads=threads or int(settings.get_number("threads")) or os.cpu_count() or 1,
        memory_gb=settings.get_number("memory_gb") if memory is None else memory,
    )
    with staged("reading the log") as (engine, progress), opened_state(state) as kept:
        # The outputs take their names before the state does: a run that ends in between can be
        # repeated.
        with output_folder(out, force=force) as into:
            with read_audience(
                engine, logs, files, options,
                set_aside=into.set_aside, folder=into.path, progress=progress, kept=kept,
            ) as found:  # fmt: skip
                read_s = time.perf_counter() - started
                for name, rows in found.tables(progress):
                    into.write(name, rows)
                summary = _summary(found, options, is_census=files is None)
            total_s = time.perf_counter() - started
            timings = {"reading_s": round(read_s, 3), "total_s": round(total_s, 3)}
            into.write_json("summary", {**summary, "timings": timings})
        if kept is not None:
            kept.commit()
    finish(
        out, summary, into.n_quarantined, said=_said(found),
        as_of=None, strict=strict, as_json=as_json,
    )  # fmt: skip


def _summary(found: Audience, options: Options, *, is_census: bool) -> dict[str, object]:
    survey = found.survey
    return {
        "n_rows": found.n_rows,
        "n_units": found.n_units,
        "n_products": len(survey.products),
        "n_days": survey.n_day,
        "first_day": survey.start.isoformat(),
        "last_day": survey.last.isoformat(),
        "is_census": is_census,
        "population": float(survey.population.sum()),
        "n_strata": len(survey.strata),
        "set_aside": dict(sorted(found.asides.by_reason.items())),
        "spilled_bytes": found.n_spilled,
        "burn_in_days": options.burn_in,
        "min_n": options.min_n,
        "tz": options.tz,
        "tables": list(options.metrics),
        "versions": {name: version(name) for name in ("howdah", "numpy", "numba", "pyarrow")},
    }


def _said(found: Audience) -> list[str]:
    survey = found.survey
    lines = [
        (
            f"{counted(found.n_rows, 'row')} of {counted(found.n_units, 'unit')}, "
            f"{counted(len(survey.products), 'product')}, {survey.start} to {survey.last}"
        )
    ]
    reasons = sorted(found.asides.by_reason.items())
    return [*lines, *(f"set aside: {n} ({reason})" for reason, n in reasons)]
