"""The Python API: one method per use case, and the only place that opens a store or a clock."""

from pathlib import Path

from howdah.market.folder import DEMO_FOLDER, copy_example, find_market, init
from howdah.market.market import Market


def open(folder: str | Path) -> Market:  # noqa: A001 - reads as howdah.open(folder)
    """Open a market folder."""
    return Market(folder)


__all__ = ["DEMO_FOLDER", "Market", "copy_example", "find_market", "init", "open"]
