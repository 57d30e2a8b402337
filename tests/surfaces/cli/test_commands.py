"""Every command on a small market: screens, JSON, exit codes and errors."""

import csv
import datetime as dt
import json
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from howdah.market import Market

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

READERS = [
    ("radar",),
    ("show", "Oolong"),
    ("show", "Matcha"),
    ("show", "Tea House"),
    ("compare", "Oolong", "Pu'er", "Matcha"),
    ("rank", "dau"),
    ("rank", "stars", "--segment", "code", "--limit", "2"),
    ("entry", "apps"),
    ("features",),
    ("features", "apps", "--ours", "Matcha"),
    ("directions",),
    ("directions", "--record"),
    ("brief", "apps"),
    ("decisions",),
    ("explain", "Oolong", "dau"),
    ("explain", "Oolong", "dau", "--definition", ""),
    ("explain", "Pu'er", "dau", "--period", "2024-11", "--since", "2024-11-30"),
    ("sources",),
    ("sources", "--metric", "dau"),
    ("feeds",),
    ("quarantine",),
    ("review",),
    ("metrics",),
    ("metrics", "dau"),
]

#: Readers whose answers rest on claims, and so take a date.
DATED = [r for r in READERS if r[0] not in {"quarantine", "review", "metrics"}]


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_a_screen_fits_eighty_columns(
    run: Run, small_market: Path, arguments: Sequence[str]
) -> None:
    ran = run(*arguments, market=small_market, columns=80)
    assert ran.code == 0
    assert ran.err == ""
    too_wide = [line for line in ran.out.splitlines() if cell_len(line) > 80]
    assert too_wide == []
    assert "…" not in ran.out


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_a_pipe_gets_plain_text(run: Run, small_market: Path, arguments: Sequence[str]) -> None:
    ran = run(*arguments, market=small_market)
    assert ran.code == 0
    assert not set("─│┃━…\x1b") & set(ran.out)
    assert all(line == line.rstrip() for line in ran.out.splitlines())


@pytest.mark.parametrize("arguments", DATED, ids=" ".join)
def test_every_dated_screen_ends_with_its_basis(
    run: Run, small_market: Path, arguments: Sequence[str]
) -> None:
    last = run(*arguments, market=small_market).out.splitlines()[-1]
    assert last.startswith("As of 2025-01-31 (replayed: recorded when published).")
    assert "Vintages: " in last
    assert "Late feeds: stars (last 2024-12-08, 40 days late)." in last


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_json_is_one_object_with_data_and_meta(
    run: Run, small_market: Path, arguments: Sequence[str]
) -> None:
    ran = run(*arguments, "--json", market=small_market)
    assert ran.code == 0
    assert ran.err == ""
    answer = ran.answer
    assert set(answer) == {"data", "meta"}
    meta = answer["meta"]
    assert meta["market"] == str(small_market.resolve())
    assert isinstance(meta["version"], str)
    if arguments in DATED:
        assert meta["as_of"] == "2025-01-31"
        assert meta["time_basis"] == "replayed"
        assert all(dt.date.fromisoformat(day) for day in meta["vintages"])
        assert meta["n_vintages"] >= len(meta["vintages"])
        assert meta["late_feeds"] == [
            {"feed": "stars", "last_published": "2024-12-08", "days_late": 40}
        ]


def test_radar_findings_carry_their_sentences_and_evidence(run: Run, small_market: Path) -> None:
    data = run("radar", "--json", market=small_market).answer["data"]
    assert data["n_found"] >= len(data["findings"]) > 0
    for finding in data["findings"]:
        assert finding["finding_id"].startswith("f")
        for key in ("text", "consequence", "next_step", "cause", "cause_reason", "record_text"):
            assert isinstance(finding[key], str)
            assert finding[key]
        assert isinstance(finding["n"], int)
        assert finding["claim_ids"]


