"""Pooling against dense Gaussian algebra and closed forms."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from howdah.kernels import pooled_level, posterior_quantiles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def pooled(
    low: list[float],
    high: list[float] | None = None,
    *,
    source: list[int] | None = None,
    family: list[int] | None = None,
    noise: list[float] | float = 0.1,
    house: list[float] | float = 0.2,
    shared: list[float] | float = 0.0,
) -> tuple[float, float]:
    n = len(low)
    level, sd = pooled_level(
        np.array(low, float),
        np.array(low if high is None else high, float),
        np.zeros(n, np.int64),
        1,
        source=np.array(range(n) if source is None else source),
        family=np.array([0] * n if family is None else family),
        noise_sd=np.broadcast_to(np.array(noise, float), n),
        source_sd=np.broadcast_to(np.array(house, float), n),
        shared_sd=np.broadcast_to(np.array(shared, float), n),
    )
    return float(level[0]), float(sd[0])


def dense(
    middle: Floats,
    width: Floats,
    source: Ints,
    family: Ints,
    noise: Floats,
    house: Floats,
    shared: Floats,
) -> tuple[float, float]:
    """Generalised least squares with the covariance written out."""
    same_source = source[:, None] == source[None, :]
    same_family = family[:, None] == family[None, :]
    covariance = np.diag(noise**2 + width**2 / 12)
    covariance += same_source * np.outer(house, house) + same_family * np.outer(shared, shared)
    precision = np.linalg.inv(covariance)
    ones = np.ones(len(middle))
    variance = 1 / (ones @ precision @ ones)
    return float(variance * (ones @ precision @ middle)), float(np.sqrt(variance))


@pytest.mark.parametrize("seed", range(8))
def test_equals_dense_least_squares_where_sources_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_sources, n_families = 6, 3
    house_of, family_of = rng.uniform(0.05, 0.5, n_sources), rng.integers(0, n_families, n_sources)
    shared_of = rng.uniform(0.01, 0.4, n_families)
    source = rng.integers(0, n_sources, 12)
    family = family_of[source]
    # So close together that no Birge ratio passes one.
    middle, width = rng.normal(5, 0.01, 12), rng.uniform(0, 0.5, 12)
    noise = rng.uniform(0.05, 0.3, 12)
    parts = (source, family, noise, house_of[source], shared_of[family])
    level, sd = pooled_level(
        middle - width / 2,
        middle + width / 2,
        np.zeros(12, np.int64),
        1,
        source=source,
        family=family,
        noise_sd=noise,
        source_sd=house_of[source],
        shared_sd=shared_of[family],
    )
    expected = dense(middle, width, *parts)
    assert (level[0], sd[0]) == pytest.approx(expected, rel=1e-10)


def test_several_groups_are_pooled_apart() -> None:
    rng = np.random.default_rng(9)
    n, n_group = 200, 30
    group, source = rng.integers(0, n_group - 1, n), rng.integers(0, 5, n)
    value = rng.normal(0, 1, n)
    fixed = {name: np.full(n, sd) for name, sd in (("noise_sd", 0.2), ("source_sd", 0.3))}
    family = source % 2
    level, sd = pooled_level(
        value,
        value,
        group,
        n_group,
        source=source,
        family=family,
        shared_sd=np.full(n, 0.1),
        **fixed,
    )
    for g in range(n_group):
        rows = np.flatnonzero(group == g)
        if len(rows) == 0:
            assert np.isnan(level[g])
            assert np.isnan(sd[g])
            continue
        alone = pooled(
            value[rows].tolist(),
            source=source[rows].tolist(),
            family=family[rows].tolist(),
            noise=0.2,
            house=0.3,
            shared=0.1,
        )
        assert (level[g], sd[g]) == pytest.approx(alone, rel=1e-12)


def test_one_statement() -> None:
    level, sd = pooled([3.0], noise=0.3, house=0.4, shared=1.2)
    assert (level, sd) == pytest.approx((3.0, 1.3))


def test_interval_is_a_uniform_statement_about_its_middle() -> None:
    level, sd = pooled([1.0], [2.2], noise=0.1, house=0.2)
    assert level == pytest.approx(1.6)
    assert sd**2 == pytest.approx(0.01 + 0.04 + 1.2**2 / 12)


def test_statements_of_one_source_carry_the_information_of_one_source() -> None:
    # Nine of the others' statements do not outvote one of another source.
    level, sd = pooled([0.0] * 9 + [0.1], source=[0] * 9 + [1], noise=0.01, house=0.2)
    assert level == pytest.approx(0.05, abs=1e-3)
    assert sd**2 == pytest.approx(0.04 / 2, rel=0.01)
    _, alone = pooled([0.0] * 1000, source=[0] * 1000, noise=0.1, house=0.2)
    assert alone == pytest.approx(0.2, rel=1e-3)


def test_shared_error_stays_however_many_agree() -> None:
    _, sd = pooled([0.0] * 500, noise=0.1, house=0.2, shared=0.3)
    assert sd == pytest.approx(0.3, rel=1e-2)
    _, apart = pooled([0.0] * 500, family=list(range(500)), noise=0.1, house=0.2, shared=0.3)
    assert apart < 0.03


def test_birge_ratio_of_two_that_disagree() -> None:
    # chi2 = d^2 / 2v, one degree of freedom: the standard error is half the distance.
    level, sd = pooled([0.0, 4.0], noise=0.06, house=0.08)
    assert level == pytest.approx(2.0)
    assert sd == pytest.approx(2.0)


def test_shared_error_is_not_multiplied_by_disagreement() -> None:
    _, sd = pooled([0.0, 4.0], noise=0.06, house=0.08, shared=0.5)
    assert sd**2 == pytest.approx(2.0**2 + 0.25)


def test_one_source_that_contradicts_itself_is_widened() -> None:
    _, sd = pooled([0.0, 4.0], source=[0, 0], noise=0.1, house=0.3)
    assert sd**2 == pytest.approx(2.0**2 + 0.09)


def test_with_the_birge_ratio_fixed_a_noisier_source_never_narrows() -> None:
    for own in (0.05, 0.2, 1.0):
        sds = [pooled([1.0, 1.0, 1.0], noise=[n, 0.1, 0.3], house=own)[1] for n in (0.1, 0.5, 2, 9)]
        assert sds == sorted(sds)
        assert sds[0] < sds[-1]


def test_a_known_noisier_source_explains_a_disagreement() -> None:
    _, sure = pooled([0.0, 10.0], noise=[0.1, 0.1], house=0.1)
    _, doubted = pooled([0.0, 10.0], noise=[0.1, 20.0], house=0.1)
    assert doubted < sure


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_is_irrelevant_and_levels_move_with_the_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value, source = rng.normal(0, 1, 9), rng.integers(0, 4, 9)
    noise = rng.uniform(0.1, 1, 9)
    level, sd = pooled(value.tolist(), source=source.tolist(), noise=noise.tolist())
    order = rng.permutation(9)
    again = pooled(
        value[order].tolist(), source=source[order].tolist(), noise=noise[order].tolist()
    )
    assert again == pytest.approx((level, sd), rel=1e-12)
    moved = pooled((value + 7).tolist(), source=source.tolist(), noise=noise.tolist())
    assert moved == pytest.approx((level + 7, sd), rel=1e-9)


def quantiles(
    mean: float, sd: float, lows: list[float], highs: list[float], error: float
) -> Floats:
    return posterior_quantiles(
        mean,
        sd,
        np.array(lows, float),
        np.full(len(lows), error),
        np.array(highs, float),
        np.full(len(highs), error),
        np.array([0.05, 0.5, 0.95]),
    )


def test_quantiles_without_bounds_are_normal() -> None:
    expected = stats.norm.ppf([0.05, 0.5, 0.95], 2.0, 0.7)
    assert quantiles(2.0, 0.7, [], [], 1.0) == pytest.approx(expected, abs=0.007)


def test_one_sharp_bound_truncates() -> None:
    expected = stats.truncnorm.ppf([0.05, 0.5, 0.95], 0.5, np.inf)
    assert quantiles(0.0, 1.0, [0.5], [], 1e-6) == pytest.approx(expected, abs=0.02)


def test_one_bound_with_error_is_a_skew_normal() -> None:
    # The density is 2 phi(x) Phi(x) when bound and mean are equal and so are the errors.
    expected = stats.skewnorm.ppf([0.05, 0.5, 0.95], 1.0)
    assert quantiles(0.0, 1.0, [0.0], [], 1.0) == pytest.approx(expected, abs=0.01)


def test_bounds_on_both_sides_keep_the_middle_and_narrow() -> None:
    low, middle, high = quantiles(1.0, 1.0, [0.5], [1.5], 0.1)
    assert middle == pytest.approx(1.0, abs=1e-6)
    assert high - low < 1.2
    assert high - 1.0 == pytest.approx(1.0 - low, abs=1e-6)
