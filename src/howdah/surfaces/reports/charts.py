"""Charts of a report: measures as strips, histories as courses, with what stands around them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from howdah.core.estimate import NOWCAST, Estimate
from howdah.core.metrics import MetricRegistry
from howdah.core.wording import exact_text
from howdah.market.pages import League
from howdah.surfaces.reports.axes import axis_of
from howdah.surfaces.reports.courses import Course, course_spec
from howdah.surfaces.reports.drawing import draw
from howdah.surfaces.reports.histories import History
from howdah.surfaces.reports.marks import Band, Look, Looks, Reading, StripRow, numbers_of
from howdah.surfaces.reports.segments import Measure, StripLine
from howdah.surfaces.reports.strips import strip_spec
from howdah.surfaces.reports.words import Words, shortened, visible

#: Stands at a row whose level is not current.
_MARK = "†"

#: Periods of a history that are listed as figures below its chart.
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart with its heading, caption, legend and figures."""

    uid: str
    heading: str
    caption: str
    svg: Markup
    looks: tuple[Look, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    table_note: str = ""
    has_band: bool = False
    has_bound: bool = False
    has_contested: bool = False
    has_suspect: bool = False

    @property
    def has_legend(self) -> bool:
        """Whether there is anything to explain."""
        marks = (self.has_band, self.has_bound, self.has_contested, self.has_suspect)
        return bool(self.looks) or any(marks)


class Drawer:
    """Draws the charts of one report in one language.

    Parameters
    ----------
    faults
        (metric, definition) to the days on which a feed's instrument changed.
    """

    def __init__(
        self,
        words: Words,
        metrics: MetricRegistry,
        faults: dict[tuple[str, str], list[dt.date]],
    ) -> None:
        self._words = words
        self._metrics = metrics
        self._faults = faults
        self._looks = Looks()
        self._n = 0

    def strip(self, measure: Measure) -> Chart:
        """A measure as a strip."""
        w, t = self._words, self._words.t
        rows = [self._row(line) for line in measure.lines]
        bands = [row.band for row in rows]
        readings = [reading for row in rows for reading in row.readings]
        scale = self._metrics[measure.metric].scale
        lows, highs = zip(*((b.lower, b.upper) for b in bands), strict=True)
        room = (
            None in lows or any(r.low is None for r in readings),
            None in highs or any(r.high is None for r in readings),
        )
        axis = axis_of(numbers_of(bands, readings), scale, measure.unit, w.lang, room=room)
        unit = w.unit(measure.unit, measure.currency)
        title = t("chart.log_axis", text=unit) if axis.is_log else unit
        definition = w.definition(measure.definition)
        metric = w.metric(measure.metric)
        implied = [
            t(
                "chart.implied",
                name=w.called(line.estimate.name),
                period=w.period(line.estimate.period.label),
                text=w.estimate(line.estimate),
                condition=t("chart.condition", text=t.sentence(line.estimate.note))
                if line.estimate.note
                else "",
            )
            for line in measure.lines
            if line.is_implied
        ]
        young = [
            t(
                "chart.young",
                name=w.called(line.estimate.name),
                period=w.period(line.estimate.period.label),
                text=t.sentence(line.estimate.note),
            )
            for line in measure.lines
            if line.estimate.note.startswith(NOWCAST)
        ]
        old = [
            t(
                "chart.old",
                mark=_MARK,
                name=w.called(line.estimate.name),
                period=w.period(line.estimate.period.label),
                text=w.later(line.later),
            )
            for line in measure.lines
            if line.later
        ]
        hidden = [t("chart.hidden", n=measure.n_hidden)] if measure.n_hidden else []
        return self._chart(
            strip_spec(rows, axis, title, self._looks),
            heading=metric,
            caption=self._caption(
                definition,
                unit,
                [line.estimate for line in measure.lines],
                sum(len(row.readings) for row in rows),
            ),
            description=t("chart.strip", metric=metric, definition=definition, n=len(rows)),
            bands=bands,
            readings=readings,
            columns=("who", "period", "estimate", "stated", "source", "published", "claim"),
            rows=[row for line in measure.lines for row in self._figures(line)],
            notes=(*old, *implied, *young, *hidden),
        )

    def course(self, history: History, league: League, until: dt.date) -> Chart:
        """A history as a course over time."""
        w, t = self._words, self._words.t
        key = (league.metric, league.definition)
        bands = [band for _, band in history.bands]
        axis = axis_of(
            numbers_of(bands, history.readings),
            self._metrics[league.metric].scale,
            league.unit,
            w.lang,
        )
        first, last = history.bands[0][0], history.bands[-1][0]
        course = Course(
            bands=history.bands,
            readings=history.readings,
            until=until,
            gap_text=t("chart.gap", day=last.isoformat()),
            faults=tuple(
                (day, t("chart.fault")) for day in self._faults.get(key, []) if first <= day <= last
            ),
        )
        unit = w.unit(league.unit, league.currency)
        title = t("chart.log_axis", text=unit) if axis.is_log else unit
        metric, definition = w.metric(league.metric), w.definition(league.definition)
        notes = []
        if history.names:
            names = " → ".join(history.names)
            notes.append(t("chart.renamed", n=len(history.names), names=names))
        if len(history.sources) > 1:
            names = w.joined(history.sources)
            notes.append(t("chart.meeting", n=len(history.sources), names=names))
        shown = history.bands[-_LISTED:]
        return self._chart(
            course_spec(course, axis, title, self._looks),
            heading=t("chart.course_title", name=w.called(history.name), metric=metric),
            caption=self._caption(
                definition,
                unit,
                [place.estimate for place in league.places],
                len(history.readings),
            ),
            description=t(
                "chart.course",
                metric=metric,
                name=w.called(history.name),
                n=len(history.bands),
                first=first,
                last=last,
            ),
            bands=bands,
            readings=history.readings,
            columns=("period", "estimate", "stated"),
            rows=[
                (day.isoformat(), f"{text} [{id_}]", self._said(history, day, league))
                for (day, b), id_ in zip(shown, history.estimate_ids[-_LISTED:], strict=True)
                for text in [w.interval((b.lower, b.upper), league.unit, league.currency, b.value)]
            ],
            notes=tuple(notes),
            table_note=t("chart.last_figures", n=len(shown), total=len(history.bands))
            if len(history.bands) > len(shown)
            else "",
        )

    def _said(self, history: History, day: dt.date, league: League) -> str:
        """What every source said of a day."""
        w = self._words
        return w.joined(
            w.t(
                "page.colon",
                label=r.source,
                text=w.interval((r.low, r.high), league.unit, league.currency)
                if r.value is None
                else exact_text(r.value, league.unit, league.currency, w.lang),
            )
            for r in history.readings
            if r.day == day
        )

    def _row(self, line: StripLine) -> StripRow:
        e = line.estimate
        period = self._words.period(e.period.label)
        columns = 24 if len(period) < 12 else 14  # noqa: PLR2004
        name = shortened(visible(self._words.called(e.name)), columns=columns)
        # The note below the chart says of a marked row that later periods are suppressed.
        mark = f" {_MARK}" if line.later else ""
        return StripRow(
            f"{name} · {period}{mark}",
            self._words.estimate(e, is_implied=line.is_implied),
            Band.of(e, is_implied=line.is_implied),
            tuple(Reading.of(s) for s in line.statements),
        )

    def _figures(self, line: StripLine) -> list[tuple[str, ...]]:
        w, e = self._words, line.estimate
        since = w.t("page.suppressed_since") if line.later else ""
        head = (
            w.called(e.name),
            f"{w.period(e.period.label)}{since}",
            f"{w.estimate(e, is_implied=line.is_implied)} [{e.estimate_id}]",
        )
        if not line.statements:
            none = w.t("page.none")
            return [(*head, none, w.joined(e.sources), none, " ".join(c[:10] for c in e.claim_ids))]
        return [
            (
                *head,
                w.joined(part for part in (w.stated(s), w.doubt(s)) if part),
                w.source(s),
                s.published_at.isoformat() if s.published_at else w.t("page.unknown"),
                s.claim_id[:10],
            )
            for s in line.statements
        ]

    def _caption(
        self, definition: str, unit: str, estimates: Sequence[Estimate], n_claims: int
    ) -> str:
        w = self._words
        return w.t(
            "chart.caption",
            definition=definition,
            unit=unit,
            width=w.width(estimates),
            claims=w.claims(n_claims),
        )

    def _chart(
        self,
        spec: dict[str, object],
        *,
        heading: str,
        caption: str,
        description: str,
        bands: Iterable[Band],
        readings: Iterable[Reading],
        columns: tuple[str, ...],
        rows: list[tuple[str, ...]],
        notes: tuple[str, ...],
        table_note: str = "",
    ) -> Chart:
        self._n += 1
        uid = f"chart-{self._n}"
        readings = list(readings)
        bands = list(bands)
        sources = dict.fromkeys(reading.source for reading in readings)
        ends = [*bands, *(Band(None, r.low, r.high, "bound") for r in readings)]
        return Chart(
            uid=uid,
            heading=heading,
            caption=caption,
            svg=draw(spec, title=visible(heading), description=visible(description), uid=uid),
            looks=tuple(self._looks.of(source) for source in sources),
            columns=tuple(self._words.t(f"figure.{column}") for column in columns),
            rows=tuple(rows),
            notes=notes,
            table_note=table_note,
            has_band=any(b.lower is not None and b.upper is not None for b in bands),
            has_bound=any(end.lower is None or end.upper is None for end in ends),
            has_contested=any(band.status == "contested" for band in bands),
            has_suspect=any(reading.is_suspect for reading in readings),
        )
