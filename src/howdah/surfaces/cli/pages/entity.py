"""What `howdah show` answers: the page of one entity."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import (
    definition_text,
    interval_text,
    metric_title,
    number_text,
    phrase,
)
from howdah.estimates.growth import Growth
from howdah.market import Market
from howdah.market.pages import (
    EntityPage,
    Series,
    Statement,
    Together,
    basis_text,
    later_text,
    said_text,
    said_texts,
)
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.pages.audience_section import draw_audiences
from howdah.surfaces.cli.pages.passages import draw_passages
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import (
    counted,
    day_text,
    estimate_text,
    id_text,
    object_text,
    period_text,
    standing_text,
    support_text,
    unit_text,
)

#: Statements of one series that are shown; counters have hundreds.
_MAX_SAID = 5

#: Restated figures of one series that are named, the last ones.
_MAX_RESTATED = 3

#: Related entities that are shown; a maker of hundreds of models is not one page.
_MAX_RELATED = 12

#: Events that are shown, the last ones.
_MAX_EVENTS = 12

#: Points of a sparkline, the last ones.
_MAX_SPARK = 32

#: Percent from which growth is shown without decimals.
_WHOLE_PERCENT = 20.0

_SPARKS = "▁▂▃▄▅▆▇█"
_MIN_SPARK = 3


def run(name: str, folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the page of an entity."""
    with opened(folder, "reading the market") as (market, _):
        page = market.show(name, as_of)
    if as_json:
        data = {key: value for key, value in plain(page).items() if key != "basis"}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_page(screen, market, page)
    screen.write()


def draw_page(screen: Screen, market: Market, page: EntityPage) -> None:
    """The page as text."""
    _draw_header(screen, page)
    if not (page.series or page.implied or page.apart or page.events or page.passages):
        screen.blank()
        screen.text(f"No claim about it itself was recorded by {page.basis.as_of}.")
        if not page.basis.vintages and page.basis.later_feeds:
            first = min(day for _, day in page.basis.later_feeds)
            screen.text(f"The market's feeds begin on {first}: move --as-of later.")
    metrics = market.metrics
    for metric, group in groupby(page.series, key=lambda series: series.metric):
        screen.heading(metric_title(metrics, metric))
        for n, series in enumerate(group):
            if n:
                screen.blank()
            _draw_series(screen, series)
        _draw_together(screen, [one for one in page.together if one.metric == metric])
    draw_audiences(screen, metrics, page.audiences)
    _draw_implied(screen, metrics, page)
    _draw_apart(screen, metrics, page.apart)
    _draw_events(screen, metrics, page.events)
    _draw_checks(screen, page)
    draw_passages(screen, metrics, page.passages, page.n_waiting)
    if page.not_stated:
        screen.heading("Not stated by any source")
        titles = ", ".join(metric_title(metrics, metric) for metric in page.not_stated)
        screen.text(f"{titles}: what is shown can mislead without.", indent=2)
    _draw_related(screen, metrics, page)
    if page.others:
        screen.heading("Others of that name")
        for other in page.others:
            screen.text(f"{other.name} ({other.type}): howdah show {other.canonical_id}", indent=2)
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _draw_header(screen: Screen, page: EntityPage) -> None:
    entity = page.entity
    screen.heading(f"{entity.name} ({entity.type})")
    aliases = [alias for alias in entity.aliases if alias != entity.name]
    screen.fields(
        [
            ("Also known as", ", ".join(aliases)),
            ("Belongs to", page.owner),
            ("Id", entity.canonical_id),
            ("To name it", str(page.naming) if page.naming is not None else ""),
        ]
    )