def test_radar_screen_leads_on(run: Run, small_market: Path) -> None:
    out = run("radar", market=small_market).out
    for label in ("How sure", "Cause", "Record", "Means", "Next", "Trail"):
        assert f"    {label}" in out
    found = run("radar", "--json", market=small_market).answer["data"]["findings"][0]
    assert f"howdah trail {found['finding_id']}" in out


def test_an_explanation_says_what_weighs_and_what_changed(run: Run, small_market: Path) -> None:
    period = ("explain", "Matcha", "dau", "--period", "2024-10")
    out = run(*period, "--since", "2024-12-01", market=small_market).out
    lines = out.splitlines()
    assert "Matcha, daily active users" in lines
    table = next(line for line in lines if line.split()[:1] == ["TeaMetrics"])
    assert table.split()[:5] == ["TeaMetrics", "400k", "2024-10", "100", "%"]
    assert "Since 2024-12-01" in lines
    assert "  Nothing changed: the same claims, and models that say the same." in lines
    late = run(*period, "--since", "2024-11-01", market=small_market).out
    assert "2024-10 had no estimate on 2024-11-01: nothing was known of it yet." in late
    assert "New claims: TeaMetrics 400k of 2024-10 (" in late
    assert "It rests on one claim alone: no other source has checked it" in late
    bound = run("explain", "Oolong", "dau", "--definition", "", market=small_market).out
    assert "nothing earlier to compare with: its one claim became known on one day, 20" in bound
    assert "No level was formed: only bounds are known" in bound
    contested = run("explain", "Matcha", "staff_cut", market=small_market).out
    assert "No level was formed: the statements are further apart than" in contested


def test_an_explanation_as_data(run: Run, small_market: Path) -> None:
    data = run("explain", "Oolong", "dau", "--json", market=small_market).answer["data"]
    again = run("explain", data["estimate"]["estimate_id"], "--json", market=small_market)
    # An id names one series, so the choice was not ours.
    assert again.answer["data"] == {**data, "others": []}
    assert data["measure"] == "factor"
    total = data["prior_weight"] + sum(claim["weight"] for claim in data["claims"])
    assert total == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Oolong"], "is no id of an estimate"),
        (["e0123456789ab"], "No estimate e0123456789ab"),
        (["Oolong", "nope"], "Unknown metric 'nope'"),
        (["Oolong", "dau", "--since", "2025-02-01"], "give --since a date before"),
        (
            ["Oolong", "dau", "--definition", "tea:dau", "--period", "2024-08"],
            "'2024-08'. Nearest to it, dau of Oolong is known for 2024-10 (tea:dau), 2024-11 (tea",
        ),
        (
            ["Oolong", "dau", "--period", "soon"],
            "dau of Oolong is known for 2024-12 (tea:dau)",
        ),
        (["Oolong", "dau", "--definition", "coffee:dau"], "Unknown dau of Oolong 'coffee:dau'"),
    ],
)
def test_what_cannot_be_explained_says_why(
    run: Run, small_market: Path, arguments: Sequence[str], told: str
) -> None:
    ran = run("explain", *arguments, market=small_market)
    assert ran.code != 0
    assert told in ran.err
    assert ran.out == ""


def test_a_page_says_what_each_source_said(run: Run, small_market: Path) -> None:
    out = run("show", "Oolong", market=small_market).out
    assert "Oolong (product)" in out
    assert "TeaMetrics" in out
    assert "definition not stated" in out
    assert "tea:dau" in out
    assert "(bound only)" in out
    assert "interval at 90 %, 1 claim of 1 source, uncalibrated here" in out
    assert "▁▄█" in out
    apart = out[out.index("Planned, rumoured, denied (not counted)") :]
    assert "planned" in apart
    assert "9M" in apart


