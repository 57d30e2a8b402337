"""What `howdah entry` answers: giants in a segment, and what became of who was there."""

from pathlib import Path

from howdah.core.phrases import interval_text
from howdah.guidance import Evidence, Incumbent, Outcome
from howdah.guidance.outcomes import HORIZON_DAYS, LEAST_MEMBERS
from howdah.market import Market
from howdah.market.pages import basis_text
from howdah.market.pages.entry import EntryPage
from howdah.surfaces.cli.answer import named, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, day_text, definition_cell, id_text

#: Incumbents of one entry that are listed.
_MOST_INCUMBENTS = 10

_UNDATED = {
    "open": "the source states no first day",
    "first_snapshot": "it is on the first list that is known",
    "recut": "the list was made longer on that day",
    "coverage": "the source does not say whom it covers, so absence before tells nothing",
}

_MISSING = {
    "undated": "the entry is only known to be no later than that day ({detail})",
    "no_incumbents": "nobody of the segment is known to have been there before",
    "horizon": "the year is not over, or not reported yet: ask again after {detail}",
    "no_figures": "no incumbent has a figure of {detail} in the half year before the entry",
    "few": "{detail} of the segment have a figure a year later; at least "
    f"{LEAST_MEMBERS} are needed",
    "measurement": "the feed's own method changed in between ({detail})",
    "not_additive": "levels of {detail} do not add up, so there are no shares of them",
}

_KINDS = {"launch": "a launch, told by", "listing": "listed by", "figure": "a figure, told by"}


