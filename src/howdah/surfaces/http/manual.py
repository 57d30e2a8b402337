"""The manual: the API's description and its problems as pages, with nothing from elsewhere."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment

from howdah.core import errors
from howdah.surfaces.http.describing import EXAMPLES, REF
from howdah.surfaces.http.fields import fields_of, name_of, prose, shapes_in

#: Problems that are no error of the package: name and meaning.
_OWN_PROBLEMS = {
    "invalid": "The request does not fit what the address takes.",
    "not-found": "Nothing is at the address.",
    "method-not-allowed": "The address does not take the method.",
    "host": "The server was asked under another name than its own.",
    "origin": "A page of another site wanted to write.",
    "token": "A write came without the token of the cookie.",
    "too-many-requests": "A client asked too often.",
    "large-request": "The body is too large.",
    "large-head": "The address and the headers are too long.",
    "malformed": "What came is no request of HTTP.",
    "slow-request": "The request did not come in time.",
    "busy": "Too many questions wait to be answered.",
    "renderer-died": "What makes the answers died of the question.",
    "unexpected": "A fault of howdah.",
}


def style() -> bytes:
    """The style of the pages."""
    return (files(__package__) / "manual.css").read_bytes()


def description_page(described: dict[str, Any]) -> str:
    """Every address with its parameters, the fields of its answer and an example."""
    components = described["components"]["schemas"]
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "text": operation["description"],
            "parameters": operation.get("parameters", ()),
            "example": EXAMPLES.get(path, ""),
            "shape": _answered(operation),
        }
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    told = [components[one["shape"]] for one in operations if one["shape"]]
    shared = [{"$ref": f"{REF}{name}"} for name in ("Meta", "Problem")]
    return _page(
        "description",
        info=described["info"],
        operations=operations,
        shapes=components,
        parts=sorted(set(shapes_in([*told, *shared], components))),
        fields_of=fields_of,
        prose=prose,
    )


def _answered(operation: dict[str, Any]) -> str:
    """Shape of an answer in JSON, of one of data and meta that of its data; '' of files."""
    content = operation["responses"]["200"].get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    data = schema.get("properties", {}).get("data", schema)
    return name_of(data) if data else ""


def problems_page() -> str:
    """Every type of problem."""
    kinds = {
        name: (kind.__doc__ or "").partition("\n")[0]
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.HowdahError)
    }
    return _page("problems", problems=kinds | _OWN_PROBLEMS)


def _page(name: str, **values: Any) -> str:  # noqa: ANN401 - values of a template
    text = (files(__package__) / "manual.html.jinja").read_text(encoding="utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
    return template.render(page=name, **values)
