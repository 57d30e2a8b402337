"""Progress: what work that takes a while reports its steps to."""

from typing import Protocol


class Progress(Protocol):
    """Told how far a long job is."""

    def __call__(self, label: str, done: int, total: int) -> None:
        """`done` of `total` steps are finished (0: not known); `label` names the one that runs."""


def silent(label: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
