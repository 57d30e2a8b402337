"""Schemas of answers: the part of JSON Schema that is sent to a model, and held against its answer.

A server may ignore the schema that it is sent; an answer that does not fit it is refused here, and
the reason names the place.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

#: A schema, or any JSON value.
Json = Any

#: What the kinds of a schema are in Python.
_KINDS: dict[str, Any] = {"object": dict, "array": list, "integer": int, "string": str}

#: Characters of a foreign key or value that a reason shows.
_MOST_SHOWN = 40


def of_object(properties: Mapping[str, Json]) -> Json:
    """A schema of objects with exactly these keys."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def of_list(item: Json) -> Json:
    """A schema of lists."""
    return {"type": "array", "items": item}


def of_text(allowed: Sequence[str] | None = None) -> Json:
    """A schema of texts, of any or of some."""
    return {"type": "string"} if allowed is None else {"type": "string", "enum": list(allowed)}


def of_number(n_choices: int) -> Json:
    """A schema of the whole numbers below one."""
    return {"type": "integer", "enum": list(range(n_choices))}


def parsed(text: str, schema: Json) -> tuple[Json, str]:
    """The value that an answer holds, and why it is refused, "" where it is not.

    Examples
    --------
    >>> parsed('{"n1": 2}', of_object({"n1": of_number(3)}))
    ({'n1': 2}, '')
    >>> parsed('{"n1": 3}', of_object({"n1": of_number(3)}))[1]
    'n1: 3 is none of its choices'
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None, "it is no JSON"
    # A foreign key may hold half of a pair of surrogates, which can be written nowhere.
    return value, _fault(value, schema, "").encode("utf-8", "replace").decode("utf-8")


def _fault(value: Json, schema: Json, place: str) -> str:
    """Why a value does not fit, "" where it does."""
    kind = schema["type"]
    # To Python true is a whole number; to JSON it is none.
    if not isinstance(value, _KINDS[kind]) or isinstance(value, bool):
        return _at(place, f"{_shown(value)} is no {kind}")
    if kind == "object":
        return _fault_of_keys(value, schema["properties"], place)
    if kind == "array":
        items = (_fault(item, schema["items"], f"{place}[{n}]") for n, item in enumerate(value))
        return next((fault for fault in items if fault), "")
    fits = value in schema.get("enum", (value,))
    return "" if fits else _at(place, f"{_shown(value)} is none of its choices")


def _at(place: str, fault: str) -> str:
    return f"{place}: {fault}" if place else fault


def _fault_of_keys(value: Mapping[str, Json], properties: Mapping[str, Json], place: str) -> str:
    for key in properties:
        if key not in value:
            return f"{_joined(place, key)} is missing"
    for key in value:
        if key not in properties:
            return f"{_joined(place, key[:_MOST_SHOWN])} was not asked for"
    faults = (_fault(value[key], schema, _joined(place, key)) for key, schema in properties.items())
    return next((fault for fault in faults if fault), "")


def _joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
