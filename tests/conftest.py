"""Fixtures that every test may use."""

from pathlib import Path

import pytest
from hypothesis import settings

import howdah

# The same examples in every run, however busy the machine is.
settings.register_profile("howdah", derandomize=True, deadline=None)
settings.load_profile("howdah")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the slow tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow; run with ./run test --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def example_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the built example market; read it, never change it."""
    folder = howdah.copy_example(tmp_path_factory.mktemp("example") / "market")
    howdah.open(folder).update()
    return folder
