"""A set of 128-bit digests that says, batch by batch, which ones are new.

An append must drop what the store already holds and what a file holds twice, while ten million
rows stream past. A hash join would keep whole rows; this keeps 16 bytes a digest.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

_HEX_DIGITS = 32
_MAX_LOAD = 0.6


class DigestSet:
    """Digests seen so far, by open addressing with linear probing.

    Parameters
    ----------
    expected
        Number of digests to make room for; the set grows when there are more.

    Examples
    --------
    >>> seen = DigestSet()
    >>> batch = np.frombuffer(b"0" * 31 + b"1" + b"0" * 31 + b"2", np.uint8).reshape(2, 32)
    >>> seen.add(batch).tolist(), seen.add(batch).tolist(), len(seen)
    ([True, True], [False, False], 2)
    """

    def __init__(self, expected: int = 1024) -> None:
        n_slots = 1 << max(10, int(expected / _MAX_LOAD).bit_length())
        self._slots = np.zeros((n_slots, 2), np.uint64)
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def add(self, digests: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Add digests and tell which were new.

        Parameters
        ----------
        digests
            (n, 32) ASCII hexadecimal digits, small letters.

        Returns
        -------
        ndarray of bool
            (n,) True for the first appearance of a digest, here or in an earlier batch.

        Raises
        ------
        ValueError
            The digests are not 32 digits wide.
        """
        if digests.ndim != 2 or digests.shape[1] != _HEX_DIGITS:  # noqa: PLR2004 - (n, 32)
            raise ValueError(f"digests must be (n, {_HEX_DIGITS}), got {digests.shape}")
        while self._n + len(digests) > _MAX_LOAD * len(self._slots):
            grown = np.zeros((2 * len(self._slots), 2), np.uint64)
            _reinsert(self._slots, grown)
            self._slots = grown
        is_new = np.empty(len(digests), np.bool_)
        self._n += _insert(self._slots, np.ascontiguousarray(digests), is_new)
        return is_new


@nb.njit(cache=True)
def _slot_of(slots, high, low):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    mask = np.uint64(len(slots) - 1)
    # Digests are uniform, so their own low bits are the hash.
    slot = low & mask
    while True:
        a, b = slots[slot, 0], slots[slot, 1]
        if (a == 0 and b == 0) or (a == high and b == low):
            return slot
        slot = (slot + np.uint64(1)) & mask


@nb.njit(cache=True)
def _insert(slots, digests, is_new):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n_new = 0
    for i in range(len(digests)):
        high, low = np.uint64(0), np.uint64(0)
        for j in range(16):
            c = digests[i, j]
            high = (high << np.uint64(4)) | np.uint64(c - 48 if c < 58 else c - 87)  # noqa: PLR2004
            c = digests[i, 16 + j]
            low = (low << np.uint64(4)) | np.uint64(c - 48 if c < 58 else c - 87)  # noqa: PLR2004
        if high == 0 and low == 0:
            # Zero marks an empty slot; no digest is that unlucky twice.
            high = np.uint64(1)
        slot = _slot_of(slots, high, low)
        fresh = slots[slot, 0] == 0 and slots[slot, 1] == 0
        if fresh:
            slots[slot, 0], slots[slot, 1] = high, low
            n_new += 1
        is_new[i] = fresh
    return n_new


@nb.njit(cache=True)
def _reinsert(old, grown):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    for i in range(len(old)):
        high, low = old[i, 0], old[i, 1]
        if high != 0 or low != 0:
            slot = _slot_of(grown, high, low)
            grown[slot, 0], grown[slot, 1] = high, low
