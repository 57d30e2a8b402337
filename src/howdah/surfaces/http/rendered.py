"""An answer in bytes, as it goes from the process that made it to the one that sends it."""

from collections.abc import Mapping
from dataclasses import dataclass

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
        """Bytes that it takes."""
        return len(self.body) + sum(map(len, self.packed.values()))
