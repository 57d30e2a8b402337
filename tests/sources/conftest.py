"""A feed in a few lines: its spec, its file, and the claims and faults they make."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from howdah.core.metrics import builtin_metrics
from howdah.engines import connect
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
            rows = engine.sql(query).to_arrow_table().to_pylist()
            faults = [
                (row["row"], row["fault_column"], row["reason"])
                for row in rows
                if row["reason"] not in {None, "empty"}
            ]
            texts = source.texts([row for row, _, _ in faults])
            return Mapped(
                claims=[row for row in rows if row["reason"] is None],
                faults=faults,
                n_empty=sum(row["reason"] == "empty" for row in rows),
                broken=source.broken_lines(),
                texts=texts,
            )

    return run
