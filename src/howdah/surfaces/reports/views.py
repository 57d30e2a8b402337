"""Views: what the page's templates are given, in one language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from howdah.core.extent import based_on_text, sure_text
from howdah.core.finding import Finding
from howdah.core.phrases import (
    consequence_text,
    finding_text,
    known_phrase,
    next_step_text,
    reason_text,
)
from howdah.core.track import analogue_text, record_parts, record_text
from howdah.surfaces.reports.audiences import Audiences, AudienceView
from howdah.surfaces.reports.charts import Chart, Drawer
from howdah.surfaces.reports.contents import Contents
from howdah.surfaces.reports.histories import MIN_PERIODS, History
from howdah.surfaces.reports.leagues import Leagues, LeagueView
from howdah.surfaces.reports.segments import SegmentPage
from howdah.surfaces.reports.splits import Splits
from howdah.surfaces.reports.words import Words

if TYPE_CHECKING:
    import datetime as dt

#: Courses of a segment that are drawn: the first places, then renames and meetings of sources.
_FIRST_COURSES = 4
_MAX_COURSES = 8


@dataclass(frozen=True, slots=True)
class Card:
    """One finding."""

    finding: Finding
    sentence: str
    size: str
    sure: str
    based_on: str
    vintages: str
    cause: str
    reason: str
    record: str
    record_parts: str
    analogues: tuple[str, ...]
    consequence: str
    next_step: str
    command: str


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment's part of the page.

    Attributes
    ----------
    groups
        Charts that stand together, with a note where they are definitions of one metric.
    """

    uid: str
    page: SegmentPage
    title: str
    headline: str
    league: LeagueView | None
    no_league: str
    courses: tuple[Chart, ...]
    groups: tuple[tuple[str, tuple[Chart, ...]], ...]
    cards: tuple[Card, ...]
    not_stated: tuple[str, ...]
    audiences: tuple[AudienceView, ...]
    splits: tuple[AudienceView, ...]


class Views:
    """Makes the views of one report in one language."""

    def __init__(self, contents: Contents, words: Words) -> None:
        self._contents = contents
        self._words = words
        self.prob = _prob(contents)
        faults: dict[tuple[str, str], list[dt.date]] = {}
        for finding in contents.radar.findings:
            if finding.kind == "measurement" and finding.period.end is not None:
                key = (finding.metric, finding.definition)
                faults.setdefault(key, []).append(finding.period.end)
        self._drawer = Drawer(words, contents.metrics, faults)
        self._audiences = Audiences(words, contents.metrics)
        self._splits = Splits(words)
        self._leagues = Leagues(words, contents.metrics, self.prob)
        self._titles = {s.id: words.title(s) for s in contents.config.segment}
        self.cards = tuple(self._card(finding) for finding in contents.radar.findings)

    def _card(self, f: Finding) -> Card:
        w = self._words
        followed = f.segment in self._contents.config.follow.segments
        step = next_step_text(f, w.lang)
        before, found, command = step.partition("howdah ")
        return Card(
            finding=f,
            sentence=finding_text(f, self._contents.metrics, w.lang, w.names),
            size=w.size(f),
            sure=sure_text(f, w.lang),
            based_on=based_on_text(f, w.lang),
            vintages=w.joined(day.isoformat() for day in f.vintages),
            cause=known_phrase("cause", f.cause, w.lang, f.cause),
            reason=reason_text(f.cause_reason, w.lang),
            record=record_text(f.record, w.lang),
            record_parts=("；" if w.lang == "zh" else "; ").join(record_parts(f.record, w.lang)),
            analogues=tuple(analogue_text(a, w.lang, w.names) for a in f.analogues),
            consequence=consequence_text(
                f, self._titles.get(f.segment, "") if followed else "", w.lang
            ),
            next_step=before if found else step,
            command=found + command,
        )

    def segments(self) -> tuple[SegmentView, ...]:
        """The segments, in the market's order."""
        return tuple(
            self._segment(f"segment-{n}", page)
            for n, page in enumerate(self._contents.segments, start=1)
        )

    def _segment(self, uid: str, page: SegmentPage) -> SegmentView:
        w = self._words
        segment = page.segment
        league = (
            self._leagues.view(page.league, page) if page.league and page.league.places else None
        )
        missing: dict[str, list[str]] = {}
        for name, metric in page.not_stated:
            missing.setdefault(metric, []).append(name)
        return SegmentView(
            uid=uid,
            page=page,
            title=w.title(segment),
            headline=w.metric(segment.headline),
            league=league,
            no_league="" if league else self._no_league(page),
            courses=tuple(
                self._drawer.course(history, page.league, self._contents.as_of)
                for history in _drawn(page)
                if page.league is not None
            ),
            groups=tuple(self._groups(page)),
            cards=tuple(card for card in self.cards if card.finding.segment == segment.id),
            not_stated=tuple(
                w.t(
                    "segment.not_stated",
                    metric=w.metric(metric),
                    names=w.joined(map(w.called, names)),
                )
                for metric, names in missing.items()
            ),
            audiences=tuple(self._audiences.view(w.called(name), a) for name, a in page.audiences),
            splits=tuple(self._splits.view(w.called(name), found) for name, found in page.splits),
        )

    def _groups(self, page: SegmentPage) -> Iterator[tuple[str, tuple[Chart, ...]]]:
        """Definitions of one metric together, and metrics with one definition in a row."""
        waiting: list[Chart] = []
        for metric, group in page.charts:
            charts = tuple(self._drawer.strip(measure) for measure in group)
            if len(charts) == 1:
                waiting += charts
                continue
            if waiting:
                yield "", tuple(waiting)
                waiting = []
            t = self._words.t
            note = t("segment.two_definitions", n=len(charts))
            yield t("page.colon", label=self._words.metric(metric), text=note), charts
        if waiting:
            yield "", tuple(waiting)

    def _no_league(self, page: SegmentPage) -> str:
        t = self._words.t
        if page.league is not None:
            return t("segment.only_bounds", n=len(page.league.unplaced))
        return t("segment.nothing_known", metric=self._words.metric(page.segment.headline))


def _drawn(page: SegmentPage) -> list[History]:
    """The histories to draw: the first places, and those that show a rename or two sources."""
    long = [h for h in page.histories.values() if len(h.bands) >= MIN_PERIODS]
    first = long[:_FIRST_COURSES]
    telling = [h for h in long[_FIRST_COURSES:] if h.names or len(h.sources) > 1]
    # A meeting of sources is rarer than a rename.
    telling.sort(key=lambda h: -len(h.sources))
    rest = [h for h in long if h not in first and h not in telling]
    return [*first, *telling, *rest][:_MAX_COURSES]


def _prob(contents: Contents) -> float | None:
    """Mass inside the intervals: that of any of them, for they share it."""
    of_findings = (finding.prob for finding in contents.radar.findings)
    of_leagues = (
        place.estimate.prob
        for page in contents.segments
        if page.league is not None
        for place in page.league.places
    )
    return next(of_findings, next(of_leagues, None))
