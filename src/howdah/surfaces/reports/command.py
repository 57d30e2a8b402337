"""The command ``howdah report``."""

import json
import sys
import threading
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from howdah.core.phrases import Lang
    from howdah.core.progress import Progress

#: Shorter jobs need no bar.
_DELAY_SECONDS = 1.0


class ReportLang(StrEnum):
    """Languages of a report."""

    EN = "en"
    ZH = "zh"
    BOTH = "both"


def report_command(
    market: Annotated[
        Path | None,
        typer.Option(
            "--market",
            metavar="DIR",
            help="Market folder; otherwise HOWDAH_MARKET, this folder or ./howdah-demo.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="PATH",
            help="Folder, or file that ends in .html; otherwise reports/ in the market.",
        ),
    ] = None,
    lang: Annotated[
        ReportLang, typer.Option("--lang", help="Language, or both.")
    ] = ReportLang.BOTH,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="Report what was known on this date: 2025-01-31 or today.",
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the files' names.")
    ] = False,
) -> None:
    """Write the market's report: one HTML file a language that opens anywhere, offline."""
    import howdah  # noqa: PLC0415 - --help must not pay for the engines
    from howdah.market.folder import find_market  # noqa: PLC0415
    from howdah.surfaces.reports.report import write_reports  # noqa: PLC0415

    folder = find_market(market)
    files = _targets(out or folder / "reports", lang)
    with _working() as progress:
        contents = write_reports(howdah.open(folder), files, as_of=as_of, progress=progress)
    if not as_json:
        for path in files.values():
            typer.echo(path)
        return
    summary = {
        "data": {
            "files": [
                {"lang": name, "path": str(path), "bytes": path.stat().st_size}
                for name, path in files.items()
            ],
            "findings": [finding.finding_id for finding in contents.radar.findings],
            "withheld_feeds": list(contents.withheld),
        },
        "meta": {
            "market": str(folder.resolve()),
            "as_of": contents.as_of.isoformat(),
            "vintages": [day.isoformat() for day in contents.basis.vintages],
        },
    }
    typer.echo(json.dumps(summary, ensure_ascii=False))


#: What the command line registers.
app_command = report_command


def _targets(out: Path, lang: ReportLang) -> "dict[Lang, Path]":
    """The file of each language."""
    langs: dict[ReportLang, tuple[Lang, ...]] = {
        ReportLang.EN: ("en",),
        ReportLang.ZH: ("zh",),
        ReportLang.BOTH: ("en", "zh"),
    }
    names = langs[lang]
    if out.suffix.lower() != ".html":
        return {name: out / f"report-{name}.html" for name in names}
    if len(names) == 1:
        return {names[0]: out}
    return {name: out.with_name(f"{out.stem}-{name}{out.suffix}") for name in names}


@contextmanager
def _working() -> "Iterator[Progress]":
    """A bar on stderr once the job takes longer than a second; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda label, done, total: None  # noqa: ARG005 - nobody watches
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe draws nothing
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    drawn = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = drawn.add_task("report", total=None)
    timer = threading.Timer(_DELAY_SECONDS, drawn.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda label, done, total: drawn.update(
            task, description=label, completed=done, total=total
        )
    finally:
        timer.cancel()
        timer.join()
        drawn.stop()
