"""The feature matrix, gaps and decisions, as grids in one language."""

from collections.abc import Mapping, Sequence
from typing import get_args

from howdah.guidance.features import Cell as Known
from howdah.guidance.features import State
from howdah.guidance.gaps import Gap, Holder, Spread
from howdah.guidance.sightings import Sighting
from howdah.market.pages.decisions import DecisionLine, reading_text, unread_text
from howdah.market.pages.features import FeaturesPage
from howdah.surfaces.reports.directing import Directing
from howdah.surfaces.reports.grids import Cell, Grid, Heading, grid_of
from howdah.surfaces.reports.words import Words

#: States that have a column of names.
_TOLD: tuple[State, ...] = tuple(state for state in get_args(State) if state != "unknown")


class Featuring:
    """Says what is known of features, and what was decided."""

    def __init__(self, words: Words, directing: Directing) -> None:
        self._w = words
        self._directing = directing

    def matrix(self, page: FeaturesPage) -> Grid:
        """Each feature with who has it, who announced it, and who is said to lack it."""
        t = self._w.t
        headings = [
            Heading(t("feature.feature")),
            *(Heading(t.name("featured", state), "long" * (state == "has")) for state in _TOLD),
            Heading(t("feature.unknown"), "number"),
            Heading(t("feature.row"), "long"),
        ]
        titles = self.titles(page)
        rows = []
        for feature in page.features:
            cells = [page.matrix[product][feature] for product in page.known]
            unknown = sum(cell.state == "unknown" for cell in cells)
            rows.append(
                [
                    Cell(titles[feature]),
                    *(self._named(page, cells, state) for state in _TOLD),
                    Cell(str(unknown)),
                    Cell(self._row(page, page.spreads[feature])),
                ]
            )
        return grid_of(t("feature.heading"), headings, rows)

    def note(self, page: FeaturesPage) -> str:
        """What the matrix counts, and how it is to be read."""
        return self._w.t(
            "feature.lead", known=len(page.known), total=len(page.products), days=page.stale_days
        )

    def titles(self, page: FeaturesPage) -> dict[str, str]:
        """Titles of features, by id."""
        is_chinese = self._w.lang == "zh"
        return {f.id: (is_chinese and f.title_zh) or f.title for f in page.vocabulary}

    def _named(self, page: FeaturesPage, cells: Sequence[Known], state: State) -> Cell:
        own = [cell for cell in cells if cell.state == state]
        first = [cell.claim_ids for cell in own if cell.claim_ids][:1]
        names = self._w.joined(self._marked(page, cell) for cell in own)
        return Cell(names, tuple(self._directing.trail(claims) for claims in first))

    def _marked(self, page: FeaturesPage, cell: Known) -> str:
        name = self._w.called(page.names[cell.product])
        if cell.is_disputed:
            return self._w.t("feature.disputed", name=name)
        return self._w.t("feature.stale", name=name) if cell.is_stale else name

    def _row(self, page: FeaturesPage, spread: Spread) -> str:
        if not spread.is_row:
            return ""
        return self._w.t(
            "feature.row_text",
            n=len(spread.row),
            start=spread.first,
            end=spread.last,
            names=self._w.joined(self._w.called(page.names[product]) for product in spread.row),
        )

    def gaps(self, page: FeaturesPage) -> Grid:
        """Gaps of ours."""
        t = self._w.t
        headings = [
            Heading(t("feature.feature")),
            Heading(t("feature.ours")),
            Heading(t("feature.state")),
            Heading(t("feature.holders"), "long"),
            Heading(t("feature.risers")),
            Heading(t("feature.row"), "long"),
            Heading(t("feature.sure")),
        ]
        return grid_of(t("feature.gaps"), headings, [self._gap(page, gap) for gap in page.gaps])

    def _gap(self, page: FeaturesPage, gap: Gap) -> list[Cell]:
        t, own = self._w.t, gap.own
        day = (own.confirmed.isoformat(),) if own.confirmed is not None else ()
        return [
            Cell(self.titles(page)[own.feature]),
            Cell(self._w.called(page.names[own.product])),
            Cell(t.name("featured", own.state), day),
            Cell(
                self._w.joined(self._holder(page, holder) for holder in gap.holders),
                (self._directing.trail(gap.holders[0].cell.claim_ids),),
            ),
            Cell(t("feature.of", n=gap.n_risers, total=len(gap.holders))),
            Cell(self._row(page, gap.spread)),
            Cell(t.name("surety", gap.sure), (self._w.joined(gap.sources),)),
        ]

    def _holder(self, page: FeaturesPage, holder: Holder) -> str:
        t, growth = self._w.t, holder.growth
        name, since = (
            self._w.called(page.names[holder.cell.product]),
            self._since(holder.cell.since),
        )
        if growth is None or not growth.is_told:
            return t("feature.holder", name=name, since=since)
        return t(
            "feature.grows",
            name=name,
            since=since,
            growth=self._directing.amount("growth", growth.value),
            interval=self._w.ends(growth.lower, growth.upper, form="{:+.1f} %"),
        )

    def _since(self, sighting: Sighting | None) -> str:
        t = self._w.t
        if sighting is None:
            return t("page.unknown")
        if sighting.first is None:
            return t("build.by_day", day=sighting.last)
        if sighting.first == sighting.last:
            return sighting.last.isoformat()
        return t("page.to", start=sighting.first, end=sighting.last)

    def decisions(self, lines: Sequence[DecisionLine], names: Mapping[str, str]) -> Grid:
        """Decisions with what came of them."""
        t = self._w.t
        headings = [
            Heading(t("decision.what"), "long"),
            Heading(t("decision.standing")),
            Heading(t("decision.about")),
            Heading(t("decision.owner")),
            Heading(t("decision.decided"), "whole"),
            Heading(t("decision.expected"), "long"),
            Heading(t("decision.review"), "whole"),
            Heading(t("decision.outcome"), "long"),
        ]
        rows = [self._decision(line, names) for line in lines]
        return grid_of(t("decision.heading"), headings, rows)

    def _decision(self, line: DecisionLine, names: Mapping[str, str]) -> list[Cell]:
        t, made, e = self._w.t, line.decision, line.decision.expected
        expected = self._w.expected(e, names)
        definition = (self._w.definition(e.definition),) if e.definition else ()
        return [
            Cell(made.what, (line.decision_id,)),
            Cell(t.name("standing", line.standing)),
            Cell(self._w.called(names.get(made.about, made.about))),
            Cell(made.owner),
            Cell(made.day.isoformat(), (made.decided_by,)),
            Cell(expected, definition),
            Cell(made.review.isoformat()),
            self._outcome(line),
        ]

    def _outcome(self, line: DecisionLine) -> Cell:
        found, lang = line.outcome, self._w.lang
        estimate = found.estimate
        reason = (unread_text(found, lang),) if found.missing else ()
        trail = () if estimate is None else (self._directing.trail(estimate.claim_ids),)
        return Cell(reading_text(found, lang), (*reason, *trail))
