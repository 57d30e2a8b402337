"""A small market: its entity files, and registers to resolve."""

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pytest

from howdah.entities import JUDGEMENT_SCHEMA, REGISTER_SCHEMA, Catalogue, Resolver, read_catalogue

CATALOGUE = """\
canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,id,identifiers,notes
ByteDance,company,,字节跳动;字节,字節跳動;位元組跳動,Bytedance,,,
Doubao,product,ByteDance,豆包;豆包 App,,Doubao,,app_store:6459478672,
Zhipu AI,company,,智谱;智谱华章,智譜華章,Zhipu;Z.ai,,,
GLM,model_family,Zhipu AI,,,ChatGLM,,,
GLM-4,model,GLM,,,,,arena:glm-4,
ChatGLM-6B,repository,Zhipu AI,,,,,github:THUDM/ChatGLM-6B,
DeepSeek,company,,深度求索,,,,,
DeepSeek,model_family,DeepSeek,,,,,,
Alibaba,company,,阿里,,,,,
Alibaba Cloud,company,Alibaba,阿里云,,,,,
01.AI,company,,零一万物,,,01ai,,
Joint Laboratory,team,Alibaba Cloud; 01.AI,产业大模型联合实验室,,,,,
LLM start-ups,group,,创业公司,,,,,
CV start-ups,group,,创业公司,,,,,
烏鴉智能說,publication,,,,,,,
"""

LINKS = """\
entity,relation,target,valid_from,valid_to,note
GLM,includes,arena:glm-4-0520,,,
Zhipu AI,publishes,github:THUDM/ChatGLM2-6B,,,
github:hwchase17/langchain,renamed_to,github:langchain-ai/langchain,,,moved
github:langchain-ai/langchain,is_source_of,pypi:langchain,,,
selfhosted:2fauth,same_as,github:Bubka/2FAuth,,,
Alibaba,owns,LLM start-ups,2020-01-01,2021-12-31,
ByteDance,makes,arena:doubao-pro,2024-05-15,,
"""

Write = Callable[..., Path]
MakeResolver = Callable[..., Resolver]


@pytest.fixture
def write_entities(tmp_path: Path) -> Write:
    """Write files of an entities folder; a file set to None is left out."""

    def write(**files: str | None) -> Path:
        folder = tmp_path / "entities"
        folder.mkdir(exist_ok=True)
        for name, text in {"catalogue": CATALOGUE, "links": LINKS, **files}.items():
            if text is not None:
                (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def catalogue(write_entities: Write) -> Catalogue:
    return read_catalogue(write_entities())


def _register_of(rows: Iterable[tuple[str, ...]]) -> pa.Table:
    first = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    return pa.Table.from_pylist(
        [
            {
                "scheme": row[0],
                "subject": row[1],
                "name": row[2] if len(row) > 2 else "",
                "feed": "a_feed",
                "first_recorded_at": first.replace(day=int(row[3]) if len(row) > 3 else 1),
            }
            for row in rows
        ],
        REGISTER_SCHEMA,
    )


@pytest.fixture(scope="session")
def register_of() -> Callable[..., pa.Table]:
    """Make a register of (scheme, subject) and maybe a name and a day of January 2024."""
    return _register_of


@pytest.fixture(scope="session")
def links_text() -> str:
    return LINKS


@pytest.fixture
def make_resolver(catalogue: Catalogue) -> MakeResolver:
    """Resolver over the small market and the rows of a register."""

    def make(
        rows: Iterable[tuple[str, ...]] = (),
        judgements: pa.Table | None = None,
        *,
        as_of: dt.datetime | None = None,
        over: Catalogue = catalogue,
    ) -> Resolver:
        empty = JUDGEMENT_SCHEMA.empty_table()
        return Resolver(
            over, _register_of(rows), empty if judgements is None else judgements, as_of=as_of
        )

    return make
