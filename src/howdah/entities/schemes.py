"""Identifier schemes: what an identifier in each is of, and when two spellings are one.

Inside this package every identifier is a *node*: the text ``scheme:key``, where the key is the
value with the spelling variants that its registry ignores removed. The value as written is
what people see.
"""

import re
from dataclasses import dataclass

from howdah.core import Identifier
from howdah.entities.names import fold

#: Prefer the entity of the earlier type when one name means several; the rest come after.
TYPE_ORDER: tuple[str, ...] = (
    "company",
    "product",
    "model_family",
    "model",
    "app",
    "team",
    "repository",
    "package",
)

#: Type of an identifier in a scheme that the table below does not name.
OTHER_TYPE = "thing"
#: Type of a name that matches nothing.
UNKNOWN_TYPE = "unknown"
#: The scheme of names as written, which are resolved rather than believed.
NAME_SCHEME = "name"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One row of the table of schemes.

    Attributes
    ----------
    name
        As claims write it.
    type
        Type of the entity that such an identifier implies.
    is_registry
        It gives each thing one identifier, so two identifiers are two things.
    has_owner
        The value is ``owner/name``, and the owner may change.
    has_host
        The value is ``host/name``, and many hosts offer the same thing.
    is_opaque
        The value is a code, not a name.
    """

    name: str
    type: str
    is_registry: bool = False
    has_owner: bool = False
    has_host: bool = False
    is_opaque: bool = False


#: In the order in which a cluster without a catalogue entity takes its canonical id.
SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("github", "repository", is_registry=True, has_owner=True),
        Scheme("pypi", "package", is_registry=True),
        Scheme("npm", "package", is_registry=True),
        Scheme("app_store", "app", is_registry=True, is_opaque=True),
        Scheme("arena", "model"),
        Scheme("model_catalogue", "model", has_host=True),
        Scheme("selfhosted", "software"),
        Scheme("list", "list", is_registry=True),
        # What no feed has seen: each its own, whatever it is called.
        Scheme("simulated", "simulated_product", is_registry=True),
    )
}

_SCHEME_RANK = {name: rank for rank, name in enumerate(SCHEMES)}
_TYPE_RANK = {name: rank for rank, name in enumerate(TYPE_ORDER)}
_IDENTIFIER = re.compile(r"([a-z][a-z0-9_.-]*):(\S.*)", re.DOTALL)
_PYPI_RUN = re.compile(r"[-_.]+")


def type_of(scheme: str) -> str:
    """Type that an identifier in a scheme implies.

    Examples
    --------
    >>> type_of("github"), type_of("name"), type_of("isbn")
    ('repository', 'unknown', 'thing')
    """
    if scheme == NAME_SCHEME:
        return UNKNOWN_TYPE
    known = SCHEMES.get(scheme)
    return known.type if known else OTHER_TYPE


def type_rank(type_: str) -> int:
    """Place of a type in `TYPE_ORDER`; all others share the place after the last."""
    return _TYPE_RANK.get(type_, len(TYPE_ORDER))


def scheme_rank(scheme: str) -> int:
    """Place of a scheme in `SCHEMES`; unknown schemes share the next, names come last."""
    if scheme == NAME_SCHEME:
        return len(SCHEMES) + 1
    return _SCHEME_RANK.get(scheme, len(SCHEMES))


def node_of(scheme: str, value: str) -> str:
    """Node of an identifier: equal for spellings that the registry takes as one.

    GitHub ignores case, PyPI also the kind of its separators (PEP 503), names fold; other
    values are compared as written.

    Examples
    --------
    >>> node_of("github", "Microsoft/vscode"), node_of("pypi", "Flask_Login")
    ('github:microsoft/vscode', 'pypi:flask-login')
    """
    if scheme == "github":
        value = value.lower()
    elif scheme == "pypi":
        value = _PYPI_RUN.sub("-", value).lower()
    elif scheme == NAME_SCHEME:
        value = fold(value)
    return f"{scheme}:{value}"


def parse_identifier(text: str) -> Identifier | None:
    """Read ``scheme:value``; None when the text has not that form.

    Examples
    --------
    >>> parse_identifier("github:THUDM/ChatGLM-6B")
    Identifier(scheme='github', value='THUDM/ChatGLM-6B')
    >>> parse_identifier("Talkie: AI") is None
    True
    """
    match = _IDENTIFIER.fullmatch(text)
    return Identifier(match[1], match[2].rstrip()) if match else None


def reference_node(reference: str) -> str:
    """Node of a reference: an identifier's node, or a declared canonical id as it is.

    Declared ids hold no colon, so whatever stands before one is a scheme.

    Examples
    --------
    >>> reference_node("github:Microsoft/vscode"), reference_node("zhipu-ai")
    ('github:microsoft/vscode', 'zhipu-ai')
    """
    scheme, colon, value = reference.partition(":")
    return node_of(scheme, value) if colon else reference


def scheme_of(node: str) -> str:
    """Scheme of a node, '' for a catalogue entity's."""
    scheme, colon, _ = node.partition(":")
    return scheme if colon else ""


def tail(value: str) -> str:
    """Last part of an identifier's value, without its owners or hosts.

    Examples
    --------
    >>> tail("THUDM/ChatGLM-6B")
    'ChatGLM-6B'
    """
    return value.rsplit("/", 1)[-1]
