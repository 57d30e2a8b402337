"""Links: dated relations between entities, named as people or sources name them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from howdah.core import Entity, Relation
from howdah.core.errors import SpecError
from howdah.entities.aliases import AliasIndex, suggest
from howdah.entities.names import fold
from howdah.entities.schemes import node_of, parse_identifier
from howdah.entities.sheets import Sheet, SheetRow

LINK_COLUMNS = ("entity", "relation", "target")
LINK_OPTIONAL = ("valid_from", "valid_to", "note")

#: Relations that say that both sides are one entity.
MERGING = frozenset({"renamed_to", "same_as"})
#: Relations that lead from an owner or maker down to what it owns or makes.
DESCENDING = ("owns", "makes", "publishes", "includes")
#: Relations that the rules of this package know; others are welcome, misspelt ones are not.
KNOWN_RELATIONS = (*DESCENDING, "is_source_of", *sorted(MERGING))


@dataclass(frozen=True, slots=True)
class Directory:
    """What a cell of a sheet may point at.

    Attributes
    ----------
    entities
        Declared entities by canonical id.
    index
        Their names.
    owners
        Canonical id by node of each declared identifier.
    """

    entities: Mapping[str, Entity]
    index: AliasIndex
    owners: Mapping[str, str]

    def entity(self, row: SheetRow, column: str, text: str, *, child: str = "") -> str:
        """Canonical id of the one declared entity that a cell names.

        Parameters
        ----------
        row, column
            Where the text stands, for the error.
        text
            A canonical id, canonical name or alias.
        child
            An entity that cannot be meant: a thing is not its own parent.

        Raises
        ------
        SpecError
            No entity goes by the text, or several do.
        """
        if text in self.entities and text != child:
            return text
        found = [id_ for id_ in self.index.named(text) if id_ != child]
        if len(found) == 1:
            return found[0]
        if found:
            raise row.error(
                column,
                f"{text!r} is the name of {len(found)} entities",
                f"the canonical id of one: {', '.join(found)}",
            )
        raise self._unknown(row, column, text)

    def reference(self, row: SheetRow, column: str) -> str:
        """Canonical id of the entity that a cell names, or the identifier it holds.

        Raises
        ------
        SpecError
            The cell is empty, or neither an identifier nor the name of one entity.
        """
        text = row.required(column)
        identifier = parse_identifier(text)
        if identifier is None or text in self.entities or self.index.named(text):
            return self.entity(row, column, text)
        return self.owners.get(node_of(identifier.scheme, identifier.value), str(identifier))

    def _unknown(self, row: SheetRow, column: str, text: str) -> SpecError:
        written: dict[str, str] = {}
        for entity in self.entities.values():
            for name in entity.aliases:
                written.setdefault(fold(name), name)
        near = suggest(text, written)
        meant = f" Did you mean {', '.join(map(repr, near))}?" if near else ""
        return row.error(
            column,
            f"no entity is called {text!r}.{meant}",
            "a canonical id, canonical name or alias of the catalogue"
            + ("" if column == "parent" else ", or scheme:value"),
        )


def read_links(sheet: Sheet, directory: Directory) -> Iterator[Relation]:
    """Read the rows of a links sheet.

    Parameters
    ----------
    sheet
        Columns ``entity, relation, target`` and maybe ``valid_from, valid_to, note``.
    directory
        What its cells may name.

    Raises
    ------
    SpecError
        A row that names nothing known, several things, or itself, or has dates that cannot be.
    """
    for row in sheet.rows:
        source = directory.reference(row, "entity")
        relation = row.required("relation")
        row.check_spelling("relation", KNOWN_RELATIONS)
        target = directory.reference(row, "target")
        if source == target and relation not in MERGING:
            raise row.error("target", f"{target!r} is the entity itself", "another entity")
        first, last = _date(row, "valid_from"), _date(row, "valid_to")
        if first and last and last < first:
            raise row.error("valid_to", f"{last} is before valid_from {first}", "a later day")
        yield Relation(source, relation, target, first, last, row.text("note"))


def _date(row: SheetRow, column: str) -> dt.date | None:
    text = row.text(column)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise row.error(
            column, f"cannot read {text!r} as a day", "an ISO date (2024-01-31)"
        ) from None
