"""What `howdah features` answers: which product has which feature, and what ours lack."""

from collections.abc import Sequence
from pathlib import Path

from howdah.guidance.features import Cell, State
from howdah.guidance.gaps import Gap, Holder, Spread
from howdah.guidance.sightings import Sighting
from howdah.market.pages import basis_text
from howdah.market.pages.features import FeaturesPage
from howdah.surfaces.cli.answer import named, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, day_text, id_text

#: States in the order of the columns of the overview.
_STATES: dict[State, str] = {
    "has": "Has it",
    "announced": "Announced",
    "denied": "Said to lack it",
    "had": "Had it",
}

_MISSING = {
    "vocabulary": "market.toml names no feature. What is needed: [[feature]] tables with words "
    "that name them, and claims of the kind feature (docs/how-to/choose-what-to-build.md)",
    "products": "one product cannot lack what no other has. What is needed: a second one, or the "
    "id of a segment",
    "claims": "nobody says anything of a feature of these products. What is needed: a feed of "
    "features, or documents that tell of releases",
    "ours": "none of these products is ours. What is needed: [ours] products in market.toml, or "
    "--ours NAME",
}

_SURE = {
    "stated": "stated",
    "one source": "stated, by one source alone",
    "stale": "stale",
    "not stated": "not stated",
}


def run(
    targets: Sequence[str],
    ours: Sequence[str],
    folder: Path | None,
    as_of: str | None,
    *,
    as_json: bool,
) -> None:
    """Answer with the matrix and the gaps."""
    with opened(folder, "reading the market") as (market, progress):
        page = market.features(*targets, ours=ours, as_of=as_of, progress=progress)
    if as_json:
        data = {key: value for key, value in named(page).items() if key != "basis"}
        data["gaps"] = [
            {**named(gap), "sure": gap.sure, "n_risers": gap.n_risers} for gap in page.gaps
        ]
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_features(screen, page)
    screen.write()


def draw_features(screen: Screen, page: FeaturesPage) -> None:
    """The overview, the gaps of ours, and the evidence."""
    n = counted(len(page.products), "product")
    screen.heading(f"Features: {counted(len(page.features), 'feature')} told of {n}")
    draw_overview(screen, page)
    if page.features:
        screen.heading("Gaps: what others have and ours are not known to have")
        draw_gaps(screen, page)
    _draw_evidence(screen, page)
    _draw_unnamed(screen, page)
    screen.blank()
    screen.text(
        'Unknown is never no: nobody says anything. "by" a day: no later than it. A cell is '
        f"stale when nobody confirmed it for more than {page.stale_days} days; confirmed is the "
        "last day that a claim of it speaks of, or on which it was published if it names none.",
        style="dim",
    )
    screen.text(basis_text(page.basis), style="dim")


def draw_overview(screen: Screen, page: FeaturesPage) -> None:
    """Each feature with who has it."""
    if not page.features:
        missing = page.gaps_missing if page.gaps_missing == "vocabulary" else "claims"
        screen.text(f"Cannot tell: {_MISSING[missing]}.")
        return
    rows = []
    for feature in page.features:
        cells = [page.matrix[product][feature] for product in page.products]
        by_state = {
            state: ", ".join(_cell_text(page, cell) for cell in cells if cell.state == state)
            for state in _STATES
        }
        unknown = sum(cell.state == "unknown" for cell in cells)
        spread = spread_text(page, page.spreads[feature])
        rows.append([page.titles[feature], *by_state.values(), str(unknown), spread])
    columns = [
        Column("Feature"),
        *(Column(title) for title in _STATES.values()),
        Column("Unknown", is_number=True),
        Column("In a row"),
    ]
    screen.table(columns, rows)
    known = set(page.known)
    silent = [page.names[p] for p in page.products if p not in known]
    if silent:
        screen.text(f"Nothing is known of the features of {', '.join(silent)}.")


def _cell_text(page: FeaturesPage, cell: Cell) -> str:
    marks = (("stale", cell.is_stale), ("disputed", cell.is_disputed))
    told = ", ".join(mark for mark, is_so in marks if is_so)
    name = page.names[cell.product]
    return f"{name} ({told})" if told else name


def since_text(sighting: Sighting | None) -> str:
    """Since when a product has a feature."""
    if sighting is None:
        return "day unknown"
    if sighting.first is None:
        return f"by {day_text(sighting.last)}"
    if sighting.first == sighting.last:
        return day_text(sighting.last)
    return f"{day_text(sighting.first)} to {day_text(sighting.last)}"


