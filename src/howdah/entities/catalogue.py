"""The catalogue: the entities that a market declares, their relations and their merges."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from howdah.core import Entity, Identifier, Relation
from howdah.core.errors import MissingColumnError, SpecError
from howdah.entities.aliases import AliasIndex
from howdah.entities.links import (
    LINK_COLUMNS,
    LINK_OPTIONAL,
    MERGING,
    Directory,
    read_links,
)
from howdah.entities.names import fold, has_han, slug
from howdah.entities.schemes import TYPE_ORDER, node_of, parse_identifier, type_rank
from howdah.entities.sheets import Sheet, SheetRow, read_sheet

ALIAS_COLUMNS = ("aliases_simplified", "aliases_traditional", "aliases_latin")
CATALOGUE_COLUMNS = ("canonical", "type", "parent", *ALIAS_COLUMNS)
CATALOGUE_OPTIONAL = ("id", "identifiers", "notes")

#: Types that the rules of this package know; others are welcome, misspelt ones are not.
KNOWN_TYPES = (*TYPE_ORDER, "software", "group", "publication", "data provider", "role", "list")

_ID = re.compile(r"[^\s:;/]+")


@dataclass(frozen=True)
class Catalogue:
    """What the files of a market's ``entities`` folder say.

    Attributes
    ----------
    entities
        Declared entities by canonical id, in file order.
    relations
        Relations other than merges; the ends are canonical ids or ``scheme:value``.
    merges
        Relations that make one entity of two: ``renamed_to`` and ``same_as``.
    """

    entities: Mapping[str, Entity] = field(default_factory=lambda: MappingProxyType({}))
    relations: tuple[Relation, ...] = ()
    merges: tuple[Relation, ...] = ()


def read_catalogue(folder: Path) -> Catalogue:
    """Read every CSV file of a folder: catalogues and links, told apart by their header.

    A folder that holds none gives an empty catalogue: then every entity is implied by what the
    feeds name.

    Parameters
    ----------
    folder
        The ``entities`` folder of a market.

    Raises
    ------
    SpecError
        A row that cannot stand: an unknown or ambiguous name, a name or identifier declared
        twice, a cycle of parents, a misspelt type or relation.
    MissingColumnError
        A file that is neither a catalogue nor links, or lacks a column.
    FileFormatError
        A file that is not CSV in UTF-8.
    """
    catalogues: list[Sheet] = []
    links: list[Sheet] = []
    for path in sorted(folder.glob("*.csv")):
        sheet = read_sheet(path)
        if "canonical" in sheet.columns:
            sheet.check_columns(CATALOGUE_COLUMNS, CATALOGUE_OPTIONAL)
            catalogues.append(sheet)
        elif "entity" in sheet.columns or "target" in sheet.columns:
            sheet.check_columns(LINK_COLUMNS, LINK_OPTIONAL)
            links.append(sheet)
        else:
            missing = [name for name in CATALOGUE_COLUMNS if name not in sheet.columns]
            raise MissingColumnError(path, missing, sheet.columns)

    rows = [row for sheet in catalogues for row in sheet.rows]
    ids = _canonical_ids(rows)
    entities = _entities(rows, ids)
    index = AliasIndex(entities.values())
    directory = Directory(entities, index, _owners_of_identifiers(rows, entities))
    parents = _parents(rows, ids, directory)
    _refuse_cycles(rows, ids, parents)
    linked = [relation for sheet in links for relation in read_links(sheet, directory)]
    above: dict[str, str] = {}
    for relation in parents:
        above.setdefault(relation.target, relation.source)
    named = {id_: replace(entity, parent=above.get(id_, "")) for id_, entity in entities.items()}
    plain = (link for link in linked if link.relation not in MERGING)
    return Catalogue(
        MappingProxyType(named),
        tuple(dict.fromkeys((*parents, *plain))),
        tuple(dict.fromkeys(link for link in linked if link.relation in MERGING)),
    )


def _canonical_ids(rows: Sequence[SheetRow]) -> list[str]:
    """Canonical id of each row: as given, else a slug, with the type when the slug is taken.

    Of several rows with one slug the earlier type of `TYPE_ORDER` keeps it bare, so that
    sorting the file changes no id.
    """
    taken: dict[str, SheetRow] = {}
    ids: dict[int, str] = {}
    for place, row in enumerate(rows):
        if given := row.text("id"):
            if not _ID.fullmatch(given):
                raise row.error("id", f"{given!r} is no id", "text without space and :;/")
            if given in taken:
                raise _declared_twice(row, "id", given, taken[given])
            taken[given] = row
            ids[place] = given
    _refuse_duplicates(rows)
    named = [place for place in range(len(rows)) if place not in ids]
    named.sort(key=lambda place: (type_rank(rows[place].text("type")), rows[place].text("type")))
    for place in named:
        row = rows[place]
        id_ = slug(row.required("canonical"))
        if not id_:
            raise row.error("canonical", "has no letter or digit to make an id of", "an `id` cell")
        if id_ in taken:
            id_ = f"{id_}-{slug(row.required('type'))}"
        if id_ in taken:
            raise _declared_twice(row, "canonical", row.text("canonical"), taken[id_])
        taken[id_] = row
        ids[place] = id_
    return [ids[place] for place in range(len(rows))]


def _refuse_duplicates(rows: Sequence[SheetRow]) -> None:
    declared: dict[tuple[str, str], SheetRow] = {}
    for row in rows:
        key = fold(row.required("canonical")), row.required("type")
        first = declared.setdefault(key, row)
        if first is not row:
            raise _declared_twice(row, "canonical", row.text("canonical"), first)


def _declared_twice(row: SheetRow, key: str, value: str, first: SheetRow) -> SpecError:
    return row.error(
        key,
        f"{value!r} is declared already, in {first.path.name}, line {first.line}.",
        "one row an entity; give a second one of that name an `id` and another `type`",
    )


def _entities(rows: Sequence[SheetRow], ids: Sequence[str]) -> dict[str, Entity]:
    entities: dict[str, Entity] = {}
    for row, id_ in zip(rows, ids, strict=True):
        name, type_ = row.required("canonical"), row.required("type")
        row.check_spelling("type", KNOWN_TYPES)
        aliases = (alias for column in ALIAS_COLUMNS for alias in row.listed(column))
        entities[id_] = Entity(
            id_,
            name,
            type_,
            "",
            tuple(dict.fromkeys((name, *aliases))),
            tuple(dict.fromkeys(_identifiers(row))),
            _name_in_chinese(row),
        )
    return entities


def _name_in_chinese(row: SheetRow) -> str:
    """The first of the aliases in simplified characters, unless the name itself is Chinese."""
    first = next(iter(row.listed("aliases_simplified")), "")
    return "" if first == row.text("canonical") or has_han(row.text("canonical")) else first


def _identifiers(row: SheetRow) -> Iterator[Identifier]:
    for text in row.listed("identifiers"):
        identifier = parse_identifier(text)
        if identifier is None:
            raise row.error(
                "identifiers", f"cannot read {text!r}", "scheme:value, as in github:owner/name"
            )
        yield identifier


def _owners_of_identifiers(
    rows: Sequence[SheetRow], entities: Mapping[str, Entity]
) -> dict[str, str]:
    """Canonical id by node of each declared identifier; one identifier is of one entity."""
    owners: dict[str, str] = {}
    for row, entity in zip(rows, entities.values(), strict=True):
        for identifier in entity.referents:
            node = node_of(identifier.scheme, identifier.value)
            owner = owners.setdefault(node, entity.canonical_id)
            if owner != entity.canonical_id:
                raise row.error(
                    "identifiers", f"{identifier} is of {owner!r} already", "one entity each"
                )
    return owners


def _parents(
    rows: Sequence[SheetRow], ids: Sequence[str], directory: Directory
) -> tuple[Relation, ...]:
    """Relations that the ``parent`` column states."""
    parents = []
    for row, id_ in zip(rows, ids, strict=True):
        for text in row.listed("parent"):
            parent = directory.entity(row, "parent", text, child=id_)
            relation = _parental(directory.entities[parent].type, directory.entities[id_].type)
            parents.append(Relation(parent, relation, id_, evidence=f"{row.path.name}, parent"))
    return tuple(parents)


def _parental(parent_type: str, child_type: str) -> str:
    """Relation of a parent to its child: it makes models, publishes code and owns the rest."""
    if child_type in {"model", "model_family"}:
        return "includes" if parent_type == "model_family" else "makes"
    return "publishes" if child_type in {"repository", "package"} else "owns"


def _refuse_cycles(
    rows: Sequence[SheetRow], ids: Sequence[str], parents: Sequence[Relation]
) -> None:
    above: dict[str, list[str]] = {}
    for relation in parents:
        above.setdefault(relation.target, []).append(relation.source)
    is_sound: set[str] = set()
    for row, id_ in zip(rows, ids, strict=True):
        # Depth first, with the path kept, so that the message can show the circle.
        stack: list[tuple[str, tuple[str, ...]]] = [(id_, (id_,))]
        while stack:
            node, path = stack.pop()
            for parent in above.get(node, ()):
                if parent == id_:
                    circle = " < ".join((*path, id_))
                    raise row.error("parent", f"is a circle: {circle}", "a parent above each")
                if parent not in is_sound and parent not in path:
                    stack.append((parent, (*path, parent)))
        is_sound.add(id_)
