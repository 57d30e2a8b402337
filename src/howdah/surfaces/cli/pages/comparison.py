"""What `howdah compare` answers: entities side by side."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from howdah.core.phrases import metric_title
from howdah.market import Market
from howdah.market.pages import Comparison, basis_text
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import definition_cell, estimate_text, footing_text, period_text


def run(names: Sequence[str], folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with a comparison."""
    with opened(folder, "reading the market") as (market, _):
        page = market.compare(*names, as_of=as_of)
    if as_json:
        missing = [{"entity": name, "metric": metric} for name, metric in page.not_stated]
        data = {"entities": page.entities, "lines": page.lines, "not_stated": missing}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_comparison(screen, market, page)
    screen.write()


def draw_comparison(screen: Screen, market: Market, page: Comparison) -> None:
    """The comparison as text: a table a metric."""
    names = [entity.name for entity in page.entities]
    screen.heading(" against ".join(names))
    if not page.lines:
        screen.text(f"No number about any of them was recorded by {page.basis.as_of}.")
    for metric, lines in groupby(page.lines, key=lambda line: line.metric):
        screen.heading(metric_title(market.metrics, metric))
        rows = [
            [
                " ".join(
                    part
                    for part in (
                        definition_cell(line.definition),
                        line.currency,
                        line.object and f"({line.object})",
                    )
                    if part
                ),
                period_text(line.period),
                *("–" if cell is None else estimate_text(cell) for cell in line.cells),
            ]
            for line in lines
        ]
        columns = [Column("Definition"), Column("Period", is_whole=True)]
        screen.table([*columns, *(Column(name) for name in names)], rows, indent=2)
    for name in names:
        missing = [metric for whose, metric in page.not_stated if whose == name]
        if missing:
            titles = ", ".join(metric_title(market.metrics, metric) for metric in missing)
            screen.blank()
            screen.text(f"Not stated by any source for {name}: {titles}.")
    for line in page.lines:
        for name, cell in zip(names, line.cells, strict=True):
            if cell is not None and cell.method.startswith("implied"):
                title = metric_title(market.metrics, line.metric)
                condition = f", {cell.note}" if cell.note else ""
                screen.blank()
                screen.text(f"{name}, {title}, {line.period}: implied by a comparison{condition}.")
    screen.blank()
    cells = [cell for line in page.lines for cell in line.cells if cell is not None]
    if cells:
        footing = footing_text(cells)
        screen.text(
            f"{footing}. A dash: nothing is known." if footing else "A dash: nothing is known.",
            style="dim",
        )
    screen.text(basis_text(page.basis), style="dim")
