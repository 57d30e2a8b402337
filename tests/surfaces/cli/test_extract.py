"""`howdah extract`: files in, claims out, and what is said of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from model_server import answering, serving

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
    (folder / "news.txt").write_bytes(b"PK\x03\x04 not a text")
    told = extract(run, folder)
    assert told.code == 2
    assert "is a zip file or an office document, not a text" in told.err
    assert not (folder / "claims.jsonl").exists()


def test_a_document_that_cannot_be_read_is_set_aside_with_its_reason(
    run: Run, folder: Path
) -> None:
    for name, data in (("a.txt", b"PK\x03\x04 not a text"), ("b.txt", b"\x00\x01"), ("c.txt", b"")):
        (folder / "in").mkdir(exist_ok=True)
        (folder / "in" / name).write_bytes(data)
    shutil.copy(folder / "news.txt", folder / "in" / "d.txt")
    given = (
        "extract", str(folder / "in"), "--published-at", "2025-01-09", "--entities",
        str(folder / "names.csv"), "--out", str(folder / "claims.jsonl"),
    )  # fmt: skip
    told = run(*given, "--json")
    assert told.code == 0
    data = json.loads(told.out)["data"]
    assert (data["n_documents"], data["n_quarantined"], data["n_claims"]) == (1, 3, 1)
    assert "3 files of 4 could not be read" in told.err
    rows = pq.read_table(folder / "claims.jsonl.quarantine.parquet").to_pylist()
    assert [(row["row"], Path(row["text"]).name) for row in rows] == [
        (1, "a.txt"), (2, "b.txt"), (3, "c.txt"),
    ]  # fmt: skip
    assert rows[0]["reason"].startswith("is a zip file or an office document")
    assert rows[2]["reason"] == "is empty. Give a file with text in it."
    assert run(*given, "--force", "--strict").code == 3
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / "in" / name).unlink()
    assert run(*given, "--force", "--strict").code == 0
    assert not (folder / "claims.jsonl.quarantine.parquet").exists()


def test_a_file_that_is_not_there_stops_the_run(run: Run, folder: Path) -> None:
    told = run(
        "extract", str(folder / "news.txt"), str(folder / "old.txt"), "--published-at",
        "2025-01-09", "--entities", str(folder / "names.csv"), "--out",
        str(folder / "claims.jsonl"),
    )  # fmt: skip
    assert told.code == 2
    assert "old.txt: there is no such file" in told.err
    assert not (folder / "claims.jsonl").exists()


def test_what_is_there_is_not_replaced(run: Run, folder: Path) -> None:
    extract(run, folder)
    assert extract(run, folder).code == 2
    assert extract(run, folder, "--force").code == 0


# Folders


def test_a_folder_stands_for_all_files_in_it(run: Run, folder: Path) -> None:
    for place in ("press/a.txt", "press/b/c.txt", "press/b/.hidden"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "news.txt", folder / place)
    told = run(
        "extract", str(folder / "press"), "--published-at", "2025-01-09", "--entities",
        str(folder / "names.csv"), "--out", str(folder / "claims.jsonl"), "--json",
    )  # fmt: skip
    assert json.loads(told.out)["data"]["n_documents"] == 2
    lines = (folder / "claims.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Path(json.loads(line)["doc"]).name for line in lines] == ["a.txt", "c.txt"]


def test_a_document_is_given_once(run: Run, folder: Path) -> None:
    again = run(
        "extract", str(folder / "news.txt"), str(folder), "--published-at", "2025-01-09",
        "--entities", str(folder / "names.csv"), "--out", str(folder / "claims.jsonl"),
    )  # fmt: skip
    assert again.code == 2
    assert "is given twice" in again.err


def test_no_document_makes_no_claim(run: Run, folder: Path) -> None:
    (folder / "empty").mkdir()
    told = run(
        "extract", str(folder / "empty"), "--published-at", "2025-01-09", "--entities",
        str(folder / "names.csv"), "--out", str(folder / "claims.parquet"),
    )  # fmt: skip
    assert told.code == 0
    assert "0 claims of 0 documents" in told.err
    assert pq.read_table(folder / "claims.parquet").num_rows == 0


def test_claims_are_written_in_parts_and_in_order(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = extract(run, folder, "--json")
    written = (folder / "claims.jsonl").read_bytes()
    text = (folder / "news.txt").read_text(encoding="utf-8")
    (folder / "news.txt").write_text(f"{text}\n" * 3, encoding="utf-8")
    monkeypatch.setattr("howdah.surfaces.cli.pages.extract._BATCH", 1)
    assert json.loads(whole.out)["data"]["n_claims"] == 1
    extract(run, folder, "--force")
    lines = (folder / "claims.jsonl").read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    assert lines[0] == written
    starts = [json.loads(line)["start"] for line in lines]
    assert starts == sorted(starts)


# A language model


def test_a_model_is_asked_and_accounted_for(run: Run, folder: Path) -> None:
    asks = ("--llm-model", "toy", "--llm")
    with serving(answering({"760万": {"metric": "none", "subject": "榆问"}})) as server:
        told = extract(run, folder, *asks, server.url)
    assert told.code == 0
    assert f"toy at {server.url[7:-3]}: 2 new answers, 0 kept from before" in told.err
    # Of the three choices two are otherwise: no metric, no period.
    assert "of 3 choices 2 otherwise than the rules, 0 of these turned down" in told.err
    (line,) = (folder / "claims.jsonl").read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["metric"], json.loads(line)["read_by"]) == ("unclassified", "choice")
    # The server is gone, and its answers are there.
    again = extract(run, folder, *asks, server.url, "--force", "--json")
    assert (folder / "claims.jsonl").read_text(encoding="utf-8") == f"{line}\n"
    model = json.loads(again.out)["data"]["model"]
    assert (model["name"], model["n_asked"], model["n_kept"]) == ("toy", 0, 2)
    assert (model["tokens_in"], model["n_changed"], model["n_by_rules"]) == (0, 2, 0)


def test_a_server_that_fails_leaves_the_rules(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOWDAH_HTTP_ATTEMPTS", "1")
    extract(run, folder)
    written = (folder / "claims.jsonl").read_bytes()
    with serving(answering()) as server:
        server.first = [(500, {}, b"no")] * 9
        told = extract(run, folder, "--force", "--llm", server.url, "--llm-model", "toy")
    assert told.code == 0
    assert "read by rules alone: 1, the first" in told.err
    assert "it answered 500." in told.err
    assert (folder / "claims.jsonl").read_bytes() == written


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--llm", "http://localhost/v1"), "needs both --llm URL"),
        (("--llm-model", "toy"), "needs both --llm URL"),
        (("--llm", "localhost", "--llm-model", "toy"), "is no http(s) URL"),
        (("--llm", "http://localhost/v1", "--llm-model", " "), "has no name"),
    ],
    ids=["no_model", "no_url", "no_scheme", "blank"],
)
def test_a_model_needs_an_address_and_a_name(
    run: Run, folder: Path, options: tuple[str, ...], problem: str
) -> None:
    told = extract(run, folder, *options)
    assert told.code == 2
    assert problem in told.err
    assert not (folder / "claims.jsonl").exists()
