"""Shapes: JSON Schemas of types, as `howdah.core.plain` writes their values.

`plain` has rules of its own (a period is its name, an estimate has its id), so shapes follow it and
no library's idea of a type.
"""

import dataclasses
import datetime as dt
import inspect
import re
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from howdah.core.calendar import Period
from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.core.plain import MAY_BE_NULL
from howdah.surfaces.http.answers.asked import Named, With, Written
from howdah.surfaces.http.describing import REF

Schema: TypeAlias = dict[str, Any]

_NULL: Schema = {"type": "null"}

_SCALARS: dict[Any, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    type(None): _NULL,
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
    Path: {"type": "string"},
    Period: {"type": "string", "description": "A period by its name."},
}

_DAY: Schema = {"type": ["string", "null"], "format": "date"}

#: Beside the fields of a record, what is written of it.
_ADDED: dict[type, dict[str, Schema]] = {
    kind: {name: _SCALARS[str], "valid_from": _DAY, "valid_to": _DAY}
    for kind, name in ((Estimate, "estimate_id"), (Finding, "finding_id"))
}

_LISTS = (list, tuple, set, frozenset, Sequence)

#: A line of a docstring that names attributes: their text is indented below it.
_NAMES = re.compile(r"\w+(?:, \w+)*")


class Shapes:
    """Schemas of types, each class of records once, as a component.

    Parameters
    ----------
    names
        Of classes, where another than their own is wanted for the component.

    Attributes
    ----------
    components
        Found so far, by name.
    """

    def __init__(self, names: Mapping[type, str]) -> None:
        self._names = names
        self.components: dict[str, Schema] = {}

    def of(  # noqa: PLR0911 - a line a form of type
        self,
        kind: Any,  # noqa: ANN401 - any type form
        *,
        by_name: bool = False,
    ) -> Schema:
        """Schema of a type.

        Parameters
        ----------
        by_name
            Whether named tuples are written by the names of their fields, as `named` does.

        Raises
        ------
        TypeError
            The type says too little, or two classes have one name.
        """
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in {NotRequired, Required}:
            return self.of(arguments[0], by_name=by_name)
        if origin is Annotated:
            found = self.of(arguments[0], by_name=by_name)
            return _united([found, _NULL]) if MAY_BE_NULL in arguments[1:] else found
        if origin in {Union, types.UnionType}:
            return _united([self.of(part, by_name=by_name) for part in arguments])
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in {Written, Named}:
            (record,), by_name = arguments, origin is Named
            shape = self._record(record, by_name=by_name, without=("basis",))
            return self._component(record, shape)
        if origin is With:
            return self._with(*arguments)
        if origin is not None and issubclass(origin, Mapping):
            return self._mapping(*arguments, by_name=by_name)
        if origin in _LISTS:
            return self._list(arguments, by_name=by_name)
        return self._class(kind, by_name=by_name)

    def _class(self, kind: Any, *, by_name: bool) -> Schema:  # noqa: ANN401 - what is no generic
        if kind in _SCALARS:
            return dict(_SCALARS[kind])
        if inspect.isclass(kind):
            if issubclass(kind, Enum):
                return {"enum": [one.value for one in kind]}
            if issubclass(kind, tuple) and not by_name:
                return _row(
                    [self.of(hint) for hint in get_type_hints(kind, include_extras=True).values()]
                )
            if dataclasses.is_dataclass(kind) or is_typeddict(kind) or issubclass(kind, tuple):
                return self._component(kind, self._record(kind, by_name=by_name))
        raise TypeError(f"{kind} says too little of what is written; name a record or plain types.")

    def _record(self, kind: type, *, by_name: bool, without: Collection[str] = ()) -> Schema:
        hints = get_type_hints(kind, include_extras=True)
        if dataclasses.is_dataclass(kind):
            hints = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
        summary, told = _read(kind)
        properties = {
            name: self.of(hint, by_name=by_name) | told.get(name, {})
            for name, hint in hints.items()
            if name not in without
        } | _ADDED.get(kind, {})
        optional: frozenset[str] = getattr(kind, "__optional_keys__", frozenset())
        return _object(properties, [n for n in properties if n not in optional], summary)

    def _with(self, page: Any, more: type) -> Schema:  # noqa: ANN401 - a generic
        schema, _ = self._extended(page, more)
        return self._component(more, schema)

    def _extended(self, page: Any, more: type) -> tuple[Schema, bool]:  # noqa: ANN401 - a generic
        """A page with more fields, and whether it has named tuples by name."""
        inner = get_args(page)
        if get_origin(page) is With:
            base, by_name = self._extended(*inner)
            over = self._record(more, by_name=by_name)
            told = base["properties"]
        else:
            by_name = get_origin(page) is Named
            over = self._record(more, by_name=by_name)
            base = self._record(*inner, by_name=by_name, without={"basis", *over["properties"]})
            _, told = _read(*inner)
        kept = {n: one for n, one in base["properties"].items() if n not in over["properties"]}
        properties = kept | {
            name: _described(told.get(name, {})) | schema
            for name, schema in over["properties"].items()
        }
        required = [name for name in base["required"] if name in kept] + over["required"]
        return _object(properties, required, over["description"]), by_name

    def _component(self, kind: type, schema: Schema) -> Schema:
        name = self._names.get(kind, kind.__name__)
        if self.components.setdefault(name, schema) != schema:
            raise TypeError(
                f"Two shapes are called {name}, the second of {kind.__module__}. Name one of the "
                "classes otherwise in `schemas.NAMES`; one class is to be written in one way."
            )
        return {"$ref": f"{REF}{name}"}

    def _mapping(self, key: Any, value: Any, *, by_name: bool) -> Schema:  # noqa: ANN401 - types
        found = {"type": "object", "additionalProperties": self.of(value, by_name=by_name)}
        keys = self.of(key)
        return found | ({"propertyNames": keys} if "enum" in keys else {})

    def _list(self, arguments: tuple[Any, ...], *, by_name: bool) -> Schema:
        if len(arguments) == 1 or arguments[1:] == (Ellipsis,):
            return {"type": "array", "items": self.of(arguments[0], by_name=by_name)}
        return _row([self.of(one, by_name=by_name) for one in arguments])


