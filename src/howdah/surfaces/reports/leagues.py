"""Leagues: the table of a metric as the page shows it, each place with its interval drawn."""

from dataclasses import dataclass

from howdah.core.metrics import MetricRegistry
from howdah.market.pages import League, LeagueRow
from howdah.surfaces.reports.axes import Axis, axis_of
from howdah.surfaces.reports.contents import MAX_PLACES
from howdah.surfaces.reports.histories import MIN_PERIODS, History
from howdah.surfaces.reports.marks import Band, numbers_of
from howdah.surfaces.reports.segments import SegmentPage
from howdah.surfaces.reports.words import Words

#: Size of the pictures inside a league table.
BAR_WIDTH = 150
SPARK_WIDTH, SPARK_HEIGHT = 100, 22


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval inside a table, in pixels."""

    low: float
    high: float
    middle: float


@dataclass(frozen=True, slots=True)
class LeagueLine:
    """One place of a league table."""

    place: LeagueRow
    text: str
    bar: Bar
    spark: str
    spark_end: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class LeagueView:
    """A league table."""

    caption: str
    axis_text: str
    lines: tuple[LeagueLine, ...]
    notes: tuple[str, ...]


class Leagues:
    """Makes the league tables of one report in one language.

    Parameters
    ----------
    prob
        Mass inside the intervals; None where there is none.
    """

    def __init__(self, words: Words, metrics: MetricRegistry, prob: float | None) -> None:
        self._words = words
        self._metrics = metrics
        self._prob = prob

    def view(self, league: League, page: SegmentPage) -> LeagueView:
        """One table."""
        w, t = self._words, self._words.t
        places = league.places[:MAX_PLACES]
        bands = [Band.of(place.estimate) for place in places]
        metric = self._metrics[league.metric]
        axis = axis_of(numbers_of(bands, ()), metric.scale, league.unit, w.lang)
        notes = [t("league.note", prob=w.share(self._prob))]
        if len(league.places) > len(places):
            more = len(league.places) - len(places)
            notes.append(t("league.more", n=more, metric=league.metric, segment=page.segment.id))
        if league.unplaced:
            notes.append(t("league.bounds", n=len(league.unplaced)))
        if league.n_suspect:
            notes.append(t("league.suspects", n=league.n_suspect))
        if league.left_out is not None:
            left_out = league.left_out
            names = w.joined(
                t("league.last", name=w.called(name), day=day.isoformat())
                for name, day in left_out.newest
            )
            command = league.command_for_left_out()
            notes.append(t("league.left_out", n=left_out.n_entities, names=names, command=command))
        if league.newer is not None:
            newer = league.newer
            definition = w.definition(newer.definition)
            notes.append(
                t(
                    "league.newer",
                    period=w.period(newer.period),
                    definition=definition,
                    n=newer.n_entities,
                )
            )
        notes += [
            t(
                "league.other",
                definition=w.definition(table.definition),
                unit=w.unit(table.unit, table.currency),
                period=w.period(table.period),
                n=table.n_entities,
                command=league.command(table),
            )
            for table in league.others
        ]
        ends = (w.number(axis.low, league.unit), w.number(axis.high, league.unit))
        axis_text = t("league.from", low=ends[0], high=ends[1])
        if axis.is_log:
            axis_text = w.joined([axis_text, t("league.log")])
        return LeagueView(
            caption=t(
                "league.caption",
                metric=w.metric(league.metric),
                period=w.period(league.period),
                definition=w.definition(league.definition),
                unit=w.unit(league.unit, league.currency),
                width=w.width([place.estimate for place in league.places]),
            ),
            axis_text=axis_text,
            lines=tuple(self._line(place, axis, page, metric.scale) for place in places),
            notes=tuple(notes),
        )

    def _line(self, place: LeagueRow, axis: Axis, page: SegmentPage, scale: str) -> LeagueLine:
        e = place.estimate
        ends = (e.lower, e.value, e.upper)
        low, middle, high = (
            round(axis.position(axis.low if end is None else end) * BAR_WIDTH, 1) for end in ends
        )
        spark = _spark(page.histories.get(e.entity), scale)
        return LeagueLine(
            place=place,
            text=self._words.estimate(e),
            bar=Bar(low, high, middle),
            spark=" ".join(f"{x},{y}" for x, y in spark),
            spark_end=spark[-1] if spark else None,
        )


def _spark(history: History | None, scale: str) -> list[tuple[float, float]]:
    """Points of a sparkline; none for a series too short to have a course."""
    if history is None:
        return []
    points = [(day, band.value) for day, band in history.bands if band.value is not None]
    if len(points) < MIN_PERIODS:
        return []
    axis = axis_of([value for _, value in points], scale)
    first, last = points[0][0], points[-1][0]
    span = max((last - first).days, 1)
    inset = 2.0
    return [
        (
            round(inset + (day - first).days / span * (SPARK_WIDTH - 2 * inset), 1),
            round(SPARK_HEIGHT - inset - axis.position(v) * (SPARK_HEIGHT - 2 * inset), 1),
        )
        for day, v in points
    ]
