"""What `howdah sources --revisions` answers: how far each source's figures still move by age."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from howdah.core.errors import InputError
from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import metric_title
from howdah.market import Market
from howdah.market.pages import basis_text
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import day_text

Rows = Sequence[Mapping[str, Any]]


def run(
    metric: str | None, group: str | None, folder: Path | None, as_of: str | None, *, as_json: bool
) -> None:
    """Answer with the revisions, of one metric when it is named."""
    if group is not None:
        raise InputError(
            "--by splits report cards, and --revisions shows none; give one of the two."
        )
    with opened(folder, "reading the revisions") as (market, _):
        wanted = None if metric is None else market.metrics[metric].id
        page = market.revisions(as_of)
    rows, flips = (
        [row for row in part if wanted is None or row["metric"] == wanted]
        for part in (page.revisions, page.flips)
    )
    if as_json:
        data = {"revisions": rows, "flips": flips}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_revisions(screen, market, rows, flips)
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")
    screen.write()


def draw_revisions(screen: Screen, market: Market, rows: Rows, flips: Rows) -> None:
    """The curves and what restatements turned round, as text."""
    metrics = market.metrics
    screen.heading("How far figures still move")
    if rows:
        columns = [
            Column("Source"),
            Column("Metric"),
            *(Column(title, is_number=True) for title in ("Age", "Seen", "Usually end", "Spread")),
            Column("Final after", is_number=True),
        ]
        screen.table(columns, [_revision_row(metrics, row) for row in rows])
        screen.text(
            "Age: days from the end of a period to the print, negative while it runs. Seen: "
            "periods of series behind it. Usually end: at this many times the print (+ or -: a "
            "difference on the additive scale), with its interval. Spread: around that, on the "
            "log scale. Final after: days from which on nothing is seen to move.",
            style="dim",
        )
    else:
        screen.text(
            "Too few figures were printed more than once: what becomes of a young one cannot be "
            "told."
        )
    if flips:
        screen.heading("Restatements that turned a change round")
        columns = [
            Column("Name"),
            Column("Metric"),
            Column("Source"),
            Column("Period", is_whole=True),
            *(Column(title, is_number=True) for title in ("First", "Now")),
            Column("Since", is_whole=True),
        ]
        screen.table(columns, [_flip_row(metrics, row) for row in flips])
        screen.text(
            "First and Now: the change against the period before, as first printed and by the "
            "newest prints.",
            style="dim",
        )


def _revision_row(metrics: MetricRegistry, row: Mapping[str, Any]) -> list[str]:
    first, last = row["age_from"], row["age_to"]
    is_log = row["scale"] == "log"
    ends = " to ".join(_move(row[name], is_log=is_log) for name in ("bias_lower", "bias_upper"))
    after = row["final_after_days"]
    return [
        row["source"],
        metric_title(metrics, row["metric"]),
        str(first) if first == last else f"{first} to {last}",
        f"{row['n']:,}",
        f"{_move(row['bias'], is_log=is_log)} ({ends})",
        f"{row['spread']:.3f}",
        "–" if after is None else str(after),
    ]


def _flip_row(metrics: MetricRegistry, row: Mapping[str, Any]) -> list[str]:
    day = row["flipped_at"]
    return [
        row["name"],
        metric_title(metrics, row["metric"]),
        row["source"],
        f"{row['previous_valid_to']} to {row['valid_to']}",
        *(_change(row[name], row["scale"]) for name in ("change_first", "change_newest")),
        "–" if day is None else day_text(day.date()),
    ]


def _move(bias: float, *, is_log: bool) -> str:
    return f"x{bias:.2f}" if is_log else f"{bias:+.2f}"


def _change(change: float, scale: str) -> str:
    """A change on the additive scale: percent where that is the log."""
    if scale == "log":
        return f"{math.expm1(change):+.0%}"
    return f"{change:+.2f}"
