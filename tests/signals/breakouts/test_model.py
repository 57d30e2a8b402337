"""What is learnt: designs, rates of the absent, lead times, and the model on known odds."""

import numpy as np
import pytest
from simulated_markets import Market, month

from howdah.kernels.logistic import chance
from howdah.signals.breakouts import Feed, build_panel, candidates, label, parse_target
from howdah.signals.breakouts.absent import KINDS, absence_kinds, absent_rates
from howdah.signals.breakouts.design import learn_design
from howdah.signals.breakouts.features import FeatureMaker, Features, threshold
from howdah.signals.breakouts.leads import lead_months
from howdah.signals.breakouts.model import learn_model
from howdah.signals.breakouts.training import (
    _HALF_LIFE,
    TrainingRows,
    breaks_of,
    past_origins,
    training_rows,
)

TOP = parse_target("top:40")
NAMES = ("place", "growth_3", "age")


def rows_of(
    n: int, n_origin: int, seed: int, drift: float = 0.0
) -> tuple[TrainingRows, np.ndarray]:
    """Rows whose log odds are known: bent in one feature, straight in another."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, (n, 3))
    column = np.sort(rng.integers(0, n_origin, n))
    shift = drift * (column * 3 // n_origin == 1)
    truth = chance(-2 - 1.5 * np.maximum(values[:, 0], -0.5) + 0.7 * values[:, 1] + shift)
    values[rng.random(n) < 0.1, 2] = np.nan
    came = rng.random(n) < truth
    months = np.where(came, rng.integers(1, 7, n), 0)
    return TrainingRows(Features(NAMES, values), came, months, np.ones(n), column), truth


def test_the_odds_of_a_known_law_are_found() -> None:
    rows, _ = rows_of(8000, 40, 1)
    model = learn_model(rows, 6)
    assert model is not None
    fresh, truth = rows_of(4000, 40, 2)
    found = model.forecast(fresh.features.values, 0.9)
    assert np.abs(found.probability - truth).mean() < 0.025
    assert np.corrcoef(found.probability, truth)[0, 1] > 0.96
    inside = (found.lower <= truth) & (truth <= found.upper)
    assert inside.mean() > 0.85


def test_what_left_out_stretches_say_widens_intervals() -> None:
    calm, wild = (learn_model(rows_of(6000, 36, 3, drift)[0], 6) for drift in (0.0, 1.5))
    assert calm is not None
    assert wild is not None
    assert wild.drift > calm.drift


def test_contributions_add_up_to_the_log_odds() -> None:
    rows, _ = rows_of(3000, 30, 4)
    model = learn_model(rows, 6)
    assert model is not None
    values = rows.features.values[:50]
    total = model.contributions(values).sum(axis=1)
    base = model.shift + model.slope * model.fitted.coefficients[0]
    p = model.forecast(values, 0.9).probability
    np.testing.assert_allclose(chance(base + total), p, rtol=1e-9)


def test_a_feature_that_is_left_out_counts_for_nothing() -> None:
    rows, _ = rows_of(3000, 30, 5)
    model = learn_model(rows, 6, without=["growth_3"])
    assert model is not None
    assert (model.contributions(rows.features.values[:9])[:, 1] == 0).all()


def test_too_few_that_came_make_no_model() -> None:
    rows, _ = rows_of(300, 10, 6)
    few = TrainingRows(rows.features, np.arange(300) < 9, rows.months, rows.weight, rows.column)
    assert learn_model(few, 6) is None
    everyone = TrainingRows(
        rows.features, np.ones(300, np.bool_), rows.months, rows.weight, rows.column
    )
    assert learn_model(everyone, 6) is None


def test_a_design_bends_marks_what_is_missing_and_keeps_odd_values_in_bounds() -> None:
    rng = np.random.default_rng(7)
    values = rng.normal(0, 1, (500, 3))
    values[::5, 2] = np.nan
    design = learn_design(Features(NAMES, values))
    kinds = [(column.feature, column.kind) for column in design.columns]
    assert (2, "missing") in kinds
    assert (0, "missing") not in kinds
    assert kinds.count((0, "hinge")) == 5
    assert (1, "product") in kinds
    matrix = design.matrix(values)
    np.testing.assert_allclose(matrix[:, 1:].mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(matrix[:, 1:].std(axis=0), 1, atol=1e-9)
    odd = design.matrix(np.array([[1e30, -1e30, np.nan], [np.inf, -np.inf, np.nan]]))
    assert np.isfinite(odd).all()
    # An infinity is no figure, so it is missing.
    assert (design.owners()[1:] == [column.feature for column in design.columns]).all()


def test_a_feature_without_figures_or_spread_makes_no_column() -> None:
    values = np.column_stack([np.arange(50.0), np.full(50, np.nan), np.ones(50)])
    design = learn_design(Features(NAMES, values))
    assert {column.feature for column in design.columns} == {0}


def test_rows_that_are_a_sample_stand_for_all(small_feed: Feed) -> None:
    panel = build_panel(small_feed, month(35))
    columns = past_origins(panel, TOP, 6).columns
    maker = FeatureMaker(panel, (), TOP, 6, columns)
    rows = training_rows(maker, columns, 6, seed=0)
    age = 0.5 ** ((panel.last - rows.column) / _HALF_LIFE)
    for column in (columns[0], columns[-1]):
        asked = candidates(panel, column, TOP) & (panel.rank[:, column] > 0)
        own = rows.column == column
        assert (rows.weight / age)[own].sum() == pytest.approx(asked.sum())
        came = label(panel, column, TOP, 6).came & asked
        assert rows.came[own].sum() == came.sum()


def test_past_origins_leave_out_horizons_with_a_break() -> None:
    panel = build_panel(Market.draw(200, 48, 180, 8, jump=30).feed(), month(47))
    origins = past_origins(panel, TOP, 6)
    assert np.flatnonzero(breaks_of(panel, TOP)).tolist() == [30]
    assert origins.columns == (*range(3, 24), *range(30, 42))
    assert not origins.has_breaks
    short = build_panel(Market.draw(200, 36, 180, 8, jump=12).feed(), month(17))
    assert past_origins(short, TOP, 6).columns == (3, 4, 5, *range(6, 12))


def test_the_threshold_lies_between_the_last_place_and_the_next(small_feed: Feed) -> None:
    panel = build_panel(small_feed, month(35))
    level, rank = panel.level[:, 20], panel.rank[:, 20]
    want = (level[rank == 40][0] + level[rank == 41][0]) / 2
    assert threshold(panel, 20, 40) == pytest.approx(want)
    assert threshold(panel, 20, 10_000) == level[rank > 0].min()


def test_rates_of_the_absent_are_counts(small_feed: Feed) -> None:
    panel = build_panel(small_feed, month(35))
    columns = [10, 15, 20]
    rates = absent_rates(panel, parse_target("top:200"), 6, columns)
    asked, came = np.zeros(len(KINDS)), np.zeros(len(KINDS))
    for c in columns:
        for i in range(len(panel.rank)):
            listed = [t for t in range(c + 1) if panel.rank[i, t] > 0]
            if c in listed:
                assert absence_kinds(panel, c)[i] == -1
                continue
            ago = c - listed[-1] if listed else None
            kind = 3 if ago is None else 0 if ago <= 3 else 1 if ago <= 12 else 2
            # Whoever was in the top this year may be out of the list; it counts as a candidate.
            asked[kind] += 1
            came[kind] += any(0 < panel.rank[i, t] <= 200 for t in range(c + 1, c + 7))
    assert rates.asked.tolist() == asked.tolist()
    assert rates.came.tolist() == came.tolist()
    told = rates.forecast(np.array([0, 3]), 0.9)
    assert told.probability[0] == pytest.approx((came[0] + 0.5) / (asked[0] + 1))
    assert (told.lower <= told.probability).all()
    assert (told.probability <= told.upper).all()


def test_lead_times_are_medians_of_cases_as_likely() -> None:
    past = np.linspace(0, 1, 400)
    months = np.where(past > 0.5, 2, 10)
    found = lead_months(np.array([0.1, 0.9, 2.0, -1.0]), past, months)
    assert found.tolist() == [10.0, 2.0, 2.0, 10.0]
    assert np.isnan(lead_months(np.array([0.5]), np.zeros(0), np.zeros(0, np.int64))).all()
