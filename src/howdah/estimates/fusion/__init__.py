"""Claims of many sources to one level with an interval that is right about itself."""

from howdah.estimates.fusion.fusing import Fusion, Options, fuse
from howdah.estimates.fusion.learned import Parts
from howdah.estimates.fusion.stage import Claims, FusedTable
from howdah.estimates.fusion.static import StaticFusion

__all__ = ["Claims", "FusedTable", "Fusion", "Options", "Parts", "StaticFusion", "fuse"]
