"""Standard errors by drawing units again agree with those of the tables; so do repeated samples."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from cutting import counted, survey_of
from numpy.typing import NDArray
from oracle import Member, Oracle, Panel

from howdah.core.errors import InputError
from howdah.kernels.activity import Activity, Roster
from howdah.panels.overlap import Overlap
from howdah.panels.persons import in_persons
from howdah.panels.replicates import replicate_stderr, replicate_weights
from howdah.panels.retention import Retention
from howdah.panels.tables import Part, Survey

Flags = NDArray[np.bool_]

START = dt.date(2024, 1, 1)
N_DAY = 40
POPULATION = {"a": 800.0, "b": 2000.0, "c": 120.0}
SAMPLE = {"a": 120, "b": 200, "c": 60}


def active_days(draws: np.random.Generator, n: int, zeal: float) -> Flags:
    """(n, 2, N_DAY) activity in two products: some use one, some both, for a while."""
    uses = draws.random((n, 2)) < [0.8, 0.5]
    start = draws.integers(-15, 12, (n, 2))
    active = draws.random((n, 2, N_DAY)) < zeal
    stop = start + draws.geometric(1 / 15, (n, 2))
    day = np.arange(N_DAY)
    active &= uses[:, :, None] & (day >= start[:, :, None]) & (day < stop[:, :, None])
    active[:, 0, 0] |= draws.random(n) < 0.2
    return np.asarray(active)


def market(seed: int) -> dict[str, Flags]:
    draws = np.random.default_rng(seed)
    zeals = {"a": 0.25, "b": 0.5, "c": 0.1}
    return {h: active_days(draws, int(n), zeals[h]) for h, n in POPULATION.items()}


def panel_of(drawn: dict[str, Flags]) -> Panel:
    log, members = [], {}
    for h, active in drawn.items():
        for u, per_product in enumerate(active):
            members[f"{h}{u:04d}"] = Member(h)
            log += [
                (f"{h}{u:04d}", f"p{p}", START + dt.timedelta(days=int(d)))
                for p, d in zip(*np.nonzero(per_product), strict=True)
            ]
    log += [(f"a{0:04d}", "z", START), (f"a{0:04d}", "z", START + dt.timedelta(days=N_DAY - 1))]
    return Panel(log, members, POPULATION)


def draw(population: dict[str, Flags], draws: np.random.Generator) -> dict[str, Flags]:
    return {
        h: active[draws.choice(len(active), SAMPLE[h], replace=False)]
        for h, active in population.items()
    }


def test_three_kinds_of_errors_agree_with_replicates() -> None:
    panel = panel_of(draw(market(1), np.random.default_rng(2)))
    oracle = Oracle(panel, burn_in=2)
    survey = survey_of(panel, burn_in=2, min_n=0)
    retention, overlap = Retention(survey, (7,)), Overlap(survey, 28)
    counted(retention, panel, survey)
    counted(overlap, panel, survey)
    entered = oracle.first["p0"] == 3
    back = oracle.active["p0"][:, 10]
    in_a, in_b = (oracle.within(p, 3, 30) for p in ("p0", "p1"))
    dau = oracle.active["p0"][:, 20]
    stratum = np.array([list(POPULATION).index(str(h)) for h in oracle.stratum], np.int32)

    def shares(weight: NDArray[np.float64]) -> list[float]:
        retained, both = weight @ (entered & back), weight @ (in_a & in_b)
        return [weight @ dau, retained / (weight @ entered), both / (weight @ in_a)]

    population = np.array(list(POPULATION.values()))
    drawn = replicate_weights(stratum, population, n_replicates=2000, seed=3)
    replicates = np.array([shares(weight) for weight in drawn])
    whole = np.array(shares((population / np.bincount(stratum))[stratum]))
    by_draws = replicate_stderr(replicates, whole)
    total = oracle.total(dau.astype(float), np.ones(len(dau), bool))
    assert total is not None
    assert total[1] is not None
    cell = next(
        r
        for r in retention.finish().read_all().to_pylist()
        if (r["product"], r["cohort_day"].day, r["kind"]) == ("p0", 4, "on")
    )
    pair = next(
        r for r in overlap.finish().to_pylist() if (r["product_a"], r["product_b"]) == ("p0", "p1")
    )
    np.testing.assert_allclose([total[0], cell["value"], pair["share_a"]], whole)
    by_formula = np.array([total[1], cell["stderr"], pair["stderr_share_a"]])
    # Four standard deviations of a standard error from 2,000 draws; the ratio of a small cohort is
    # not quite linear, which its error by the formula takes it to be.
    assert abs(by_draws[0] / by_formula[0] - 1) < 4 / np.sqrt(2 * 2000)
    assert abs(by_draws[2] / by_formula[2] - 1) < 4 / np.sqrt(2 * 2000) + 0.02
    assert abs(by_draws[1] / by_formula[1] - 1) < 4 / np.sqrt(2 * 2000) + 0.1


def test_replicates_keep_the_mean_and_the_seed() -> None:
    stratum = np.array([0, 0, 0, 1, 1, 2], np.int32)
    population = np.array([30.0, 2.0, 7.0])
    found = np.array(list(replicate_weights(stratum, population, n_replicates=4000, seed=1)))
    np.testing.assert_allclose(found.mean(axis=0), [10, 10, 10, 1, 1, 7], rtol=0.05)
    # A stratum that is wholly in the panel has no error, and one of one unit shows none.
    assert (found[:, 3:] == [1, 1, 7]).all()
    again = np.array(list(replicate_weights(stratum, population, n_replicates=10, seed=1)))
    np.testing.assert_array_equal(found[:10], again)


def test_what_replicates_cannot_be_drawn_of() -> None:
    with pytest.raises(InputError, match="Give 2 or more"):
        next(replicate_weights(np.zeros(3, np.int32), np.array([9.0]), n_replicates=1))
    with pytest.raises(InputError, match="stands for 2 units and 3 are in the panel"):
        next(replicate_weights(np.zeros(3, np.int32), np.array([2.0])))


def test_persons_are_units_over_the_factor_of_their_stratum() -> None:
    panel = panel_of(draw(market(4), np.random.default_rng(5)))
    n_unit = np.array([SAMPLE[h] for h in POPULATION])
    factors = np.array([1.0, 2.0, 1.5])
    persons = in_persons(np.array(list(POPULATION.values())), n_unit, factors)
    counted_as = Panel(panel.log, panel.members, dict(zip(POPULATION, persons, strict=True)))
    row = next(
        r
        for r in Oracle(counted_as).daily()
        if r["product"] == "p0" and r["metric"] == "dau" and r["day"].day == 20
    )
    oracle = Oracle(panel)
    active = oracle.active["p0"][:, 19]
    names = np.array([str(h) for h in oracle.stratum])
    expected = sum(
        POPULATION[h] / factors[n] * active[names == h].mean() for n, h in enumerate(POPULATION)
    )
    assert row["value"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("factor", "n_unit", "message"),
    [(0.9, 10, "Give 1 or more"), (np.nan, 10, "Give 1 or more"), (4.0, 300, "no error")],
)
def test_factors_that_cannot_be(factor: float, n_unit: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        in_persons(np.array([1000.0]), np.array([n_unit]), np.array([factor]))


#: Enough for intervals by the normal distribution, which those of a few dozen units are not.
MANY = {"a": 3000, "b": 8000, "c": 400}
MANY_DRAWN = {"a": 400, "b": 900, "c": 150}


def figures(drawn: dict[str, Flags]) -> list[tuple[float, float]]:
    """Retention of a day and of all days, and an overlap, with their errors."""
    active = np.concatenate(list(drawn.values()))
    padded = np.zeros((len(active), 2, 64), bool)
    padded[:, :, :N_DAY] = active
    words = np.packbits(padded, axis=2, bitorder="little").view(np.uint64)
    product, unit = np.nonzero(active.any(axis=2).T)
    first = active.argmax(axis=2)[unit, product]
    population = np.array(list(MANY.values()), np.float64)
    survey = Survey(
        pa.array(["p0", "p1"]), START, N_DAY, tuple(MANY), population, burn_in=2, min_n=0
    )
    zeros = np.zeros(len(active), np.int32)
    stratum = np.repeat(np.arange(len(drawn)), [len(of) for of in drawn.values()])
    part = Part(
        Activity(
            product.astype(np.int32),
            unit.astype(np.int32),
            np.ascontiguousarray(words[unit, product]),
            first.astype(np.int32),
        ),
        Roster(stratum.astype(np.int32), zeros, zeros + N_DAY, population),
        goes_on=False,
    )
    retention, overlap = Retention(survey, (7,)), Overlap(survey, 28)
    retention.add(part)
    overlap.add(part)
    rows = [r for r in retention.finish().read_all().to_pylist() if r["product"] == "p0"]
    cell = next(r for r in rows if r["cohort_day"].day == 8 and r["kind"] == "recurring")
    curve = [r for r in retention.curve().to_pylist() if r["product"] == "p0" and r["n_day"] == 7]
    pair = overlap.finish().to_pylist()[0]
    shares = [(r["value"], r["stderr"]) for r in [cell, *curve]]
    return [*shares, (pair["share_a"], pair["stderr_share_a"])]


@pytest.mark.slow
def test_intervals_cover_what_they_should_in_repeated_samples() -> None:
    draws = np.random.default_rng(11)
    zeals = {"a": 0.25, "b": 0.5, "c": 0.1}
    population = {h: active_days(draws, n, zeals[h]) for h, n in MANY.items()}
    truths = figures(population)
    # The population itself is a census.
    assert all(error == 0 for _, error in truths)
    inside, n_runs = np.zeros(len(truths)), 4000
    for _ in range(n_runs):
        drawn = {
            h: active[draws.choice(len(active), MANY_DRAWN[h], replace=False)]
            for h, active in population.items()
        }
        inside += [
            abs(value - truth) <= 1.96 * error
            for (value, error), (truth, _) in zip(figures(drawn), truths, strict=True)
        ]
    share = inside / n_runs
    assert ((share >= 0.94) & (share <= 0.96)).all(), share
