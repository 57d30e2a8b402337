"""Values of a question, in the types that answers need."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from howdah.core.plain import named, plain
from howdah.surfaces.http.questions import Question

if TYPE_CHECKING:
    from howdah.core.phrases import Lang

Record = TypeVar("Record")
More = TypeVar("More", bound=Mapping[str, Any])
Page = TypeVar("Page", bound="Written[Any] | Named[Any] | With[Any, Any]")


class Written(dict[str, Any], Generic[Record]):
    """A record as `howdah.core.plain` writes it, without what it rests on."""


class Named(dict[str, Any], Generic[Record]):
    """The same with the fields of named tuples by name."""


class With(dict[str, Any], Generic[Page, More]):
    """A written record with the fields of a `TypedDict` beside its own, or in their place."""


def lang_of(question: Question) -> "Lang":
    """Language of an answer's sentences."""
    return "zh" if question.value("lang") == "zh" else "en"


def without_basis(page: Record) -> Written[Record]:
    """A page as JSON holds it; what it rests on goes to `meta`."""
    return Written({key: value for key, value in plain(page).items() if key != "basis"})


def named_without_basis(page: Record) -> Named[Record]:
    """As `without_basis`, with the fields of named tuples by name."""
    return Named({key: value for key, value in named(page).items() if key != "basis"})


def extended(page: Page, more: More) -> With[Page, More]:
    """A written record with more fields."""
    return With({**page, **more})
