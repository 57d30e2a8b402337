"""What `howdah rank` answers: league tables with the places that each may hold."""

from pathlib import Path

from howdah.core.phrases import definition_text, interval_text, metric_title
from howdah.market import Market
from howdah.market.pages import League, LeagueRow, LeftOut, basis_text
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import (
    counted,
    day_text,
    definition_cell,
    footing_text,
    party_text,
    period_text,
    unit_text,
)

#: Entities without a place that are named.
_MOST_NAMES = 8


def run(
    metric: str,
    segment: str | None,
    period: str | None,
    definition: str | None,
    unit: str | None,
    folder: Path | None,
    as_of: str | None,
    *,
    limit: int | None,
    as_json: bool,
) -> None:
    """Answer with a league table, its first `limit` places."""
    with opened(folder, "reading the market") as (market, _):
        page = market.rank(
            metric,
            segment=segment,
            period=period,
            definition=definition,
            unit=unit,
            as_of=as_of,
        )
    if as_json:
        data = {key: value for key, value in plain(page).items() if key != "basis"}
        data["places"] = data["places"][:limit]
        data["n_places"] = len(page.places)
        if page.left_out is not None:
            data["left_out"]["command"] = page.command_for_left_out()
        data["others"] = [{**plain(table), "command": page.command(table)} for table in page.others]
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_league(screen, market, page, len(page.places[:limit]))
    screen.write()


def draw_league(screen: Screen, market: Market, page: League, n_shown: int) -> None:
    """The table as text."""
    segment = next((s.title for s in market.config.segment if s.id == page.segment), "")
    screen.heading(
        ", ".join(part for part in (metric_title(market.metrics, page.metric), segment) if part)
    )
    screen.fields(
        [
            ("Definition", definition_cell(page.definition)),
            ("Counted in", unit_text(page.unit, page.currency)),
            ("Period", period_text(page.period)),
        ]
    )
    if page.newer is not None:
        screen.text(
            f"Chosen for the most entities. The newest period is {period_text(page.newer.period)}, "
            f"{counted(page.newer.n_entities, 'entity', 'entities')} "
            f"({definition_text(page.newer.definition)})."
        )
    screen.blank()
    rows = []
    for row in page.places[:n_shown]:
        e = row.estimate
        first, last = row.band
        rows.append(
            [
                str(row.place),
                str(first) if first == last else f"{first}-{last}",
                party_text(e.name, row.object),
                interval_text(e.value, e.lower, e.upper, e.unit, e.currency),
                *([] if page.total is None else [_share(row)]),
                str(e.n_claims),
                e.estimate_id,
            ]
        )
    columns = [
        Column("Place", is_number=True),
        Column("May be", is_number=True),
        Column("Name"),
        Column("Estimate", is_whole=True),
        *([] if page.total is None else [Column("Share", is_whole=True)]),
        Column("Claims", is_number=True),
        Column("Trail", is_whole=True),
    ]
    screen.table(columns, rows)
    if len(page.places) > n_shown:
        screen.text(
            f"and {counted(len(page.places) - n_shown, 'other place')}; --limit 0 shows all"
        )
    if page.total is not None:
        screen.blank()
        unit = page.places[0].estimate
        summed = interval_text(
            page.total.value, page.total.lower, page.total.upper, unit.unit, unit.currency
        )
        screen.text(f"All places together: {summed}.")
    _draw_unplaced(screen, page)
    if page.n_suspect:
        screen.blank()
        screen.text(
            f"{counted(page.n_suspect, 'entity', 'entities')} left out: all figures of this "
            "period are held to be wrong (howdah review --suspects)."
        )
    if page.left_out is not None:
        screen.blank()
        screen.text(f"{left_out_text(page.left_out)} See them with: {page.command_for_left_out()}")
    _draw_others(screen, page)
    screen.blank()
    if page.places:
        estimates = [row.estimate for row in page.places]
        screen.text(f"{footing_text(estimates)}.", style="dim")
    screen.text(basis_text(page.basis), style="dim")


def _draw_unplaced(screen: Screen, page: League) -> None:
    """Who has no place, and why."""
    contested = [e.name for e in page.unplaced if e.status == "contested"]
    bounds = [e.name for e in page.unplaced if e.status != "contested"]
    for why, names in (("only a bound is known", bounds), ("the sources contradict", contested)):
        if not names:
            continue
        more = (
            f" and {counted(len(names) - _MOST_NAMES, 'other')}" if len(names) > _MOST_NAMES else ""
        )
        screen.blank()
        entities = counted(len(names), "entity", "entities")
        named = f"{', '.join(names[:_MOST_NAMES])}{more}"
        command = f"`howdah explain NAME {page.metric}`"
        screen.text(f"{entities} left out, {why}: {named}. {command} says more.")


def left_out_text(left_out: LeftOut) -> str:
    """Who is not in a table, and when they were last counted."""
    names = [f"{name} ({day_text(day)})" for name, day in left_out.newest]
    more = left_out.n_entities - len(names)
    if more:
        names.append(f"{more:,} more")
    named = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return (
        f"{counted(left_out.n_entities, 'entity', 'entities')} left out: no figure is of this "
        f"period. Last known: {named}."
    )


def _share(row: LeagueRow) -> str:
    if row.share is None:
        return "–"
    value, lower, upper = row.share
    return f"{value:.2g} % ({lower:.2g} to {upper:.2g})"


def _draw_others(screen: Screen, page: League) -> None:
    """The metric's other tables, each with the command that shows it."""
    if not page.others:
        return
    screen.heading("Other tables, not mixed in")
    rows = [
        [
            definition_cell(table.definition),
            unit_text(table.unit, table.currency),
            period_text(table.period),
            f"{table.n_entities:,}",
            page.command(table),
        ]
        for table in page.others
    ]
    columns = [
        Column("Definition"),
        Column("Counted in"),
        Column("Period", is_whole=True),
        Column("Entities", is_number=True),
        Column("Show it with"),
    ]
    screen.table(columns, rows)
