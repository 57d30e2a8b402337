"""Answers of models, kept by a digest of the model and all that it was asked.

A second run finds them and asks nothing: it costs nothing and reads the same. The questions are
not kept, but answers quote the texts that they are about: the file deserves the same care.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from howdah.core.errors import FileFormatError
from howdah.documents.model.endpoint import Reply

_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    digest TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    answer TEXT NOT NULL,
    tokens_in INTEGER,
    tokens_out INTEGER,
    recorded_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)
"""


def digest_of(question: bytes) -> str:
    """What a question is kept under: it names the model, the messages and the schema."""
    return hashlib.sha256(question).hexdigest()


@dataclass(frozen=True, slots=True)
class Answers:
    """A file of answers; each is written when it comes, so that a killed run loses none.

    Attributes
    ----------
    path
        An SQLite file, made with the first answer.
    """

    path: Path

    def find(self, digest: str) -> Reply | None:
        """The answer to a question that was asked before, None where it was not.

        Raises
        ------
        FileFormatError
            The file is there and holds something else.
        """
        if not self.path.exists():
            return None
        with self._opened() as connection:
            row = connection.execute(
                "SELECT answer, tokens_in, tokens_out FROM answers WHERE digest = ?", (digest,)
            ).fetchone()
        return None if row is None else Reply(*row)

    def keep(self, digest: str, model: str, reply: Reply) -> None:
        """Keep an answer; the first one to a question stays.

        Raises
        ------
        FileFormatError
            The file cannot be written, or holds something else.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._opened() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO answers (digest, model, answer, tokens_in, tokens_out) "
                "VALUES (?, ?, ?, ?, ?)",
                (digest, model, reply.text, reply.tokens_in, reply.tokens_out),
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path)) as connection, connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise FileFormatError(
                self.path,
                f"answers of a language model cannot be kept there ({error}).",
                "Move the file away, or free the place.",
            ) from None
