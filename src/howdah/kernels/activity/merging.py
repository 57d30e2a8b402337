"""Activity of earlier days and of new ones made one."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.assembly import first_days
from howdah.kernels.activity.bits import Word
from howdah.kernels.activity.words import Activity, Words

Small = NDArray[np.int32]

_U = np.uint64


def merge(before: Activity, new: Activity, days_earlier: int) -> Activity:
    """Rows of both, each once; a day counts that either has.

    Parameters
    ----------
    before
        Its words may be fewer than those of `new`, whose products it is numbered by.
    days_earlier
        Days by which `new` begins before `before`.
    """
    n_row = _count_union(before.product, before.unit, new.product, new.unit)
    product, unit = np.empty(n_row, np.int32), np.empty(n_row, np.int32)
    words = np.zeros((n_row, new.words.shape[1]), np.uint64)
    _merge(before, new, days_earlier, product, unit, words)
    return Activity(product, unit, words, first_days(words))


@nb.njit(cache=True, nogil=True, inline="always")
def _order(product: int, unit: int) -> Word:
    return (np.int64(product) << 32) | np.int64(unit)


@nb.njit(cache=True, nogil=True)
def _count_union(product: Small, unit: Small, new_product: Small, new_unit: Small) -> int:
    i, j, n = 0, 0, 0
    while i < len(product) and j < len(new_product):
        left, right = _order(product[i], unit[i]), _order(new_product[j], new_unit[j])
        i += left <= right
        j += right <= left
        n += 1
    return n + len(product) - i + len(new_product) - j


@nb.njit(cache=True, nogil=True)
def _merge(
    before: Activity, new: Activity, days_earlier: int, product: Small, unit: Small, words: Words
) -> None:
    i, j = 0, 0
    whole, bits = days_earlier // 64, days_earlier % 64
    for row in range(len(product)):
        has_left, has_right = i < len(before.product), j < len(new.product)
        left = _order(before.product[i], before.unit[i]) if has_left else np.int64(0)
        right = _order(new.product[j], new.unit[j]) if has_right else np.int64(0)
        takes_left = has_left and (not has_right or left <= right)
        takes_right = has_right and (not has_left or right <= left)
        if takes_left:
            product[row], unit[row] = before.product[i], before.unit[i]
            for k in range(before.words.shape[1]):
                word = before.words[i, k]
                if word == _U(0):
                    continue
                words[row, k + whole] |= word << _U(bits)
                # Two shifts, because one of 64 is none; what goes over is of no day there is.
                over = (word >> _U(63 - bits)) >> _U(1)
                if over != _U(0):
                    words[row, k + whole + 1] |= over
            i += 1
        if takes_right:
            product[row], unit[row] = new.product[j], new.unit[j]
            for k in range(new.words.shape[1]):
                words[row, k] |= new.words[j, k]
            j += 1
