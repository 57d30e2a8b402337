"""Words of the app: each is there in both languages, and says the same values in both."""

import re
import tomllib
from pathlib import Path
from typing import Any

from howdah.entities.catalogue import KNOWN_TYPES
from howdah.entities.schemes import OTHER_TYPE, SCHEMES, UNKNOWN_TYPE

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"

_KEY = re.compile(r"""\bt\(\s*["'`]([a-z_]+\.[\w ]+)["'`]""")
_GROUP = re.compile(r"""\bnamed\(\s*["'`]([a-z_]+)["'`]""")
_VALUE = re.compile(r"\{(\w+)")


def _table(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def _sources() -> str:
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted((WEB / "src").rglob("*.ts*")))


def _catalogue() -> dict[str, dict[str, Any]]:
    """As `web/catalogue.ts` makes it."""
    phrases = _table("src/howdah/core/phrases.toml")
    groups: dict[str, dict[str, Any]] = {"short_unit": phrases["unit"]}
    for table in (
        phrases,
        _table("src/howdah/surfaces/reports/texts.toml"),
        _table("web/words.toml"),
    ):
        for name, entries in table.items():
            groups[name] = {**groups.get(name, {}), **entries}
    return groups


def test_every_word_that_a_page_asks_for_is_there() -> None:
    groups = _catalogue()
    keys = {key for key in _KEY.findall(_sources()) if not key.endswith("_")}
    assert len(keys) > 200
    missing = [k for k in sorted(keys) if k.partition(".")[2] not in groups[k.partition(".")[0]]]
    assert missing == []
    assert set(_GROUP.findall(_sources())) <= set(groups)


def test_every_type_of_entity_has_a_word() -> None:
    types = {OTHER_TYPE, UNKNOWN_TYPE, *KNOWN_TYPES, *(scheme.type for scheme in SCHEMES.values())}
    assert sorted(types - _catalogue()["type"].keys()) == []


def test_every_word_has_two_languages_with_the_same_values() -> None:
    for group, entries in _table("web/words.toml").items():
        for key, entry in entries.items():
            assert set(entry) <= {"en", "zh", "one"}, f"{group}.{key}"
            assert entry["en"], f"{group}.{key}"
            assert entry["zh"], f"{group}.{key}"
            values = set(_VALUE.findall(entry["en"]))
            assert set(_VALUE.findall(entry["zh"])) == values, f"{group}.{key}"
