"""Segment pages: what the market knows of a segment, sorted for reading.

Everything is driven by the market's own segments: their members, their headline metric, and
whatever else is known of the members.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from howdah.core.calendar import parse_period
from howdah.core.errors import BadDateError
from howdah.core.estimate import Estimate
from howdah.core.metrics import Metric, MetricRegistry
from howdah.documents.claims import kind_of
from howdah.estimates import IdentityCheck
from howdah.market.config import Segment
from howdah.market.pages import Audience, EntityPage, Later, League, Passage, Series, Statement
from howdah.market.pages.split import SplitPage
from howdah.surfaces.reports.histories import MIN_PERIODS, History

#: Figures of a financing round; an entity that has several gets a table of its rounds.
ROUND_METRICS = (
    "amount_raised",
    "valuation",
    "valuation_pre_money",
    "valuation_post_money",
    "stake",
    "rounds",
)

#: What is told of an owner beside its products.
_OWNER_KINDS = frozenset({"funding", "valuation", "ownership", "acquisition", "layoff"})

#: Fewer figures than this are no history of rounds.
_MIN_ROUND_FIGURES = 3

#: More of one kind of event than this is a catalogue that lists the entity again and again.
_MAX_REPEATS = 4

_MAX_EVENTS = 40

#: Lines of one strip; the oldest beyond are left to the figures below it.
_MAX_STRIP = 14


@dataclass(frozen=True, slots=True)
class StripLine:
    """One entity and period of a measure: the estimate, and who said what."""

    estimate: Estimate
    statements: tuple[Statement, ...]
    is_implied: bool = False
    later: Later | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric under one definition, for the members that have it."""

    metric: str
    definition: str
    unit: str
    currency: str
    lines: tuple[StripLine, ...]
    n_hidden: int = 0


