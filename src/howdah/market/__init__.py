"""The Python API: one method per use case, and the only place that opens a store or a clock."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from howdah.market.folder import DEMO_FOLDER, copy_example, find_market, init
    from howdah.market.market import Market

__all__ = ["DEMO_FOLDER", "Market", "copy_example", "find_market", "init", "open"]


def open(folder: str | Path) -> "Market":  # noqa: A001 - reads as howdah.open(folder)
    """Open a market folder."""
    from howdah.market.market import Market  # noqa: PLC0415 - as below

    return Market(folder)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - module attributes are of any type
    # Who only asks which version of a market there is must not pay for the engines.
    if name == "Market":
        return import_module("howdah.market.market").Market
    if name in __all__:
        return getattr(import_module("howdah.market.folder"), name)
    raise AttributeError(f"module 'howdah.market' has no attribute {name!r}")
