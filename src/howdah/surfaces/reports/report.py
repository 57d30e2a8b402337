"""Writing reports: the market is asked once, and each language becomes one file."""

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from howdah.core.errors import ExistsError
from howdah.core.phrases import Lang
from howdah.core.progress import Progress, silent
from howdah.market import Market
from howdah.surfaces.reports.contents import Contents, gather
from howdah.surfaces.reports.render import render

#: A file that has this near its start is an earlier report, and may be replaced.
_MARK = b'<meta name="generator" content="howdah '
_MARK_WITHIN = 1000


def write_report(
    market: Market,
    target: Path,
    *,
    as_of: dt.date | str | None = None,
    lang: Lang = "en",
    progress: Progress = silent,
) -> Path:
    """Write the report of a market in one language; returns the file.

    Raises
    ------
    ExistsError
        The target is a file that is not a report.
    """
    write_reports(market, {lang: target}, as_of=as_of, progress=progress)
    return target


def write_reports(
    market: Market,
    targets: Mapping[Lang, Path],
    *,
    as_of: dt.date | str | None = None,
    progress: Progress = silent,
) -> Contents:
    """Write the report in several languages; returns what they show.

    The market is asked once; reports that stand in one folder link to each other.

    Raises
    ------
    ExistsError
        A target is a file that is not a report.
    """
    for target in targets.values():
        check_target(target)
    contents = gather(market, as_of, progress)
    for n, (lang, target) in enumerate(targets.items()):
        progress(target.name, n, len(targets))
        page = render(contents, lang, other=_other(lang, targets))
        write_page(target, page)
    progress("done", len(targets), len(targets))
    return contents


def _other(lang: Lang, targets: Mapping[Lang, Path]) -> str:
    """Address of the other language's file, when it stands beside this one."""
    here = targets[lang]
    beside = (p for other, p in targets.items() if other != lang and p.parent == here.parent)
    return next((quote(path.name) for path in beside), "")


def write_page(target: Path, page: str) -> None:
    """Write a page; it is there whole or not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.write_text(page, encoding="utf-8")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def check_target(target: Path) -> None:
    """Refuse to write over what is no page of howdah's.

    Raises
    ------
    ExistsError
        The target is a file that is none, or a folder.
    """
    if not target.exists():
        return
    if target.is_file():
        with target.open("rb") as file:
            if _MARK in file.read(_MARK_WITHIN):
                return
    raise ExistsError(target, "It is no report of howdah's. Name another file with --out.")