def spread_text(page: FeaturesPage, spread: Spread) -> str:
    """Who brought a feature out one after another; '' where fewer than a row did."""
    if not spread.is_row:
        return ""
    names = ", ".join(page.names[product] for product in spread.row)
    days = f"{day_text(spread.first)} to {day_text(spread.last)}"
    return f"{len(spread.row)} within a year, {days}: {names}"


def draw_gaps(screen: Screen, page: FeaturesPage) -> None:
    """Gaps of ours, or why they cannot be told."""
    if page.gaps_missing:
        screen.text(f"Cannot tell: {_MISSING[page.gaps_missing]}.")
        return
    if not page.gaps:
        ours = ", ".join(page.names[product] for product in page.ours)
        screen.text(f"None: no other product is known to have a feature that {ours} is not.")
        return
    rows = [_gap_row(page, gap) for gap in page.gaps]
    columns = [
        Column("Ours"),
        Column("Feature"),
        Column("Ours is"),
        Column("Who has it, since"),
        Column("Risers", is_number=True),
        Column("In a row"),
        Column("How sure"),
        Column("Trail", is_whole=True),
    ]
    screen.table(columns, rows)
    screen.text(
        "Not stated: nobody says that ours lacks it, only nobody says that it has it. Stale: it "
        "was not confirmed lately that ours lacks it, or that any other has it.",
        style="dim",
    )
    if any(gap.n_risers for gap in page.gaps):
        screen.text(
            "A riser surely grew over a year. That it has the feature does not say that it grew "
            "by it.",
            style="dim",
        )
    elif not page.growths:
        screen.text(
            "Who of them rises cannot be told: none has a level under one definition at both ends "
            "of a year.",
            style="dim",
        )


def _gap_row(page: FeaturesPage, gap: Gap) -> list[str]:
    n = len(gap.holders)
    own = gap.own
    state = {"denied": "said to lack it", "had": "without it again"}.get(own.state, own.state)
    if own.confirmed is not None:
        state += f" ({day_text(own.confirmed)})"
    claims = gap.holders[0].cell.claim_ids
    return [
        page.names[own.product],
        page.titles[own.feature],
        state,
        ", ".join(_holder_text(page, holder) for holder in gap.holders),
        f"{gap.n_risers} of {n}",
        spread_text(page, gap.spread),
        _SURE[gap.sure],
        f"howdah trail {id_text(claims[0])}",
    ]


def _holder_text(page: FeaturesPage, holder: Holder) -> str:
    text = f"{page.names[holder.cell.product]} {since_text(holder.cell.since)}"
    growth = holder.growth
    if growth is None or not growth.is_told:
        return text
    relative = " against the market" if "relative" in growth.key else ""
    return f"{text}, {growth.value:+.0f} % a year ({growth.lower:+.0f} to {growth.upper:+.0f})" + (
        relative
    )


def _draw_evidence(screen: Screen, page: FeaturesPage) -> None:
    cells = [c for p in page.known for c in page.matrix[p].values() if c.sightings]
    if not cells:
        return
    screen.heading("Evidence")
    rows = []
    for cell in cells:
        about = {s.about for s in cell.sightings if s.about != cell.product}
        whose = f" ({', '.join(page.names[a] for a in sorted(about))})" if about else ""
        marks = ", stale" * cell.is_stale + ", disputed" * cell.is_disputed
        rows.append(
            [
                page.names[cell.product] + whose,
                page.titles[cell.feature],
                f"{cell.state}{marks}",
                since_text(cell.since) if cell.since else "–",
                day_text(cell.confirmed) if cell.confirmed else "–",
                ", ".join(cell.sources) or "–",
                f"howdah trail {id_text(cell.claim_ids[0])} +{len(cell.claim_ids) - 1}",
            ]
        )
    columns = [
        Column("Product"),
        Column("Feature"),
        Column("State"),
        Column("Since", is_whole=True),
        Column("Confirmed", is_whole=True),
        Column("Said by"),
        Column("Trail", is_whole=True),
    ]
    screen.table(columns, rows)


def _draw_unnamed(screen: Screen, page: FeaturesPage) -> None:
    if not page.unnamed:
        return
    screen.heading("Words that name no feature of market.toml")
    rows = [
        [page.names[u.product], u.words, u.source, f"howdah trail {id_text(u.claim_id)}"]
        for u in page.unnamed
    ]
    columns = [Column("Product"), Column("Words"), Column("Said by")]
    screen.table([*columns, Column("Trail", is_whole=True)], rows)
