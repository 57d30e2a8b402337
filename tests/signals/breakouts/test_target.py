"""Targets as they are written."""

import pytest

from howdah.core.errors import InputError
from howdah.signals.breakouts import parse_target


def test_targets_are_read() -> None:
    assert (parse_target("top:500").n, parse_target(" growth:1.5 ").size) == (500, 1.5)
    assert parse_target("growth:5").n == 0
    lasting = parse_target("top:20", hold=2, newcomer=12, beyond=40)
    assert (lasting.hold, lasting.newcomer, lasting.beyond, lasting.text) == (2, 12, 40, "top:20")


@pytest.mark.parametrize(
    "text", ["", "top", "top:", "top:0", "top:1.5", "top:-3", "growth:1", "growth:0.5", "growth:x",
             "tops:5", "top:5:6", "top:inf", "growth:nan"],
)  # fmt: skip
def test_what_is_no_target_is_told_what_is(text: str) -> None:
    with pytest.raises(InputError, match=r"top:500.*growth:5"):
        parse_target(text)


@pytest.mark.parametrize("wrong", [{"hold": 0}, {"newcomer": -1}, {"beyond": -1}])
def test_other_numbers_have_bounds(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        parse_target("top:5", **wrong)


def test_growth_has_no_newcomers() -> None:
    with pytest.raises(InputError, match="newcomer"):
        parse_target("growth:5", newcomer=3)
