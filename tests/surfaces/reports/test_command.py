"""``howdah report``: files where they were asked for, names or one JSON object on stdout."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from howdah.surfaces.reports.command import app_command


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command("report")(app_command)
    return app


def test_both_languages_go_to_a_folder(
    app: typer.Typer, small_market: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["--market", str(small_market), "--out", str(out)])
    assert result.exit_code == 0, result.output
    files = [out / "report-en.html", out / "report-zh.html"]
    assert result.stdout.split() == [str(path) for path in files]
    assert 'href="report-zh.html"' in files[0].read_text(encoding="utf-8")


def test_one_language_goes_to_a_file_and_says_so_in_json(
    app: typer.Typer, small_market: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.html"
    arguments = ["--market", str(small_market), "--out", str(out), "--lang", "zh", "--json"]
    result = CliRunner().invoke(app, [*arguments, "--as-of", "2024-06-20"])
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["meta"]["as_of"] == "2024-06-20"
    assert answer["data"]["files"] == [
        {"lang": "zh", "path": str(out), "bytes": out.stat().st_size}
    ]
    assert answer["data"]["findings"]


def test_two_languages_of_a_named_file_are_two_files(
    app: typer.Typer, small_market: Path, tmp_path: Path
) -> None:
    result = CliRunner().invoke(
        app, ["--market", str(small_market), "--out", str(tmp_path / "r.html")]
    )
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r-en.html", "r-zh.html"]
