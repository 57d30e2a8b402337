"""The strip: a line an entity and period, with the estimate's interval and every source's reading.

Points are points, intervals are bars, an open end is a bar that leaves the chart with an arrow;
a contested span is an outline without a point.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from howdah.surfaces.reports.axes import Axis
from howdah.surfaces.reports.marks import Look, Looks, Reading, StripRow

WIDTH = 340
_ROW = 46
#: A line whose label and figure do not fit beside each other takes this much more.
_TALLER = 14
#: Columns of letters that fit beside each other, a Chinese character taking two.
_FITTING = 50
_LABEL_Y = 9
_BAND_Y = 28
_BAND_HEIGHT = 12
#: Readings of several sources in one line stand this far apart.
_STEP = 7

_LEFT = "M0.6,-0.9L0.6,0.9L-0.8,0Z"
_RIGHT = "M-0.6,-0.9L-0.6,0.9L0.8,0Z"

Layer = dict[str, Any]


def strip_spec(rows: Sequence[StripRow], axis: Axis, title: str, looks: Looks) -> Layer:
    """The Vega-Lite specification of a strip."""
    extra = [_TALLER * (columns_of(row.label) + columns_of(row.text) > _FITTING) for row in rows]
    height = _ROW * len(rows) + sum(extra)
    bands: list[dict[str, Any]] = []
    opens: list[dict[str, Any]] = []
    outlines: list[dict[str, Any]] = []
    middles: list[dict[str, Any]] = []
    arrows: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    top = 0
    for row, more in zip(rows, extra, strict=True):
        band, y = row.band, top + _BAND_Y + more
        label_y = top + _LABEL_Y
        labels.append(
            {"y": label_y, "left": row.label, "right": row.text, "right_y": label_y + more}
        )
        top += _ROW + more
        low = axis.low if band.lower is None else max(band.lower, axis.low)
        high = axis.high if band.upper is None else min(band.upper, axis.high)
        box = {"x": low, "x2": high, "y": y - _BAND_HEIGHT / 2, "y2": y + _BAND_HEIGHT / 2}
        if band.status == "contested":
            outlines.append(box)
        elif band.lower is None or band.upper is None:
            opens.append({"x": low, "x2": high, "y": y})
            arrows += _arrows(axis, y, band.lower, band.upper, "var(--band-ink)")
        else:
            bands.append(box)
        if band.value is not None:
            middles.append({**box, "x": band.value})
        for place, reading in enumerate(row.readings):
            look = looks.of(reading.source)
            at = y + (place - (len(row.readings) - 1) / 2) * _STEP
            _reading(axis, reading, look, at, (spans, points, arrows))
    return {
        "width": WIDTH,
        "height": height,
        "layer": [
            _frame(axis, title, height),
            *_layer(bands, {"type": "rect", "cornerRadius": 2}, "var(--band)"),
            *_layer(
                outlines,
                {"type": "rect", "fill": "transparent", "strokeDash": [4, 3], "strokeWidth": 1.5},
                "var(--warn)",
                channel="stroke",
            ),
            *_layer(
                opens, {"type": "rule", "strokeDash": [2, 4], "strokeWidth": 3}, "var(--band-ink)"
            ),
            *_layer(middles, {"type": "rule", "strokeWidth": 2}, "var(--band-ink)", skip="x2"),
            *_layer(spans, {"type": "rule", "strokeWidth": 2.5, "strokeCap": "butt"}, None),
            *_symbols(arrows, 70),
            *_symbols(points, 95),
            *_labels(labels),
        ],
    }


def _reading(
    axis: Axis,
    reading: Reading,
    look: Look,
    y: float,
    into: tuple[list[dict[str, Any]], ...],
) -> None:
    spans, points, arrows = into
    # What is held to be wrong stays in sight, without its source's colour.
    colour = "var(--line)" if reading.is_suspect else look.colour
    shape = look.shape
    if reading.value is not None:
        points.append({"x": reading.value, "y": y, "c": colour, "s": shape})
        return
    low, high = reading.low, reading.high
    # The source's symbol stands at each stated end; what is between them was not said.
    points += [
        {"x": end, "y": y, "c": colour, "s": shape} for end in (low, high) if end is not None
    ]
    ends = (axis.low if low is None else low, axis.high if high is None else high)
    spans.append({"x": ends[0], "x2": ends[1], "y": y, "c": colour})
    arrows += _arrows(axis, y, low, high, colour)


def _arrows(
    axis: Axis, y: float, low: float | None, high: float | None, colour: str
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if low is None:
        found.append({"x": axis.low, "y": y, "c": colour, "s": _LEFT})
    if high is None:
        found.append({"x": axis.high, "y": y, "c": colour, "s": _RIGHT})
    return found


def _frame(axis: Axis, title: str, height: float) -> Layer:
    """The layer that carries the axes; the others share its scales."""
    return {
        "data": {"values": [{"x": axis.low, "y": 0}]},
        "mark": {"type": "point", "opacity": 0},
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "scale": axis.scale(),
                "axis": value_axis(axis, title),
            },
            "y": {
                "field": "y",
                "type": "quantitative",
                "scale": {"domain": [height, 0], "nice": False, "zero": False},
                "axis": None,
            },
        },
    }


def value_axis(axis: Axis, title: str) -> Layer:
    """A value axis with its own labels, which no number format of Vega's knows."""
    names = ", ".join(
        f"'{_key(tick)}': '{label}'" for tick, label in zip(axis.ticks, axis.labels, strict=True)
    )
    return {
        "values": list(axis.ticks),
        "labelExpr": f"{{{names}}}['' + datum.value] || ''",
        "title": title,
        "labelFlush": False,
    }


def columns_of(text: str) -> int:
    """Width of a text in columns; a Chinese character takes two.

    Examples
    --------
    >>> columns_of("DAU 日活")
    8
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _key(tick: float) -> str:
    """A number as JavaScript writes it."""
    return str(int(tick)) if tick == int(tick) else repr(tick)


def _layer(
    values: list[dict[str, Any]],
    mark: Layer,
    colour: str | None,
    *,
    channel: str = "color",
    skip: str = "",
) -> list[Layer]:
    if not values:
        return []
    encoding: Layer = {name: {"field": name, "type": "quantitative"} for name in ("x", "y")}
    encoding |= {
        name: {"field": name} for name in ("x2", "y2") if name in values[0] and name != skip
    }
    encoding[channel] = {"value": colour} if colour else _as_is("c")
    return [{"data": {"values": values}, "mark": mark, "encoding": encoding}]


def _symbols(values: list[dict[str, Any]], size: int) -> list[Layer]:
    if not values:
        return []
    encoding = {
        "x": {"field": "x", "type": "quantitative"},
        "y": {"field": "y", "type": "quantitative"},
        "color": _as_is("c"),
        "shape": _as_is("s"),
    }
    mark = {"type": "point", "filled": True, "size": size, "opacity": 1}
    return [{"data": {"values": values}, "mark": mark, "encoding": encoding}]


def _as_is(field: str) -> Layer:
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def _labels(values: list[dict[str, Any]]) -> list[Layer]:
    sides = (("left", "left", 0), ("right", "right", WIDTH))
    return [
        {
            "data": {"values": values},
            "mark": {"type": "text", "align": align, "fontWeight": 600 if side == "left" else 400},
            "encoding": {
                "x": {"value": at},
                "y": {"field": "y" if side == "left" else "right_y", "type": "quantitative"},
                "text": {"field": side},
                "color": {"value": "var(--ink)"},
            },
        }
        for side, align, at in sides
    ]
