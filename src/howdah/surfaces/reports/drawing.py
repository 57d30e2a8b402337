"""Drawing: a chart's specification becomes an inline SVG that follows the page's colours.

Colours in a specification are CSS variables, which SVG takes as they are, so that one picture
serves light, dark and print. Texts stay texts, in the page's fonts.
"""

import re
from typing import Any

import vl_convert
from markupsafe import Markup, escape

#: No chart may load anything: every specification carries its data.
_NOWHERE = ["https://data.invalid/"]

_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": None,
    "font": "sans-serif",
    "padding": {"left": 2, "right": 2, "top": 4, "bottom": 2},
    "view": {"stroke": None},
    "text": {"fontSize": 11},
    "axis": {
        "labelColor": "var(--soft)",
        "titleColor": "var(--soft)",
        "gridColor": "var(--grid)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titlePadding": 6,
        "titleLimit": 330,
    },
}

_TAG = re.compile(r"<[^>]*>")
_LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")
#: What Vega writes that says nothing, or says what the page's style does.
_NOISE = (
    r'<path class="(?:background|foreground)"[^>]*/>',
    r"<g></g>",
    r' font-family="[^"]*"',
    r' class="mark-[^"]*"',
    r' role="graphics-[a-z]*"',
    r' aria-(?:roledescription|hidden)="[^"]*"',
    r' (?:pointer-events="none"|opacity="1"|stroke-miterlimit="10")',
)
_EMPTY = re.compile("|".join(_NOISE))
_OPENING = re.compile(r"<svg [^>]*viewBox=\"([^\"]*)\"[^>]*>")


def draw(spec: dict[str, Any], *, title: str, description: str, uid: str) -> Markup:
    """Draw a chart.

    Parameters
    ----------
    title, description
        What a screen reader says of it.
    uid
        Id of the chart in its page.
    """
    full = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": _CONFIG,
        **spec,
    }
    svg = vl_convert.vegalite_to_svg(full, allowed_base_urls=_NOWHERE)
    return _inlined(svg, title, description, uid)


def _inlined(svg: str, title: str, description: str, uid: str) -> Markup:
    svg = _EMPTY.sub("", svg)
    svg = _TAG.sub(lambda tag: _LONG_NUMBER.sub(r"\1", tag[0]), svg)
    found = _OPENING.search(svg)
    assert found is not None, "vl_convert writes one svg element"
    opening = (
        f'<svg class="chart" role="img" aria-labelledby="{uid}-t {uid}-d" viewBox="{found[1]}">'
        f'<title id="{uid}-t">{escape(title)}</title>'
        f'<desc id="{uid}-d">{escape(description)}</desc>'
    )
    return Markup(svg[: found.start()] + opening + svg[found.end() :])  # noqa: S704 - escaped above
