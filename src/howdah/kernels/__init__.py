"""Numerics on arrays: NumPy, SciPy and Numba only."""

from howdah.kernels.digests import DigestSet, warm_up
from howdah.kernels.levels import hampel_outliers, pooled_level, robust_center, robust_scale

__all__ = ["DigestSet", "hampel_outliers", "pooled_level", "robust_center", "robust_scale", "warm_up"]
