"""Directions, their record and giants, as grids and sentences in one language."""

from collections.abc import Iterator, Mapping, Sequence

from howdah.guidance import Entry, Evidence, Outcome
from howdah.guidance.record import Record
from howdah.guidance.stability import WithoutSource
from howdah.guidance.term import TERMS, Term, TermName
from howdah.market.config import MarketConfig
from howdah.market.pages.decisions import DecidedDirection
from howdah.market.pages.directions import Directions
from howdah.market.pages.entry import EntryPage
from howdah.surfaces.reports.grids import Cell, Grid, Heading, grid_of
from howdah.surfaces.reports.words import Words

#: Digits of a claim's id that `howdah trail` is given.
_DIGITS = 10


class Directing:
    """Says what directions and giants come to."""

    def __init__(self, words: Words, config: MarketConfig) -> None:
        self._w = words
        self._titles = {s.id: words.title(s) for s in config.segment}

    def ranks(self, part: Directions) -> tuple[Grid, ...]:
        """The places of each group that can be compared."""
        t = self._w.t
        headings = [
            Heading(t("build.segment")),
            Heading(t("build.place"), "number"),
            Heading(t("build.may_be"), "number"),
            Heading(t("build.score"), "number"),
            Heading(t("build.first"), "number"),
            Heading(t("build.by")),
            Heading(t("build.without"), "long"),
        ]
        grids = []
        for n, group in enumerate(part.groups, 1):
            rows = [
                [
                    Cell(self._titles[place.segment]),
                    Cell(str(place.place)),
                    Cell("–".join(str(end) for end in dict.fromkeys(place.band))),
                    Cell(f"{place.score:.2f}"),
                    Cell(self._w.share(place.p_first)),
                    Cell(self._w.joined(t.name("term", name) for name in place.terms)),
                    Cell(self.stability(part.without, place.segment)),
                ]
                for place in group
            ]
            several = len(part.groups) > 1
            label = t("build.group", number=n) if several else t("build.ranking")
            grids.append(grid_of(label, headings, rows))
        return tuple(grids)

    def stability(self, without: Sequence[WithoutSource], segment: str) -> str:
        """How often a place changes, and which source it rests on most."""
        moves = [
            (dropped.source, after)
            for dropped in without
            for name, before, after in dropped.places
            if name == segment and before != after
        ]
        if not moves:
            return self._w.t("build.stable")
        source, after = moves[0]
        place = self._w.t("build.no_place") if after is None else str(after)
        return self._w.t(
            "build.moves", n=len(moves), total=len(without), source=source, place=place
        )

    def terms(self, part: Directions, label: str) -> Grid:
        """Every term of every segment."""
        t = self._w.t
        headings = [Heading(t("build.segment"))]
        headings += [Heading(t.name("term", name)) for name in TERMS]
        rows = [
            [Cell(self._titles[segment]), *(self._term(terms[name]) for name in TERMS)]
            for segment, terms in part.table.items()
        ]
        return grid_of(label, headings, rows)

    def _term(self, term: Term) -> Cell:
        if not term.is_told:
            return Cell("", (self.missing(term),))
        return Cell(self.value(term), tuple(self.behind(term)))

    def value(self, term: Term) -> str:
        """A term with its interval."""
        return self.amount(term.name, term.value, (term.lower, term.upper))

    def amount(self, name: TermName, value: float, ends: tuple[float, float] | None = None) -> str:
        """A number of a term, with its interval if there is one."""
        form = {"growth": "{:+.1f} %", "retention": "{:.3g} %", "pressure": "{:.3g} %"}.get(name)
        if form is None:
            return self._w.number(value) if ends is None else self._w.interval(ends, value=value)
        text = form.format(value) if value else "0 %"
        return text if ends is None else f"{text} ({self._w.ends(*ends, form=form)})"

    def behind(self, term: Term) -> Iterator[str]:
        """What is behind a term: products, definition, trail."""
        t = self._w.t
        yield t("build.products", n=term.n)
        metric, definition, unit, currency, *_ = term.key
        yield self._w.joined(
            [
                self._w.metric(metric),
                self._w.definition(definition),
                self._w.unit(unit, currency),
                *([t("build.relative")] if "relative" in term.key else []),
            ]
        )
        if term.claim_ids:
            yield self.trail(term.claim_ids)

    def trail(self, claims: Sequence[str]) -> str:
        """The command that leads to the first of some claims."""
        return self._w.t("build.trail", claim=claims[0][:_DIGITS])

    def missing(self, term: Term) -> str:
        """Why a term cannot be told."""
        # Of too few products the detail is a phrase: its number, and the metric behind it.
        words = term.detail.split()
        detail = self._w.metric(words[-1]) if words else ""
        return self._w.t.name("untold", term.missing).format(
            n=words[0] if words else "", detail=detail
        )

    def record(self, record: Record) -> tuple[str, Grid | None]:
        """How the ranking did, in a sentence and a grid if it can be told."""
        t = self._w.t
        asked = zip(record.dates, record.counts, strict=True)
        days = self._w.joined([t("build.record_day", day=day, n=n) for day, n in asked])
        said = t("build.record_asked", days=days, n=record.n)
        if not record.ways:
            few = t("build.record_few", needed=record.n_needed)
            return f"{said} {few}", None
        headings = [
            Heading(t("build.way")),
            Heading(t("build.correlation"), "number"),
            Heading(t("build.came_to"), "number"),
        ]
        rows = [
            [
                Cell(t.name("ranked_by", found.way)),
                Cell(
                    f"{found.correlation.value:+.2f}",
                    (self._w.ends(*found.correlation[1:3], form="{:+.2f}"),),
                ),
                Cell(f"{found.first:.2f}"),
            ]
            for found in record.ways
        ]
        return said, grid_of(t("build.record"), headings, rows)

    def decided(self, decided: Sequence[DecidedDirection]) -> Grid:
        """How the directions did that were decided on."""
        t = self._w.t
        headings = [
            Heading(t("build.segment")),
            Heading(t("decision.decided"), "whole"),
            Heading(t("decision.what"), "long"),
            Heading(t("decision.standing")),
            Heading(t("build.growth_after")),
            Heading(t("build.more_than")),
        ]
        rows = []
        for one in decided:
            made, growth = one.line.decision, one.growth
            told = t("build.year_open")
            if growth is not None:
                told = self.amount("growth", growth.value, (growth.lower, growth.upper))
            more = ""
            if one.place is not None:
                share = self._w.share(one.place)
                more = t("build.of_others", share=share, n=len(one.others))
            rows.append(
                [
                    Cell(self._titles.get(made.segment, made.segment)),
                    Cell(made.day.isoformat()),
                    Cell(made.what),
                    Cell(t.name("standing", one.line.standing)),
                    Cell(told),
                    Cell(more),
                ]
            )
        return grid_of(t("build.decided"), headings, rows)

    def giants(self, page: EntryPage) -> tuple[Grid, tuple[str, ...]]:
        """The map of giants and segments, and the giants of which nothing is known."""
        t = self._w.t
        by_place: dict[tuple[str, str], Entry] = {(e.giant, e.segment): e for e in page.entries}
        there = [s for s in page.segments if any(e.segment == s for e in page.entries)]
        known = [g for g in page.giants if any(e.giant == g for e in page.entries)]
        headings = [Heading(t("build.giant")), *(Heading(self._titles[s]) for s in there)]
        rows = [
            [
                Cell(self._w.called(page.names[giant])),
                *(self._entry(page.names, by_place.get((giant, s))) for s in there),
            ]
            for giant in known
        ]
        nowhere = tuple(self._w.called(page.names[g]) for g in page.giants if g not in known)
        return grid_of(t("build.giants"), headings, rows), nowhere

    def _entry(self, names: Mapping[str, str], entry: Entry | None) -> Cell:
        if entry is None:
            return Cell()
        notes = [self._w.called(names.get(entry.evidence.entity, entry.evidence.entity))]
        notes += [
            self._w.t(
                "build.ended",
                day=gone.day,
                name=self._w.called(names.get(gone.entity, gone.entity)),
            )
            for gone in entry.exits
        ]
        if entry.evidence.claim_ids:
            notes.append(self.trail(entry.evidence.claim_ids))
        return Cell(self.since(entry.evidence), tuple(notes))

    def since(self, evidence: Evidence) -> str:
        """When something was first there."""
        if evidence.undated or evidence.first is None:
            return self._w.t("build.by_day", day=evidence.last)
        if evidence.first == evidence.last:
            return evidence.last.isoformat()
        return self._w.t("page.to", start=evidence.first, end=evidence.last)

    def answer(self, page: EntryPage) -> str:
        """What past entries into a segment say together."""
        t, found = self._w.t, page.answer
        if found.kept is None:
            return t("build.entries_few", n=found.n, needed=found.n_needed)
        kept = found.kept
        return t(
            "build.entries_told",
            n=found.n,
            value=f"{kept.value:.3g} %",
            interval=self._w.ends(kept.lower, kept.upper, form="{:.3g} %"),
        )

    def outcomes(self, page: EntryPage) -> tuple[str, ...]:
        """Each entry into a segment and what came of it."""
        return tuple(
            self._w.t(
                "build.entry_line",
                giant=self._w.called(page.names[o.entry.giant]),
                since=self.since(o.entry.evidence),
                outcome=self._outcome(o),
            )
            for o in page.outcomes
        )

    def _outcome(self, outcome: Outcome) -> str:
        t, kept, held = self._w.t, outcome.kept, outcome.held
        if kept is None or held is None:
            is_metric = outcome.missing in {"no_figures", "not_additive"}
            detail = self._w.metric(outcome.detail) if is_metric else outcome.detail
            reason = t.name("unfinished", outcome.missing).format(detail=detail)
            return t("build.cannot_tell", reason=reason)
        form = "{:.3g} %"
        return t(
            "build.kept",
            kept=form.format(kept.value),
            kept_interval=self._w.ends(kept.lower, kept.upper, form=form),
            held=form.format(held.value),
            held_interval=self._w.ends(held.lower, held.upper, form=form),
        )
