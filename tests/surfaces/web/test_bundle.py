"""What the build makes: a bundle of the present sources, small, and nothing from elsewhere."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from browsing import BUNDLE

from howdah.surfaces.http.bundle import PAGES

WEB = Path(__file__).parents[3] / "web"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(WEB / "bundle.py"))


def test_the_server_knows_the_pages_of_the_app() -> None:
    source = (WEB / "src" / "app.tsx").read_text(encoding="utf-8")
    routes = re.findall(r'^  "(/\w*)": {', source, re.MULTILINE)
    assert {path.strip("/") for path in routes} == PAGES


def test_the_bundle_is_of_the_present_sources(script: dict[str, Any]) -> None:
    assert script["is_made"](BUNDLE, script["digest"](script["sources"]())), "./run web"


def test_words_of_others_are_sources_too(script: dict[str, Any]) -> None:
    names = {path.name for path in script["sources"]()}
    assert {"phrases.toml", "metrics.toml", "texts.toml", "words.toml", "index.html"} <= names
    assert not any("node_modules" in path.parts for path in script["sources"]())


def test_a_changed_file_has_another_digest(script: dict[str, Any], tmp_path: Path) -> None:
    file = script["ROOT"] / "web" / "index.html"
    assert script["digest"]([file]) != script["digest"]([file, file])
    (tmp_path / script["MARK"]).write_text("one", encoding="utf-8")
    assert script["is_made"](tmp_path, "one")
    assert not script["is_made"](tmp_path, "two")
    assert not script["is_made"](tmp_path / "absent", "one")


def test_all_of_the_app_is_smaller_than_a_first_load_may_be() -> None:
    assets = [p for p in (BUNDLE / "assets").iterdir() if p.suffix in {".js", ".css"}]
    packed = [p.with_name(f"{p.name}.br") for p in assets]
    sizes = [(b if b.is_file() else p).stat().st_size for p, b in zip(assets, packed, strict=True)]
    assert sum(sizes) < 300_000


def test_the_page_holds_no_code_or_style_of_its_own_and_asks_nobody() -> None:
    page = (BUNDLE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\bstyle=|\bon\w+=", page) == []
    assert re.findall(r"""(?:src|href)=["'](?!/)""", page) == []
