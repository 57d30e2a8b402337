"""`howdah signals` and `howdah backtest`: files in, files out, whole or not at all."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from simulated_markets import Market

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

COLUMNS = [
    "entity", "probability", "lower", "upper", "rank", "level", "level_relative",
    "lead_estimate_months", "reasons", "caveats",
]  # fmt: skip

ASK = ("--target", "top:40", "--horizon", "6")


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return Market.draw(200, 36, 180, 70).rows()


@pytest.fixture
def feed(rows: pl.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    rows.write_csv(path)
    return path


def test_signals_writes_its_table(run: Run, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    ran = run("signals", str(feed), "--as-of", "2021-06-01", *ASK, "--out", str(out))
    assert (ran.code, ran.out) == (0, "")
    assert "candidates for top:40 within 6 months; learnt from" in ran.err
    table = pl.read_parquet(out)
    assert table.columns == COLUMNS
    assert table["probability"].is_sorted(descending=True)
    assert table["entity"][0] in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "out.parquet"]


def test_other_sources_links_and_a_universe_are_read(
    run: Run, feed: Path, rows: pl.DataFrame, tmp_path: Path
) -> None:
    stars = rows.with_columns(pl.format("{}/repo", "entity").alias("entity"))
    stars.write_parquet(tmp_path / "stars.parquet")
    names = rows["entity"].unique().sort()
    links = pl.DataFrame({"entity": names, "target": [f"{name}/repo" for name in names]})
    links.write_csv(tmp_path / "links.csv")
    pl.DataFrame({"entity": ["not yet listed"]}).write_csv(tmp_path / "all.csv")
    out = tmp_path / "out.csv"
    ran = run(
        "signals", str(feed), "--as-of", "2021-12-01", *ASK, "--out", str(out), "--json",
        "--also", str(tmp_path / "stars.parquet"), "--links", str(tmp_path / "links.csv"),
        "--universe", str(tmp_path / "all.csv"),
    )  # fmt: skip
    data = ran.answer["data"]
    assert data["also"] == [
        {"name": "stars", "n_rows": rows.height, "n_entities": len(names), "n_covered": 180}
    ]
    assert data["n_written"] == data["n_candidates"]
    table = pl.read_csv(out)
    assert "not yet listed" in table["entity"].to_list()
    listed = table.drop_nulls("rank")
    assert not listed["caveats"].fill_null("").str.contains("no second source").any()


def test_sources_of_one_file_stand_beside_each_other(
    run: Run, rows: pl.DataFrame, tmp_path: Path
) -> None:
    both = pl.concat(
        [
            rows.with_columns(pl.lit("shop").alias("source")),
            rows.head(3000).with_columns(pl.lit("panel").alias("source")),
        ]
    )
    both.write_parquet(tmp_path / "both.parquet")
    ran = run(
        "signals", "both.parquet", "--as-of", "2021-12-01", *ASK, "--out", "out.jsonl", "--json"
    )
    data = ran.answer["data"]
    assert data["feed"]["name"] == "shop"
    assert [other["name"] for other in data["also"]] == ["panel"]


def test_the_likeliest_alone_are_written(run: Run, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    args = ("signals", str(feed), "--as-of", "2021-12-01", *ASK, "--out", str(out))
    assert run(*args, "--top", "7").code == 0
    assert len(out.read_text().splitlines()) == 7
    refused = run(*args)
    assert refused.code == 2
    assert "--force" in refused.err
    assert run(*args, "--force").code == 0
    assert len(out.read_text().splitlines()) > 100


def test_forms_and_days_to_come_give_the_same_bytes(
    run: Run, feed: Path, rows: pl.DataFrame, tmp_path: Path
) -> None:
    known = rows.filter(pl.col("period") <= pl.date(2021, 3, 1))
    known.write_parquet(tmp_path / "list.parquet")
    for path, name in ((feed, "a.csv"), (feed, "b.csv"), (tmp_path / "list.parquet", "c.csv")):
        args = ("--as-of", "2021-03-01", *ASK, "--out", str(tmp_path / name))
        assert run("signals", str(path), *args).code == 0
    first, *others = [(tmp_path / f"{name}.csv").read_bytes() for name in "abc"]
    assert all(other == first for other in others)


def test_rows_that_cannot_be_read_are_set_aside_beside_the_file(
    run: Run, feed: Path, tmp_path: Path
) -> None:
    with feed.open("a", encoding="utf-8") as file:
        file.write("someday,e1,5\n")
    out = tmp_path / "out.csv"
    args = ("signals", str(feed), "--as-of", "2021-06-01", *ASK, "--out", str(out))
    ran = run(*args)
    assert ran.code == 0
    beside = tmp_path / "out.csv.quarantine.parquet"
    assert f"to {beside} (rows count" in ran.err
    assert pl.read_parquet(beside).rows() == [
        (6481, "period", "someday", "not a date such as 2024-01-31", str(feed))
    ]
    assert run(*args, "--force", "--strict").code == 3


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--target", "top", "--horizon", "6"), "top:500"),
        (("--target", "growth:0.5", "--horizon", "6"), "growth:5"),
        (("--target", "top:40", "--horizon", "0"), "months from 1 to 120"),
        (("--target", "top:40", "--horizon", "6", "--top", "0"), "--top is 0"),
        (("--target", "top:40", "--horizon", "6", "--prob", "1"), "--prob is 1.0"),
        (("--target", "top:40", "--horizon", "6", "--universe", "none.csv"), "none.csv"),
        (("--target", "top:40", "--horizon", "6", "--as-of", "soon"), "soon"),
    ],
    ids=["top", "growth", "horizon", "k", "prob", "universe", "date"],
)
def test_wrong_options_say_what_is_right(
    run: Run, feed: Path, tmp_path: Path, args: tuple[str, ...], told: str
) -> None:
    out = tmp_path / "out.csv"
    ran = run("signals", str(feed), "--as-of", "2021-06-01", *args, "--out", str(out))
    assert ran.code == 2
    assert told in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("period,entity\n2024-01-31,a\n", "'value'"),
        ("entity,value\na,1\n", "'period'"),
        ("period,entity,value\n", "nothing to look out from"),
    ],
    ids=["value", "period", "empty"],
)
def test_files_without_what_is_needed_are_refused(
    run: Run, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "a.csv").write_text(content)
    ran = run("signals", "a.csv", "--as-of", "2024-02-01", *ASK, "--out", "out.csv")
    assert ran.code == 2
    assert told in ran.err
    assert not (tmp_path / "out.csv").exists()


def test_backtest_writes_its_record(run: Run, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "record"
    span = ("--from", "2021-01-01", "--to", "2021-12-01")
    ran = run("backtest", str(feed), *span, *ASK, "--out", str(out))
    assert (ran.code, ran.out) == (0, "")
    assert sorted(p.name for p in out.iterdir()) == [
        "fdr.parquet", "leads.parquet", "scores.parquet", "summary.json"
    ]  # fmt: skip
    assert "6 origins, clean; base rate" in ran.err
    assert "  howdah: precision at 50" in ran.err
    assert "6 origins skipped: its horizon is not over" in ran.err
    summary = json.loads((out / "summary.json").read_text())
    assert summary["contaminated"]["scores"] == []
    assert len(summary["clean"]["differences"]) == 9
    assert len(summary["skipped"]) == 6
    scores = pl.read_parquet(out / "scores.parquet")
    assert scores.height == 6 * 4
    again = run("backtest", str(feed), *span, *ASK, "--out", str(out), "--force", "--json")
    assert again.answer["data"]["clean"] == summary["clean"]


def test_a_backtest_without_an_origin_to_score_says_why(
    run: Run, feed: Path, tmp_path: Path
) -> None:
    ran = run(
        "backtest", str(feed), "--from", "2021-11-01", "--to", "2021-12-01", *ASK, "--out", "out"
    )
    assert ran.code == 2
    assert "2 origins" in ran.err
    assert "its horizon is not over" in ran.err
    assert not (tmp_path / "out").exists()
    turned = run(
        "backtest", str(feed), "--from", "2021-12-01", "--to", "2021-11-01", *ASK, "--out", "out"
    )
    assert "earlier date first" in turned.err
