"""Bits of a 64-bit word: how many are set, and where the lowest and the highest one are.

NumPy counts bits of arrays but not inside a compiled loop; these are the machine's own
instructions there.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

#: An unsigned 64-bit number in a compiled loop. NumPy's scalars are no ``int`` to a type checker.
Word: TypeAlias = Any

# The machine code generator hands over objects that have no types of their own.


@intrinsic
def _count_bits(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Number of set bits of an unsigned 64-bit word."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def _lowest_bit(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Place of the lowest set bit of an unsigned 64-bit word; 64 of an empty word."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def _highest_bit(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Place of the highest set bit of an unsigned 64-bit word; -1 of an empty word."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        above = builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))
        return builder.sub(ir.Constant(ir.IntType(64), 63), above)

    return types.int64(types.uint64), generate


#: Bytes, each 0 or 1, of the bits of a byte: added up they count each bit for itself.
BYTES_OF_BITS = (
    np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    .view("<u8")[:, 0]
    .astype(np.uint64)
)

#: The machine's instructions, as compiled loops call them: of one word, not of an array.
count_bits: Callable[[Word], Word] = cast("Any", _count_bits)
lowest_bit: Callable[[Word], int] = cast("Any", _lowest_bit)
highest_bit: Callable[[Word], int] = cast("Any", _highest_bit)
