"""Keys that stay in memory are within the budget, and what is read back is what was kept."""

from pathlib import Path

import numpy as np
import pytest

from howdah.kernels.activity import Keys, pack
from howdah.panels.keystore import KeyStore

BITS = 3


def batches() -> list[Keys]:
    draws = np.random.default_rng(4)
    found = []
    for n in (50, 1, 400, 20, 0, 90):
        columns = (draws.integers(0, high, n).astype(np.int32) for high in (60, 5, 100))
        unit, product, day = columns
        found.append(pack(unit, product, day + 19_000, BITS, 5))
    return found


@pytest.mark.parametrize("budget", [0, 1, 300, 10**6])
def test_what_exceeds_the_budget_is_on_disk_and_reads_the_same(tmp_path: Path, budget: int) -> None:
    kept = batches()
    with KeyStore(budget, tmp_path) as store, KeyStore(10**9, tmp_path) as whole:
        for keys in kept:
            store.add(keys)
            whole.add(keys)
            assert store.n_bytes <= budget
        assert store.n_bytes + store.n_spilled == whole.n_bytes
        assert store.n_bytes == sum(keys.key.nbytes for keys in kept) - store.n_spilled
        assert whole.n_spilled == 0
        # The file has no name, so that nothing is left whatever happens.
        assert list(tmp_path.iterdir()) == []
        for part in range(store.n_part):
            found, expected = store.segments(part), whole.segments(part)
            assert len(found) == len(expected)
            for one, other in zip(found, expected, strict=True):
                assert one.layout == other.layout
                np.testing.assert_array_equal(one.key, other.key)
