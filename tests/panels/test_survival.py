"""Survival of the units of a panel: recovery of known lifetimes, censoring, and abstention."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.kernels.activity import Activity, Roster
from howdah.panels.survival import MOST_REACH, SILENCE_DAYS, Survival
from howdah.panels.tables import Part, Survey

N_DAY, N_WORD, BURN_IN = 200, 4, 20


def survey_of(n_unit: int, min_n: int = 30, rate: float = 0.01) -> Survey:
    return Survey(
        pa.array(["p", "q"]), dt.date(2024, 1, 1), N_DAY, ("s",), np.array([n_unit / rate]),
        burn_in=BURN_IN, min_n=min_n,
    )  # fmt: skip


def part_of(
    entry: NDArray[np.int64],
    stayed: NDArray[np.int64],
    left: NDArray[np.int64] | None = None,
    *,
    survey: Survey,
    goes_on: bool = False,
) -> Part:
    """Units active in product p from entry to so many days later, now and then."""
    n = len(entry)
    until = np.full(n, N_DAY) if left is None else left
    # No silence within a life is as long as that which ends it.
    pace = np.random.default_rng(n).integers(2, 9, n)[:, None]
    day, last = np.arange(64 * N_WORD), stayed[:, None]
    since = day - entry[:, None]
    active = (since >= 0) & (since <= last) & ((since % pace == 0) | (since == last))
    active &= day < np.minimum(until, N_DAY)[:, None]
    words = np.packbits(active, axis=1, bitorder="little").view(np.uint64)
    activity = Activity(
        np.zeros(n, np.int32), np.arange(n, dtype=np.int32), words, entry.astype(np.int32)
    )
    roster = Roster(
        np.zeros(n, np.int32), np.zeros(n, np.int32), until.astype(np.int32), survey.population
    )
    return Part(activity, roster, goes_on)


def lives(
    draws: np.random.Generator, n: int, alpha: float = 0.6, beta: float = 2.0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return draws.integers(0, N_DAY, n), draws.geometric(draws.beta(alpha, beta, n)) - 1


def true_share(t: int, alpha: float = 0.6, beta: float = 2.0) -> float:
    days = np.arange(t)
    return float(np.prod((beta + days) / (alpha + beta + days)))


def test_known_lifetimes_are_recovered_and_continued() -> None:
    draws = np.random.default_rng(5)
    survey = survey_of(6000)
    table = Survival(survey, (7, 60, 200))
    table.add(part_of(*lives(draws, 6000), survey=survey))
    values, laws = (each.to_pylist() for each in table.finish())
    assert [law["verdict"] for law in laws] == ["fits", "cannot tell"]
    for row in values[:3]:
        assert row["lower"] < row["value"] < row["upper"]
        assert row["lower"] - 0.02 < true_share(row["n_day"]) < row["upper"] + 0.02
        assert row["value"] == pytest.approx(true_share(row["n_day"]), abs=0.04)
    assert [row["is_extrapolated"] for row in values[:3]] == [False, False, True]
    assert all(row["value"] is None for row in values[3:])


def test_a_law_is_continued_to_twice_the_days_that_were_seen() -> None:
    draws = np.random.default_rng(5)
    survey = survey_of(6000)
    far = Survival(survey, tuple(range(1, 700)))
    far.add(part_of(*lives(draws, 6000), survey=survey))
    values, laws = (each.to_pylist() for each in far.finish())
    seen = laws[0]["horizon"]
    assert 100 < seen < N_DAY - SILENCE_DAYS
    told = [row["n_day"] for row in values if row["product"] == "p" and row["value"] is not None]
    assert told == list(range(1, MOST_REACH * seen + 1))
    for row in values[:699]:
        assert row["is_extrapolated"] == (row["n_day"] > seen)
        assert (row["lower"] is None) == (row["value"] is None) == (row["upper"] is None)


def test_parts_do_not_matter() -> None:
    draws = np.random.default_rng(6)
    survey = survey_of(2000)
    entry, stayed = lives(draws, 2000)
    whole, cut = Survival(survey), Survival(survey)
    part = part_of(entry, stayed, survey=survey)
    whole.add(part)
    for some, goes_on in ((slice(0, 700), True), (slice(700, 2000), False)):
        words = part.activity.words[some]
        n = len(words)
        activity = Activity(
            np.zeros(n, np.int32),
            np.arange(n, dtype=np.int32),
            words,
            part.activity.first_day[some],
        )
        roster = Roster(
            np.zeros(n, np.int32), np.zeros(n, np.int32), np.full(n, N_DAY, np.int32),
            survey.population,
        )  # fmt: skip
        cut.add(Part(activity, roster, goes_on))
    assert whole.finish() == cut.finish()


def test_one_who_leaves_the_panel_has_not_left_the_product() -> None:
    draws = np.random.default_rng(7)
    survey = survey_of(6000)
    entry = draws.integers(BURN_IN, N_DAY - 60, 6000)
    # Everybody stays for ever, but half of the panel is gone after a while.
    stayed = N_DAY - 1 - entry
    left = np.where(draws.random(6000) < 0.5, entry + draws.integers(1, 90, 6000), N_DAY)
    table = Survival(survey, (30,))
    table.add(part_of(entry, stayed, np.minimum(left, N_DAY), survey=survey))
    _, laws = table.finish()
    # Nobody left: there is nothing to tell a law by, least of all that many leave.
    assert laws["verdict"].to_pylist() == ["cannot tell", "cannot tell"]
    assert table._sums.n_raw[0][: len(table._plan.edges)].sum() == 0


def test_a_law_that_does_not_hold_is_refused() -> None:
    draws = np.random.default_rng(8)
    survey = survey_of(6000)
    entry, stayed = lives(draws, 6000)
    # For a third there is a trial, and they leave when it ends.
    stayed = np.where(draws.random(6000) < 1 / 3, 25, stayed)
    table = Survival(survey, (7, 60))
    table.add(part_of(entry, np.minimum(stayed, N_DAY - 1 - entry), survey=survey))
    values, laws = table.finish()
    assert laws["verdict"].to_pylist()[0] == "does not fit"
    assert laws["gap"].to_pylist()[0] > 0.02
    assert values["value"].null_count == len(values)


def test_a_log_too_short_for_silence_tells_nothing() -> None:
    survey = Survey(
        pa.array(["p"]), dt.date(2024, 1, 1), SILENCE_DAYS, ("s",), np.array([10.0]), burn_in=0
    )
    values, laws = Survival(survey).finish()
    assert laws["verdict"].to_pylist() == ["cannot tell"]
    assert values["value"].null_count == len(values)


@pytest.mark.parametrize("days", [(), (0,)])
def test_days_are_after_entry(days: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="day 0 is the day of entry"):
        Survival(survey_of(10), days)


def test_prob_is_a_probability() -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        Survival(survey_of(10), prob=1.0)


@pytest.mark.slow
def test_bands_of_panels_cover() -> None:
    inside, n_runs, n_fit = np.zeros(3), 150, 0
    days = (7, 60, 150)
    for run in range(n_runs):
        draws = np.random.default_rng(1000 + run)
        survey = survey_of(1500)
        table = Survival(survey, days)
        table.add(part_of(*lives(draws, 1500), survey=survey))
        values = table.finish()[0].to_pylist()[:3]
        if values[0]["value"] is None:
            continue
        n_fit += 1
        inside += [row["lower"] <= true_share(row["n_day"]) <= row["upper"] for row in values]
    assert n_fit > 0.9 * n_runs
    assert np.abs(inside / n_fit - 0.9).max() < 3 * np.sqrt(0.9 * 0.1 / n_fit)
