"""The contents of a report: everything it shows, asked of the market once for all languages."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from howdah.core.errors import InputError
from howdah.core.finding import Finding
from howdah.core.metrics import MetricRegistry
from howdah.core.progress import Progress, silent
from howdah.market import Market
from howdah.market.advertising import PROXY, SPEND
from howdah.market.config import MarketConfig, Segment
from howdah.market.pages import (
    Basis,
    EntityPage,
    FeedsReport,
    League,
    Radar,
    SourceCards,
    SourceRevisions,
    Trail,
)
from howdah.market.pages.split import SplitPage
from howdah.surfaces.reports.building import Guidance, gather_guidance
from howdah.surfaces.reports.histories import read_histories
from howdah.surfaces.reports.segments import (
    Home,
    Rounds,
    SegmentPage,
    by_period,
    happenings,
    is_of_owner,
    lines_of_owner,
    measures,
    rounds_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


#: Places of a league table that a report prints.
MAX_PLACES = 15

#: Members of one segment whose pages a report reads; the rest are counted.
MAX_MEMBERS = 24


#: Sentences of documents that a segment's page prints.
MAX_PASSAGES = 30


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a report shows, in no language yet.

    Attributes
    ----------
    trails
        By finding id, None where a finding has no claims of its own to follow.
    chinese_names
        What readers of Chinese call entities, by their names in the market.
    """

    config: MarketConfig
    metrics: MetricRegistry
    as_of: dt.date
    basis: Basis
    radar: Radar
    segments: tuple[SegmentPage, ...]
    feeds: FeedsReport
    sources: SourceCards
    revisions: SourceRevisions
    trails: dict[str, Trail | None]
    guidance: Guidance
    chinese_names: Mapping[str, str]

    @property
    def names(self) -> dict[str, str]:
        """Names for people of the entities that the report speaks of."""
        found = {finding.entity: finding.name for finding in self.radar.findings}
        for page in self.segments:
            found |= page.names
        return found

    @property
    def withheld(self) -> tuple[str, ...]:
        """Feeds whose terms forbid that their rows leave the market."""
        return _withheld(self.feeds)


def gather(
    market: Market, as_of: dt.date | str | None = None, progress: Progress = silent
) -> Contents:
    """Ask the market for everything that a report shows."""
    day = market.as_of(as_of)
    config = market.config
    total = 6 + len(config.segment)
    progress("radar", 0, total)
    radar = market.radar(day)
    progress("feeds", 1, total)
    feeds = market.feeds(day)
    progress("sources", 2, total)
    sources = market.sources(day)
    revisions = market.revisions(day)
    progress("entities", 3, total)
    pages = _Pages(market, day)
    members: list[tuple[Segment, Sequence[str]]] = [
        (segment, [p.entity.canonical_id for p in pages.of(segment)]) for segment in config.segment
    ]
    home = Home(market.metrics, members)
    segments = []
    for n, segment in enumerate(config.segment):
        progress(segment.id, 4 + n, total)
        segments.append(_segment(market, segment, day, pages, home, _withheld(feeds)))
    progress("what to build", total - 2, total)
    guidance = gather_guidance(market, day.isoformat(), _withheld(feeds))
    progress("evidence", total - 1, total)
    trails = {f.finding_id: _trail(market, f, day) for f in radar.findings}
    progress("done", total, total)
    return Contents(
        config=config,
        metrics=market.metrics,
        as_of=day,
        basis=radar.basis,
        radar=radar,
        segments=tuple(segments),
        feeds=feeds,
        sources=sources,
        revisions=revisions,
        trails=trails,
        guidance=guidance,
        chinese_names=market.names("zh"),
    )


