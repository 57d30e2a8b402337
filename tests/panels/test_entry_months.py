"""Retention by month of entry: the sums of its days, with the error of a ratio of totals."""

import datetime as dt

import numpy as np
import pytest
from cutting import counted, survey_of
from oracle import Member, Panel

from howdah.panels.entry_months import EntryMonths
from howdah.panels.retention import Retention

START = dt.date(2024, 1, 1)


def a_panel(entry_days: range, seed: int) -> Panel:
    """Units of two strata that enter one product on some of these days, and one on day 0."""
    rng = np.random.default_rng(seed)
    members = {n: Member("young" if n < 30 else "old") for n in range(80)}
    log = [(0, "p", START)]
    for unit in range(1, 80):
        entry = int(rng.choice(entry_days))
        log += [
            (unit, "p", START + dt.timedelta(days=day))
            for day in range(entry, 75)
            if day == entry or rng.random() < 0.4
        ]
    log.append((1, "p", START + dt.timedelta(days=74)))
    return Panel(log, members, {"young": 900.0, "old": 4000.0})


def months_of_panel(panel: Panel, *, min_n: int = 0) -> list[dict[str, object]]:
    survey = survey_of(panel, burn_in=0, min_n=min_n)
    table = EntryMonths(survey, (1, 7))
    counted(table, panel, survey, (10, 50))
    rows: list[dict[str, object]] = table.finish().to_pylist()
    return rows


def test_a_month_whose_units_all_enter_on_one_day_is_that_day() -> None:
    panel = a_panel(range(40, 41), seed=1)
    survey = survey_of(panel, burn_in=0)
    daily = Retention(survey, (1, 7))
    counted(daily, panel, survey)
    cells = {
        (row["cohort_day"], row["n_day"]): row
        for row in daily.finish().read_all().to_pylist()
        if row["kind"] == "on"
    }
    found = [row for row in months_of_panel(panel) if row["month"] == dt.date(2024, 2, 1)]
    assert len(found) == 2
    for row in found:
        cell = cells[START + dt.timedelta(days=40), row["n_day"]]
        assert row["value"] == pytest.approx(cell["value"])
        assert row["stderr"] == pytest.approx(cell["stderr"])
        assert row["n_raw"] == cell["cohort_n_raw"]


def test_the_error_is_that_of_all_units_of_the_month_together() -> None:
    panel = a_panel(range(31, 60), seed=2)
    assert panel.members is not None
    active = {(unit, day) for unit, _, day in panel.log}
    entry = {unit: min(d for u, _, d in panel.log if u == unit) for unit in panel.members}
    for row in months_of_panel(panel):
        if row["month"] != dt.date(2024, 2, 1):
            continue
        base, top, of = {}, {}, {}
        for h in ("young", "old"):
            own = [u for u, m in panel.members.items() if m.stratum == h]
            x = np.array([entry[u] >= dt.date(2024, 2, 1) for u in own], float)
            back = dt.timedelta(days=int(str(row["n_day"])))
            y = x * np.array([(u, entry[u] + back) in active for u in own])
            base[h], top[h], of[h] = x, y, panel.population[h]  # type: ignore[index]
        size = sum(of[h] * base[h].mean() for h in of)
        share = sum(of[h] * top[h].mean() for h in of) / size
        variance = sum(
            of[h] ** 2 * (1 - len(base[h]) / of[h]) * np.var(top[h] - share * base[h], ddof=1)
            / len(base[h])
            for h in of
        )  # fmt: skip
        assert row["value"] == pytest.approx(share)
        # Days of entry are taken one by one, so what two of them share of a stratum is left out:
        # a unit that enters on one does not on the other, which makes the error a little smaller.
        assert row["stderr"] == pytest.approx(np.sqrt(variance) / size, rel=0.05)


def test_a_month_is_told_for_a_day_once_all_its_days_are_and_a_small_one_is_suppressed() -> None:
    panel = a_panel(range(31, 60), seed=3)
    rows = months_of_panel(panel, min_n=5)
    # The log ends on 2024-03-15: February is told for day 7, and March for none.
    assert {row["month"] for row in rows} == {dt.date(2024, 1, 1), dt.date(2024, 2, 1)}
    assert {row["n_day"] for row in rows if row["month"] == dt.date(2024, 2, 1)} == {1, 7}
    january = next(row for row in rows if row["month"] == dt.date(2024, 1, 1))
    assert january["suppressed"]
    assert january["value"] is None
    assert january["entered"]