def _draw_series(screen: Screen, series: Series) -> None:
    last = series.last
    definition = definition_text(series.definition)
    later = f"; {later_text(series.later)}" if series.later else ""
    whose = f"{series.object}: " if series.object else ""
    screen.text(
        f"{whose}{estimate_text(last)}, {period_text(last.period.label)}{later}",
        indent=2, hang=2, style="bold",
    )  # fmt: skip
    screen.text(
        f"{titled_definition(definition)}; {unit_text(series.unit, series.currency)}", indent=4
    )
    screen.text(support_text(last), indent=4)
    spark = sparkline([e.value for e in series.estimates if e.value is not None])
    if spark:
        points = [e for e in series.estimates if e.value is not None][-len(spark) :]
        ends = [number_text(points[n].value, last.unit, last.currency) for n in (0, -1)]
        days = [day_text(points[n].period.end) for n in (0, -1)]
        line = f"{spark} {ends[0]} to {ends[1]}, {days[0]} to {days[1]}"
        screen.text(line, indent=4)
    if series.growth:
        parts = (growth_text(growth) for growth in series.growth)
        screen.text(f"Growth {'; '.join(parts)}", indent=4, hang=7)
    for text in _untold_growth(series):
        screen.text(text, indent=4, hang=2)
    screen.text(f"howdah trail {last.estimate_id}", indent=4)
    if series.revised:
        screen.text(restated_text(series), indent=4, hang=2)
    shown = series.statements[-_MAX_SAID:]
    rows = [
        [
            statement.source,
            text,
            period_text(statement.period),
            day_text(statement.published_at),
            standing_text(statement),
            id_text(statement.claim_id),
        ]
        for statement, text in zip(
            shown, said_texts(shown, with_object=not series.object), strict=True
        )
    ]
    screen.table(
        [
            Column("Source"),
            Column("Said", is_number=True),
            Column("Period", is_whole=True),
            Column("Published", is_whole=True),
            Column("Standing"),
            Column("Claim", is_whole=True),
        ],
        rows,
        indent=4,
    )
    _say_more(screen, len(series.statements) - len(shown), "earlier statement", indent=4)


def _draw_together(screen: Screen, sums: Sequence[Together]) -> None:
    """What the parties of a metric add up to: spend in all channels."""
    for one in sums:
        total = interval_text(one.value, one.lower, one.upper, one.unit, one.currency)
        screen.blank()
        screen.text(
            f"Together: {total}, {period_text(one.period)} ({', '.join(one.parties)})",
            indent=2,
            hang=2,
        )


def _untold_growth(series: Series) -> list[str]:
    """Which growth is not told because sources contradict each other at an end of it."""
    texts = []
    if (last := series.contested_end) is not None:
        since = (
            f"Growth is told to {series.growth[-1].end}" if series.growth else "No growth is told"
        )
        texts.append(f"{since}: the sources contradict each other about {period_text(last)}.")
    texts += [
        f"No growth in about {days} days: the sources contradict each other about "
        f"{period_text(period)}."
        for days, period in series.contested_starts
    ]
    return texts


def restated_text(series: Series) -> str:
    """What was printed again with another value, in one line.

    "restated: 2024-09 was 7.6M on 2024-10-15, 7.9M on 2025-01-20 (x1.04)".
    """
    shown = series.revised[-_MAX_RESTATED:]
    has_several = len({s.source for s in series.statements}) > 1
    parts = []
    for r in shown:
        first, final = (number_text(x, series.unit, series.currency) for x in (r.first, r.final))
        by = f" (x{r.final / r.first:.2f})" if r.first > 0 and r.final > 0 else ""
        of = f" by {r.source}" if has_several else ""
        parts.append(
            f"{period_text(r.period)} was {first} on {r.first_published}{of}, "
            f"{final} on {r.last_published}{by}"
        )
    left = len(series.revised) - len(shown)
    if left:
        parts.append(f"and {counted(left, 'earlier period')} (--json shows all)")
    return f"restated: {'; '.join(parts)}"


def titled_definition(definition: str) -> str:
    """A definition behind its label."""
    return f"definition {definition}" if ":" in definition else definition


def _say_more(screen: Screen, n: int, noun: str, *, indent: int) -> None:
    if n > 0:
        screen.text(f"and {counted(n, noun)} (--json shows all)", indent=indent)


def _draw_implied(screen: Screen, metrics: MetricRegistry, page: EntityPage) -> None:
    if page.implied:
        screen.heading("Implied by comparisons")
    for estimate in page.implied:
        title = metric_title(metrics, estimate.metric)
        screen.text(
            f"{title}: {estimate_text(estimate)}, {period_text(estimate.period.label)}",
            indent=2,
            hang=2,
            style="bold",
        )
        screen.text(support_text(estimate), indent=4)
        screen.text(f"howdah trail {id_text(estimate.claim_ids[0])}", indent=4)


def _draw_apart(screen: Screen, metrics: MetricRegistry, statements: Sequence[Statement]) -> None:
    if not statements:
        return
    screen.heading("Planned, rumoured, denied (not counted)")
    rows = [
        [
            metric_title(metrics, s.metric),
            said_text(s),
            period_text(s.period).replace("–", ""),
            standing_text(s),
            f"{s.source}, {day_text(s.published_at)}",
            id_text(s.claim_id),
        ]
        for s in statements
    ]
    columns = [
        Column("What"),
        Column("Said"),
        Column("Period"),
        Column("Standing"),
        Column("Source, published"),
        Column("Claim", is_whole=True),
    ]
    screen.table(columns, rows, indent=2)


