"""A feed in a few lines: its spec, its file, and the claims and faults they make."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from howdah.core.metrics import builtin_metrics
from howdah.engines import connect
from howdah.market.update import FeedUpdate, update
from howdah.market.workspace import Workspace
from howdah.sources import BrokenLine, FeedSpec, Pull, compile_query, open_input, read_spec

NOW = dt.datetime(2025, 1, 31, 12, 30, tzinfo=dt.UTC)

#: A mapping that most tests start from: columns app and v.
CLAIM = """
subject = { column = "app" }
metric = "dau"
value = { column = "v" }
"""


@dataclass
class Mapped:
    """What a spec made of a file."""

    claims: list[dict[str, Any]]
    #: (row, column, reason) of rows that cannot become a claim.
    faults: list[tuple[int, str, str]]
    n_empty: int
    broken: list[BrokenLine]
    #: Text of the rows with a fault.
    texts: dict[int, str]

    def column(self, name: str) -> list[Any]:
        return [claim[name] for claim in self.claims]


MakeSpec = Callable[..., FeedSpec]
Map = Callable[..., Mapped]


@pytest.fixture
def make_spec(tmp_path: Path) -> MakeSpec:
    """Read a spec from its parts: keys of the feed, tables, and one or more claim mappings."""

    def make(*claims: str, keys: str = "", tables: str = "", name: str = "feed") -> FeedSpec:
        text = "\n".join([
            'title = "Title"\nsource = "Source"', "" if "path =" in keys else 'path = "data/*"',
            keys, '[licence]\nname = "Free"', tables,
            *(f"[[claim]]\n{claim}" for claim in claims or (CLAIM,)),
        ])  # fmt: skip
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return read_spec(path)

    return make


@pytest.fixture
def map_file(tmp_path: Path, make_spec: MakeSpec) -> Map:
    """Map a file, given as bytes, text or a path, under a spec given by its parts."""

    def run(
        content: bytes | str | Path,
        *claims: str,
        keys: str = "",
        tables: str = "",
        name: str = "data.csv",
    ) -> Mapped:
        spec = make_spec(*claims, keys=keys, tables=tables)
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        with connect() as engine, open_input(engine, spec, path) as source:
            query = compile_query(source, Pull(spec, "raw", NOW), builtin_metrics())
            rows = engine.sql(query).to_arrow_table()
            reasons = rows.select(["row", "fault_column", "reason"]).to_pylist()
            faults = [
                (row["row"], row["fault_column"], row["reason"])
                for row in reasons
                if row["reason"] not in {None, "empty"}
            ]
            texts = source.texts([row for row, _, _ in faults])
            return Mapped(
                claims=rows.filter(pc.is_null(rows["reason"])).to_pylist(),
                faults=faults,
                n_empty=sum(row["reason"] == "empty" for row in reasons),
                broken=source.broken_lines(),
                texts=texts,
            )

    return run


class Market:
    """A market of one folder, for what only a whole update shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("feeds", "entities", "inbox"):
            (folder / name).mkdir(parents=True)
        (folder / "market.toml").write_text('title = "Test"', encoding="utf-8")
        self.now = NOW

    def feed(self, name: str, *claims: str, keys: str = "", tables: str = "") -> None:
        path = "" if "path =" in keys else f'path = "inbox/{name}.*"'
        mappings = "\n".join(f"[[claim]]\n{claim}" for claim in claims or (CLAIM,))
        text = f'title = "T"\nsource = "S"\n{path}\n{keys}\n[licence]\nname = "L"\n{tables}\n'
        (self.folder / "feeds" / f"{name}.toml").write_text(text + mappings, encoding="utf-8")

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.folder / "inbox" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def open(self) -> Workspace:
        return Workspace(self.folder, lambda: self.now)

    def update(self) -> dict[str, FeedUpdate]:
        return {done.feed: done for done in update(self.open())}

    def rows(self, table: str) -> list[dict[str, Any]]:
        store = self.open().store
        tables = {
            "claims": store.claims, "quarantine": store.quarantine.rows, "pulls": store.pulls
        }  # fmt: skip
        found: list[dict[str, Any]] = tables[table].read().to_pylist()
        return found

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        return {table: self.rows(table) for table in ("claims", "quarantine", "pulls")}


@pytest.fixture
def market(tmp_path: Path) -> Market:
    return Market(tmp_path / "market")
