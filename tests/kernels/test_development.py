import numpy as np
import pytest
import statsmodels.api as sm

from howdah.kernels import pool_links

# Taylor & Ashe (1983), cumulated: the triangle that Mack (1993) works through.
TRIANGLE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]
FACTORS = [3.490607, 1.747333, 1.457413, 1.173852, 1.103824, 1.086269, 1.053874, 1.076555, 1.017725]
# Mack's table of reserves and standard errors, in thousands, of the origins after the first.
RESERVES = [95, 470, 710, 985, 1419, 2178, 3920, 4279, 4626]
ERRORS = [76, 122, 134, 261, 411, 558, 875, 971, 1363]


def _mack() -> tuple[list[float], list[float], list[float]]:
    """Factors, relative process variances and relative parameter variances of the triangle."""
    factor, sigma, parameter = [], [], []
    for k in range(9):
        before = np.array([row[k] for row in TRIANGLE if len(row) > k + 1], float)
        after = np.array([row[k + 1] for row in TRIANGLE if len(row) > k + 1], float)
        link = pool_links(after / before, before)
        factor.append(link.mean)
        sigma.append(link.process_var)
        parameter.append(link.parameter_var)
    # Mack's rule for the last column, which has one link.
    assert np.isnan(sigma[-1])
    sigma[-1] = min(sigma[-2] ** 2 / sigma[-3], sigma[-3], sigma[-2])
    parameter[-1] = sigma[-1] / TRIANGLE[0][8]
    return (
        factor,
        [s / f**2 for s, f in zip(sigma, factor, strict=True)],
        [p / f**2 for p, f in zip(parameter, factor, strict=True)],
    )


def test_factors_of_the_taylor_ashe_triangle_are_macks() -> None:
    assert _mack()[0] == pytest.approx(FACTORS, abs=1e-6)


def test_chained_links_have_macks_reserves_and_standard_errors() -> None:
    factor, process, parameter = _mack()
    for row, reserve, error in zip(TRIANGLE[1:], RESERVES, ERRORS, strict=True):
        level, variance = float(row[-1]), 0.0
        for k in range(len(row) - 1, 9):
            variance += process[k] / level + parameter[k]
            level *= factor[k]
        assert (level - row[-1]) / 1000 == pytest.approx(reserve, abs=0.6)
        assert level * np.sqrt(variance) / 1000 == pytest.approx(error, abs=0.6)


def test_clustered_variance_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(15), 4)
    link = rng.normal(0.1, 0.02, 60) + rng.normal(0.0, 0.1, 15)[cluster]
    weight = rng.uniform(0.5, 2.0, 60)
    fitted = sm.WLS(link, np.ones(60), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    found = pool_links(link, weight, cluster)
    assert found.mean == pytest.approx(fitted.params[0])
    assert found.parameter_var == pytest.approx(fitted.bse[0] ** 2 * 15 / 14)
    assert found.n_clusters == 15


def test_one_link_far_away_hardly_moves_a_robust_mean() -> None:
    link = np.append(np.random.default_rng(1).normal(0.1, 0.01, 30), 50.0)
    found = pool_links(link, np.ones(31), robust=True)
    assert found.mean == pytest.approx(0.1, abs=0.01)


def test_links_that_are_mostly_equal_have_no_far_ones() -> None:
    found = pool_links(np.array([0.0, 0.0, 0.0, 1.0]), np.ones(4), robust=True)
    assert found.mean == 0.25


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_links_show_no_variance(n: int) -> None:
    found = pool_links(np.ones(n), np.ones(n))
    assert np.isnan(found.process_var)
    assert np.isnan(found.parameter_var)
    assert np.isnan(found.mean) == (n == 0)


def test_one_cluster_shows_no_variance() -> None:
    found = pool_links(np.array([1.0, 2.0]), np.ones(2), np.zeros(2, np.int64))
    assert np.isnan(found.parameter_var)
