"""The profile: what is known of an entity when it is compared with another."""

from dataclasses import dataclass
from functools import cached_property

from howdah.core import Identifier
from howdah.entities.names import fold, head, tokens, versions
from howdah.entities.schemes import NAME_SCHEME, SCHEMES, tail

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Profile:
    """One entity as the scoring sees it.

    Most entities meet few others, so what only a closer look needs is worked out on demand.

    Attributes
    ----------
    id
        Canonical id.
    type
        Type of the entity.
    written
        Names as written.
    identifiers
        What sources call it by.
    ancestors
        Canonical ids of its owners and makers, and theirs.
    is_declared
        It stands in the catalogue.
    """

    id: str
    type: str
    written: tuple[str, ...]
    identifiers: tuple[Identifier, ...] = ()
    ancestors: frozenset[str] = _NONE
    is_declared: bool = False

    @cached_property
    def names(self) -> dict[str, str]:
        """First written name by folded name."""
        names: dict[str, str] = {}
        for name in self.written:
            names.setdefault(fold(name), name)
        return names

    @cached_property
    def registries(self) -> frozenset[str]:
        """Types of the registries that list it."""
        return frozenset(
            scheme.type
            for identifier in self.identifiers
            if (scheme := SCHEMES.get(identifier.scheme)) is not None and scheme.is_registry
        )

    @cached_property
    def heads(self) -> frozenset[str]:
        """Folded names without their slogans, of names that have one."""
        return frozenset(filter(None, map(head, self.written)))

    @cached_property
    def tails(self) -> frozenset[str]:
        """Folded last parts of identifiers that hold a name."""
        return frozenset(fold(tail(one.value)) for one in self.identifiers if _holds_name(one))

    @cached_property
    def words(self) -> dict[str, str]:
        """Written name by its words in alphabetic order, which the similarity compares."""
        return {" ".join(sorted(tokens(name))): name for name in self.names.values()}

    @cached_property
    def named_values(self) -> dict[str, set[str]]:
        """Schemes by identifier value, of the values that hold a name."""
        schemes: dict[str, set[str]] = {}
        for identifier in self.identifiers:
            if _holds_name(identifier):
                schemes.setdefault(identifier.value, set()).add(identifier.scheme)
        return schemes

    @cached_property
    def identifier_versions(self) -> frozenset[tuple[str, ...]]:
        """Numbers in identifiers, where no registry keeps them apart anyway.

        A host's own name is left out; what stands between it and the model counts, since there
        a catalogue lists sizes and qualities of one model.
        """
        found = set()
        for identifier in self.identifiers:
            scheme = SCHEMES.get(identifier.scheme)
            if not _holds_name(identifier) or (scheme is not None and scheme.is_registry):
                continue
            _, _, rest = identifier.value.partition("/")
            has_host = scheme is not None and scheme.has_host and rest
            found.add(versions(rest if has_host else identifier.value))
        return frozenset(found)


def names_of_identifier(identifier: Identifier, label: str) -> tuple[str, ...]:
    """Names that an identifier and the label its feed gives it speak for.

    The owner is part of a repository's name: without it the forks of one would all have the
    same. The host of a model is not. A code is no name unless there is nothing else.

    Examples
    --------
    >>> names_of_identifier(Identifier("github", "python/black"), "black")
    ('python/black',)
    >>> names_of_identifier(Identifier("app_store", "1484048379"), "腾讯会议")
    ('腾讯会议',)
    >>> names_of_identifier(Identifier("model_catalogue", "z-ai/glm-4.6"), "GLM 4.6")
    ('GLM 4.6', 'glm-4.6')
    """
    value = identifier.value
    scheme = SCHEMES.get(identifier.scheme)
    if scheme is not None and scheme.has_host:
        return tuple(dict.fromkeys(tail(name) or name for name in (label, value) if name))
    if not label or label == value or (scheme is not None and scheme.has_owner):
        return (value,)
    return (label,) if scheme is not None and scheme.is_opaque else (label, value)


def _holds_name(identifier: Identifier) -> bool:
    scheme = SCHEMES.get(identifier.scheme)
    return identifier.scheme != NAME_SCHEME and (scheme is None or not scheme.is_opaque)
