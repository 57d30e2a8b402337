"""Compiling ahead what would else be compiled by the first append and the first estimate."""

import numpy as np

from howdah.kernels.digests import DigestSet
from howdah.kernels.fusion import fuse_panel
from howdah.kernels.panel import Model, Panel
from howdah.kernels.robust import hampel_outliers


def warm_up() -> None:
    """Run each compiled kernel once on a little data, so that its machine code is cached."""
    digits = np.frombuffer(b"".join(b"%032x" % n for n in range(1200)), np.uint8)
    DigestSet().add(digits.reshape(-1, 32))
    hampel_outliers(np.arange(9.0), np.zeros(9, np.int64), floor=0.1)
    zeros, one = np.zeros(1, np.int32), np.ones(1)
    panel = Panel(
        start=np.array([0, 1]), period=zeros, source=zeros, value=one, low=one, high=one,
        own_var=one, segment=zeros, size=zeros, first=zeros, length=zeros + 1, pace=one, gap=one,
    )  # fmt: skip
    model = Model(
        bias=np.zeros((1, 1)), house_var=one, noise_var=np.ones((1, 1)), drift_var=one,
        family=zeros, family_var=one, common_var=one, step_var=1.0, step_shape=1.0, start_var=1.0,
    )  # fmt: skip
    fuse_panel(panel, model)
