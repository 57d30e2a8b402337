"""Charts of an audience: daily users, retention, days active, and growth accounting."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from howdah.market.pages.audience import Audience, Growth, Measure, Point
from howdah.market.pages.split import Moment
from howdah.surfaces.reports.axes import Axis
from howdah.surfaces.reports.courses import date_ticks
from howdah.surfaces.reports.strips import WIDTH, value_axis

_HEIGHT = 170

Layer = dict[str, Any]

#: Order and colours of growth accounting: what comes, and what goes.
GROWTH_PARTS = (
    ("retained", "var(--band)"), ("resurrected", "var(--s5)"), ("new", "var(--s3)"),
    ("churned", "var(--s2)"),
)  # fmt: skip


def users_spec(users: Sequence[Point], axis: Axis, title: str) -> Layer:
    """Daily users with their band; suppressed days are a gap."""
    first, last = users[0].day, users[-1].day
    days, form = date_ticks(first, last)
    x: Layer = {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_utc(first), _utc(last)], "nice": False},
        "axis": {
            "title": None, "format": form, "values": [_utc(day) for day in days],
            "labelFlush": True, "grid": False,
        },
    }  # fmt: skip
    values = [{"t": p.day.isoformat(), **_ends(p.measure)} for p in users]
    return _layered([*_band(values, x, axis, title)])


def retention_spec(a: Audience, axis: Axis, title: str, day_title: str) -> Layer:
    """Retention by day after entry."""
    known = [{"n": r.n_day, **_ends(r.measure, 100.0)} for r in a.retention]
    return _layered(_band(known, _days_after(known[-1]["n"], day_title), axis, title))


def survival_spec(a: Audience, axis: Axis, title: str, day_title: str) -> Layer:
    """Share that has not left for good, by the fitted law; dashed beyond what was observed."""
    told = [
        {
            "n": s.n_day,
            "y": 100 * s.value,
            "low": _times(s.lower, s.value),
            "high": _times(s.upper, s.value),
        }
        for s in a.survival
    ]
    n_told = sum(not s.is_extrapolated for s in a.survival)
    x = _days_after(told[-1]["n"], day_title)
    layers = _band(told[:n_told], x, axis, title) if n_told else []
    # The dashed line begins where the other ends.
    layers += _band(told[max(n_told - 1, 0) :], x, axis, title, dashed=True)
    return _layered(layers)


def _days_after(last: float, title: str) -> Layer:
    return {
        "field": "n",
        "type": "quantitative",
        # Equal distances are equal ratios: the curve falls fast and then slowly.
        "scale": {"type": "log", "domain": [1, last], "nice": False},
        "axis": {
            "title": title, "grid": False, "format": "d",
            "values": [n for n in (1, 3, 7, 14, 30, 90, 180, 365) if n <= last],
        },
    }  # fmt: skip


def power_spec(power: Sequence[Measure], axis: Axis, title: str, day_title: str) -> Layer:
    """Users by days active of 28; a suppressed count is a mark on the axis, no bar of nothing."""
    shown = [{"n": n, **_ends(m)} for n, m in enumerate(power, start=1) if m.value is not None]
    hidden = [{"n": n} for n, m in enumerate(power, start=1) if m.value is None]
    x: Layer = {
        "field": "n",
        "type": "ordinal",
        "scale": {"domain": list(range(1, len(power) + 1)), "paddingInner": 0.2},
        "axis": {
            "title": day_title, "labelAngle": 0, "ticks": False,
            "values": [1, 7, 14, 21, 28],
        },
    }  # fmt: skip
    y = {"type": "quantitative", "scale": axis.scale(), "axis": value_axis(axis, title)}
    layers: list[Layer] = [
        {
            "data": {"values": shown},
            "mark": {"type": "bar", "color": "var(--band)"},
            "encoding": {"x": x, "y": {**y, "field": "y"}},
        },
        {
            "data": {"values": [row for row in shown if row["low"] is not None]},
            "mark": {"type": "rule", "color": "var(--band-ink)"},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
    ]
    if hidden:
        layers.append(
            {
                "data": {"values": hidden},
                "mark": {"type": "text", "text": "×", "dy": -6, "color": "var(--soft)"},
                "encoding": {"x": x, "y": {"value": _HEIGHT}},
            }
        )
    return _layered(layers)


def growth_spec(growth: Sequence[Growth], axis: Axis, title: str, day_title: str) -> Layer:
    """New, resurrected and retained units above, churned below; suppressed parts are left out."""
    values = []
    for g in growth:
        up = 0.0
        for name, colour in GROWTH_PARTS:
            measure: Measure = getattr(g, name)
            if measure.value is None:
                continue
            y, y2 = (0.0, -measure.value) if name == "churned" else (up, up + measure.value)
            up = up if name == "churned" else y2
            values.append({"t": g.day.isoformat(), "y": y, "y2": y2, "c": colour})
    x: Layer = {
        "field": "t",
        "type": "ordinal",
        "scale": {"domain": [g.day.isoformat() for g in growth], "paddingInner": 0.3},
        "axis": {"title": day_title, "labelAngle": 0, "labelExpr": "slice(datum.value, 5)"},
    }
    y_axis = {"type": "quantitative", "scale": axis.scale(), "axis": value_axis(axis, title)}
    return _layered(
        [
            {
                "data": {"values": values},
                "mark": {"type": "bar"},
                "encoding": {
                    "x": x,
                    "y": {**y_axis, "field": "y"},
                    "y2": {"field": "y2"},
                    "color": {"field": "c", "type": "nominal", "scale": None, "legend": None},
                },
            }
        ]
    )


def split_spec(course: Sequence[Moment], axis: Axis, title: str, colours: tuple[str, str]) -> Layer:
    """What was bought on top of what came by itself, and the outcome as a line."""
    first, last = course[0].period, course[-1].period
    days, form = date_ticks(first, last)
    x: Layer = {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_utc(first), _utc(last)], "nice": False},
        "axis": {
            "title": None, "format": form, "values": [_utc(day) for day in days],
            "labelFlush": True, "grid": False,
        },
    }  # fmt: skip
    y: Layer = {"type": "quantitative", "scale": axis.scale(), "axis": value_axis(axis, title)}
    bought, earned = colours
    values = [
        {
            "t": m.period.isoformat(),
            "zero": 0.0,
            "earned": m.earned.value,
            "low": m.earned.lower,
            "high": m.earned.upper,
            "top": (m.earned.value or 0.0) + (m.bought.value or 0.0),
            "y": m.outcome,
        }
        for m in course
    ]

    def area(low: str, high: str, colour: str, opacity: float = 1.0) -> Layer:
        return {
            "mark": {"type": "area", "color": colour, "opacity": opacity},
            "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}},
        }

    line: Layer = {
        "mark": {"type": "line", "color": "var(--ink)", "strokeWidth": 0.8},
        "encoding": {"x": x, "y": {**y, "field": "y"}},
    }
    layers = [
        area("zero", "earned", earned),
        area("earned", "top", bought),
        area("low", "high", "var(--paper)", 0.5),
        line,
    ]
    return {**_layered(layers), "data": {"values": values}}


def growth_numbers(growth: Sequence[Growth]) -> list[float]:
    """Numbers that the axis of growth accounting has room for."""
    found = [0.0]
    for g in growth:
        parts = [m.value or 0.0 for m in (g.retained, g.resurrected, g.new)]
        found += [sum(parts), -(g.churned.value or 0.0)]
    return found


def _layered(layers: list[Layer]) -> Layer:
    return {"width": WIDTH - 48, "height": _HEIGHT, "layer": layers}


def _band(
    values: Sequence[Layer], x: Layer, axis: Axis, title: str, *, dashed: bool = False
) -> list[Layer]:
    y: Layer = {"type": "quantitative", "scale": axis.scale(), "axis": value_axis(axis, title)}
    line: Layer = {"type": "line", "color": "var(--band-ink)", "strokeWidth": 1.5}
    data = {"values": list(values)}
    return [
        {
            "data": data,
            "mark": {"type": "area", "color": "var(--gap)" if dashed else "var(--band)"},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": data,
            "mark": line | ({"strokeDash": [4, 3]} if dashed else {}),
            "encoding": {"x": x, "y": {**y, "field": "y"}},
        },
    ]


def _ends(m: Measure, factor: float = 1.0) -> Layer:
    """A measure as numbers of a chart; without a band where its error cannot be told."""
    if m.value is None:
        return {"y": None, "low": None, "high": None}
    low, high = m.lower, m.upper
    return {
        "y": factor * m.value,
        "low": None if low is None else factor * low,
        "high": None if high is None else factor * high,
    }


def _times(end: float | None, value: float) -> float:
    return 100 * (value if end is None else end)


def _utc(day: dt.date) -> Layer:
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}
