"""Compiling ahead what would else be compiled by the first append and the first estimate."""

import numpy as np

from howdah.kernels.digests import DigestSet
from howdah.kernels.robust import hampel_outliers


def warm_up() -> None:
    """Run each compiled kernel once on a little data, so that its machine code is cached."""
    digits = np.frombuffer(b"".join(b"%032x" % n for n in range(1200)), np.uint8)
    DigestSet().add(digits.reshape(-1, 32))
    hampel_outliers(np.arange(9.0), np.zeros(9, np.int64), floor=0.1)
