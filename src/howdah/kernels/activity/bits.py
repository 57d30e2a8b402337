"""Bits of a 64-bit word: how many are set, and where the lowest one is.

NumPy counts bits of arrays but not inside a compiled loop; these are the machine's own
instructions there.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

# The machine code generator hands over objects that have no types of their own.


@intrinsic  # type: ignore[untyped-decorator]
def count_bits(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Number of set bits of an unsigned 64-bit word."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic  # type: ignore[untyped-decorator]
def lowest_bit(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Place of the lowest set bit of an unsigned 64-bit word; 64 of an empty word."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate
