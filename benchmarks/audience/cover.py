"""How often do intervals of shares of small cohorts hold the truth? See README.md.

python cover.py [N_RUN]
"""

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.kernels.proportions import effective_size, share_interval

Floats = NDArray[np.float64]

#: A panel whose units stand for 160 to 12 others, by stratum.
POPULATION, N_UNIT = np.array([4e4, 2e4, 1e4, 5e3]), np.array([250, 300, 350, 400])

#: How much likelier than on average units of each stratum are to enter, and to come back.
ENTERING, RETURNING = np.array([1.4, 1.1, 0.9, 0.8]), np.array([1.3, 1.0, 0.8, 0.7])

COHORTS, SHARES = (30, 60, 120, 400), (0.05, 0.1, 0.2, 0.4)
PROB = 0.95


def drawn(cohort: int, share: float, n_run: int, seed: int) -> tuple[float, list[Floats]]:
    """The true share, and of each run the share, its error, base, its variance and units."""
    draws = np.random.default_rng(seed)
    entering = cohort * ENTERING / (N_UNIT @ ENTERING)
    back = share * RETURNING
    x = draws.binomial(N_UNIT, entering, (n_run, len(N_UNIT)))
    y = draws.binomial(x, back)
    weight = POPULATION / N_UNIT
    factor = POPULATION * (POPULATION - N_UNIT) / (N_UNIT * (N_UNIT - 1.0))

    def covariance(one: NDArray[np.int64], other: NDArray[np.int64], both: object) -> Floats:
        return np.asarray((factor * (both - one * other / N_UNIT)).sum(1))

    base = x @ weight
    found = (y @ weight) / base
    top_var, cross, base_var = covariance(y, y, y), covariance(y, x, y), covariance(x, x, x)
    variance = np.maximum(top_var - 2 * found * cross + found**2 * base_var, 0)
    true = (POPULATION * entering) @ back / (POPULATION @ entering)
    return float(true), [found, np.sqrt(variance) / base, base, base_var, x.sum(1) * 1.0]


def main(n_run: int = 20_000) -> None:
    """Print a row a cohort and share."""
    print("| units | share | standard errors | Wilson, from the file | Wilson, in a market |")
    print("|---|---|---|---|---|")
    z = float(ndtri(0.5 + PROB / 2))
    for seed, (cohort, share) in enumerate((n, p) for n in COHORTS for p in SHARES):
        true, (value, stderr, base, base_var, n_raw) = drawn(cohort, share, n_run, seed)
        is_inside = stderr > 0
        size = np.divide(value * (1 - value), stderr**2, out=n_raw.copy(), where=is_inside)
        ways = (
            (value - z * stderr, value + z * stderr),
            share_interval(value, np.minimum(size, n_raw), PROB),
            share_interval(value, effective_size(value, stderr, base, base_var, n_raw), PROB),
        )
        covered = [np.mean((low <= true) & (true <= high)) for low, high in ways]
        print(f"| {cohort} | {share:.0%} | " + " | ".join(f"{c:.3f}" for c in covered) + " |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