def test_a_page_keeps_numbers_as_numbers_in_json(run: Run, small_market: Path) -> None:
    data = run("show", "Oolong", "--json", market=small_market).answer["data"]
    assert data["entity"]["canonical_id"] == "oolong"
    series = next(s for s in data["series"] if s["definition"] == "tea:dau")
    last = series["estimates"][-1]
    assert isinstance(last["value"], float)
    assert last["lower"] < last["value"] < last["upper"]
    assert (last["valid_from"], last["valid_to"]) == ("2024-12-01", "2024-12-31")
    assert last["period"] == "2024-12"
    assert [s["value"] for s in series["statements"]] == [900_000, 2_100_000, 3_900_000]
    assert series["statements"][0]["published_at"] == "2024-11-08"
    assert data["apart"][0]["modality"] == "planned"


@pytest.mark.parametrize("name", ["Wulong", "乌龙", "烏龍", "oolong", "name:Oolong"])
def test_any_name_gives_the_same_page(run: Run, small_market: Path, name: str) -> None:
    page = run("show", "Oolong", "--json", market=small_market).answer["data"]
    other = run("show", name, "--json", market=small_market).answer["data"]
    assert {**other, "others": page["others"]} == page


def test_long_counters_are_shortened_and_counted(run: Run, small_market: Path) -> None:
    out = run("show", "tea/leaf0", market=small_market).out
    assert "and 9 earlier statements (--json shows all)" in out
    data = run("show", "tea/leaf0", "--json", market=small_market).answer["data"]
    assert len(data["series"][0]["statements"]) == 14


def test_contradictions_stay_apart(run: Run, small_market: Path) -> None:
    out = run("show", "Matcha", market=small_market).out
    assert "contested" in out
    assert "at least 300" in out
    assert "at most 120" in out
    assert "Cooperation" in out


def test_a_comparison_shows_what_is_not_known(run: Run, small_market: Path) -> None:
    out = run("compare", "Oolong", "Matcha", market=small_market).out
    assert "A dash: nothing is known." in out
    lines = run("compare", "Oolong", "Matcha", "--json", market=small_market).answer["data"][
        "lines"
    ]
    assert any(None in line["cells"] for line in lines)


def test_a_league_table_gives_places_and_their_bands(run: Run, small_market: Path) -> None:
    data = run("rank", "dau", "--json", market=small_market).answer["data"]
    assert [row["estimate"]["name"] for row in data["places"]] == ["Oolong", "Pu'er"]
    assert all(
        first <= row["place"] <= last for row in data["places"] for first, last in [row["band"]]
    )
    assert data["definition"] == "tea:dau"


def test_a_league_leads_to_the_metrics_other_tables(run: Run, own_market: Path) -> None:
    told = own_market / "inbox" / "news.csv"
    later = "Oolong,dau,people,4100000,4100000,2025-01,asserted,,Tea House,2025-01-20\n"
    told.write_text(told.read_text("utf-8") + later, "utf-8")
    assert run("update", "--feed", "news", market=own_market).code == 0
    data = run("rank", "dau", "--json", market=own_market).answer["data"]
    assert (data["definition"], data["period"]) == ("tea:dau", "2024-12")
    [other] = data["others"]
    assert data["newer"] == {key: other[key] for key in data["newer"]}
    assert (other["definition"], other["period"], other["n_entities"]) == ("", "2025-01", 1)
    out = run("rank", "dau", market=own_market).out
    assert "Chosen for the most entities. The newest period is 2025-01, 1 entity" in out
    assert other["command"] in out
    shown = run(*shlex.split(other["command"])[1:], "--json", market=own_market).answer["data"]
    assert (shown["definition"], shown["period"], shown["newer"]) == ("", "2025-01", None)
    assert [table["definition"] for table in shown["others"]] == ["tea:dau"]


def test_a_table_of_long_ago_is_not_chosen_for_its_size(run: Run, own_market: Path) -> None:
    users = own_market / "inbox" / "users.csv"
    old = users.read_text("utf-8").replace("2024-", "2019-").replace("2025-", "2020-")
    users.write_text(old, "utf-8")
    told = own_market / "inbox" / "news.csv"
    later = "Oolong,wau,people,4100000,4100000,2025-01,asserted,,Tea House,2025-01-20\n"
    told.write_text(told.read_text("utf-8") + later, "utf-8")
    panel = own_market / "feeds" / "panel.toml"
    panel.write_text(panel.read_text("utf-8").replace('metric = "dau"', 'metric = "wau"'), "utf-8")
    assert run("update", market=own_market).code == 0
    data = run("rank", "wau", "--json", market=own_market).answer["data"]
    assert (data["definition"], data["period"]) == ("", "2025-01")


