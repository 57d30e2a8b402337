"""What every page does: open the market, do the job under a bar, and print the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from howdah.core.progress import Progress
from howdah.market import Market, find_market
from howdah.surfaces.cli.progress import working


@contextmanager
def opened(folder: Path | None, label: str) -> Iterator[tuple[Market, Progress]]:
    """The market to use, and what a long job reports its steps to.

    Parameters
    ----------
    folder
        As named by the user; None finds it.
    label
        What is being done, for the bar.
    """
    with working(label) as progress:
        yield Market(find_market(folder)), progress
