"""The audience of a product in a report: charts, months of entry, and where users come and go."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from howdah.core.metrics import MetricRegistry
from howdah.market.pages.audience import Audience, Linked, Measure
from howdah.surfaces.reports.axes import axis_of
from howdah.surfaces.reports.charts import Chart
from howdah.surfaces.reports.curves import (
    GROWTH_PARTS,
    growth_numbers,
    growth_spec,
    power_spec,
    retention_spec,
    survival_spec,
    users_spec,
)
from howdah.surfaces.reports.drawing import draw
from howdah.surfaces.reports.marks import SQUARE, Look
from howdah.surfaces.reports.words import Words, visible

#: Days of daily users that are listed as figures below their chart.
_LISTED = 7

_RATIOS = ("stickiness28",)


@dataclass(frozen=True, slots=True)
class Rows:
    """A small table: its heading, the names of its columns, and its rows."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AudienceView:
    """What a report shows of the audience of one product by one panel."""

    uid: str
    heading: str
    caption: str
    warning: str
    charts: tuple[Chart, ...]
    tables: tuple[Rows, ...]


class Audiences:
    """Makes the views of audiences in one language."""

    def __init__(self, words: Words, metrics: MetricRegistry) -> None:
        self._words, self._metrics = words, metrics
        self._n = 0

    def view(self, name: str, a: Audience) -> AudienceView:
        """The view of one audience."""
        self._n += 1
        w, t = self._words, self._words.t
        charts = [
            self._users(a),
            self._retention(a),
            self._survival(a),
            self._power(a),
            self._growth(a),
        ]
        tables = [self._levels(a), self._months(a), self._overlaps(a), self._flows(a)]
        key = "audience.census" if a.is_census else "audience.panel"
        return AudienceView(
            uid=f"audience-{self._n}",
            heading=name,
            caption=t(
                key, title=a.title, n=f"{a.n_units:,}", population=self._population(a),
                unit=w.unit(a.unit), first=a.first_seen, last=a.last_day, least=a.min_n,
            ),
            warning=t("audience.simulated") if a.is_simulated else "",
            charts=tuple(chart for chart in charts if chart is not None),
            tables=tuple(table for table in tables if table is not None),
        )  # fmt: skip

    def _population(self, a: Audience) -> str:
        t, n = self._words.t, f"{a.population:,.0f}"
        if a.population_unit == "people":
            return t("audience.of_people", n=n)
        return t("audience.of_units", n=n) if a.population_unit else n

    def _chart(
        self, spec: dict[str, object], key: str, a: Audience, rows: Sequence[tuple[str, ...]],
        columns: Sequence[str], *, looks: Sequence[Look] = (), notes: Sequence[str] = (),
        table_note: str = "", has_band: bool = True, day: dt.date | None = None,
    ) -> Chart:  # fmt: skip
        t = self._words.t
        heading = t(f"audience.{key}")
        uid = f"audience-{self._n}-{key}"
        return Chart(
            uid=uid,
            heading=heading,
            caption=t(f"audience.{key}_caption", day=day),
            svg=draw(
                spec,
                title=visible(heading),
                description=visible(f"{heading}: {a.product}"),
                uid=uid,
            ),
            looks=tuple(looks),
            columns=tuple(columns),
            rows=tuple(rows),
            notes=tuple(notes),
            table_note=table_note,
            has_band=has_band and not a.is_census,
        )

    def _users(self, a: Audience) -> Chart | None:
        w, t = self._words, self._words.t
        shown = [p for p in a.users if p.measure.value is not None]
        if len(shown) < 2:  # noqa: PLR2004 - a point is no curve
            return None
        axis = axis_of(_numbers([p.measure for p in shown]), "linear", a.unit, w.lang)
        hidden = len(a.users) - len(shown)
        listed = a.users[-_LISTED:]
        return self._chart(
            users_spec(a.users, axis, w.unit(a.unit)),
            "users", a,
            [(p.day.isoformat(), self._said(p.measure), _n(p.measure)) for p in listed],
            (t("audience.day"), w.metric("dau"), t("audience.n")),
            notes=[t("audience.hidden_days", n=hidden, least=a.min_n)] if hidden else [],
            table_note=t("chart.last_figures", n=len(listed), total=len(a.users)),
        )  # fmt: skip

    def _retention(self, a: Audience) -> Chart | None:
        w, t = self._words, self._words.t
        if len(a.retention) < 2:  # noqa: PLR2004 - a point is no curve
            return None
        axis = axis_of(
            [0.0, *_numbers([r.measure for r in a.retention], 100.0)], "logit", "percent", w.lang
        )
        return self._chart(
            retention_spec(a, axis, w.unit("percent"), t("audience.days_after")),
            "retention", a,
            [
                (str(r.n_day), self._said(r.measure, is_share=True), _n(r.measure), str(r.n_months))
                for r in a.retention
            ],
            (t("audience.days_after"), t("audience.share"), t("audience.n"), t("audience.months")),
            notes=[]
            if any(s.is_extrapolated for s in a.survival)
            else [t("audience.no_beyond", verdict=self._verdict(a))],
        )  # fmt: skip

    def _survival(self, a: Audience) -> Chart | None:
        """The law of survival, where it tells days that were not observed."""
        w, t = self._words, self._words.t
        if not any(s.is_extrapolated for s in a.survival):
            return None
        ends = [x for s in a.survival for x in (s.value, s.lower, s.upper) if x is not None]
        axis = axis_of([0.0, *(100 * x for x in ends)], "logit", "percent", w.lang)
        measures = [(s, Measure(s.value, s.lower, s.upper, None)) for s in a.survival]
        return self._chart(
            survival_spec(a, axis, w.unit("percent"), t("audience.days_after")),
            "survival", a,
            [
                (
                    str(s.n_day),
                    self._said(m, is_share=True),
                    t("audience.extrapolated") if s.is_extrapolated else t("audience.within"),
                )
                for s, m in measures
            ],
            (t("audience.days_after"), t("audience.share"), t("audience.days_seen")),
            notes=[t("audience.beyond")],
        )  # fmt: skip

    def _verdict(self, a: Audience) -> str:
        return self._words.t.name("verdict", a.verdict or "cannot tell")

    def _power(self, a: Audience) -> Chart | None:
        w, t = self._words, self._words.t
        shown = [m for m in a.power if m.value is not None]
        if not shown:
            return None
        axis = axis_of([0.0, *_numbers(shown)], "linear", a.unit, w.lang)
        hidden = len(a.power) - len(shown)
        return self._chart(
            power_spec(a.power, axis, w.unit(a.unit), t("audience.days_active")),
            "power", a,
            [
                (str(n), self._said(m), _n(m))
                for n, m in enumerate(a.power, start=1)
            ],
            (t("audience.days_active"), w.unit(a.unit), t("audience.n")),
            notes=[t("audience.hidden_cells", n=hidden, least=a.min_n)] if hidden else [],
            day=a.power_on,
        )  # fmt: skip

    def _growth(self, a: Audience) -> Chart | None:
        w, t = self._words, self._words.t
        parts = ("new", "retained", "resurrected", "churned")
        if all(getattr(g, name).value is None for g in a.growth for name in parts):
            return None
        axis = axis_of(growth_numbers(a.growth), "linear", a.unit, w.lang)
        hidden = sum(getattr(g, name).value is None for g in a.growth for name in parts)
        # As the bars stand, from the top down.
        *stacked, churned = GROWTH_PARTS
        looks = [
            Look(t(f"audience.{name}"), colour, SQUARE)
            for name, colour in (*reversed(stacked), churned)
        ]
        notes = [t("audience.growth_colours")]
        notes += [t("audience.hidden_cells", n=hidden, least=a.min_n)] if hidden else []
        return self._chart(
            growth_spec(a.growth, axis, w.unit(a.unit), t("audience.until")),
            "growth", a,
            [
                (g.day.isoformat(), *(self._said(getattr(g, name)) for name in parts))
                for g in a.growth
            ],
            (t("audience.until"), *(t(f"audience.{name}") for name in parts)),
            looks=looks, notes=notes, has_band=False,
        )  # fmt: skip

    def _levels(self, a: Audience) -> Rows:
        w, t = self._words, self._words.t
        return Rows(
            t("audience.levels"),
            (t("figure.metric"), t("audience.value"), t("audience.n"), t("audience.day")),
            tuple(
                (
                    w.metric(metric),
                    self._said(point.measure, is_share=metric in _RATIOS),
                    _n(point.measure),
                    point.day.isoformat(),
                )
                for metric, point in a.levels.items()
            ),
        )

    def _months(self, a: Audience) -> Rows | None:
        t = self._words.t
        if not a.months:
            return None
        days = sorted({n for month in a.months for n, _ in month.days})
        rows = []
        for month in a.months:
            own = dict(month.days)
            rows.append(
                (
                    month.month.strftime("%Y-%m"),
                    *(
                        self._said(own[n], is_share=True) if n in own else t("audience.not_over")
                        for n in days
                    ),
                    next((_n(m) for _, m in month.days if m.n_raw is not None), ""),
                )
            )
        columns = (t("audience.entered"), *(t("audience.on_day", n=n) for n in days))
        return Rows(t("audience.by_month"), (*columns, t("audience.n")), tuple(rows))

    def _overlaps(self, a: Audience) -> Rows | None:
        t = self._words.t
        if not a.overlaps:
            return None
        rows = tuple(
            (
                link.product,
                self._said(link.measure, is_share=True),
                _n(link.measure),
                "" if link.lift is None else f"{link.lift:.2f}",
            )
            for link in a.overlaps
        )
        columns = (t("audience.product"), t("audience.share"), t("audience.n"), t("audience.lift"))
        return Rows(t("audience.overlap", day=a.overlap_on), columns, rows)

    def _flows(self, a: Audience) -> Rows | None:
        t = self._words.t
        if a.flows_on is None:
            return None
        rows = [*self._links(a.left_to, "to"), *self._links(a.came_from, "from")]
        hidden = a.n_hidden_flows
        note = t("audience.hidden_flows", n=hidden, least=a.min_n) if hidden else ""
        columns = (t("audience.flow"), t("audience.users_n"), t("audience.n"))
        heading = t("audience.flows", month=a.flows_on.strftime("%Y-%m"))
        return Rows(heading, columns, tuple(rows), note) if rows or note else None

    def _links(self, links: Sequence[Linked], way: str) -> list[tuple[str, ...]]:
        t = self._words.t
        return [
            (
                t(f"audience.{way}", name=link.product or t(f"audience.{way}_none")),
                self._said(link.measure),
                _n(link.measure),
            )
            for link in links
        ]

    def _said(self, m: Measure, *, is_share: bool = False) -> str:
        w = self._words
        if m.value is None:
            return w.t("audience.suppressed") if m.suppressed else w.t("page.none")
        factor, unit = (100.0, "percent") if is_share else (1.0, "")
        if m.lower is None or m.lower == m.upper:
            return w.number(factor * m.value, unit)
        ends = (factor * m.lower, factor * (m.upper or 0.0))
        return w.interval(ends, unit, "", factor * m.value)


def _numbers(measures: Sequence[Measure], factor: float = 1.0) -> list[float]:
    return [factor * x for m in measures for x in (m.value, m.lower, m.upper) if x is not None]


def _n(m: Measure) -> str:
    return "" if m.n_raw is None else f"{m.n_raw:,}"
