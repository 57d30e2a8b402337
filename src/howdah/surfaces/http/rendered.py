"""An answer in bytes, as it goes from the process that made it to the one that sends it."""

from collections.abc import Mapping
from dataclasses import dataclass

from howdah.surfaces.http.memory import block_size
from howdah.surfaces.http.problems import Problem


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in bytes.

    Attributes
    ----------
    packed
        The same packed, by what HTTP calls the packing; empty where that is not worth it.
    problem
        What went wrong instead, with the body empty.
    resident
        Bytes of memory that the process held when it was made.
    """

    body: bytes
    packed: Mapping[str, bytes]
    media_type: str
    problem: Problem | None = None
    resident: int = 0

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, of which a cache knows the rest."""
        return sum(block_size(len(part)) for part in (self.body, *self.packed.values()))