def _object(properties: dict[str, Schema], required: list[str], summary: str) -> Schema:
    return {
        "type": "object",
        "description": summary,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _described(schema: Schema) -> Schema:
    return {key: text for key, text in schema.items() if key == "description"}


def _row(items: list[Schema]) -> Schema:
    n = len(items)
    return {"type": "array", "prefixItems": items, "items": False, "minItems": n, "maxItems": n}


def _united(parts: list[Schema]) -> Schema:
    """A schema of one or the other; of plain types in the short form."""
    plain = [
        part
        for part in parts
        if isinstance(part.get("type"), str) and set(part) <= {"type", "format"}
    ]
    if len(plain) == len(parts):
        formats = [part["format"] for part in parts if "format" in part]
        names = list(dict.fromkeys(part["type"] for part in parts))
        if len(formats) + sum(part == _NULL for part in parts) == len(parts) or not formats:
            return {"type": names, **({"format": formats[0]} if formats else {})}
    if all("enum" in part or part == _NULL for part in parts):
        return {"enum": [value for part in parts for value in part.get("enum", [None])]}
    return {"anyOf": parts}


def _read(kind: type) -> tuple[str, dict[str, Schema]]:
    """The first paragraph of a class's docstring, and what it says of attributes."""
    lines = inspect.cleandoc(kind.__doc__ or "").splitlines()
    summary = " ".join(_until(lines, lambda line: not line))
    told: dict[str, Schema] = {}
    if "Attributes" in lines:
        for names, text in _entries(lines[lines.index("Attributes") + 2 :]):
            told |= {name: {"description": text} for name in names}
    return summary, told


def _entries(lines: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """Names and text of each entry of a section."""
    for n, line in enumerate(lines):
        if _NAMES.fullmatch(line):
            text = _until(lines[n + 1 :], lambda one: not one.startswith("    "))
            told = " ".join(part.strip() for part in text)
            yield line.split(", "), told.replace("``", "`").replace("None", "null")


def _until(lines: Sequence[str], is_end: Callable[[str], bool]) -> list[str]:
    end = next((n for n, line in enumerate(lines) if is_end(line)), len(lines))
    return list(lines[:end])
