"""The reference pages are those that the code gives, and leave nothing out."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from howdah.core import builtin_metrics
from howdah.core.claim import CLAIM_COLUMNS
from howdah.core.settings import SETTINGS
from howdah.market.config import MarketConfig
from howdah.sources import FeedSpec
from howdah.surfaces.cli.application import FEED_COMMANDS, SECTIONS

DOCS = Path(__file__).parents[3] / "docs"


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = load_generator()
PAGES = GENERATE.pages()


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_what_the_code_gives(name: str) -> None:
    committed = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert committed == PAGES[name], "run: python docs/generate.py"


def test_the_committed_shapes_of_answers_are_what_the_code_gives() -> None:
    committed = GENERATE.SCHEMAS.read_text(encoding="utf-8")
    assert committed == GENERATE.schemas_text(), "run: python docs/generate.py"


def test_every_generated_page_is_there() -> None:
    assert set(PAGES) <= {path.name for path in (DOCS / "reference").glob("*.md")}


def test_every_command_is_documented() -> None:
    names = [
        entry.name
        for section in SECTIONS.values()
        for entry in section
        if not isinstance(entry, str)
    ]
    names += [f"feed {command.name}" for command in FEED_COMMANDS]
    missing = [name for name in names if f"\n### howdah {name}\n" not in PAGES["commands.md"]]
    assert missing == []


def test_every_setting_is_documented() -> None:
    page = PAGES["settings.md"]
    assert [s.name for s in SETTINGS if f"`{s.variable}`" not in page] == []


def test_every_metric_is_documented() -> None:
    page = PAGES["metrics.md"]
    assert [m for m in builtin_metrics().metrics if f"\n| `{m}` |" not in page] == []


def test_every_error_is_documented_in_the_tree_and_the_table() -> None:
    page = PAGES["errors.md"]
    tree = page.split("```")[1]
    names = [kind.__name__ for kind in GENERATE.error_classes()]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert [name for name in names if name not in tree] == []


@pytest.mark.parametrize(
    ("page", "keys"),
    [
        ("feed-spec.md", list(FeedSpec.model_fields)),
        ("market.md", list(MarketConfig.model_fields)),
        ("claims.md", [column.name for column in CLAIM_COLUMNS]),
    ],
)
def test_every_key_is_documented(page: str, keys: list[str]) -> None:
    assert [key for key in keys if f"\n| `{key}` |" not in PAGES[page]] == []
