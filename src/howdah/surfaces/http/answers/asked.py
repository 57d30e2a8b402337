"""Values of a question, in the types that answers need."""

from typing import TYPE_CHECKING, Any

from howdah.core.plain import named, plain
from howdah.surfaces.http.questions import Question

if TYPE_CHECKING:
    from howdah.core.phrases import Lang


def lang_of(question: Question) -> "Lang":
    """Language of an answer's sentences."""
    return "zh" if question.value("lang") == "zh" else "en"


def without_basis(page: object) -> dict[str, Any]:
    """A page as JSON holds it; what it rests on goes to `meta`."""
    return {key: value for key, value in plain(page).items() if key != "basis"}


def named_without_basis(page: object) -> dict[str, Any]:
    """As `without_basis`, with the fields of named tuples by name."""
    return {key: value for key, value in named(page).items() if key != "basis"}
