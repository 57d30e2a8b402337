"""Memory: what an answer took goes back to the system when the answer goes.

Answers of all sizes come and go, each read by a thread of its own. The allocator of glibc gives
each thread a heap of its own and, once a block of megabytes was freed, takes blocks of up to 32 MB
from heaps as well. So holes stay between answers that are kept, heap by heap, and the process
grows for as long as it answers, though it holds no more than before.
"""

import ctypes

#: `mallopt` of glibc: blocks of so many bytes are pages of their own, which go back when they are
#: freed, and so many heaps are made. Setting the first keeps it from rising.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8

#: Bytes: a block is rounded up to pages of 4 KiB, 3 % of the least on average.
_OWN_PAGES = 64 * 1024

#: Bytes: what blocks are rounded up to, and the head of an object with that of its block.
_PAGE, _ALIGNED, _HEAD = 4096, 16, 33 + 8


def keep_compact() -> bool:
    """Have this process take large blocks as pages of their own, the others from one heap.

    Returns
    -------
    bool
        Whether the C library could be told; others than glibc cannot.
    """
    told = _function("mallopt")
    if told is None:
        return False
    # Both, whatever the first says.
    done = [told(_M_MMAP_THRESHOLD, _OWN_PAGES), told(_M_ARENA_MAX, 1)]
    return all(done)


def block_size(n_bytes: int) -> int:
    """Bytes that the allocator takes for an object of bytes of some length, once it is compact.

    Examples
    --------
    >>> block_size(1_000), block_size(100_000)
    (1056, 102400)
    """
    step = _PAGE if n_bytes >= _OWN_PAGES else _ALIGNED
    return -(-(n_bytes + _HEAD) // step) * step


def give_back() -> None:
    """Give free pages within the heaps back to the system."""
    trim = _function("malloc_trim")
    if trim is not None:
        trim(ctypes.c_size_t(0))


def _function(name: str) -> "ctypes._NamedFuncPointer | None":
    try:
        # What the process itself is linked to.
        return ctypes.CDLL(None)[name]
    except (AttributeError, OSError, TypeError):
        return None
