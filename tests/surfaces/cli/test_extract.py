"""`howdah extract`: files in, claims out, and what is said of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

NAMES = (
    "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin\n"
    "榆问,product,,,榆問,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "names.csv").write_text(NAMES, encoding="utf-8")
    (tmp_path / "news.txt").write_text("去年12月，榆问的日活跃用户为760万。", encoding="utf-8")
    return tmp_path


def extract(run: Run, folder: Path, *more: str) -> Any:  # noqa: ANN401 - of `conftest`
    return run(
        "extract", str(folder / "news.txt"), "--published-at", "2025-01-09",
        "--entities", str(folder / "names.csv"), "--out", str(folder / "claims.jsonl"), *more,
    )  # fmt: skip


def test_claims_have_the_columns_of_the_contract(run: Run, folder: Path) -> None:
    assert extract(run, folder).code == 0
    (line,) = (folder / "claims.jsonl").read_text(encoding="utf-8").splitlines()
    claim = json.loads(line)
    assert list(claim)[:6] == [
        "doc", "kind", "subject", "subject_surface", "subject_start", "subject_end",
    ]  # fmt: skip
    assert (claim["subject"], claim["metric"], claim["value"]) == ("榆问", "dau", 7.6e6)
    assert (claim["period_start"], claim["period_end"]) == ("2024-12-01", "2024-12-31")


def test_the_summary_counts_by_status(run: Run, folder: Path) -> None:
    data = json.loads(extract(run, folder, "--json").out)["data"]
    assert data["n_documents"] == data["n_claims"] == 1
    assert data["n_accepted"] + data["n_review"] + data["n_rejected"] == 1


def test_nothing_is_written_when_a_document_cannot_be_read(run: Run, folder: Path) -> None:
    (folder / "news.txt").write_bytes("日活".encode("gb18030"))
    told = extract(run, folder)
    assert told.code == 2
    assert "not UTF-8" in told.err
    assert not (folder / "claims.jsonl").exists()


def test_what_is_there_is_not_replaced(run: Run, folder: Path) -> None:
    extract(run, folder)
    assert extract(run, folder).code == 2
    assert extract(run, folder, "--force").code == 0
