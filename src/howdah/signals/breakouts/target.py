"""Targets: what it means that an entity breaks out."""

import re
from dataclasses import dataclass
from typing import Literal

from howdah.core.errors import InputError

_FORM = re.compile(r"(top|growth):([0-9]+(?:\.[0-9]+)?)")

_ALLOWED = (
    "top:N with a whole number from 1 on, as top:500, or growth:X with X above 1, as growth:5"
)


@dataclass(frozen=True, slots=True)
class Target:
    """An entry into the top of a list, or a growth against the market.

    Attributes
    ----------
    kind
        ``top`` or ``growth``.
    size
        N, or X.
    hold
        Months of the horizon, not necessarily one after another, in which it has to be there: 1
        is a glimpse, and a reading that is off makes one of those too.
    newcomer
        Months before the origin in which it must not have been in the top; 0 takes those that
        come back after a month outside.
    beyond
        Only entities that are further down than this rank; 0 takes all.
    """

    kind: Literal["top", "growth"]
    size: float
    hold: int = 1
    newcomer: int = 0
    beyond: int = 0

    @property
    def n(self) -> int:
        """The last rank of the top; 0 for growth."""
        return int(self.size) if self.kind == "top" else 0

    @property
    def text(self) -> str:
        """As it is written on the command line."""
        return f"{self.kind}:{self.size:g}"


def parse_target(text: str, *, hold: int = 1, newcomer: int = 0, beyond: int = 0) -> Target:
    """Read a target.

    Raises
    ------
    InputError
        The text is none; it says which are.

    Examples
    --------
    >>> parse_target("top:500").n
    500
    >>> parse_target("growth:5").size
    5.0
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise InputError(f"--target is {text!r}; give {_ALLOWED}.")
    size = float(found[2])
    is_top = found[1] == "top"
    if (is_top and (size < 1 or size != int(size))) or (not is_top and size <= 1):
        raise InputError(f"--target is {text!r}; give {_ALLOWED}.")
    for name, value, least in (("hold", hold, 1), ("newcomer", newcomer, 0), ("beyond", beyond, 0)):
        if value < least:
            raise InputError(f"--{name} is {value}; give a whole number from {least} on.")
    if not is_top and newcomer:
        raise InputError("--newcomer is for --target top:N: what has not grown has no last time.")
    return Target("top" if is_top else "growth", size, hold, newcomer, beyond)
