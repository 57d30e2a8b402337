"""What `howdah directions` answers: segments by what speaks for them."""

from pathlib import Path

from howdah.core.phrases import interval_text, number_text
from howdah.guidance.outcomes import LEAST_MEMBERS
from howdah.guidance.record import LEAST_IN_BLOCK, Way, WayRecord
from howdah.guidance.stability import WithoutSource
from howdah.guidance.term import TERMS, Term, TermName, Terms
from howdah.market.pages import basis_text
from howdah.market.pages.directions import Directions, DirectionsPage, RecordPage
from howdah.surfaces.cli.answer import named, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.pages.decisions import draw_decided
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, day_text, definition_cell, id_text

#: Titles of terms.
TITLES: dict[TermName, str] = {
    "growth": "Growth in a year",
    "size": "Size",
    "retention": "Day-30 retention",
    "pressure": "Held by giants",
    "cost": "Cost of a new user",
}

_WAYS: dict[Way, str] = {
    "ranking": "all terms",
    "momentum": "growth of the year before",
    "size": "size",
}

_MISSING = {
    "no_figures": "no figure of {detail} of the last year",
    "few": f"{{detail}}; at least {LEAST_MEMBERS} products are needed",
    "few_both": f"fewer than {LEAST_MEMBERS} products have {{detail}} at both ends of a year",
    "measurement": "the feed of {detail} changed its method and counts too little to say by how "
    "much",
    "not_additive": "levels of {detail} do not add up",
    "no_giants": "market.toml declares no [giants]",
}

_HOW = (
    "A segment's score is how often it is the better one of two: with each other segment, over the "
    "terms that both have under one definition, at about the same time, all terms weighing alike. "
    "More growth, size and retention are better, less held by giants and less cost. Terms are "
    "drawn from their intervals; a band holds the places of the draws. A size adds up products: "
    "people who use two are in it twice."
)