def test_a_plan_for_a_later_period_does_not_empty_a_league(run: Run, own_market: Path) -> None:
    told = own_market / "inbox" / "news.csv"
    plan = "Oolong,dau,people,9500000,9500000,2025-06,planned,,Tea House,2024-12-10\n"
    told.write_text(told.read_text("utf-8") + plan, "utf-8")
    assert run("update", "--feed", "news", market=own_market).code == 0
    assert run("rank", "dau", market=own_market).code == 0


def test_a_league_says_who_has_figures_of_other_periods_alone(run: Run, small_market: Path) -> None:
    # The last list names Oolong and Pu'er; what was said of Matcha in it could not be read.
    out = run("rank", "dau", market=small_market).out
    told = "1 entity left out: no figure is of this period. Last known: Matcha (2024-10-31)."
    command = "howdah rank dau --definition tea:dau --period 2024-10"
    assert f"{told} See them with: {command}" in out.splitlines()
    seen = run(*shlex.split(command)[1:], "--json", market=small_market).answer["data"]
    assert "Matcha" in {place["estimate"]["name"] for place in seen["places"]}
    assert seen["left_out"] is None
    data = run("rank", "dau", "--json", market=small_market).answer["data"]
    assert data["left_out"] == {
        "n_entities": 1,
        "newest": [["Matcha", "2024-10-31"]],
        "period": "2024-10",
        "command": command,
    }


def test_a_window_of_days_that_a_league_leads_to_can_be_asked_for(
    run: Run, own_market: Path
) -> None:
    path = own_market / "inbox" / "stars.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(r for r in rows if "leaf2" not in r or "2024-12" not in r), "utf-8")
    spec = own_market / "feeds" / "stars.toml"
    window = 'valid_to = { column = "day" }\nwindow_days = 30\n'
    spec.write_text(
        spec.read_text("utf-8")
        .replace('period = { column = "day" }\n', window)
        .replace('metric = "stars"', 'metric = "downloads"'),
        "utf-8",
    )
    assert run("update", "--feed", "stars", market=own_market).code == 0
    data = run("rank", "downloads", "--json", market=own_market).answer["data"]
    left_out = data["left_out"]
    assert [name for name, _ in left_out["newest"]] == ["tea/leaf2"]
    assert ".." in left_out["period"]
    seen = run(*shlex.split(left_out["command"])[1:], "--json", market=own_market)
    assert "tea/leaf2" in {p["estimate"]["name"] for p in seen.answer["data"]["places"]}


def test_an_explanation_says_which_definition_it_took(run: Run, small_market: Path) -> None:
    out = run("explain", "Oolong", "dau", market=small_market).out
    assert "definition tea:dau; people" in out
    told = "  2 definitions are known, and this one was taken for its latest period, or for the "
    assert [line for line in out.splitlines() if line.startswith(told)]
    command = "howdah explain Oolong dau --definition ''"
    assert f"    not stated, people, 2024-11: {command}" in out.splitlines()
    data = run("explain", "Oolong", "dau", "--json", market=small_market).answer["data"]
    assert [other["command"] for other in data["others"]] == [command]
    asked = run(*shlex.split(command)[1:], "--json", market=small_market).answer["data"]
    assert (asked["estimate"]["definition"], asked["others"]) == ("", [])


def test_a_shortened_league_says_how_many_more(run: Run, small_market: Path) -> None:
    out = run("rank", "stars", "--limit", "1", market=small_market).out
    assert "and 2 other places; --limit 0 shows all" in out
    data = run("rank", "stars", "--limit", "1", "--json", market=small_market).answer["data"]
    assert len(data["places"]) == 1
    assert data["n_places"] == 3


