"""A small feed that several tests read."""

import pytest
from simulated_markets import Market

from howdah.signals.breakouts import Feed


@pytest.fixture(scope="session")
def small_feed() -> Feed:
    """Three hundred entities over three years, of which 250 are listed; read it only."""
    return Market.draw(300, 36, 250, 1).feed()
