"""What `howdah metrics` answers: what each metric means."""

from pathlib import Path

from howdah.core.errors import InputError
from howdah.core.metrics import MetricRegistry, builtin_metrics
from howdah.market import Market, find_market
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.screen import Column, Screen


def run(metric: str | None, market: Path | None, *, as_json: bool) -> None:
    """Answer with the metrics, or with one."""
    folder, registry = _registry(market)
    chosen = registry.metrics if metric is None else {metric: registry[metric]}
    if as_json:
        write_json(list(chosen.values()), market=folder)
        return
    screen = Screen()
    if metric is None:
        rows = [[m.id, m.title, m.shape, ", ".join(m.units)] for m in chosen.values()]
        columns = [
            Column("Id", is_whole=True),
            Column("Metric"),
            Column("Shape", is_whole=True),
            Column("Units"),
        ]
        screen.table(columns, rows)
        screen.blank()
        screen.text("howdah metrics ID tells what one means.", style="dim")
    for m in chosen.values() if metric is not None else ():
        screen.heading(f"{m.title} ({m.id})")
        screen.text(m.title_zh)
        screen.text(m.meaning)
        screen.blank()
        screen.fields(
            [
                ("Shape", m.shape),
                ("Units", ", ".join(m.units)),
                ("Errors add up on", f"the {m.scale} scale" if m.scale != "none" else ""),
                ("Better", m.better if m.shape != "event" else ""),
                ("Read with", ", ".join(m.companions)),
                ("Compares", f"{m.relation} of {m.relates}" if m.relates else ""),
            ]
        )
    screen.write()


def _registry(market: Path | None) -> tuple[Path | None, MetricRegistry]:
    try:
        folder = find_market(market)
    except InputError:
        if market is not None:
            raise
        return None, builtin_metrics()
    return folder, Market(folder).metrics
