"""Howdah: self-hosted market monitoring and growth intelligence.

>>> import howdah
>>> callable(howdah.open)
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from howdah.market import Market, copy_example, init, open  # noqa: A004 - howdah.open reads well

__all__ = ["Market", "copy_example", "init", "open"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - module attributes are of any type
    # `import howdah` and `howdah --help` must not pay for engines they do not use.
    if name in __all__:
        return getattr(import_module("howdah.market"), name)
    raise AttributeError(f"module 'howdah' has no attribute {name!r}")
