"""League tables: which there are, and pages of one, row by row or column by column."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from howdah.core.plain import plain
from howdah.market.market import Market
from howdah.market.pages.league import LeagueRow
from howdah.market.pages.places import Places
from howdah.surfaces.http import paging
from howdah.surfaces.http.answers.asked import lang_of, without_basis
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question

if TYPE_CHECKING:
    from howdah.market.places import Sort

#: Rows of a page of which each has a spark; of more, only columns of numbers go out.
MOST_SPARKS = 1000

#: Entities without a place that are told of; the others are counted.
_MOST_UNPLACED = 50

#: Digits that a column keeps: more than any estimate has.
_DIGITS = 5


def leagues(market: Market, question: Question) -> Answer:
    """Which league tables there are."""
    page = market.leagues(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def league(market: Market, question: Question) -> Answer:
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
    data = _head(page) | (
        {"columns": _columns(page.places)} if is_columnar else {"places": _rows(page)}
    )
    return Answer(data, page.basis, page.rows, {"next": following}, lang_of(question))


def _head(page: Places) -> dict[str, Any]:
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


def _rows(page: Places) -> list[dict[str, Any]]:
    return [{**plain(row), "spark": page.sparks.get(row.estimate.entity)} for row in page.places]


def _columns(rows: Sequence[LeagueRow]) -> dict[str, list[Any]]:
    """The same as columns: a tenth of the bytes, for tables of thousands."""
    estimates = [row.estimate for row in rows]
    return {
        "place": [row.place for row in rows],
        "band_first": [row.band[0] for row in rows],
        "band_last": [row.band[1] for row in rows],
        "entity": [e.entity for e in estimates],
        "name": [e.name for e in estimates],
        "value": [_short(e.value) for e in estimates],
        "lower": [_short(e.lower) for e in estimates],
        "upper": [_short(e.upper) for e in estimates],
        "n_claims": [e.n_claims for e in estimates],
        "n_sources": [e.n_sources for e in estimates],
        "p_first": [_short(row.p_first) for row in rows],
        "share": [_short(row.share[0]) if row.share else None for row in rows],
    }


def _short(value: float | None) -> float | int | None:
    """A number with as many digits as a screen can use."""
    if value is None:
        return None
    rounded = float(f"{value:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded


ANSWERS: dict[str, Callable[[Market, Question], Answer]] = {"leagues": leagues, "league": league}
