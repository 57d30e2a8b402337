"""The course: one counted series over time, its band, and the points of every source."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from howdah.surfaces.reports.axes import Axis
from howdah.surfaces.reports.marks import Band, Looks, Reading
from howdah.surfaces.reports.strips import WIDTH, value_axis

_HEIGHT = 170

#: Points shrink where there are many, and stay points.
_SIZES = ((15, 60), (60, 28), (10_000, 12))

#: A last reading older than this at the as-of date leaves a marked gap.
GAP_DAYS = 31

#: More dates than this run into each other.
_MAX_DATES = 5

#: Steps of labels that are years, in months.
_YEARS = (12, 24, 48, 120)

Layer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """What one chart over time shows.

    Attributes
    ----------
    faults
        Dates at which the instrument changed, and what to write there.
    gap_text
        What to write over the days without a reading.
    """

    bands: tuple[tuple[dt.date, Band], ...]
    readings: tuple[Reading, ...]
    until: dt.date
    gap_text: str
    faults: tuple[tuple[dt.date, str], ...] = ()

    @property
    def last(self) -> dt.date:
        """Day of the last reading."""
        return max(day for day, _ in self.bands)


def course_spec(course: Course, axis: Axis, title: str, looks: Looks) -> Layer:
    """The Vega-Lite specification of a course."""
    first = min(day for day, _ in course.bands)
    has_gap = (course.until - course.last).days > GAP_DAYS
    end = course.until if has_gap else course.last
    days, form = date_ticks(first, end)
    values = [
        {"t": day.isoformat(), "y": band.value, "low": band.lower, "high": band.upper}
        for day, band in course.bands
        if band.value is not None
    ]
    x: Layer = {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_utc(first), _utc(end)], "nice": False},
        "axis": {
            "title": None,
            "format": form,
            "values": [_utc(day) for day in days],
            "labelFlush": True,
            "grid": False,
        },
    }
    y: Layer = {"type": "quantitative", "scale": axis.scale(), "axis": value_axis(axis, title)}
    layers: list[Layer] = []
    if has_gap:
        layers += _gap(course, x)
    layers += [
        {
            "data": {"values": values},
            "mark": {"type": "area", "color": "var(--band)", "opacity": 1},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "line", "color": "var(--band-ink)", "strokeWidth": 1},
            "encoding": {"x": x, "y": {**y, "field": "y"}},
        },
        *_readings(course.readings, x, y, looks),
        *_faults(course.faults, x),
    ]
    return {"width": WIDTH - 48, "height": _HEIGHT, "layer": layers}


def date_ticks(first: dt.date, last: dt.date) -> tuple[list[dt.date], str]:
    """The dates at which an axis is labelled, and how they are written.

    Examples
    --------
    >>> date_ticks(dt.date(2022, 5, 1), dt.date(2025, 3, 1))
    ([datetime.date(2023, 1, 1), datetime.date(2024, 1, 1), datetime.date(2025, 1, 1)], '%Y')
    >>> date_ticks(dt.date(2023, 12, 27), dt.date(2025, 1, 29))[0][:2]
    [datetime.date(2024, 1, 1), datetime.date(2024, 7, 1)]
    """
    # Two years leave too much of an axis without a date, where months have room.
    choices = (
        *((step, "%Y", 3, _MAX_DATES) for step in _YEARS),
        *((step, "%Y-%m", 2, _MAX_DATES - 1) for step in (1, 2, 3, 6)),
        *((step, "%Y", 2, _MAX_DATES) for step in _YEARS),
    )
    for step, form, fewest, most in choices:
        days = _month_starts(first, last, step)
        if fewest <= len(days) <= most:
            return days, form
    return [first, last], "%Y-%m-%d"


def _month_starts(first: dt.date, last: dt.date, step: int) -> list[dt.date]:
    """First days of every `step`-th month, counted from January of year 0."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    days = [dt.date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
    return [day for day in days if first <= day <= last]


def _utc(day: dt.date) -> Layer:
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}


def _readings(readings: Sequence[Reading], x: Layer, y: Layer, looks: Looks) -> list[Layer]:
    dated = [r for r in readings if r.day is not None]
    size = next(size for limit, size in _SIZES if len(dated) <= limit)
    sources = list(dict.fromkeys(r.source for r in dated))
    points: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    for r in dated:
        assert r.day is not None
        look = looks.of(r.source)
        # Where sources agree, the first one's larger symbol still shows behind the last one's.
        behind = len(sources) - 1 - sources.index(r.source)
        common = {
            "t": r.day.isoformat(),
            "c": look.colour,
            "s": look.shape,
            "size": size * (1 + 3 * behind),
            "order": -behind,
        }
        if r.value is not None:
            points.append({**common, "y": r.value})
        elif r.low is not None and r.high is not None:
            spans.append({**common, "y": r.low, "y2": r.high})
        else:
            points.append({**common, "y": r.low if r.low is not None else r.high})
    as_is = {"type": "nominal", "scale": None, "legend": None}
    layers: list[Layer] = []
    if spans:
        layers.append(
            {
                "data": {"values": spans},
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "y"},
                    "y2": {"field": "y2"},
                    "color": {"field": "c", **as_is},
                },
            }
        )
    if points:
        layers.append(
            {
                "data": {"values": sorted(points, key=lambda p: p["order"])},
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "y"},
                    "color": {"field": "c", **as_is},
                    "shape": {"field": "s", **as_is},
                    "size": {
                        "field": "size",
                        "type": "quantitative",
                        "scale": None,
                        "legend": None,
                    },
                },
            }
        )
    return layers


def _gap(course: Course, x: Layer) -> list[Layer]:
    data = {"values": [{"t": course.last.isoformat(), "t2": course.until.isoformat()}]}
    text = {"values": [{"t": course.until.isoformat(), "text": course.gap_text}]}
    return [
        {
            "data": data,
            "mark": {"type": "rect", "color": "var(--gap)", "opacity": 1},
            "encoding": {"x": x, "x2": {"field": "t2"}},
        },
        {
            "data": text,
            "mark": {"type": "text", "align": "right", "baseline": "top", "dx": -3},
            "encoding": {
                "x": x,
                "y": {"value": _HEIGHT - 14},
                "text": {"field": "text"},
                "color": {"value": "var(--soft)"},
            },
        },
    ]


def _faults(faults: Sequence[tuple[dt.date, str]], x: Layer) -> list[Layer]:
    if not faults:
        return []
    data = {"values": [{"t": day.isoformat(), "text": text} for day, text in faults]}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": "var(--warn)", "strokeDash": [3, 3]},
            "encoding": {"x": x},
        },
        {
            "data": data,
            "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 3},
            "encoding": {
                "x": x,
                "y": {"value": 2},
                "text": {"field": "text"},
                "color": {"value": "var(--warn)"},
            },
        },
    ]
