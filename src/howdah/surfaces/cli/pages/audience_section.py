"""The part of `howdah show` that a panel or a census has."""

import datetime as dt
from collections.abc import Sequence

from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import interval_text, metric_title
from howdah.market.pages.audience import Audience, Growth, Linked, Measure
from howdah.panels.survival import SILENCE_DAYS
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, unit_text

_SUPPRESSED = "suppressed"
_RATIOS = ("stickiness28",)

#: Runs of days active in 28 whose users are told together.
_RUNS = ((1, 3), (4, 7), (8, 14), (15, 21), (22, 28))


def draw_audiences(screen: Screen, metrics: MetricRegistry, audiences: Sequence[Audience]) -> None:
    """What each panel says of the product's users."""
    for audience in audiences:
        _draw(screen, metrics, audience)


def _draw(screen: Screen, metrics: MetricRegistry, a: Audience) -> None:
    kind = "Census" if a.is_census else "Panel"
    mark = "SIMULATED, nothing of it is real: " if a.is_simulated else ""
    screen.heading(f"{kind}: {mark}{a.title}")
    screen.text(
        f"{units_text(a)}; {a.first_seen} to {a.last_day}; fewer "
        f"than {counted(a.min_n, 'unit')} are suppressed",
        indent=2, hang=2,
    )  # fmt: skip
    if not a.is_census:
        screen.text(
            f"Intervals here hold sampling alone, at {100 * a.prob:g} %; those of estimates, at "
            "the same, also hold the bias and noise that any single source may have",
            indent=2, hang=2,
        )  # fmt: skip
    rows = [
        [
            metric_title(metrics, metric),
            measure_text(point.measure, is_share=metric in _RATIOS),
            n_text(point.measure),
            point.day.isoformat(),
        ]
        for metric, point in a.levels.items()
    ]
    _table(screen, ["Metric", "Value", "n", "To"], rows)
    _draw_retention(screen, a)
    _draw_growth(screen, a.growth)
    _draw_power(screen, a)
    _draw_links(screen, "Also used, share of its users", a.overlap_on, a.overlaps, is_share=True)
    _draw_links(screen, "Users left to", a.flows_on, a.left_to, none="nothing joined")
    _draw_links(screen, "Users came from", a.flows_on, a.came_from, none="nothing left")
    if a.n_hidden_flows:
        screen.text(f"{counted(a.n_hidden_flows, 'smaller flow')} suppressed", indent=4)


def units_text(a: Audience) -> str:
    """What was counted, and what it stands for: "60 units (device) stand for 6,000 people"."""
    units = f"{counted(a.n_units, 'unit')} ({unit_text(a.unit, '')})"
    if a.is_census:
        return units
    what = {"": "", "people": " people"}.get(a.population_unit, " such units")
    return f"{units} of the panel stand for {a.population:,.0f}{what}"


def _draw_retention(screen: Screen, a: Audience) -> None:
    if a.months:
        days = sorted({n for month in a.months for n, _ in month.days})
        rows = []
        for month in a.months:
            own = dict(month.days)
            cells = [_told(own.get(n)) for n in days]
            raw = next((n_text(m) for _, m in month.days if m.n_raw is not None), "")
            rows.append([month.month.strftime("%Y-%m"), *cells, raw])
        _table(screen, ["Entered in", *(f"Day {n}" for n in days), "n"], rows)
    if a.retention:
        last = a.retention[-1]
        parts = [
            f"day {r.n_day} {measure_text(r.measure, is_share=True)}"
            for r in a.retention
            if r.n_day in {1, 7, 30, last.n_day}
        ]
        screen.text(f"Retention, all months that can be told: {'; '.join(parts)}", indent=4, hang=2)
    beyond = [s for s in a.survival if s.is_extrapolated]
    if beyond:
        end = beyond[-1]
        text = (
            interval_text(None, 100 * end.lower, 100 * end.upper, "percent")
            if (end.lower is not None and end.upper is not None)
            else f"{100 * end.value:.3g} %"
        )
        screen.text(
            f"Extrapolated: still there after {end.n_day} days: {text}, if who is silent for "
            f"{SILENCE_DAYS} days has left",
            indent=4, hang=2,
        )  # fmt: skip
    elif a.verdict:
        screen.text(f"Law of survival: {a.verdict}; nothing is extrapolated", indent=4)


def _told(measure: Measure | None) -> str:
    return "not over yet" if measure is None else measure_text(measure, is_share=True)


def _draw_growth(screen: Screen, growth: Sequence[Growth]) -> None:
    rows = [
        [
            g.day.isoformat(),
            *(measure_text(m) for m in (g.new, g.retained, g.resurrected, g.churned)),
        ]
        for g in growth
    ]
    if rows:
        _table(screen, ["28 days to", "New", "Retained", "Resurrected", "Churned"], rows)


def _draw_power(screen: Screen, a: Audience) -> None:
    if a.power_on is None:
        return
    users = None if a.power_of is None else a.power_of.value
    if not users:
        text = _SUPPRESSED if users is None else "nobody"
        screen.text(f"Days active of 28 to {a.power_on}: {text}", indent=4)
        return
    parts = []
    for first, last in _RUNS:
        own = a.power[first - 1 : last]
        known = [m.value for m in own if m.value is not None]
        share = f"{100 * sum(known) / users:.0f} %" if known else _SUPPRESSED
        least = "at least " if known and len(known) < len(own) else ""
        parts.append(f"{first} to {last}: {least}{share}")
    screen.text(f"Days active of 28 to {a.power_on}: {', '.join(parts)}", indent=4, hang=2)


def _draw_links(
    screen: Screen, title: str, day: dt.date | None, links: Sequence[Linked], *,
    none: str = "", is_share: bool = False,
) -> None:  # fmt: skip
    if not links or day is None:
        return
    when = f"28 days to {day}" if is_share else day.strftime("%Y-%m")
    rows = [
        [
            link.product or none,
            measure_text(link.measure, is_share=is_share),
            n_text(link.measure),
            "" if link.lift is None else f"{link.lift:.2f}",
        ]
        for link in links
    ]
    columns = [f"{title}, {when}", "Share" if is_share else "Users", "n"]
    if is_share:
        _table(screen, [*columns, "Lift"], rows)
    else:
        _table(screen, columns, [row[:3] for row in rows])


def _table(screen: Screen, names: Sequence[str], rows: list[list[str]]) -> None:
    screen.blank()
    columns = [Column(names[0]), *(Column(name, is_whole=True) for name in names[1:])]
    screen.table(columns, rows, indent=4)


def measure_text(m: Measure, *, is_share: bool = False) -> str:
    """A measure with its interval: "1,234 (1,100 to 1,400)"; suppressed ones say so.

    Examples
    --------
    >>> measure_text(Measure(0.25, 0.2, 0.31, 40), is_share=True)
    '25 % (20 to 31)'
    >>> measure_text(Measure(None, None, None, None, suppressed=True))
    'suppressed'
    """
    if m.value is None:
        return _SUPPRESSED if m.suppressed else "not known"
    factor, unit = (100.0, "percent") if is_share else (1.0, "")
    ends = [None if end is None else factor * end for end in (m.lower, m.upper)]
    if m.lower == m.value == m.upper or m.lower is None:
        ends = [factor * m.value] * 2
    return interval_text(factor * m.value, ends[0], ends[1], unit)


def n_text(m: Measure) -> str:
    """Units behind a measure."""
    return "" if m.n_raw is None else f"{m.n_raw:,}"