@dataclass(frozen=True, slots=True)
class Rounds:
    """The financing history of one entity: what was done and what was planned, apart."""

    name: str
    done: tuple[Statement, ...]
    not_done: tuple[Statement, ...]
    checks: tuple[IdentityCheck, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of an entity; `n` says how often a source repeated it."""

    name: str
    statement: Statement
    n: int = 1


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """What a report shows of one segment.

    Attributes
    ----------
    league
        None when nothing is known of the headline metric; `league_problem` says why.
    names
        Names of the entities, by id.
    charts
        Measures by metric, those with more than one line.
    singles
        Ranks, and measures of which there is one line.
    not_stated
        (entity, metric): metrics without which a shown one misleads, and which nobody states.
    unknown
        Members that no feed names.
    audiences
        (name, audience): what panels say of the members.
    splits
        (name, split): what members bought and earned, where that is told.
    passages
        (name, sentence): what documents say of the members, those whose terms let them out.
    n_waiting
        Sentences that were read as about the members and wait for a reviewer.
    """

    segment: Segment
    is_followed: bool
    league: League | None
    league_problem: str = ""
    names: dict[str, str] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)
    n_members_left_out: int = 0
    charts: tuple[tuple[str, tuple[Measure, ...]], ...] = ()
    singles: tuple[StripLine, ...] = ()
    rounds: tuple[Rounds, ...] = ()
    events: tuple[Happening, ...] = ()
    apart: tuple[tuple[str, Statement], ...] = ()
    not_stated: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    audiences: tuple[tuple[str, Audience], ...] = ()
    splits: tuple[tuple[str, SplitPage], ...] = ()
    passages: tuple[tuple[str, Passage], ...] = ()
    n_passages_left_out: int = 0
    n_waiting: int = 0


def kin(metrics: MetricRegistry, headline: str) -> set[str]:
    """Metrics that belong beside a headline: its companions, their sharers, what relates to it."""
    companions = set(metrics[headline].companions)
    family = {headline, *companions}
    family |= {m.id for m in metrics.metrics.values() if companions & set(m.companions)}
    family |= {m.id for m in metrics.metrics.values() if m.relates in family}
    return family


class Home:
    """Which segment shows a metric of an entity that is in several: each is shown once."""

    def __init__(
        self, metrics: MetricRegistry, members: Sequence[tuple[Segment, Sequence[str]]]
    ) -> None:
        self._of: dict[str, list[tuple[str, set[str]]]] = {}
        for segment, entities in members:
            family = kin(metrics, segment.headline) if segment.headline in metrics else set()
            for entity in entities:
                self._of.setdefault(entity, []).append((segment.id, family))

    def is_here(self, segment: Segment, entity: str, metric: str) -> bool:
        """Whether the segment is the one that shows it."""
        homes = self._of[entity]
        best = next((home for home, family in homes if metric in family), homes[0][0])
        return best == segment.id

    def is_first(self, segment: Segment, entity: str) -> bool:
        """Whether the segment is the first that has the entity."""
        return self._of[entity][0][0] == segment.id


def measures(
    pages: Iterable[EntityPage], segment: Segment, home: Home, metrics: MetricRegistry
) -> tuple[tuple[tuple[str, tuple[Measure, ...]], ...], tuple[StripLine, ...]]:
    """The members' figures: measures to draw, by metric, and single figures to list."""
    found: dict[tuple[str, str, str, str], list[StripLine]] = {}
    for page in pages:
        own = [s for s in page.series if home.is_here(segment, page.entity.canonical_id, s.metric)]
        for series in own:
            key = (series.metric, series.definition, series.unit, series.currency)
            found.setdefault(key, []).extend(_lines(series))
        for e in page.implied:
            if home.is_here(segment, e.entity, e.metric):
                key = (e.metric, e.definition, e.unit, e.currency)
                found.setdefault(key, []).append(StripLine(e, (), is_implied=True))
    order = {metric: n for n, metric in enumerate(metrics.metrics)}
    by_metric: dict[str, list[Measure]] = {}
    for key in sorted(found, key=lambda k: (k[0] != segment.headline, order.get(k[0], 0), k)):
        lines = _ordered(found[key], metrics[key[0]])
        measure = Measure(*key, tuple(lines[:_MAX_STRIP]), max(len(lines) - _MAX_STRIP, 0))
        by_metric.setdefault(key[0], []).append(measure)
    charts = []
    singles: list[StripLine] = []
    for metric, group in by_metric.items():
        n_lines = sum(len(measure.lines) for measure in group)
        if n_lines > 1 and metrics[metric].scale not in {"rank", "none"}:
            charts.append((metric, tuple(group)))
        else:
            singles += [line for measure in group for line in measure.lines]
    return tuple(charts), tuple(singles)


def is_of_owner(metric: str) -> bool:
    """Whether a metric of an owner is told with its products: its rounds, sales and lay-offs."""
    return metric in ROUND_METRICS or kind_of(metric) in _OWNER_KINDS


def lines_of_owner(page: EntityPage) -> tuple[StripLine, ...]:
    """Figures of an owner that are told with its products."""
    return tuple(line for s in page.series if is_of_owner(s.metric) for line in _lines(s))


def _lines(series: Series) -> list[StripLine]:
    """The estimates of a series with their statements; of a counted one the last alone."""
    shown = series.estimates
    if len(shown) >= MIN_PERIODS:
        shown = shown[-1:]
    said = sorted(series.statements, key=by_period)
    return [
        StripLine(
            e,
            tuple(s for s in said if s.period == e.period.label),
            later=series.later if e is series.last else None,
        )
        for e in shown
    ]


def _ordered(lines: list[StripLine], metric: Metric) -> list[StripLine]:
    """Entities by their largest figure, and the periods of each in order of time."""

    def size(line: StripLine) -> float:
        e = line.estimate
        ends = [x for x in (e.value, e.lower, e.upper) if x is not None]
        return (e.value if e.value is not None else max(ends, default=0.0)) or 0.0

    largest: dict[str, float] = {}
    for line in lines:
        name = line.estimate.entity
        largest[name] = max(largest.get(name, float("-inf")), size(line))
    sign = 1 if metric.better == "low" else -1
    return sorted(
        lines,
        key=lambda line: (
            sign * largest[line.estimate.entity],
            line.estimate.entity,
            str(line.estimate.period.end or ""),
        ),
    )


def rounds_of(page: EntityPage) -> Rounds | None:
    """The financing history of an entity, None when too little of it is known."""
    done = [
        s for series in page.series if series.metric in ROUND_METRICS for s in series.statements
    ]
    not_done = [s for s in page.apart if s.metric in ROUND_METRICS]
    if len(done) + len(not_done) < _MIN_ROUND_FIGURES:
        return None
    return Rounds(
        page.entity.name,
        tuple(sorted(done, key=by_period)),
        tuple(sorted(not_done, key=by_period)),
        page.checks,
    )


def by_period(statement: Statement) -> tuple[dt.date, str, str]:
    """Order of time by the end of the period; those without a date last."""
    return (_end_of(statement) or dt.date.max, statement.metric, statement.claim_id)


def _end_of(statement: Statement) -> dt.date | None:
    """Last day of a statement's period, read back from its label."""
    label = re.split(r"\.\.|\bto |\bfrom ", statement.period)[-1]
    try:
        return parse_period(label).end
    except BadDateError:
        return None


def happenings(
    pages: Iterable[EntityPage], owners: Iterable[EntityPage] = ()
) -> tuple[Happening, ...]:
    """What happened to members and their owners, newest first; repeats of a catalogue once.

    Parameters
    ----------
    owners
        Of these only what `is_of_owner`.
    """
    found: list[Happening] = []
    every = [(page, page.events) for page in pages]
    every += [(p, tuple(e for e in p.events if is_of_owner(e.metric))) for p in owners]
    for page, own in every:
        by_metric: dict[str, list[Statement]] = {}
        for event in own:
            by_metric.setdefault(event.metric, []).append(event)
        for events in by_metric.values():
            if len(events) > _MAX_REPEATS:
                last = max(events, key=by_period)
                found.append(Happening(page.entity.name, last, len(events)))
            else:
                found += [Happening(page.entity.name, event) for event in events]
    dated = [h for h in found if _end_of(h.statement) is not None]
    undated = [h for h in found if _end_of(h.statement) is None]
    dated.sort(key=lambda h: by_period(h.statement), reverse=True)
    return tuple([*dated, *undated][:_MAX_EVENTS])