def test_every_printed_id_has_a_trail(run: Run, small_market: Path) -> None:
    page = run("show", "Oolong", "--json", market=small_market).answer["data"]
    finding = run("radar", "--json", market=small_market).answer["data"]["findings"][0]
    estimate = page["series"][-1]["estimates"][-1]
    claim = page["series"][-1]["statements"][-1]["claim_id"][:10]
    ids = {
        finding["finding_id"]: "finding",
        estimate["estimate_id"]: "estimate",
        claim: "claim",
    }
    for id_, kind in ids.items():
        data = run("trail", id_, "--json", market=small_market).answer["data"]
        assert data["kind"] == kind
        for step in data["claims"]:
            assert step["raw_text"]
            assert step["licence"]
            assert step["row"] >= 1
        out = run("trail", id_, market=small_market, columns=80).out
        assert f"Trail of {kind} {id_}" in out
        assert "record" in out
        assert all(cell_len(line) <= 80 for line in out.splitlines())


def test_feeds_show_terms_and_reach(run: Run, small_market: Path) -> None:
    out = run("feeds", market=small_market).out
    assert "EUR 12,000" in out
    assert "2025-06-30" in out
    assert "Unmeasured" in out
    data = run("feeds", "--json", market=small_market).answer["data"]
    panel = next(feed for feed in data["feeds"] if feed["feed"] == "panel")
    assert panel["n_quarantined"] == 1
    assert panel["cost"] == 12_000
    assert 0 < panel["coverage"] <= 1


def test_quarantine_keeps_the_row_as_it_came(run: Run, small_market: Path) -> None:
    out = run("quarantine", "--feed", "panel", market=small_market).out
    assert "1 row in quarantine" in out
    assert "many" in out
    rows = run("quarantine", "--json", market=small_market).answer["data"]["rows"]
    assert rows[0]["row"] == 8
    assert rows[0]["column"] == "users"


def test_a_corrected_row_is_mended(run: Run, own_market: Path) -> None:
    users = own_market / "inbox" / "users.csv"
    first = users.read_text("utf-8")
    users.write_text(first.replace("Matcha,many,", "Matcha,510000,"), "utf-8")
    assert run("update", "--feed", "panel", market=own_market).code == 0
    shut = run("quarantine", "--feed", "panel", market=own_market).out
    assert "No row is in quarantine, 1 mended" in shut
    assert "many" not in shut
    every = run("quarantine", "--feed", "panel", "--all", market=own_market).out
    assert "mended 20" in every
    assert "many" in every
    data = run("quarantine", "--all", "--json", market=own_market).answer["data"]
    assert (data["n_rows"], data["n_mended"]) == (0, 1)
    assert data["rows"][0]["mended_at"]
    feeds = run("feeds", "--json", market=own_market).answer["data"]["feeds"]
    panel = next(feed for feed in feeds if feed["feed"] == "panel")
    assert (panel["n_quarantined"], panel["n_mended"]) == (0, 1)
    assert (panel["n_rows"], panel["n_rows_read"]) == (8, 16)
    row = next(
        line for line in run("feeds", market=own_market).out.splitlines() if line[:5] == "panel"
    )
    assert row.split()[-7:-3] == ["8", "16", "0", "1"]
    # The fault comes back: the row is open again, once.
    users.write_text(first + "\n", "utf-8")
    assert run("update", "--feed", "panel", market=own_market).code == 0
    again = run("quarantine", "--feed", "panel", "--json", market=own_market).answer["data"]
    assert (again["n_rows"], again["n_mended"], len(again["rows"])) == (1, 0, 1)


def test_another_files_fault_is_not_mended(run: Run, own_market: Path) -> None:
    spec = own_market / "feeds" / "panel.toml"
    spec.write_text(spec.read_text("utf-8").replace("inbox/users.csv", "inbox/users*.csv"), "utf-8")
    head = "app,users,month,published\n"
    (own_market / "inbox" / "users2.csv").write_text(
        f"{head}Oolong,4000000,2025-01,2025-01-30\n", "utf-8"
    )
    assert run("update", "--feed", "panel", market=own_market).code == 0
    data = run("quarantine", "--feed", "panel", "--json", market=own_market).answer["data"]
    assert (data["n_rows"], data["n_mended"]) == (1, 0)


