"""Bits of a 64-bit word: how many are set, and where the lowest and the highest one are.

NumPy counts bits of arrays but not inside a compiled loop; these are the machine's own
instructions there.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

# The machine code generator hands over objects that have no types of their own.

OfWord = Callable[[np.uint64], int]


def _count(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _lowest(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


def _highest(typing_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        above = builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))
        return builder.sub(ir.Constant(ir.IntType(64), 63), above)

    return types.int64(types.uint64), generate


#: Number of set bits of an unsigned 64-bit word, unsigned too.
count_bits = cast("OfWord", intrinsic(_count))

#: Place of the lowest set bit of an unsigned 64-bit word; 64 of an empty word.
lowest_bit = cast("OfWord", intrinsic(_lowest))

#: Place of the highest set bit of an unsigned 64-bit word; -1 of an empty word.
highest_bit = cast("OfWord", intrinsic(_highest))
