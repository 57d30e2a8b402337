"""League tables: which there are, and pages of one, row by row or column by column."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, cast

from howdah.core.estimate import Estimate
from howdah.core.phrases import EXACT_UNITS
from howdah.estimates.aggregates import Interval
from howdah.market.market import Market
from howdah.market.pages.league import LeagueRow, LeagueTable, LeftOut
from howdah.market.pages.overview import Leagues
from howdah.market.pages.places import Places
from howdah.surfaces.http import paging
from howdah.surfaces.http.answers.asked import With, Written, extended, lang_of, without_basis
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question

if TYPE_CHECKING:
    from howdah.market.places import Sort

#: Rows of a page of which each has a spark; of more, only columns of numbers go out.
MOST_SPARKS = 1000

#: Entities without a place that are told of; the others are counted.
_MOST_UNPLACED = 50

#: Digits that a column keeps: one more than a screen shows; of shares as many; of what is told to
#: the last digit, such as ranks, all that there are.
_DIGITS, _SHARE_DIGITS, _EXACT_DIGITS = 4, 3, 9


class Spark(TypedDict):
    """One place of a league table.

    Attributes
    ----------
    spark
        Last values of its series, the oldest first, null where a period has none; null for all of
        it in a page of very many rows.
    """

    spark: Sequence[float | None] | None


class LeagueColumns(TypedDict):
    """Places as columns of short numbers: a tenth of the bytes."""

    place: list[int]
    band_first: list[int]
    band_last: list[int]
    entity: list[str]
    name: list[str]
    object: list[str]
    value: list[float | None]
    lower: list[float | None]
    upper: list[float | None]
    n_claims: list[int]
    n_sources: list[int]
    p_first: list[float | None]
    share: list[float | None]


class LeagueData(TypedDict):
    """A page of a league table of one metric under one definition.

    Attributes
    ----------
    total
        What the places add up to; null where that means nothing.
    others
        The metric's other tables, the largest first; they are not mixed in.
    newer
        The table with the newest period, when one that tells more was chosen over it.
    left_out
        Who has figures of other periods alone; null when nobody, or when a period was asked for.
    n_suspect
        Entities without a place: all their figures of the period are held to be wrong.
    unplaced, n_unplaced
        Entities without a place, of whom only a bound is known or the sources contradict: the
        first of them, and how many.
    n_places, n_matching, start
        Places of the table, those that fit what was asked, and those before the page.
    spark_periods
        Of the values of the sparks.
    places, columns
        The page: one of the two, as `layout` asks.
    """

    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    segment: str
    total: Interval | None
    others: Sequence[LeagueTable]
    newer: LeagueTable | None
    left_out: LeftOut | None
    n_suspect: int
    unplaced: Sequence[Estimate]
    n_unplaced: int
    n_places: int
    n_matching: int
    start: int
    spark_periods: Sequence[str]
    places: NotRequired[list[With[Written[LeagueRow], Spark]]]
    columns: NotRequired[LeagueColumns]


def leagues(market: Market, question: Question) -> Answer[Written[Leagues]]:
    """Which league tables there are."""
    page = market.leagues(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def league(market: Market, question: Question) -> Answer[LeagueData]:
    """A page of one league table."""
    limit = question.number("limit") or 100
    is_columnar = question.value("layout") == "columns"
    page = market.places(
        question.text("metric"),
        segment=question.value("segment"),
        period=question.value("period"),
        definition=question.value("definition"),
        unit=question.value("unit"),
        sort=cast("Sort", question.value("sort") or "place"),
        is_descending=question.value("order") == "desc",
        text=question.value("q") or "",
        start=question.number("start") or 0,
        limit=limit,
        with_sparks=limit <= MOST_SPARKS and not is_columnar,
        as_of=question.as_of,
    )
    end = page.start + len(page.places)
    following = paging.encode(end, question.text("seal")) if end < page.n_matching else None
    data = _head(page)
    if is_columnar:
        data["columns"] = _columns(page.places, page.league.unit)
    else:
        data["places"] = _rows(page)
    return Answer(data, page.basis, page.rows, {"next": following}, lang_of(question))


def _head(page: Places) -> LeagueData:
    """What is said of the whole table."""
    league = page.league
    return {
        "metric": league.metric,
        "definition": league.definition,
        "unit": league.unit,
        "currency": league.currency,
        "period": league.period,
        "segment": league.segment,
        "total": league.total,
        "others": league.others,
        "newer": league.newer,
        "left_out": league.left_out,
        "n_suspect": league.n_suspect,
        "unplaced": league.unplaced[:_MOST_UNPLACED],
        "n_unplaced": len(league.unplaced),
        "n_places": len(league.places),
        "n_matching": page.n_matching,
        "start": page.start,
        "spark_periods": page.spark_periods,
    }


def _rows(page: Places) -> list[With[Written[LeagueRow], Spark]]:
    return [
        extended(
            without_basis(row), Spark(spark=page.sparks.get((row.estimate.entity, row.object)))
        )
        for row in page.places
    ]


def _columns(rows: Sequence[LeagueRow], unit: str) -> LeagueColumns:
    """The same as columns: a tenth of the bytes, for tables of thousands."""
    digits = _EXACT_DIGITS if unit in EXACT_UNITS else _DIGITS
    estimates = [row.estimate for row in rows]
    return {
        "place": [row.place for row in rows],
        "band_first": [row.band[0] for row in rows],
        "band_last": [row.band[1] for row in rows],
        "entity": [e.entity for e in estimates],
        "name": [e.name for e in estimates],
        "object": [row.object for row in rows],
        "value": [_short(e.value, digits) for e in estimates],
        "lower": [_short(e.lower, digits) for e in estimates],
        "upper": [_short(e.upper, digits) for e in estimates],
        "n_claims": [e.n_claims for e in estimates],
        "n_sources": [e.n_sources for e in estimates],
        "p_first": [_short(row.p_first, _SHARE_DIGITS) for row in rows],
        "share": [_short(row.share[0], _SHARE_DIGITS) if row.share else None for row in rows],
    }


def _short(value: float | None, digits: int) -> float | int | None:
    """A number with as many digits as a screen can use."""
    if value is None:
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded


ANSWERS: dict[str, Callable[[Market, Question], Answer[Any]]] = {
    "leagues": leagues,
    "league": league,
}
