"""Fields of answers, as the manual tells them: name, what it holds, meaning."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")

_FORMATS = {"date": "date", "date-time": "date and time", "binary": "file"}


class Field(NamedTuple):
    """A field of a shape; what it holds links to the shapes in it."""

    name: str
    holds: Markup
    meaning: Markup


def fields_of(schema: dict[str, Any]) -> list[Field]:
    """Fields of an object, in order; one that is not always there says so."""
    return [
        Field(
            name,
            _holds(one) + ("" if name in schema.get("required", ()) else ", not always there"),
            prose(one.get("description", "")),
        )
        for name, one in schema["properties"].items()
    ]


def shapes_in(schema: Any, components: dict[str, Any]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Names of components that a schema leads to, each as often as it is met."""
    if isinstance(schema, list):
        for one in schema:
            yield from shapes_in(one, components)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            name = name_of(schema)
            yield name
            yield from shapes_in(components[name], components)
        for one in schema.values():
            yield from shapes_in(one, components)


def name_of(schema: dict[str, Any]) -> str:
    """Name of the component that a schema refers to."""
    return str(schema["$ref"]).rpartition("/")[2]


def prose(text: str) -> Markup:
    """A text of a docstring, its names set as code."""
    # Of a Markup the replacement would be escaped too.
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _holds(schema: dict[str, Any]) -> Markup:  # noqa: PLR0911 - a line a form
    """What a value of a schema is, in words."""
    if "$ref" in schema:
        return Markup('<a href="#{0}">{0}</a>').format(name_of(schema))
    if "anyOf" in schema:
        return Markup(" or ").join(_holds(one) for one in schema["anyOf"])
    if "enum" in schema:
        return Markup(", ").join(_word(value) for value in schema["enum"])
    if "prefixItems" in schema:
        return Markup("[{}]").format(Markup(", ").join(map(_holds, schema["prefixItems"])))
    if schema["type"] == "array":
        return Markup("list of {}").format(_holds(schema["items"]))
    if schema["type"] == "object":
        return Markup("object of {}").format(_holds(schema["additionalProperties"]))
    kinds: list[str] = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    told = _FORMATS.get(schema.get("format", ""), "string")
    words = (told if kind == "string" else kind for kind in kinds)
    return Markup(" or ").join(words)


def _word(value: str | None) -> Markup:
    return Markup("null") if value is None else Markup("<code>{}</code>").format(value or '""')
