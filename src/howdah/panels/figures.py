"""What a table counted of days that are over, kept so that a later run counts new ones alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.int32]

_BY_PRODUCT = "product "


@dataclass(frozen=True, slots=True)
class Figures:
    """Arrays of a table by name; the last axis of each is days.

    Attributes
    ----------
    by_product
        Their first axis is products.
    common
        Others.
    """

    by_product: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    common: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "Figures":
        """Figures that `arrays` gave."""
        own = {n.removeprefix(_BY_PRODUCT): a for n, a in arrays.items() if _BY_PRODUCT in n}
        return cls(own, {n: a for n, a in arrays.items() if _BY_PRODUCT not in n})

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of them under one kind of name."""
        return {**{f"{_BY_PRODUCT}{n}": a for n, a in self.by_product.items()}, **self.common}

    def renumbered(self, place: Small, n_product: int) -> "Figures":
        """The same with other numbers of products; new ones have noughts.

        Parameters
        ----------
        place
            (n,) new number of each product.
        """
        moved = {}
        for name, array in self.by_product.items():
            moved[name] = np.zeros((n_product, *array.shape[1:]), array.dtype)
            moved[name][place] = array
        return Figures(moved, self.common)


def with_days(kept: NDArray[Any], n_kept: int, counted: NDArray[Any], first: int) -> NDArray[Any]:
    """The first days of what was kept, and then what was counted from some day of it on.

    Examples
    --------
    >>> with_days(np.array([1, 2, 3]), 2, np.array([7, 8, 9]), 1)
    array([1, 2, 8, 9])
    """
    return np.concatenate([kept[..., :n_kept], counted[..., first:]], axis=-1)
