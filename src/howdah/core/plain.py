"""Values as JSON holds them: records as objects, dates as ISO text, no number as null."""

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from howdah.core.calendar import Period
from howdah.core.estimate import Estimate
from howdah.core.finding import Finding

#: Mark of a number that JSON has as null where it is not finite.
MAY_BE_NULL = "null where it is not finite"

Unbounded: TypeAlias = Annotated[float, MAY_BE_NULL]


def plain(value: Any) -> Any:  # noqa: ANN401 - any value in, JSON out
    """A value as JSON holds it: records as objects, dates as ISO text, no number as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    return _record(value)


def named(value: Any) -> Any:  # noqa: ANN401 - any value in, JSON out
    """As `plain`, with the fields of named tuples, such as intervals, by name."""
    if hasattr(value, "_asdict"):
        return {key: named(item) for key, item in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(key): named(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [named(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, Estimate | Finding | Period):
        return {
            field.name: named(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    return plain(value)


def _record(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any data class
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"no JSON form of {type(value).__name__}")
    return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _ends(period: Period) -> dict[str, Any]:
    return {"valid_from": plain(period.start), "valid_to": plain(period.end)}


def _estimate(value: Estimate) -> dict[str, Any]:
    return {"estimate_id": value.estimate_id, **_record(value), **_ends(value.period)}


def _finding(value: Finding) -> dict[str, Any]:
    return {"finding_id": value.finding_id, **_record(value), **_ends(value.period)}


def _unchanged(value: Any) -> Any:  # noqa: ANN401 - what JSON has itself
    return value


#: Kinds of values and how JSON writes them; the first that fits, so a kind before its base.
_FORMS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.value),
    ((str, bool, int, type(None)), _unchanged),
    ((dt.date, dt.datetime), lambda value: value.isoformat()),
    (Path, str),
    (Period, lambda value: value.label),
    (Estimate, _estimate),
    (Finding, _finding),
    (Mapping, lambda value: {str(key): plain(item) for key, item in value.items()}),
    ((list, tuple, set, frozenset), lambda value: [plain(item) for item in value]),
)
