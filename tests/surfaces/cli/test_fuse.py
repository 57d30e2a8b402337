"""`howdah fuse`: the contract's files and columns, exit codes, and input that is wrong."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

WEEKS = 12


def claim_rows(n_series: int = 40) -> pl.DataFrame:
    draws = np.random.default_rng(3)
    rows = []
    for i in range(n_series):
        level = draws.normal(10, 1)
        for t in range(WEEKS):
            level += draws.normal(0, 0.05)
            rows += [
                {
                    "series": f"app {i:02}",
                    "source": f"vendor {s}",
                    "period": dt.date(2024, 1, 1) + dt.timedelta(weeks=t),
                    "value": float(np.exp(level + 0.2 * s + draws.normal(0, 0.1))),
                    "true": float(np.exp(level)),
                    "published_at": dt.datetime(2024, 1, 2, tzinfo=dt.UTC) + dt.timedelta(weeks=t),
                }
                for s in range(3)
            ]
    return pl.DataFrame(rows)


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.csv"
    claim_rows().drop("true").write_csv(path)
    return path


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    path = tmp_path / "anchors.csv"
    rows = claim_rows().filter(pl.col("series") < "app 30").unique(["series", "period"])
    rows.select("series", "period", value="true").write_csv(path)
    return path


def test_fuse_writes_its_files_to_the_column(
    run: Run, claims: Path, anchors: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = run("fuse", str(claims), "--anchors", str(anchors), "--out", str(out), "--json")
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in out.iterdir()) == [
        "estimates.parquet", "sources.parquet", "summary.json", "suspects.parquet"
    ]  # fmt: skip
    estimates = pl.read_parquet(out / "estimates.parquet")
    assert estimates.columns == [
        "series", "period", "value", "lower", "upper", "prob", "n_claims", "n_sources",
        "anchored", "method",
    ]  # fmt: skip
    assert estimates.height == 40 * WEEKS
    assert pl.read_parquet(out / "sources.parquet").columns == [
        "source", "segment", "bias", "bias_lower", "bias_upper", "noise", "shared_error",
        "n_claims", "n_suspect",
    ]  # fmt: skip
    assert pl.read_parquet(out / "suspects.parquet").columns[-2:] == ["reason", "factor"]
    said = json.loads(ran.out)["data"]
    kept = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert said["anchors_used"] is kept["anchors_used"] is True
    assert kept["calibration"]["held_out"]
    assert set(kept["versions"]) >= {"howdah", "numpy"}
    assert kept["timings"]["total_s"] > 0
    assert set(estimates["method"]) == {"fusion.1"}


def test_the_same_input_gives_the_same_bytes(run: Run, claims: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("fuse", str(claims), "--out", str(tmp_path / name)).code == 0
    for part in ("estimates", "sources", "suspects"):
        first, second = ((tmp_path / n / f"{part}.parquet").read_bytes() for n in "ab")
        assert first == second


def test_what_cannot_be_used_is_set_aside_with_its_reason(run: Run, tmp_path: Path) -> None:
    rows = claim_rows(4).drop("true").with_columns(pl.col("value").cast(pl.String))
    rows[0, "value"], rows[5, "value"], rows[7, "value"] = "0", "many", None
    path, out = tmp_path / "claims.csv", tmp_path / "out"
    rows.write_csv(path)
    ran = run("fuse", str(path), "--out", str(out), "--strict")
    assert ran.code == 3
    found = pl.read_parquet(out / "quarantine.parquet").sort("row")
    assert found.select("row", "column").rows() == [(1, "value"), (6, "value"), (8, "value")]
    reasons = found["reason"].to_list()
    assert "no logarithm" in reasons[0]
    assert "says nothing" in reasons[2]


@pytest.mark.parametrize(
    ("scale", "reasons"),
    [
        ("log", ["beyond 1e30, which no quantity is", "below 1e-30", "beyond 1e30"]),
        ("linear", ["beyond 1e30, which no quantity is", "beyond 1e30"]),
    ],
)
def test_what_no_quantity_is_is_set_aside(
    run: Run, tmp_path: Path, scale: str, reasons: list[str]
) -> None:
    rows = claim_rows(4).drop("true").with_columns(value_high=pl.lit(None, pl.Float64))
    rows[0, "value"], rows[2, "value"], rows[4, "value_high"] = 1e300, 1e-300, 1e31
    rows[6, "value_high"] = 1e30
    path, out = tmp_path / "claims.parquet", tmp_path / "out"
    rows.write_parquet(path)
    ran = run("fuse", str(path), "--out", str(out), "--scale", scale)
    assert ran.code == 0, ran.err
    assert "(rows count from 1, the header does not)" in ran.err
    found = pl.read_parquet(out / "quarantine.parquet").sort("row")
    assert len(found) == len(reasons)
    for reason, expected in zip(found["reason"], reasons, strict=True):
        assert expected in reason


def test_a_row_that_contradicts_itself_is_set_aside(run: Run, tmp_path: Path) -> None:
    rows = claim_rows(4).drop("true").with_columns(listed=None, cutoff=None)
    rows = rows.with_row_index("n").with_columns(
        listed=pl.when(pl.col("n") == 3).then(pl.lit(value=False)),
        cutoff=pl.when(pl.col("n") == 3).then(pl.col("value") / 2),
    )
    path, out = tmp_path / "claims.csv", tmp_path / "out"
    rows.drop("n").write_csv(path)
    assert run("fuse", str(path), "--out", str(out)).code == 0
    found = pl.read_parquet(out / "quarantine.parquet")
    assert found.select("row", "column").rows() == [(4, "value")]
    assert "cut-off of a list" in found["reason"][0]


def test_shares_have_cut_offs_between_0_and_100(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "claims.csv", tmp_path / "out"
    path.write_text(
        "series,source,period,value,listed,cutoff\n"
        + "".join(f"app,one,2024-0{m}-01,{m}.5,,\n" for m in range(1, 8))
        + "app,two,2024-01-01,,false,2000\napp,two,2024-02-01,,false,2\n"
    )
    assert run("fuse", str(path), "--scale", "logit", "--out", str(out)).code == 0
    found = pl.read_parquet(out / "quarantine.parquet")
    assert found.select("row", "column").rows() == [(8, "cutoff")]


def test_a_missing_column_names_file_and_column(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    claim_rows(2).drop("source").write_csv(path)
    ran = run("fuse", str(path), "--out", str(tmp_path / "out"))
    assert ran.code == 2
    assert "claims.csv" in ran.err
    assert "'source'" in ran.err
    assert not (tmp_path / "out").exists()


def test_an_anchor_that_cannot_be_used_is_an_error(run: Run, claims: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "anchors.csv"
    wrong.write_text("series,period,value\napp 01,2024-01-01,-5\n", encoding="utf-8")
    ran = run("fuse", str(claims), "--anchors", str(wrong), "--out", str(tmp_path / "out"))
    assert ran.code == 2
    assert "no logarithm" in ran.err
    assert "Row 1 (the header not counted), column 'value'" in ran.err


def test_as_of_leaves_out_what_was_published_later(run: Run, claims: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("fuse", str(claims), "--out", str(out), "--as-of", "2024-01-20").code == 0
    assert pl.read_parquet(out / "estimates.parquet")["period"].max() == dt.date(2024, 1, 15)


def test_as_of_leaves_out_truth_of_later(run: Run, claims: Path, tmp_path: Path) -> None:
    out, truth = tmp_path / "out", tmp_path / "truth.csv"
    truth.write_text(
        "series,period,value,published_at\n"
        "app 01,2024-01-08,50000,2024-01-20\n"
        "app 02,2024-01-08,50000,2024-01-21\n"  # said later
        "app 03,2024-01-22,50000,\n"  # of later
        "app 04,2024-01-08,40000,2024-01-12\n"
        "app 04,2024-01-08,50000,2024-01-19\n"
        "app 04,2024-01-08,90000,2024-01-22\n",  # corrected, and once more, later
        encoding="utf-8",
    )
    ran = run(
        "fuse", str(claims), "--anchors", str(truth), "--out", str(out), "--as-of", "2024-01-20"
    )
    assert ran.code == 0, ran.err
    estimates = pl.read_parquet(out / "estimates.parquet")
    assert estimates["period"].max() == dt.date(2024, 1, 15)
    known = estimates.filter("anchored", pl.col("period") == dt.date(2024, 1, 8))
    assert known["series"].to_list() == ["app 01", "app 04"]
    assert known["value"].to_list() == pytest.approx([50_000.0, 50_000.0], rel=0.02)


def test_truth_that_contradicts_itself_is_an_error(run: Run, claims: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    rows = "app 01,2024-01-08,{}\napp 01,2024-01-08,{}\n"
    truth.write_text("series,period,value\n" + rows.format(6700, 123456), encoding="utf-8")
    ran = run("fuse", str(claims), "--anchors", str(truth), "--out", str(tmp_path / "out"))
    assert ran.code == 2
    assert "truth of 'app 01' in 2024-01-08 is both 6,700.0 and 123,456.0" in ran.err
    truth.write_text("series,period,value\n" + rows.format(50_000, 50_500), encoding="utf-8")
    ran = run("fuse", str(claims), "--anchors", str(truth), "--out", str(tmp_path / "out"))
    assert ran.code == 0, ran.err


def test_a_period_of_no_time_is_set_aside(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "claims.csv", tmp_path / "out"
    stray = (
        claim_rows().head(2).with_columns(period=pl.Series([dt.date(9999, 1, 1), dt.date(1, 1, 1)]))
    )
    pl.concat([claim_rows(), stray]).drop("true").write_csv(path)
    ran = run("fuse", str(path), "--out", str(out))
    assert ran.code == 0, ran.err
    assert f"{out}/quarantine.parquet" in ran.err.replace("\n", "")
    assert "check the year" in pl.read_parquet(out / "quarantine.parquet")["reason"][0]
    assert pl.read_parquet(out / "estimates.parquet")["period"].dt.year().unique().to_list() == [
        2024
    ]


def test_suspects_with_verdicts_can_be_fed_back(run: Run, tmp_path: Path) -> None:
    rows = claim_rows().drop("true")
    wrong = (pl.col("series") == "app 03") & (pl.col("source") == "vendor 1")
    day = dt.date(2024, 1, 29)
    slip = pl.when(wrong & (pl.col("period") == day)).then(1000.0).otherwise(1.0)
    path = tmp_path / "claims.csv"
    rows.with_columns(pl.col("value") * slip).write_csv(path)
    first, second = tmp_path / "first", tmp_path / "second"
    assert run("fuse", str(path), "--out", str(first)).code == 0
    suspects = pl.read_parquet(first / "suspects.parquet")
    assert {"level", "lower", "upper", "off_sds", "other_series"} <= set(suspects.columns)
    assert suspects.filter(pl.col("reason") == "unit_slip").height == 1
    reviewed = suspects.with_columns(verdict=pl.lit("keep"))
    stray = reviewed.head(1).with_columns(series=pl.lit("app 99"))
    blank = reviewed.head(1).with_columns(source=pl.lit("x"), verdict=pl.lit(None, pl.String))
    verdicts = tmp_path / "verdicts.parquet"
    pl.concat([reviewed, stray, blank]).write_parquet(verdicts)
    ran = run("fuse", str(path), "--keep", str(verdicts), "--out", str(second), "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)["data"]
    assert (said["n_reviews"], said["n_reviews_unmatched"]) == (suspects.height + 1, 1)
    assert [row["series"] for row in said["reviews_unmatched"]] == ["app 99"]
    unmatched = pl.read_parquet(second / "reviews_unmatched.parquet")
    assert unmatched.select("series", "source", "verdict").rows() == [
        ("app 99", stray["source"][0], "keep")
    ]
    left = pl.read_parquet(second / "suspects.parquet")
    assert left.filter(wrong & (pl.col("period") == day)).height == 0


def test_verdicts_about_no_claim_are_named(run: Run, tmp_path: Path) -> None:
    rows = claim_rows().filter(pl.col("period") == dt.date(2024, 1, 1))
    path, out, verdicts = tmp_path / "claims.csv", tmp_path / "out", tmp_path / "verdicts.csv"
    rows.select("series", "source", "value").write_csv(path)
    strays = "".join(f"gone {n},vendor 2,drop\n" for n in range(5))
    verdicts.write_text(f"series,source,verdict\n{strays}", encoding="utf-8")
    ran = run("fuse", str(path), "--static", "--keep", str(verdicts), "--out", str(out))
    assert ran.code == 0, ran.err
    assert "verdicts read: 5; about no claim: 5" in ran.err
    assert "drop gone 0, vendor 2, all periods" in ran.err
    assert "and 2 others: reviews_unmatched.parquet has all" in ran.err
    assert pl.read_parquet(out / "reviews_unmatched.parquet").height == 5


def test_a_static_run_takes_verdicts_without_periods(run: Run, tmp_path: Path) -> None:
    rows = claim_rows().filter(pl.col("period") == dt.date(2024, 1, 1))
    path, out, verdicts = tmp_path / "claims.csv", tmp_path / "out", tmp_path / "verdicts.csv"
    rows.select("series", "source", "value").write_csv(path)
    verdicts.write_text("series,source,verdict\napp 01,vendor 2,drop\n", encoding="utf-8")
    ran = run("fuse", str(path), "--static", "--keep", str(verdicts), "--out", str(out))
    assert ran.code == 0, ran.err
    assert "verdicts read: 1; about no claim: 0" in ran.out + ran.err
    suspects = pl.read_parquet(out / "suspects.parquet")
    assert not (out / "reviews_unmatched.parquet").exists()
    assert suspects.select("series", "source", "reason").rows() == [
        ("app 01", "vendor 2", "reviewed")
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("series,source,verdict\napp 01,vendor 1,perhaps\n", "keep or drop"),
        ("series,source\napp 01,vendor 1\n", "'verdict'"),
        (
            "series,source,verdict\napp 01,vendor 1,keep\napp 01,vendor 1,drop\n",
            "both keep and drop",
        ),
    ],
)
def test_a_verdict_that_cannot_be_read_is_an_error(
    run: Run, claims: Path, tmp_path: Path, text: str, says: str
) -> None:
    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text(text, encoding="utf-8")
    ran = run("fuse", str(claims), "--keep", str(verdicts), "--out", str(tmp_path / "out"))
    assert ran.code == 2
    assert says in ran.err
    assert not (tmp_path / "out").exists()


def test_static_has_no_periods(run: Run, tmp_path: Path) -> None:
    rows = claim_rows().filter(pl.col("period") == dt.date(2024, 1, 1))
    path, out = tmp_path / "claims.jsonl", tmp_path / "out"
    rows.select("series", "source", "value").write_ndjson(path)
    assert run("fuse", str(path), "--static", "--out", str(out)).code == 0
    estimates = pl.read_parquet(out / "estimates.parquet")
    assert "period" not in estimates.columns
    assert estimates.height == 40


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [("--prob", "1.5", "between 0 and 1"), ("--scale", "cubic", "cubic")],
)
def test_a_wrong_option(
    run: Run, claims: Path, tmp_path: Path, option: str, value: str, says: str
) -> None:
    ran = run("fuse", str(claims), "--out", str(tmp_path / "out"), option, value)
    assert ran.code == 2
    assert says in ran.err


def test_a_series_in_two_segments_is_no_error(run: Run, tmp_path: Path) -> None:
    rows = claim_rows(8).drop("true").with_row_index()
    rows = rows.with_columns(segment=pl.when(pl.col("index") % 3 == 0).then(pl.lit("games")))
    path, out = tmp_path / "claims.csv", tmp_path / "out"
    rows.drop("index").write_csv(path)
    ran = run("fuse", str(path), "--out", str(out))
    assert ran.code == 0, ran.err
    assert set(pl.read_parquet(out / "sources.parquet")["segment"]) == {"games"}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "series,source,period,value\n", "nothing to fuse"),
        ("a.csv", "series,source,period,value\na,x,2024-Q1,5\n", "2024-03-31"),
    ],
)
def test_a_file_without_a_row_or_a_date_is_an_error_that_says_what_to_do(
    run: Run, tmp_path: Path, name: str, content: str, told: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    ran = run("fuse", str(path), "--out", str(tmp_path / "out"))
    assert ran.code == 2
    assert name in ran.err
    assert told in ran.err
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("more", [[], ["--static"], ["--state", "kept"]])
def test_a_scale_that_holds_no_claim_is_an_error_that_counts_them(
    run: Run, tmp_path: Path, more: list[str]
) -> None:
    path = tmp_path / "claims.csv"
    users = "".join(f"app,vendor,2024-{month:02}-01,{month}000\n" for month in range(1, 10))
    path.write_text("series,source,period,value\n" + users + "app,vendor,2024-10-01,\n")
    more = [str(tmp_path / word) if word == "kept" else word for word in more]
    ran = run("fuse", str(path), "--scale", "logit", "--out", str(tmp_path / "out"), *more)
    assert ran.code == 2
    assert "claims.csv: of 10 rows none can be used, so there is nothing to fuse" in ran.err
    assert "9 rows: column 'value', not between 0 and 100 percent" in ran.err
    assert "use --scale linear or log (row 1 has '1000.0'); 1 row: column 'value', says" in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["claims.csv", "out"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["quarantine.parquet"]
    assert pl.read_parquet(tmp_path / "out" / "quarantine.parquet")["row"].n_unique() == 10
    # What an earlier run wrote is worth more than a quarantine.
    assert run("fuse", str(path), "--out", str(tmp_path / "out"), *more).code == 0
    before = sorted(p.name for p in (tmp_path / "out").iterdir())
    static = more if more[:1] == ["--static"] else []
    again = run(
        "fuse", str(path), "--scale", "logit", "--out", str(tmp_path / "out"), "--force", *static
    )
    assert again.code == 2
    assert "Nothing was written, and" in again.err
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == before


def test_what_rests_on_the_lesser_part_of_a_file_says_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    good = [f"app,vendor,2024-0{month}-01,{month}000" for month in range(1, 5)]
    bad = [f"app,vendor,2024-0{month}-15,{text}" for month, text in enumerate(["1.2M"] * 4, 1)]
    head = "series,source,period,value"
    for rows, is_warned in ((good + bad, False), ([*good, *bad, "app,v,soon,"], True)):
        path.write_text("\n".join([head, *rows]) + "\n")
        ran = run("fuse", str(path), "--out", str(tmp_path / "out"), "--force", "--json")
        assert ran.code == 0
        assert ("WARNING: 56 % of the rows were set aside" in ran.err) is is_warned
        assert "4 rows: column 'value', not a number (row 5 has '1.2M': write 12000" in ran.err
    said = ran.answer["data"]
    assert (said["n_rows"], said["n_quarantined"]) == (9, 5)
    assert said["set_aside"][0] == {
        "column": "value", "reason": "not a number", "n": 4, "row": 5, "text": "1.2M"
    }  # fmt: skip


def test_a_row_that_is_there_again_counts_once(run: Run, claims: Path, tmp_path: Path) -> None:
    once = tmp_path / "once"
    assert run("fuse", str(claims), "--out", str(once)).code == 0
    lines = claims.read_text().splitlines()
    claims.write_text("\n".join([*lines, *lines[1:8], lines[3]]) + "\n")
    ran = run("fuse", str(claims), "--out", str(tmp_path / "twice"), "--json")
    assert ran.answer["data"]["n_repeats"] == 8
    tables = [pl.read_parquet(tmp_path / x / "estimates.parquet") for x in ("once", "twice")]
    assert tables[0].equals(tables[1])


def test_a_static_run_counts_repeats_and_says_that_it_looks_for_no_copies(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("series,source,value\na,x,5\na,x,5\na,y,6\n")
    ran = run("fuse", str(path), "--static", "--out", str(tmp_path / "out"))
    assert "1 series from 2 claims" in ran.err
    assert "1 row repeats another word for word" in ran.err
    assert "--static looks for no copies between sources" in ran.err
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["copies_looked_for"] is False


def test_numbers_agree_with_their_nouns(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    rows = [f"app {i},vendor {s},{10**i * 100 + s}" for i in range(1, 4) for s in range(3)]
    rows[4] = "app 2,vendor 1,10000000"
    path.write_text("series,source,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    many = run("fuse", str(path), "--static", "--out", str(tmp_path / "many"))
    assert "3 series from 9 claims; 1 claim is suspect and was left out" in many.err
    path.write_text("series,source,value\napp,vendor,5\n", encoding="utf-8")
    one = run("fuse", str(path), "--static", "--out", str(tmp_path / "one"))
    assert "1 series from 1 claim; 0 claims are suspect and were left out" in one.err


def test_nothing_known_on_a_date_is_said(run: Run, claims: Path, tmp_path: Path) -> None:
    ran = run("fuse", str(claims), "--out", str(tmp_path / "out"), "--as-of", "2020-01-01")
    assert ran.code == 0
    assert "nothing was fused: no claim can be used or was published by 2020-01-01" in ran.err


def test_truth_of_no_series_is_not_taken_for_none(run: Run, claims: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("series,period,value\nnobody,2024-01-01,5\n")
    ran = run("fuse", str(claims), "--anchors", str(truth), "--out", str(tmp_path / "out"))
    assert ran.code == 0
    assert "1 figure of truth (--anchors), none of a series that has claims" in ran.err


def test_copies_that_nobody_can_tell_from_their_original_are_told(run: Run, tmp_path: Path) -> None:
    draws = np.random.default_rng(3)
    level = np.exp(draws.normal(10, 1.5, 60))[:, None] * np.exp(
        np.cumsum(draws.normal(0, 0.05, (60, 12)), 1)
    )
    said = {name: level * np.exp(draws.normal(0, 0.2, level.shape)) for name in ("A", "B", "C")}
    said["C"] = np.where(draws.random(level.shape) < 0.5, said["A"], said["C"])
    rows = [
        f"s{i},{name},2024-{k + 1:02}-01,{values[i, k]:.8g}\n"
        for name, values in said.items()
        for i, k in np.ndindex(*level.shape)
    ]
    (tmp_path / "claims.csv").write_text("series,source,period,value\n" + "".join(rows))
    ran = run("fuse", str(tmp_path / "claims.csv"), "--out", str(tmp_path / "out"))
    assert "C and A say the same in" in ran.err or "A and C say the same in" in ran.err
    assert "nothing tells who copies" in ran.err


def test_what_a_newcomer_should_know_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("series,source,period,value\na,x,2024-01-31,5\na,x,2024-02-29,7\n")
    alone = run("fuse", str(path), "--out", str(tmp_path / "alone"))
    assert "one source speaks alone: nothing shows how far it is off" in alone.err
    static = run("fuse", str(path), "--static", "--out", str(tmp_path / "static"))
    assert "--static does not read the column 'period'" in static.err
    assert "looks for no copies" not in static.err


def test_every_field_and_column_is_documented(run: Run, tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "fuse-sources.md"
    text = page.read_text(encoding="utf-8")
    rows = claim_rows().drop("true")
    path, late = tmp_path / "claims.csv", tmp_path / "late.csv"
    rows.with_columns(published_at="period").write_csv(path)
    last = pl.col("period") == rows["period"].max()
    rows.filter(last).with_columns(pl.col("value") * 1.01).write_csv(late)
    span = f"{rows['period'].min()}..{rows['period'].max()}"
    state = str(tmp_path / "state")
    found: set[str] = set()
    for n, options in enumerate(
        (
            [str(path), "--growth", span],
            [str(path), "--static"],
            [str(path), "--state", state],
            [str(late), "--state", state],
        )
    ):
        out = tmp_path / f"out-{n}"
        assert run("fuse", *options, "--out", str(out)).code == 0
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        found |= set(summary) | set(pl.read_parquet(out / "suspects.parquet").columns)
        for name in ("growth", "young", "state", "update", "calibration"):
            found |= set(summary.get(name) or ())
    assert sorted(name for name in found if f"`{name}`" not in text) == []
