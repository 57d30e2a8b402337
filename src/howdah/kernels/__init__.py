"""Numerics on arrays: NumPy, SciPy and Numba only."""

from howdah.kernels.development import PooledLink, pool_links
from howdah.kernels.digests import DigestSet
from howdah.kernels.fusion import fuse_panel
from howdah.kernels.joint import Cells, join_cells
from howdah.kernels.panel import Model, Panel, Posterior, leave_out
from howdah.kernels.robust import (
    MAD_TO_SD,
    hampel_outliers,
    robust_center,
    robust_scale,
    step_noise,
)
from howdah.kernels.warming import warm_up

__all__ = [
    "MAD_TO_SD",
    "Cells",
    "DigestSet",
    "Model",
    "Panel",
    "PooledLink",
    "Posterior",
    "fuse_panel",
    "hampel_outliers",
    "join_cells",
    "leave_out",
    "pool_links",
    "robust_center",
    "robust_scale",
    "step_noise",
    "warm_up",
]