def run(folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the ranking."""
    with opened(folder, "reading the market") as (market, progress):
        page = market.directions(as_of=as_of, progress=progress)
    if as_json:
        data = {
            "titles": page.titles,
            "real": _json_of(page.real),
            "simulated": _json_of(page.simulated),
        }
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_directions(screen, page)
    screen.write()


def run_record(folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the record."""
    with opened(folder, "reading the market") as (market, progress):
        page = market.directions_record(as_of=as_of, progress=progress)
    if as_json:
        decided = [{**named(one), "place": one.place} for one in page.decided]
        data = {"record": named(page.record), "years": page.rows(), "decided": decided}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_record(screen, page)
    draw_decided(screen, page.decided, {s.id: s.title for s in market.config.segment})
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")
    screen.write()


def draw_record(screen: Screen, page: RecordPage) -> None:
    """The record as text."""
    record = page.record
    screen.heading("How the ranking did in the year that followed")
    asked = zip(record.dates, record.counts, strict=True)
    screen.fields(
        [
            ("Segment-years", f"{record.n} in {counted(record.n_blocks, 'ranking')}"),
            ("Asked as of", ", ".join(f"{day} ({n})" for day, n in asked)),
        ]
    )
    if not record.ways:
        screen.blank()
        screen.text(
            f"Cannot tell: {record.n_needed} segment-years are needed, in rankings of at least "
            f"{LEAST_IN_BLOCK} segments that are counted by one definition and whose next year is "
            "known. Segments that are counted by different things are in no ranking."
        )
    else:
        rows = [
            [_WAYS[found.way], _correlation(found), f"{found.first:.2f}"] for found in record.ways
        ]
        columns = [
            Column("Ranked by"),
            Column("Rank correlation", is_whole=True),
            Column("First place came to", is_number=True),
        ]
        screen.blank()
        screen.table(columns, rows)
        screen.text("1 is the most growth of all that were ranked together, 0 the least.")


def _correlation(found: WayRecord) -> str:
    value, low, high = found.correlation[:3]
    return f"{value:+.2f} ({low:+.2f} to {high:+.2f})"


def draw_directions(screen: Screen, page: DirectionsPage) -> None:
    """The ranking, its terms and its stability; what is simulated stands apart."""
    screen.heading("What to build: segments by what speaks for them")
    _draw_part(screen, page, page.real)
    if page.simulated.table:
        screen.heading("Simulated, nothing of it is real")
        _draw_part(screen, page, page.simulated)
    screen.blank()
    screen.text(_HOW, style="dim")
    screen.text(basis_text(page.basis), style="dim")


def _draw_part(screen: Screen, page: DirectionsPage, part: Directions) -> None:
    if not part.groups and len(part.table) > 1:
        screen.text(
            "Cannot tell which is better: no two of these segments have a term under one "
            "definition. What is needed stands at each term."
        )
    for n, group in enumerate(part.groups, 1):
        if len(part.groups) > 1:
            screen.heading(f"Group {n}: compared with each other alone")
        rows = []
        for place in group:
            first, last = place.band
            rows.append(
                [
                    str(place.place),
                    str(first) if first == last else f"{first}-{last}",
                    page.titles[place.segment],
                    f"{place.score:.2f}",
                    f"{place.p_first:.2f}",
                    ", ".join(place.terms),
                    stability_text(part.without, place.segment),
                ]
            )
        columns = [
            Column("Place", is_number=True),
            Column("May be", is_number=True),
            Column("Segment"),
            Column("Score", is_number=True),
            Column("First", is_number=True),
            Column("Compared by"),
            Column("Without each source"),
        ]
        screen.table(columns, rows)
    if part.groups and part.unplaced:
        names = ", ".join(page.titles[segment] for segment in part.unplaced)
        screen.blank()
        screen.text(f"Cannot be placed, no other has a term under the same definition: {names}.")
    for segment, terms in part.table.items():
        screen.heading(page.titles[segment])
        draw_terms(screen, terms)


def draw_terms(screen: Screen, terms: Terms) -> None:
    """Every term of a segment, or what is missing."""
    columns = [
        Column("Term"),
        Column("Value"),
        Column("Products", is_number=True),
        Column("Counted by"),
        Column("To", is_whole=True),
        Column("Trail", is_whole=True),
    ]
    screen.table(columns, [_term_row(term) for term in terms.values()], indent=2)


def amount_text(name: TermName, value: float, ends: tuple[float, float] | None = None) -> str:
    """A number of a term, with its interval if there is one."""
    form = {"growth": "{:+.1f}", "retention": "{:.3g}", "pressure": "{:.3g}"}.get(name)
    if form is None:
        return number_text(value) if ends is None else interval_text(value, *ends)
    text = f"{form.format(value)} %" if value else "0 %"
    if ends is None:
        return text
    return f"{text} ({form.format(ends[0])} to {form.format(ends[1])})"


def _term_row(term: Term) -> list[str]:
    title = TITLES[term.name]
    if not term.is_told:
        missing = _MISSING[term.missing].format(detail=term.detail)
        return [title, f"cannot tell: {missing}", "", "", "", ""]
    value = amount_text(term.name, term.value, (term.lower, term.upper))
    if "relative" in term.key:
        value += ", relative to all that the feed counts"
    metric, definition, unit, currency, *_ = term.key
    what = currency or unit.replace("_", " ")
    return [
        title,
        value,
        str(term.n),
        f"{metric}, {definition_cell(definition)}, {what}",
        day_text(term.at),
        f"howdah trail {id_text(term.claim_ids[0])} +{len(term.claim_ids) - 1}",
    ]


def stability_text(without: tuple[WithoutSource, ...], segment: str) -> str:
    """How often a place changes, and which source it rests on most."""
    moves = []
    for dropped in without:
        for name, before, after in dropped.places:
            if name == segment and before != after:
                moves.append((dropped.source, after))
    if not moves:
        return f"the same without any of {counted(len(without), 'source')}"
    source, after = moves[0]
    where = "no place" if after is None else f"place {after}"
    return f"changes in {len(moves)} of {len(without)}; without {source}: {where}"


def _json_of(part: Directions) -> dict[str, object]:
    table = {
        segment: {name: _without_nan(named(term)) for name, term in terms.items()}
        for segment, terms in part.table.items()
    }
    return {
        "terms": table,
        "better": dict(TERMS),
        "groups": [[named(place) for place in group] for group in part.groups],
        "unplaced": list(part.unplaced),
        "without": [named(dropped) for dropped in part.without],
    }


def _without_nan(term: object) -> object:
    """A term of which nothing is told has no numbers."""
    if isinstance(term, dict) and term["missing"]:
        return {key: term[key] for key in ("name", "missing", "detail")}
    return term
