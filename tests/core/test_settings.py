"""The settings table: defaults, the environment, and what is no number."""

import pytest

from howdah.core import settings
from howdah.core.errors import InputError


def test_a_default_holds_when_the_environment_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in settings.SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
        assert settings.get(setting.name) == setting.default


def test_the_environment_overrides_in_the_type_of_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOWDAH_THREADS", "3")
    monkeypatch.setenv("HOWDAH_PROB", "0.8")
    monkeypatch.setenv("HOWDAH_MARKET", "/markets/ai")
    assert settings.get("threads") == 3
    assert settings.get_number("prob") == 0.8
    assert settings.get_text("market") == "/markets/ai"


def test_what_is_no_number_is_refused_with_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOWDAH_MEMORY_GB", "lots")
    with pytest.raises(InputError, match=r"HOWDAH_MEMORY_GB='lots' is not a number of GB\. Memory"):
        settings.get("memory_gb")


def test_each_setting_has_one_row_with_help() -> None:
    names = [setting.name for setting in settings.SETTINGS]
    assert len(names) == len(set(names))
    assert all(setting.help.endswith(".") and setting.unit for setting in settings.SETTINGS)


def test_a_secret_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_TOKEN", "abc")
    assert settings.secret("FEED_TOKEN") == "abc"
    assert settings.secret("FEED_TOKEN_THAT_IS_NOT_SET") is None
