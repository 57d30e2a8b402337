"""Small mutable state of a market, in SQLite: how the last pull of each feed went."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

_METADATA = MetaData()

_FEED_STATE = Table(
    "feed_state",
    _METADATA,
    Column("feed", String, primary_key=True),
    Column("last_attempt", DateTime),
    Column("last_success", DateTime),
    Column("last_error", String, nullable=False, default=""),
    Column("etag", String, nullable=False, default=""),
    Column("last_modified", String, nullable=False, default=""),
)


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the last pulls of a feed went; times in UTC."""

    feed: str
    last_attempt: dt.datetime | None = None
    last_success: dt.datetime | None = None
    last_error: str = ""
    etag: str = ""
    last_modified: str = ""


class State:
    """The state database of one market; made on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: Engine | None = None

    def feed(self, feed: str) -> FeedState:
        """State of a feed; blank before its first pull."""
        if not self._path.exists():
            return FeedState(feed)
        with self._engine().connect() as connection:
            row = connection.execute(
                select(_FEED_STATE).where(_FEED_STATE.c.feed == feed)
            ).one_or_none()
        if row is None:
            return FeedState(feed)
        return FeedState(
            row.feed,
            _utc(row.last_attempt),
            _utc(row.last_success),
            row.last_error,
            row.etag,
            row.last_modified,
        )

    def save(self, state: FeedState) -> None:
        """Replace the state of a feed."""
        values = {
            "feed": state.feed,
            "last_attempt": _naive(state.last_attempt),
            "last_success": _naive(state.last_success),
            "last_error": state.last_error,
            "etag": state.etag,
            "last_modified": state.last_modified,
        }
        statement = insert(_FEED_STATE).values(values)
        with self._engine().begin() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["feed"], set_=values)
            )

    def _engine(self) -> Engine:
        if self._made is None:
            self._made = create_engine(f"sqlite:///{self._path}", poolclass=NullPool)
            event.listen(self._made, "connect", _use_wal)
            _METADATA.create_all(self._made)
        return self._made


def _use_wal(connection: object, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]


def _utc(value: dt.datetime | None) -> dt.datetime | None:
    return value.replace(tzinfo=dt.UTC) if value else None


def _naive(value: dt.datetime | None) -> dt.datetime | None:
    return value.astimezone(dt.UTC).replace(tzinfo=None) if value else None
