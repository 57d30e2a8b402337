"""The index of names: entities found by the beginning of any name, or one that resembles a text.

A file of SQLite, so that a search reads the few pages that it needs and holds none of a million
names in memory. Names are folded, so case, width and Chinese script make no difference.

- A name, or a word in it, that begins with the text is found in an ordered index. Of a beginning
  so short that thousands have it, the best are written down when the index is made.
- A name that resembles the text shares parts of it with the text: pairs of Chinese characters,
  threes of letters. The text's rarest parts lead to candidates, which are then compared in full.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from howdah.entities.names import fold, tokens

#: Beginnings up to so many signs have their best names written down, and how many.
_SHORT, _BEST = 3, 50

#: Names that are read behind a longer beginning.
_MOST_READ = 500

#: Rarest parts of a text that are looked up, the names that a part may have to be of use, and the
#: candidates that are compared.
_PARTS, _COMMON, _CANDIDATES = 4, 20_000, 3_000

#: Likeness that a name needs, of 100.
_ALIKE = 60.0

#: Signs that end no name.
_LAST = "\U0010ffff"

_SCHEMA = """
CREATE TABLE name(
  id INTEGER PRIMARY KEY, folded TEXT, written TEXT, entity TEXT, title TEXT, type TEXT,
  weight INTEGER
);
CREATE TABLE word(folded TEXT, name INTEGER, PRIMARY KEY (folded, name)) WITHOUT ROWID;
CREATE TABLE best(beginning TEXT, place INTEGER, name INTEGER, PRIMARY KEY (beginning, place))
  WITHOUT ROWID;
CREATE TABLE part(part TEXT, name INTEGER, PRIMARY KEY (part, name)) WITHOUT ROWID;
CREATE TABLE common(part TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT);
"""


class Named(NamedTuple):
    """A name of an entity.

    Attributes
    ----------
    title, type
        Preferred name and type of the entity.
    weight
        The more, the sooner it is meant: what a market declares before what a feed names.
    """

    written: str
    entity: str
    title: str
    type: str
    weight: int


class NameIndex:
    """An index that was made, for reading.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def version(self) -> str:
        """What it was made of."""
        (found,) = self._connection.execute("SELECT value FROM meta WHERE key = 'version'")
        version: str = found[0]
        return version

    def search(self, text: str, limit: int) -> list[Named]:
        """Entities that a text may mean, the likeliest first, each once.

        A name that is the text comes first, then names and words that begin with it, then names
        that resemble it; among equals what weighs more, then the shorter name.
        """
        folded = fold(text)
        if not folded:
            return []
        found: dict[str, tuple[tuple[float, int, int, str], Named]] = {}
        for score, row in self._beginning(folded):
            _keep(found, score, row)
        if len(found) < limit:
            for score, row in self._alike(folded):
                _keep(found, score, row)
        ranked = sorted(found.values(), key=lambda one: one[0])
        return [named for _, named in ranked[:limit]]

    def _beginning(self, folded: str) -> Iterator[tuple[float, sqlite3.Row]]:
        if len(folded) <= _SHORT:
            rows = self._connection.execute(
                "SELECT name.* FROM best JOIN name ON name.id = best.name WHERE beginning = ? "
                "ORDER BY place",
                (folded,),
            )
        else:
            rows = self._connection.execute(
                "SELECT name.* FROM (SELECT DISTINCT name AS id FROM word "
                "WHERE folded >= ? AND folded < ? LIMIT ?) JOIN name USING (id)",
                (folded, folded + _LAST, _MOST_READ),
            )
        for row in rows:
            of_name = row[1]
            yield (0.0 if of_name == folded else 1.0 if of_name.startswith(folded) else 2.0), row

    def _alike(self, folded: str) -> Iterator[tuple[float, sqlite3.Row]]:
        parts = sorted(set(_parts(folded)))
        if not parts:
            return
        marks = ", ".join("?" * len(parts))
        counts = dict(
            self._connection.execute(f"SELECT part, n FROM common WHERE part IN ({marks})", parts)
        )
        rarest = sorted(parts, key=lambda part: counts.get(part, 0))[:_PARTS]
        useful = [part for part in rarest if counts.get(part, 0) <= _COMMON] or rarest[:1]
        marks = ", ".join("?" * len(useful))
        rows = self._connection.execute(
            "SELECT name.* FROM (SELECT name AS id, count(*) AS n FROM part "
            f"WHERE part IN ({marks}) GROUP BY name ORDER BY n DESC LIMIT ?) JOIN name USING (id)",
            (*useful, _CANDIDATES),
        )
        for row in rows:
            likeness = fuzz.ratio(folded, row[1], score_cutoff=_ALIKE)
            if likeness:
                yield 3.0 + (100.0 - likeness) / 100.0, row


def write_index(path: Path, names: Iterable[Named], version: str) -> int:
    """Make the index of some names; returns how many it has.

    The file is there whole or not at all.
    """
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as connection:
        connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
        n = 0
        for n, named in enumerate(names, start=1):
            folded = fold(named.written)
            connection.execute("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)", (n, folded, *named))
            words = {folded, *map(fold, tokens(named.written))} - {""}
            connection.executemany(
                "INSERT OR IGNORE INTO word VALUES (?, ?)", ((word, n) for word in words)
            )
            connection.executemany(
                "INSERT OR IGNORE INTO part VALUES (?, ?)", ((p, n) for p in set(_parts(folded)))
            )
        for length in range(1, _SHORT + 1):
            # The name itself, then those that begin so, then words in them; what weighs more, the
            # shorter first.
            connection.execute(
                "INSERT INTO best SELECT beginning, place, name FROM (SELECT beginning, name, "
                "row_number() OVER (PARTITION BY beginning ORDER BY is_word, weight DESC, "
                "length(folded), name) AS place FROM (SELECT substr(word.folded, 1, ?1) AS "
                "beginning, word.name, name.weight, name.folded, min(substr(name.folded, 1, ?1) "
                "<> substr(word.folded, 1, ?1)) AS is_word FROM word JOIN name ON name.id = "
                "word.name WHERE length(word.folded) >= ?1 GROUP BY beginning, word.name)) "
                "WHERE place <= ?2",
                (length, _BEST),
            )
        connection.execute(
            "INSERT INTO common SELECT part, count(*) FROM part GROUP BY part HAVING count(*) > 50"
        )
        connection.execute("INSERT INTO meta VALUES ('version', ?)", (version,))
        connection.commit()
    partial.replace(path)
    return n


def _parts(folded: str) -> Iterator[str]:
    """Threes of letters, and pairs where a Chinese character is in them."""
    for n in range(len(folded) - 1):
        pair = folded[n : n + 2]
        if not pair.isascii():
            yield pair
        elif len(three := folded[n : n + 3]) == 3 and three.isascii():  # noqa: PLR2004 - of letters
            yield three


def _keep(
    found: dict[str, tuple[tuple[float, int, int, str], Named]], score: float, row: sqlite3.Row
) -> None:
    """Keep the best name of each entity."""
    _, folded, written, entity, title, type_, weight = row
    key = (score, -weight, len(folded), entity)
    if entity not in found or key < found[entity][0]:
        found[entity] = key, Named(written, entity, title, type_, weight)