def test_checking_a_feed_shows_claims_and_faults(run: Run, small_market: Path) -> None:
    files = [str(small_market / name) for name in ("feeds/panel.toml", "inbox/users.csv")]
    ran = run("feed", "check", *files, market=small_market, columns=80)
    assert ran.code == 0
    assert "7 claims, 1 row that cannot become one" in ran.out
    assert "users" in ran.out
    assert run("feed", "check", *files, "--strict", market=small_market).code == 3
    data = run("feed", "check", *files, "--json", market=small_market).answer["data"]
    assert (data["n_claims"], data["n_faults"]) == (7, 1)
    assert data["faults"][0]["row"] == 8


# --- Commands that change a market -----------------------------------------------------------


def test_init_makes_a_market_that_reads(run: Run, tmp_path: Path) -> None:
    ran = run("init", "mine", columns=80)
    assert ran.code == 0
    assert "mine" in ran.out
    assert (tmp_path / "mine" / "market.toml").is_file()
    assert run("init", "mine").code == 2
    assert run("init", "other", "--json").answer["data"] == {"folder": str(tmp_path / "other")}
    empty = run("radar", market=tmp_path / "mine")
    assert empty.code == 0
    assert "howdah update" in empty.out


def test_a_second_update_adds_nothing(run: Run, own_market: Path) -> None:
    data = run("update", "--json", market=own_market).answer["data"]
    assert [row["feed"] for row in data] == ["news", "panel", "stars"]
    assert all(row["new_claims"] == 0 for row in data)


def test_an_update_counts_what_came(run: Run, own_market: Path) -> None:
    users = own_market / "inbox" / "users.csv"
    lines = "Matcha,520000,2024-12,2025-01-08\nPu'er,few,2025-01,2025-01-30\n"
    users.write_text(users.read_text("utf-8") + lines, "utf-8")
    ran = run("update", "--feed", "panel", "--strict", market=own_market, columns=80)
    assert ran.code == 3, "--strict, and a row was quarantined"
    assert "howdah quarantine" in ran.out
    row = next(line for line in ran.out.splitlines() if line.startswith("panel"))
    assert row.split()[1] == "1"


def test_an_update_says_what_the_markets_date_hides(run: Run, own_market: Path) -> None:
    panel = own_market / "feeds" / "panel.toml"
    panel.write_text(panel.read_text("utf-8").replace("replay = true\n", ""), "utf-8")
    users = own_market / "inbox" / "users.csv"
    users.write_text(users.read_text("utf-8") + "Matcha,520000,2025-01,2025-01-30\n", "utf-8")
    ran = run("update", "--feed", "panel", market=own_market)
    assert ran.code == 0
    assert "panel: 1 claim recorded after 2025-01-31 and not seen yet" in ran.out
    assert "--as-of today" in ran.out
    assert "as_of in " in ran.out
    assert run("update", "--feed", "panel", market=own_market).out.count("not seen") == 0
    users.write_text(users.read_text("utf-8") + "Matcha,530000,2025-02,2025-02-28\n", "utf-8")
    answer = run("update", "--feed", "panel", "--json", market=own_market).answer
    assert answer["meta"]["as_of"] == "2025-01-31"
    assert answer["data"][0]["unseen"] == 2
    shown = run("show", "Matcha", "--as-of", "today", market=own_market).out
    assert "530k" in shown
    assert "530k" not in run("show", "Matcha", market=own_market).out


