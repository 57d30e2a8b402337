"""An application in process over a small market: what is asked is rendered in a thread."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from howdah.surfaces.http.application import create_app
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk


@pytest.fixture(scope="session")
def client(restating_market: tuple[Path, dict[str, int]]) -> Iterator[TestClient]:
    """A client of a market that is never written to."""
    folder, _ = restating_market
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(folder), 10**12)
    with TestClient(create_app(folder, renderer), base_url="http://127.0.0.1") as made:
        yield made
