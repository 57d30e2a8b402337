"""What is said to be missing is what the tables lack, whatever the length of the log."""

import datetime as dt
import re

import pyarrow as pa
import pytest
from cutting import counted, survey_of
from oracle import Panel

from howdah.panels.audience import TABLES, Options
from howdah.panels.shortfalls import shortfalls_of

START = dt.date(2024, 1, 20)


def said_and_made(
    n_day: int, **options: object
) -> tuple[tuple[str, ...], dict[str, list[dict[str, object]]]]:
    """Shortfalls, and all tables where on each day one more unit begins to use two products."""
    log = [
        (unit, product, START + dt.timedelta(days=day))
        for unit in range(n_day)
        for product in "pq"
        for day in range(unit, n_day)
    ]
    asked = Options(min_n=0, **options)  # type: ignore[arg-type]
    panel = Panel(log)
    survey = survey_of(panel, burn_in=asked.burn_in)
    made = {}
    for name in asked.metrics:
        table = TABLES[name](survey, asked)
        counted(table, panel, survey)
        for file, rows in table.files():
            whole = rows if isinstance(rows, pa.Table) else rows.read_all()
            made[file] = whole.to_pylist()
    return shortfalls_of(survey, asked), made


@pytest.mark.parametrize("n_day", [1, 12, 28, 41, 56, 60, 90, 130])
def test_what_is_said_is_what_the_tables_lack(n_day: int) -> None:
    days = (1, 7, 30, 100)
    said, made = said_and_made(n_day, burn_in=20, retention_days=days)
    text = {name: "; ".join(s for s in said if s.startswith(f"{name} ")) for name in TABLES}
    for name in ("l28", "overlap", "migration"):
        assert ("has no row" in text[name]) == (not made[name]), name
    told = {row["metric"] for row in made["daily"] if row["mature"]}
    lacking = {str(row["metric"]) for row in made["daily"]} - told
    words = set(text["daily"].replace(",", "").replace(":", "").split())
    assert {name for name in lacking if name in words} == lacking
    assert not told & words
    never, late = (
        {int(day) for few in re.findall(rf"day ([0-9, and]+) {word}", text["retention"])
         for day in re.findall("[0-9]+", few)}
        for word in ("after entry", "but of recurring")
    )  # fmt: skip
    for day in days:
        kinds = {r["kind"] for r in made["retention"] if r["n_day"] == day and r["mature"]}
        of_all = set() if day in never else {"recurring"}
        assert kinds == of_all | (set() if day in never | late else {"on", "unbounded"}), day


def test_days_beyond_the_log_are_named() -> None:
    said, _ = said_and_made(40, metrics=("retention",), retention_days=(1, 30, 400, 500), burn_in=5)
    assert said == ("retention has no value of day 400 and 500 after entry: the log has 40 days",)


def test_a_long_log_lacks_nothing() -> None:
    assert said_and_made(130)[0] == ()
