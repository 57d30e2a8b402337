"""Bought or earned: what channels of spend brought, what is organic, what stays if they stop."""

from howdah.growth.series import Names
from howdah.growth.splitting import Options, split
from howdah.growth.tables import Split

__all__ = ["Names", "Options", "Split", "split"]
