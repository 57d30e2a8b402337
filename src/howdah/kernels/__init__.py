"""Numerics on arrays: NumPy, SciPy and Numba only."""

from howdah.kernels.development import PooledLink, pool_links
from howdah.kernels.digests import DigestSet
from howdah.kernels.fusion import fuse_and_summarise, fuse_panel
from howdah.kernels.influence import Influence, trace_level
from howdah.kernels.joint import Cells, join_cells
from howdah.kernels.packing import Packed, pack_known, unpack_known
from howdah.kernels.panel import Known, Model, Panel, Posterior, leave_out
from howdah.kernels.robust import (
    MAD_TO_SD,
    hampel_outliers,
    robust_center,
    robust_scale,
    step_noise,
)
from howdah.kernels.summary import (
    know_nothing,
    make_room,
    put_known,
    ranges,
    take_known,
)

__all__ = [
    "MAD_TO_SD",
    "Cells",
    "DigestSet",
    "Influence",
    "Known",
    "Model",
    "Packed",
    "Panel",
    "PooledLink",
    "Posterior",
    "fuse_and_summarise",
    "fuse_panel",
    "hampel_outliers",
    "join_cells",
    "know_nothing",
    "leave_out",
    "make_room",
    "pack_known",
    "pool_links",
    "put_known",
    "ranges",
    "robust_center",
    "robust_scale",
    "step_noise",
    "take_known",
    "trace_level",
    "unpack_known",
]