def _draw_events(screen: Screen, metrics: MetricRegistry, statements: Sequence[Statement]) -> None:
    if not statements:
        return
    screen.heading("Events")
    # A list that says the same in every snapshot is one line.
    repeated: dict[tuple[str, str, str], list[Statement]] = {}
    for s in statements:
        repeated.setdefault((s.metric, s.object, s.source), []).append(s)
    groups = list(repeated.values())
    shown = groups[-_MAX_EVENTS:]
    rows = [
        [
            _when_text(group),
            metric_title(metrics, group[0].metric),
            object_text(group[0]),
            group[0].source,
            id_text(group[-1].claim_id),
        ]
        for group in shown
    ]
    columns = [
        Column("When"),
        Column("What"),
        Column("Whom or what"),
        Column("Source"),
        Column("Claim", is_whole=True),
    ]
    screen.table(columns, rows, indent=2)
    _say_more(screen, len(groups) - len(shown), "earlier event", indent=2)


def _when_text(group: Sequence[Statement]) -> str:
    last = period_text(group[-1].period)
    if len(group) == 1:
        return last
    first = period_text(group[0].period)
    return (
        f"{first} to {last}, {len(group)} times" if first != last else f"{last}, {len(group)} times"
    )


def _draw_checks(screen: Screen, page: EntityPage) -> None:
    if page.checks:
        screen.heading("Accounting checks")
    for check in page.checks:
        unit, currency = (
            ("percent", "") if check.identity == "stake" else ("currency", check.currency)
        )
        computed = interval_text(None, *check.computed, unit, currency)
        stated = interval_text(None, *check.stated, unit, currency)
        verdict = "agrees" if check.agrees else "DOES NOT AGREE"
        planned = "planned, " if check.is_planned else ""
        period = period_text(check.period.label)
        screen.text(
            f"{verdict}: {phrase('identity', check.identity)}, {planned}{period}: "
            f"{computed} computed, {stated} stated",
            indent=2,
            hang=2,
        )


def _draw_related(screen: Screen, metrics: MetricRegistry, page: EntityPage) -> None:
    if not page.related:
        return
    screen.heading("What belongs to it")
    measured = [related for related in page.related if related.series][:_MAX_RELATED]
    groups = groupby(measured, key=lambda related: related.path[-1])
    for n, (relation, group) in enumerate(groups):
        if n:
            screen.blank()
        rows = []
        for related in group:
            series = related.series[0]
            title = metric_title(metrics, series.metric)
            until = day_text(series.last.period.end)
            if series.later:
                until += ", suppressed since"
            rows.append([related.entity.name, title, estimate_text(series.last), until])
        columns = [
            Column(relation.replace("_", " ").capitalize()),
            Column("Metric"),
            Column("Last estimate", is_whole=True),
            Column("To", is_whole=True),
        ]
        screen.table(columns, rows, indent=2)
    rest = max(page.n_related, len(page.related)) - len(measured)
    if rest > 0:
        screen.text(f"and {counted(rest, 'other')}, some without a number", indent=2)


def growth_text(growth: Growth) -> str:
    """A growth rate with its interval: "+3.4 % (3.3 to 3.6) in 28 days".

    Of figures that are counted exactly no interval can be told from the rate.
    """
    digits = 0 if abs(growth.value) >= _WHOLE_PERCENT else 1
    value, lower, upper = (f"{x:.{digits}f}" for x in (growth.value, growth.lower, growth.upper))
    sign = "+" if growth.value > 0 else ""
    ends = "" if lower == value == upper else f" ({lower} to {upper})"
    return f"{sign}{value} %{ends} in {growth.days} days"


def sparkline(values: Sequence[float]) -> str:
    """The course of some values in one line, '' when they are too few to have one.

    Examples
    --------
    >>> sparkline([1, 2, 3, 2]), sparkline([1, 2])
    ('▁▅█▅', '')
    """
    shown = values[-_MAX_SPARK:]
    if len(shown) < _MIN_SPARK:
        return ""
    low, high = min(shown), max(shown)
    if high == low:
        return _SPARKS[0] * len(shown)
    step = (len(_SPARKS) - 1) / (high - low)
    return "".join(_SPARKS[round((value - low) * step)] for value in shown)
