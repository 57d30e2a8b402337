"""Answers: pages of a market in the words of the API, one module a group of addresses."""

from collections.abc import Callable
from typing import Any

from howdah.market.market import Market
from howdah.surfaces.http.answers import (
    entities,
    exports,
    guidance,
    leagues,
    markets,
    review,
    upkeep,
)
from howdah.surfaces.http.formats import Answer, Download
from howdah.surfaces.http.questions import Question

#: Every answer by the name that questions use.
ANSWERS: dict[str, Callable[[Market, Question], Answer[Any] | Download]] = {
    **markets.ANSWERS,
    **entities.ANSWERS,
    **guidance.ANSWERS,
    **leagues.ANSWERS,
    **upkeep.ANSWERS,
    **review.ANSWERS,
    "export": exports.export,
}

__all__ = ["ANSWERS"]
