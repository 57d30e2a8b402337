"""The chart of `growth`: cost a row against rows, both axes logarithmic."""

from collections.abc import Sequence

import vl_convert

#: Read on a light page and on a dark one.
_GREY = "#808080"
_COLOURS = {"scan": "#808080", "everything": "#c2571a"}

#: 10M, 100M, 1B.
_AMOUNT = "datum.value < 1e9 ? datum.value / 1e6 + 'M' : datum.value / 1e9 + 'B'"

_WIDTH, _HEIGHT = 520, 260


def draw_growth(rows: Sequence[dict[str, object]]) -> str:
    """An SVG of rows ``run, rows, CPU ns a row``, a line a run, named at its last point."""
    x = {
        "field": "rows", "type": "quantitative", "title": "rows of the log",
        "scale": {"type": "log"},
        "axis": {"values": sorted({row["rows"] for row in rows}, key=str), "labelExpr": _AMOUNT},
    }  # fmt: skip
    y = {
        "field": "CPU ns a row", "type": "quantitative", "title": "CPU nanoseconds a row",
        "scale": {"type": "log", "nice": True},
        "axis": {"values": [10**n * digit for n in range(5) for digit in (1, 2, 5)]},
    }  # fmt: skip
    colour = {
        "field": "run", "type": "nominal", "legend": None,
        "scale": {"domain": list(_COLOURS), "range": list(_COLOURS.values())},
    }  # fmt: skip
    last = max(rows, key=lambda row: float(str(row["rows"])))["rows"]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": {
            "background": None,
            "view": {"stroke": None},
            "font": "sans-serif",
            "axis": {
                "labelColor": _GREY, "titleColor": _GREY, "gridColor": _GREY, "gridOpacity": 0.25,
                "domainColor": _GREY, "tickColor": _GREY, "titleFontWeight": "normal",
            },
        },
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": list(rows)},
        "encoding": {"x": x, "y": y, "color": colour},
        "layer": [
            {"mark": {"type": "line", "point": True}},
            {
                "transform": [{"filter": {"field": "rows", "equal": last}}],
                "mark": {"type": "text", "align": "right", "dy": -12, "fontSize": 12},
                "encoding": {"text": {"field": "run"}},
            },
        ],
    }  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg + "\n"