class _Pages:
    """Pages of all members, read at once."""

    def __init__(self, market: Market, as_of: dt.date) -> None:
        members = [m for s in market.config.segment for m in s.members[:MAX_MEMBERS]]
        self._pages = market.show_all(members, as_of)
        shown = {p.entity.canonical_id: p.entity.parent for p in self._pages.values() if p}
        owners = dict.fromkeys(o for o in shown.values() if o and o not in shown)
        self._owners = market.show_all(list(owners), as_of) if owners else {}

    def of(self, segment: Segment) -> list[EntityPage]:
        """Pages of a segment's members, without those that nobody knows."""
        found = [self._pages[member] for member in segment.members[:MAX_MEMBERS]]
        return [page for page in found if page is not None]

    def owners(self, pages: Iterable[EntityPage]) -> list[EntityPage]:
        """Pages of those whom some members belong to, but for those that are members too."""
        parents = dict.fromkeys(page.entity.parent for page in pages)
        found = [self._owners.get(parent) for parent in parents]
        return [page for page in found if page is not None]

    def unknown(self, segment: Segment) -> tuple[str, ...]:
        """Members that the market cannot resolve."""
        shown = segment.members[:MAX_MEMBERS]
        return tuple(member for member in shown if self._pages[member] is None)


def _segment(
    market: Market,
    segment: Segment,
    day: dt.date,
    pages: _Pages,
    home: Home,
    withheld: tuple[str, ...],
) -> SegmentPage:
    league: League | None = None
    problem = ""
    try:
        league = market.rank(segment.headline, segment=segment.id, as_of=day)
    except InputError as error:
        problem = str(error)
    histories = {}
    if league is not None:
        histories = read_histories(market, league, day, limit=MAX_PLACES, without=withheld)
    own = pages.of(segment)
    first = [p for p in own if home.is_first(segment, p.entity.canonical_id)]
    owners = pages.owners(first)
    charts, singles = measures(own, segment, home, market.metrics)
    singles += tuple(line for page in owners for line in lines_of_owner(page))
    told = [rounds_of(page) for page in (*first, *owners)]
    rounds: list[Rounds] = [found for found in told if found is not None]
    passages = tuple(
        (page.entity.name, passage)
        for of_owner, some in ((False, first), (True, owners))
        for page in some
        for passage in page.passages
        if passage.feed not in withheld and (not of_owner or is_of_owner(passage.metric))
    )
    in_rounds = {s.claim_id for r in rounds for s in (*r.done, *r.not_done)}
    return SegmentPage(
        segment=segment,
        is_followed=segment.id in market.config.follow.segments,
        league=league,
        league_problem=problem,
        names={p.entity.canonical_id: p.entity.name for p in own}
        | ({e.entity: e.name for e in (row.estimate for row in league.places)} if league else {}),
        histories=histories,
        n_members_left_out=max(len(segment.members) - MAX_MEMBERS, 0),
        charts=charts,
        singles=tuple(
            line
            for line in singles
            if not in_rounds.issuperset(s.claim_id for s in line.statements) or not line.statements
        ),
        rounds=tuple(rounds),
        events=happenings(first, owners),
        apart=tuple(
            (page.entity.name, statement)
            for page in first
            for statement in sorted(page.apart, key=by_period)
            if statement.claim_id not in in_rounds
        ),
        not_stated=tuple(
            (page.entity.name, metric)
            for page in own
            for metric in page.not_stated
            if home.is_here(segment, page.entity.canonical_id, metric)
        ),
        unknown=pages.unknown(segment),
        audiences=tuple(
            (page.entity.name, a)
            for page in first
            for a in page.audiences
            if a.feed not in withheld
        ),
        splits=tuple(_splits(market, first, day, withheld)),
        passages=passages[:MAX_PASSAGES],
        n_passages_left_out=max(len(passages) - MAX_PASSAGES, 0),
        n_waiting=sum(page.n_waiting for page in first),
    )


def _splits(
    market: Market, pages: Iterable[EntityPage], day: dt.date, withheld: tuple[str, ...]
) -> Iterator[tuple[str, SplitPage]]:
    """What members bought and earned, of those whose ads and users are told, and may be shown."""
    for page in pages:
        if not any(s.metric in (SPEND, PROXY) for s in page.series):
            continue
        found = market.split(page.entity.canonical_id, as_of=day)
        if not found.missing and not found.feeds.intersection(withheld):
            yield page.entity.name, found


def _trail(market: Market, finding: Finding, day: dt.date) -> Trail | None:
    try:
        return market.trail(finding.finding_id, day)
    except InputError:
        # A measurement finding is about a whole feed and names no claims.
        return None


def _withheld(feeds: FeedsReport) -> tuple[str, ...]:
    return tuple(feed.feed for feed in feeds.feeds if not feed.may_export)
