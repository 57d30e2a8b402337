"""League tables: which there are, and one of them."""

from collections.abc import Callable

from howdah.core.plain import plain
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import lang_of, without_basis
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


def leagues(market: Market, question: Question) -> Answer:
    """Which league tables there are."""
    page = market.leagues(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def league(market: Market, question: Question) -> Answer:
    """One league table, its first places."""
    page = market.rank(
        question.value("metric") or "",
        segment=question.value("segment"),
        period=question.value("period"),
        definition=question.value("definition"),
        unit=question.value("unit"),
        as_of=question.as_of,
    )
    limit = question.number("limit") or 100
    data = {
        **{key: value for key, value in vars(page).items() if key not in {"basis", "places"}},
        "places": plain(page.places[:limit]),
        "n_places": len(page.places),
    }
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


ANSWERS: dict[str, Callable[[Market, Question], Answer]] = {"leagues": leagues, "league": league}