def test_a_users_own_product_is_named(run: Run, tmp_path: Path) -> None:
    assert run("init", "mine").code == 0
    market = tmp_path / "mine"
    (market / "inbox" / "own.csv").write_text("app,users,month\nOur app,500,2024-12\n", "utf-8")
    spec = (
        'title = "Own"\nsource = "Own logs"\nnature = "counter"\npath = "inbox/own.csv"\n'
        '[licence]\nname = "Internal"\n[[claim]]\nsubject = { column = "app" }\n'
        'metric = "dau"\nvalue = { column = "users" }\nperiod = { column = "month" }\n'
    )
    (market / "feeds" / "own.toml").write_text(spec, "utf-8")
    unknown = run("show", "Our app", market=market)
    assert unknown.code == 2
    line = "Our app,product,,,,,,"
    assert f"add the line {line} to entities/catalogue.csv" in unknown.err
    assert run("update", market=market).code == 0
    page = run("show", "Our app", market=market).out
    assert "Our app (unknown)" in page
    assert f"add the line {line} to entities/catalogue.csv" in page
    naming = run("show", "Our app", "--json", market=market).answer["data"]["naming"]
    assert naming == {"file": "entities/catalogue.csv", "line": line}
    catalogue = market / naming["file"]
    catalogue.write_text(catalogue.read_text("utf-8") + line + "\n", "utf-8")
    page = run("show", "Our app", market=market).out
    assert "Our app (product)" in page
    assert "add the line" not in page
    assert "500" in page


def test_a_feed_that_fails_leaves_the_others(run: Run, own_market: Path) -> None:
    (own_market / "inbox" / "stars.csv").unlink()
    ran = run("update", market=own_market)
    assert ran.code == 1
    assert "failed" in ran.out
    data = run("update", "--json", market=own_market)
    assert data.code == 1
    errors = {row["feed"]: row["error"] for row in data.answer["data"]}
    assert errors["stars"]
    assert not errors["panel"]


def test_demo_keeps_a_market_that_is_there(run: Run, own_market: Path) -> None:
    ran = run("demo", "--dir", str(own_market), columns=80)
    assert ran.code == 0
    assert "Tea: " in ran.out
    assert "Try next" in ran.out
    assert run("demo", "--dir", str(own_market), "--json").answer["data"]["findings"]


def test_compact_says_what_it_did(run: Run, own_market: Path) -> None:
    data = run("compact", "--json", market=own_market).answer["data"]
    assert data["files_before"] >= data["files_after"] >= 1
    assert "Compacted" in run("compact", market=own_market).out


def test_a_judgement_is_recorded(run: Run, own_market: Path) -> None:
    ran = run("judge", "Oolong", "Matcha", "different", "--by", "editor", market=own_market)
    assert ran.code == 0
    assert "are different, by editor" in ran.out
    data = run("judge", "Oolong", "Matcha", "unsure", "--json", market=own_market).answer["data"]
    assert data["judged_by"] == "analyst"
    assert data["judgement_id"]


def test_a_claim_is_judged_and_an_unknown_one_refused(run: Run, own_market: Path) -> None:
    series = run("show", "Oolong", "--json", market=own_market).answer["data"]["series"]
    claim = series[0]["statements"][-1]["claim_id"]
    ran = run("judge", claim[:10], "drop", "--note", "a typo", market=own_market)
    assert ran.code == 0
    assert f"claim {claim[:10]} is dropped, by analyst" in ran.out
    data = run("review", "--suspects", "--as-of", "today", "--json", market=own_market).answer
    assert data["data"]["n_judged"] == 1
    assert run("review", "--suspects", "--as-of", "today", market=own_market).code == 0
    page = run("trail", claim, "--as-of", "today", market=own_market).out
    assert "dropped by a reviewer: a typo" in page
    data = run("judge", claim, "keep", "--json", market=own_market).answer["data"]
    assert data["verdict"] == "keep"
    assert run("judge", "a", "b", "c", "same", market=own_market).code == 2


