"""What a table counted of days that are over, kept so that a later run counts new ones alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.int32]

_KINDS = ("by_product", "common", "products")


@dataclass(frozen=True, slots=True)
class Figures:
    """Arrays of a table by name.

    Attributes
    ----------
    by_product
        Their first axis is products.
    common
        Others.
    products
        Numbers of products, and negative ones of none.
    """

    by_product: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    common: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    products: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "Figures":
        """Figures that `arrays` gave."""
        kinds: dict[str, dict[str, NDArray[Any]]] = {kind: {} for kind in _KINDS}
        for name, array in arrays.items():
            kind, own = name.split(" ", 1)
            kinds[kind][own] = array
        return cls(**kinds)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of them under one kind of name."""
        return {f"{kind} {n}": a for kind in _KINDS for n, a in getattr(self, kind).items()}

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
        products = {
            name: np.where(array < 0, array, place[array]) for name, array in self.products.items()
        }
        return Figures(moved, self.common, products)


def with_days(kept: NDArray[Any], n_kept: int, counted: NDArray[Any], first: int) -> NDArray[Any]:
    """The first days of what was kept, and then what was counted from some day of it on.

    Days are the last axis.

    Examples
    --------
    >>> with_days(np.array([1, 2, 3]), 2, np.array([7, 8, 9]), 1)
    array([1, 2, 8, 9])
    """
    return np.concatenate([kept[..., :n_kept], counted[..., first:]], axis=-1)


def joined(some: Sequence[Figures]) -> Figures:
    """Figures of days, months or rows one after the other: the last axis of all arrays."""

    def join(kind: str) -> dict[str, NDArray[Any]]:
        arrays = [getattr(figures, kind) for figures in some]
        return {
            name: np.concatenate([own[name] for own in arrays], axis=-1)
            for name in (arrays[0] if arrays else ())
        }

    return Figures(**{kind: join(kind) for kind in _KINDS})