def run(segment: str, folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the entries into a segment."""
    with opened(folder, "reading the market") as (market, progress):
        page = market.entry(segment, as_of=as_of, progress=progress)
    if as_json:
        data = {key: value for key, value in named(page).items() if key != "basis"}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_entry(screen, market, page)
    screen.write()


def draw_entry(screen: Screen, market: Market, page: EntryPage) -> None:
    """The answer, each entry, and the map."""
    screen.heading(f"When a giant enters: {page.title}")
    draw_answer(screen, page, "What each lacks stands below.")
    for outcome in page.outcomes:
        _draw_outcome(screen, page, outcome)
    _draw_map(screen, market, page)
    screen.blank()
    screen.text(
        "Shares are of all members of the segment that have a figure under one definition; their "
        "intervals hold the error of the figures alone. That others left after an entry does not "
        "say that it was the cause.",
        style="dim",
    )
    screen.text(basis_text(page.basis), style="dim")


def draw_answer(screen: Screen, page: EntryPage, more: str) -> None:
    """What past entries say together; `more` says where each of them stands."""
    answer = page.answer
    if not page.outcomes:
        whose = counted(page.n_members, "member")
        screen.text(
            f"Cannot tell: nothing dated is known of a giant's own product among the {whose} of "
            "this segment. What is needed: launches, lists or figures of products that the "
            "catalogue gives to a giant of market.toml."
        )
        return
    if answer.kept is None:
        screen.text(
            f"Cannot tell: the outcome is known of {counted(answer.n, 'entry', 'entries')}, and "
            f"{answer.n_needed} are needed. {more}"
        )
        return
    kept = answer.kept
    fates = ", ".join(f"{n} {fate}" for fate, n in answer.fates)
    screen.text(
        f"A year after {counted(answer.n, 'past entry', 'past entries')} those who were there "
        f"held {kept.value:.3g} % of the segment in the middle case ({kept.lower:.3g} to "
        f"{kept.upper:.3g}, the middle of all such cases at {100 * kept.prob:.0f} %). Of them: "
        f"{fates}."
    )


def _draw_outcome(screen: Screen, page: EntryPage, outcome: Outcome) -> None:
    entry = outcome.entry
    names = page.names
    product = names[entry.evidence.entity]
    giant = names[entry.giant]
    by = giant if entry.evidence.entity == entry.giant else f"{giant} with {product}"
    screen.heading(f"{by}, {entered_text(entry.evidence)}")
    evidence = f"{_KINDS[entry.evidence.kind]} {entry.evidence.source}"
    if entry.evidence.undated:
        evidence += f"; no later than, since {_UNDATED[entry.evidence.undated]}"
    fields = [("Evidence", evidence), ("Trail", trail_text(entry.evidence.claim_ids))]
    if outcome.table:
        definition, unit, currency, _ = outcome.table
        counted_in = currency or unit.replace("_", " ")
        fields.append(("Counted by", f"{definition_cell(definition)}, {counted_in}"))
    fields.append(("A year later", _later_text(outcome)))
    screen.fields(fields, indent=2)
    if not outcome.incumbents:
        return
    # Those whose levels are known say most; then those who were there longest.
    known = [i for i in outcome.incumbents if i.before is not None]
    shown = sorted(known, key=lambda i: -(i.before.value if i.before else 0.0))
    shown += [i for i in outcome.incumbents if i.before is None]
    rows = [_incumbent_row(page, i) for i in shown[:_MOST_INCUMBENTS]]
    columns = [
        Column("There before"),
        Column("Months", is_number=True),
        Column("Level before", is_whole=True),
        Column("Change", is_whole=True),
        Column("Share, %", is_whole=True),
        Column("Since"),
        Column("Trail", is_whole=True),
    ]
    screen.table(columns, rows, indent=2)
    left = len(shown) - len(rows)
    if left:
        screen.text(f"and {counted(left, 'other')}; --json has them all", indent=2)


def _later_text(outcome: Outcome) -> str:
    if outcome.missing:
        detail = outcome.detail
        if outcome.missing == "undated":
            detail = _UNDATED[detail]
        return f"cannot tell: {_MISSING[outcome.missing].format(detail=detail)}"
    kept, held = outcome.kept, outcome.held
    assert kept is not None
    assert held is not None
    return (
        f"those who were there hold {kept.value:.3g} % ({kept.lower:.3g} to {kept.upper:.3g}), "
        f"the giant {held.value:.2g} % ({held.lower:.2g} to {held.upper:.2g}); n = "
        f"{outcome.n_before} before, {outcome.n_after} after {HORIZON_DAYS} days"
    )


def _incumbent_row(page: EntryPage, incumbent: Incumbent) -> list[str]:
    least = "" if incumbent.evidence.is_dated else "at least "
    change, shares = incumbent.change, (incumbent.share_before, incumbent.share_after)
    share = " to ".join("–" if s is None else f"{s.value:.2g}" for s in shares)
    before = incumbent.before
    return [
        page.names[incumbent.evidence.entity],
        f"{least}{incumbent.lead_months:.0f}",
        "–" if before is None else interval_text(before.value, before.lower, before.upper),
        "–"
        if change is None
        else f"{change.value:+.1f} % ({change.lower:+.1f} to {change.upper:+.1f})",
        share if incumbent.share_before is not None else "–",
        incumbent.fate,
        trail_text((incumbent.claim_ids or incumbent.evidence.claim_ids)[-1:]),
    ]


def _draw_map(screen: Screen, market: Market, page: EntryPage) -> None:
    """Giants and the segments that they are in, each with its first evidence."""
    titles = {s.id: s.title for s in market.config.segment}
    order = {giant: n for n, giant in enumerate(page.giants)}
    entries = sorted(page.entries, key=lambda e: (order[e.giant], page.segments.index(e.segment)))
    rows = [
        [
            page.names[entry.giant],
            titles[entry.segment],
            entered_text(entry.evidence),
            ", ".join(
                f"{page.names.get(e.entity, e.entity)} by {day_text(e.day)}" for e in entry.exits
            )
            or "–",
            trail_text(entry.evidence.claim_ids),
        ]
        for entry in entries
    ]
    screen.heading("Which giant is where, since when")
    columns = [
        Column("Giant"),
        Column("Segment"),
        Column("Since", is_whole=True),
        Column("Ended"),
        Column("Trail", is_whole=True),
    ]
    screen.table(columns, rows)
    nowhere = [page.names[g] for g in page.giants if all(e.giant != g for e in entries)]
    if nowhere:
        screen.text(f"Of {', '.join(nowhere)} nothing dated is known in any segment.")
    screen.text('"by" a day: no later than it.', style="dim")


def entered_text(evidence: Evidence) -> str:
    """When something was first there."""
    if evidence.undated:
        return f"by {day_text(evidence.last)}"
    first = evidence.first
    if first is None or first == evidence.last:
        return day_text(evidence.last)
    return f"{day_text(first)} to {day_text(evidence.last)}"


def trail_text(claim_ids: tuple[str, ...]) -> str:
    """The command that leads to the first of some claims."""
    return f"howdah trail {id_text(claim_ids[0])}" if claim_ids else "–"