def test_exports_enforce_licences(run: Run, small_market: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    refused = run("export", str(target), market=small_market)
    assert refused.code == 5
    assert "--without news" in refused.err
    assert not target.exists()
    done = run("export", str(target), "--without", "news", "--metric", "dau", market=small_market)
    assert done.code == 0
    with target.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    assert {row["licence"] for row in rows} == {"Contract"}
    again = ("export", str(target), "--without", "news", "--entity", "烏龍", "--what", "claims")
    assert run(*again, market=small_market).code == 2
    data = run(*again, "--force", "--json", market=small_market).answer["data"]
    assert data == {"file": str(target), "what": "claims", "n_rows": 3}


# --- Errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "Olong"], "Did you mean 'Oolong'"),
        (["rank", "duu"], "Did you mean 'dau'"),
        (["rank", "dau", "--segment", "app"], "Did you mean 'apps'"),
        (["update", "--feed", "panl"], "Did you mean 'panel'"),
        (["quarantine", "--feed", "panl"], "Did you mean 'panel'"),
        (["judge", "Oolong", "Matcha", "sameish"], "Did you mean 'same'"),
        (["judge", "0123456789", "kep"], "Did you mean 'keep'"),
        (["judge", "0123456789", "keep"], "No claim has an id"),
        (["export", "x.csv", "--what", "claim"], "Did you mean 'claims'"),
        (["export", "x.doc"], ".xlsx"),
        (["compare", "Oolong"], "2 to 6"),
        (["radar", "--as-of", "31/01/2025"], "2025-01-31"),
        (["trail", "nonsense"], "is no id"),
        (["trail", "f000000000000"], "--as-of"),
        (["sources", "--metric", "duu"], "Did you mean 'dau'"),
        (["metrics", "duu"], "Did you mean 'dau'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_error_says_what_to_do(
    run: Run, small_market: Path, arguments: Sequence[str], said: str
) -> None:
    ran = run(*arguments, market=small_market)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("Error: ")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_an_error_is_an_object_on_stderr_with_json(run: Run, small_market: Path) -> None:
    ran = run("show", "Olong", "--json", market=small_market)
    assert ran.code == 2
    assert ran.out == ""
    problem = json.loads(ran.err)["error"]
    assert problem["type"] == "UnknownNameError"
    assert problem["exit_code"] == 2
    assert problem["received"] == "Olong"
    assert "Oolong" in problem["suggestions"]


def test_without_a_market_the_way_to_one_is_told(run: Run) -> None:
    ran = run("radar")
    assert ran.code == 2
    assert "howdah demo" in ran.err


def test_a_folder_that_is_no_market_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("radar", "--market", str(tmp_path))
    assert ran.code == 2
    assert "howdah init" in ran.err


def test_metrics_need_no_market(run: Run) -> None:
    assert run("metrics", "dau", "--json").answer["meta"]["market"] is None


@pytest.mark.parametrize(
    "arguments", [["radar"], ["show", "Oolong"], ["compare", "Oolong", "Matcha"]]
)
def test_a_date_before_the_first_claim_is_answered_clearly(
    run: Run, small_market: Path, arguments: Sequence[str]
) -> None:
    ran = run(*arguments, "--as-of", "2020-01-01", market=small_market)
    assert ran.code == 0
    assert "recorded by 2020-01-01" in ran.out
    assert "2024-09-01" in ran.out


def test_a_league_before_the_first_claim_is_an_error(run: Run, small_market: Path) -> None:
    ran = run("rank", "dau", "--as-of", "2020-01-01", market=small_market)
    assert ran.code == 2
    assert "2020-01-01" in ran.err


def test_an_unexpected_error_is_one_line_and_says_how_to_see_more(
    run: Run, small_market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(Market, "feeds", fail)
    ran = run("feeds", "--as-of", "today", market=small_market)
    assert ran.code == 1
    assert ran.err == (
        "Error: Unexpected RuntimeError: boom. See where: howdah --traceback feeds --as-of today\n"
    )
    with pytest.raises(RuntimeError, match="boom"):
        run("--traceback", "feeds", market=small_market)


def test_an_interrupt_ends_quietly(
    run: Run, small_market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Market, "feeds", interrupt)
    ran = run("feeds", market=small_market)
    assert (ran.code, ran.out, ran.err) == (130, "", "")
