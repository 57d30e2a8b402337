"""Finding entities by any of their names."""

from contextlib import closing
from pathlib import Path

from howdah.core.errors import UnknownNameError
from howdah.entities.nameindex import NameIndex, write_index
from howdah.market.pages.found import Found, Hit
from howdah.market.workspace import Workspace


def index_names(ws: Workspace, path: Path, version: str) -> None:
    """Make the index of all names of the market, unless it is there in this version."""
    if path.is_file():
        with closing(NameIndex(path)) as index:
            if index.version == version:
                return
    write_index(path, ws.resolver.names(), version)


def find(ws: Workspace, text: str, limit: int) -> Found:
    """Entities that a text may mean: those that go by it, then those whose names resemble it."""
    hits: dict[str, Hit] = {}
    for entity in ws.resolver.candidates(text):
        hit = Hit(entity.canonical_id, entity.name, entity.type, text)
        hits.setdefault(entity.canonical_id, hit)
    for name, _ in ws.resolver.suggest(text):
        try:
            entity = ws.resolver.resolve(name)
        except UnknownNameError:
            continue
        hit = Hit(entity.canonical_id, entity.name, entity.type, name)
        hits.setdefault(entity.canonical_id, hit)
    return Found(text, tuple(hits.values())[:limit])
