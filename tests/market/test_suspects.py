"""Suspect claims of a market: flagged, shown, judged, and every earlier state kept."""

import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import howdah
from howdah.claims import Verdict
from howdah.core.errors import InputError
from howdah.market import Market
from howdah.market.pages import Statement

SPEC = """\
title = "Users of a few apps"
source = "Acme"
path = "data/users.csv"
[licence]
name = "contract"
may_export = true
[claim]
subject = { column = "app" }
metric = "dau"
value = { column = "users" }
period = { column = "month" }
published_at = "pulled"
"""

#: What "Acme" says of `big` in June is in thousands, and of `small` in April far too large.
MARKET = """\
title = "Apps"
[[segment]]
id = "apps"
title = "Apps"
headline = "dau"
members = ["big"]
[follow]
segments = ["apps"]
"""

TODAY = dt.datetime(2025, 6, 1, 9, tzinfo=dt.UTC)
MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]

Days = Callable[[int], Market]


def rows() -> str:
    lines = ["app,month,users"]
    for n, month in enumerate(MONTHS):
        for app, level in (("big", 2_000_000), ("mid", 40_000), ("small", 900)):
            value = level * (1 + 0.01 * n) * (1 + 0.003 * (n % 3))
            if (app, month) == ("big", "2024-06"):
                value /= 1000
            if (app, month) == ("small", "2024-04"):
                value *= 9
            lines.append(f"{app},{month},{value:.3f}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the updated market; read it, never change it."""
    folder = tmp_path_factory.mktemp("suspects") / "apps"
    howdah.init(folder)
    (folder / "data").mkdir()
    (folder / "data" / "users.csv").write_text(rows(), encoding="utf-8")
    (folder / "feeds" / "users.toml").write_text(SPEC, encoding="utf-8")
    (folder / "market.toml").write_text(MARKET, encoding="utf-8")
    Market(folder, now=lambda: TODAY).update()
    return folder


@pytest.fixture
def on_day(built: Path, tmp_path: Path) -> Days:
    """The market as opened some days after it was built."""
    folder = tmp_path / "apps"
    shutil.copytree(built, folder)
    return lambda n: Market(folder, now=lambda: TODAY + dt.timedelta(days=n))


def statement(market: Market, app: str, period: str, as_of: str | None = None) -> Statement:
    (series,) = market.show(app, as_of).series
    (found,) = [s for s in series.statements if s.period == period]
    return found


def level(market: Market, period: str, as_of: str | None = None) -> float | None:
    found = [e for e in market.show("big", as_of).estimates("dau") if e.period.label == period]
    return found[0].value if found else None


def test_suspects_are_listed_what_is_followed_first_and_shown_on_their_page(on_day: Days) -> None:
    market = on_day(0)
    queue = market.suspects()
    assert [(s.name, s.statement.period) for s in queue.suspects] == [
        ("big", "2024-06"),
        ("small", "2024-04"),
    ]
    assert (queue.n_suspects, queue.n_followed, queue.n_judged) == (2, 1, 0)
    first = queue.suspects[0]
    assert first.statement.factor == pytest.approx(1 / 1000, rel=0.1)
    assert first.level == pytest.approx(2_100_000, rel=0.1)
    assert first.lower is not None
    assert first.upper is not None
    assert first.lower < first.level < first.upper
    shown = statement(market, "big", "2024-06")
    assert shown.suspect
    assert shown.reason == first.statement.reason == "unit_slip"
    assert shown.factor == pytest.approx(first.statement.factor, rel=0.01)
    assert not statement(market, "big", "2024-07").reason
    assert market.suspects(limit=1).suspects == queue.suspects[:1]


def test_a_date_that_was_not_kept_is_answered_alike(on_day: Days) -> None:
    kept, made = on_day(0).suspects(), on_day(0).suspects("2025-06-02")
    assert made.rows() == kept.rows()


def test_a_kept_claim_counts_from_its_judgement_on_and_can_be_dropped_again(on_day: Days) -> None:
    claim = statement(on_day(0), "big", "2024-06").claim_id
    before = on_day(2).show("big", "2025-06-01").rows()
    n_findings = len(on_day(2).radar("2025-06-01").findings)
    assert level(on_day(0), "2024-06") is None

    on_day(1).judge_claim(claim[:10], Verdict.KEEP, by="analyst", note="they lost a region")
    kept = statement(on_day(1), "big", "2024-06")
    assert (kept.suspect, kept.verdict, kept.note) == (False, "keep", "they lost a region")
    # However far off it is: the level of its month follows it.
    found = level(on_day(1), "2024-06")
    assert found is not None
    assert found == pytest.approx(2_100, rel=0.5)
    assert [s.name for s in on_day(1).suspects().suspects] == ["small"]

    on_day(2).judge_claim(claim, Verdict.DROP, by="editor")
    dropped = statement(on_day(2), "big", "2024-06")
    assert (dropped.suspect, dropped.reason, dropped.verdict) == (True, "reviewed", "drop")
    assert level(on_day(2), "2024-06") is None
    # Each earlier day still sees what had been judged by then.
    assert level(on_day(2), "2024-06", "2025-06-02") == found
    assert on_day(2).show("big", "2025-06-01").rows() == before
    assert len(on_day(2).radar("2025-06-01").findings) == n_findings


def test_any_claim_may_be_dropped(on_day: Days) -> None:
    claim = statement(on_day(0), "mid", "2024-12").claim_id
    last = on_day(0).show("mid").estimate("dau")
    assert last.period.label == "2024-12"
    on_day(1).judge_claim(claim, Verdict.DROP, by="analyst")
    assert on_day(1).show("mid").estimate("dau").period.label == "2024-11"
    assert on_day(1).suspects().n_judged == 1
    assert "2024-12" not in {s.statement.period for s in on_day(1).suspects().suspects}


def test_a_judgement_makes_anew_what_is_kept_of_later_dates_only(on_day: Days) -> None:
    def n_kept() -> int:
        return len(list((on_day(0).folder / "lake" / "derivations").glob("*.parquet")))

    claim = statement(on_day(0), "mid", "2024-12").claim_id
    on_day(1).update()
    assert n_kept() == 2
    on_day(1).judge_claim(claim, Verdict.DROP, by="analyst")
    on_day(0).update()
    assert n_kept() == 2
    on_day(1).update()
    assert n_kept() == 3


def test_a_judgement_of_no_claim_is_refused(on_day: Days) -> None:
    with pytest.raises(InputError, match="starts with"):
        on_day(0).judge_claim("0123456789ab", Verdict.DROP, by="analyst")
    with pytest.raises(InputError, match="no id"):
        on_day(0).judge_claim("big", Verdict.DROP, by="analyst")
    assert on_day(0).suspects().n_judged == 0


@pytest.fixture(scope="module")
def copying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A market in which Bravo repeats half of what Acme says, and Delta errs by itself."""
    folder = tmp_path_factory.mktemp("copies") / "apps"
    howdah.init(folder)
    (folder / "data").mkdir()
    draws = random.Random(4)
    said: dict[str, list[str]] = {source: [] for source in ("Acme", "Bravo", "Delta")}
    for n in range(60):
        for month in MONTHS[:2]:
            level = 1e5 * (n + 1)
            said["Acme"].append(f"app{n:02},{month},{level * draws.lognormvariate(0, 0.3):.0f}")
            said["Delta"].append(f"app{n:02},{month},{level * draws.lognormvariate(0, 0.2):.0f}")
            if n % 2:
                said["Bravo"].append(said["Acme"][-1])
    for source, lines in said.items():
        text = "\n".join(["app,month,users", *lines])
        (folder / "data" / f"{source}.csv").write_text(text + "\n", encoding="utf-8")
        spec = SPEC.replace("users.csv", f"{source}.csv").replace('"Acme"', f'"{source}"')
        (folder / "feeds" / f"{source.lower()}.toml").write_text(spec, encoding="utf-8")
    Market(folder, now=lambda: TODAY).update()
    return folder


def test_copies_of_a_source_are_one_entry_and_judged_together(copying: Path) -> None:
    market = Market(copying, now=lambda: TODAY)
    queue = market.suspects()
    (entry,) = [s for s in queue.suspects if s.original]
    assert (entry.statement.source, entry.original, entry.n_claims) == ("Bravo", "Acme", 60)
    assert (entry.first_period, entry.last_period) == tuple(MONTHS[:2])
    assert queue.n_suspects == queue.n_entries + 59
    (card,) = [c for c in market.sources().cards if (c["source"], c["group"]) == ("Bravo", "all")]
    assert (card["copies"], card["n_copied"], card["n_suspect"]) == ("Acme", 60, 0)
    with pytest.raises(
        InputError, match="None of the groups of suspect claims as of 2025-06-01 is named"
    ):
        market.judge_group("gfffffffffff", Verdict.KEEP, by="analyst")
    said = market.judge_group(entry.group[:8], Verdict.KEEP, by="analyst", note="their own panel")
    assert len(said) == 60
    assert {one.verdict for one in said} == {Verdict.KEEP}
    later = Market(copying, now=lambda: TODAY).suspects()
    assert not [s for s in later.suspects if s.original]
    assert later.n_judged == 60
