"""What is wrong with a TOML file of a known form: the file, line and key, and what is allowed."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from howdah.core.errors import SpecError, closest

Location = tuple[int | str, ...]

#: Names of the branches "a constant" and "taken from a column"; no key can be called that.
CONSTANT = "(constant)"
REFERENCE = "(reference)"

#: What a reader of TOML would call the types that a check asks for, by the start of its name.
_ASKED = (
    ("string", "should be text"),
    ("float", "should be a number"),
    ("finite_number", "should be a finite number"),
    ("int", "should be a whole number"),
    ("bool", "should be true or false"),
    ("tuple", "should be a list, as [...]"),
    ("dict", "should be a table, as { ... }"),
    ("model", "should be a table, as { ... }"),
    ("date", "should be a date, as 2025-01-31"),
    ("literal_error", "is not among the allowed"),
)

#: Keys whose values may hold a secret and are not repeated.
_PRIVATE = {"path", "http"}


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Text of a TOML file, and what it says.

    Raises
    ------
    SpecError
        It is not UTF-8 text, or not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise SpecError(path, 0, "", f"not UTF-8 text (byte {error.start}).") from None
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+)", str(error))
        line = int(match[1]) if match else 0
        raise SpecError(path, line, "", f"not valid TOML: {error}.") from None


def spec_problem(
    path: Path, text: str, error: ValidationError, model: type[BaseModel]
) -> SpecError:
    """The first thing that is wrong, for the person who wrote the file.

    Parameters
    ----------
    path, text
        The file and its text.
    error
        What checking it against `model` raised.
    """
    details = error.errors(include_url=False)
    # An unknown key explains more than the missing one it was meant to be.
    detail = next((d for d in details if d["type"] == "extra_forbidden"), details[0])
    location = tuple(part for part in detail["loc"] if part not in {CONSTANT, REFERENCE})
    key = ".".join(str(part) for part in location)
    line = line_of(text, location)
    if detail["type"] == "extra_forbidden":
        known = known_keys(model, location[:-1])
        name = str(location[-1])
        if len(location) > 1 and name in model.model_fields:
            # A key under the wrong table is spelt right: what is near to it would mislead.
            return SpecError(path, line, key, _misplaced(name, location, model))
        problem = f"unknown key.{_did_you_mean(name, known)}"
        return SpecError(path, line, key, problem, ", ".join(sorted(known)))
    if detail["type"] == "missing":
        return SpecError(path, line_of(text, location[:-1]), key, "is required and missing.")
    allowed = str(detail.get("ctx", {}).get("expected", ""))
    if location and location[0] in _PRIVATE:
        return SpecError(path, line, key, f"{_said(detail)}.", allowed)
    received = detail["input"]
    if not isinstance(received, (str, int, float)):
        # A whole table is no help in one line.
        return SpecError(path, line, key, f"{_said(detail)}.", allowed)
    near = _did_you_mean(str(received), re.findall(r"'([^']*)'", allowed))
    return SpecError(path, line, key, f"{_said(detail)}; got {received!r}.{near}", allowed)


def _misplaced(name: str, location: Location, model: type[BaseModel]) -> str:
    """Where a key belongs that stands in a table and is one of the whole file."""
    field = model.model_fields[name]
    inside = ".".join(str(part) for part in location[:-1] if isinstance(part, str))
    if _model_in(field.annotation) is not None:
        where = f"it is a table of the file's own: [{name}]"
    else:
        where = f"it is of the whole file: write {name} = ... above the first [table]"
    means = f" ({field.description.rstrip('.')})" if field.description else ""
    return f"{inside!r} has no such key; {where}{means}."


def _said(detail: ErrorDetails) -> str:
    asked = next((said for kind, said in _ASKED if detail["type"].startswith(kind)), None)
    message = re.sub(r"^(Value error,|Input|String) ", "", detail["msg"]).rstrip(".")
    # Checks of length and of our own say it better themselves.
    is_own = detail["type"].endswith(("too_short", "too_long")) or asked is None
    return message[:1].lower() + message[1:] if is_own else str(asked)


def _did_you_mean(received: str, known: list[str]) -> str:
    near = closest(received, known, limit=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def known_keys(model: type[BaseModel], location: Location) -> list[str]:
    """Keys of the table at `location` in a file of the form `model`."""
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in get_args(annotation))
    return next((model for model in inner if model is not None), None)


def line_of(text: str, location: Location) -> int:
    r"""1-based line of a key in TOML text, the nearest enclosing table's when it is not there.

    Examples
    --------
    >>> line_of('title = "x"\n[[claim]]\nmetric = "dau"\n', ("claim", 0, "metric"))
    3
    """
    lines = text.splitlines()
    start, found = 0, 0
    for n, part in enumerate(location):
        if isinstance(part, int):
            continue
        following = location[n + 1] if n + 1 < len(location) else None
        index = following if isinstance(following, int) else 0
        name = re.escape(part)
        opening = re.compile(
            rf"\s*(\[\[?\s*(?:[\w.-]+\.)?{name}\s*\]\]?|['\"]?{name}['\"]?\s*[=.])"
        )
        hits = [i for i in range(start, len(lines)) if opening.match(lines[i])]
        if not hits:
            inline = re.compile(rf"[{{,]\s*['\"]?{name}['\"]?\s*=")
            rest = range(max(found - 1, 0), len(lines))
            return next((i + 1 for i in rest if found and inline.search(lines[i])), found)
        start = hits[min(index, len(hits) - 1)]
        found = start + 1
    return found
