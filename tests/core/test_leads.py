"""Candidates in words: every sentence of the detector is told in both languages."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from howdah.core.leads import caveats_of, odds_text, reasons_of
from howdah.core.record import Odds, Record
from howdah.signals.breakouts import reasons
from howdah.signals.breakouts.absent import KINDS

#: Words of the languages' own alphabet that are no names.
_LATIN = re.compile(r"[A-Za-z]{2,}")

_FEATURES = [(name, told) for name, told in reasons._WORDS.items()] + [
    (f"companion {name}", told) for name, told in reasons._COMPANION_WORDS.items()
]


def in_chinese(text: str) -> str:
    (lead,) = reasons_of(text, "zh")
    return lead.text


@pytest.mark.parametrize("is_for", [True, False])
@pytest.mark.parametrize(("name", "told"), _FEATURES)
def test_a_reason_of_every_feature_is_told_in_chinese(
    name: str, told: reasons.Telling, *, is_for: bool
) -> None:
    for text in told(np.array([-0.4, 0.0, 0.3]), is_for):
        assert not _LATIN.search(in_chinese(text)), (name, text)


def test_each_reason_has_its_sign() -> None:
    text = "already at rank 537, where 500 is wanted; against: rose in 25 % of the last 12 months"
    assert [(lead.speaks, lead.text) for lead in reasons_of(text)] == [
        ("for", "already at rank 537, where 500 is wanted"),
        ("against", "rose in 25 % of the last 12 months"),
    ]
    assert [lead.speaks for lead in reasons_of(text, "zh")] == ["for", "against"]
    assert reasons_of(text, "zh")[1].text == "近12个月中25 %的月份上升"


@pytest.mark.parametrize(
    "text",
    [
        *(f"not in the list, {kind}: the rate of its kind" for kind in KINDS),
        "rank 1,116, where 100 is wanted",
        "already at rank 1,116, where 100 is wanted",
        "among the first 150 in 58 % of the last 12 months",
        "among the first 12 % of the list",
    ],
)
def test_a_reason_of_the_list_is_told_in_chinese(text: str) -> None:
    assert not _LATIN.search(in_chinese(text))


def test_a_companion_keeps_its_name() -> None:
    text = "Stars of code: grew 1.2-fold against the market in 3 months"
    assert in_chinese(text) == "Stars of code：3个月内相对市场增至1.2倍"


def caveats() -> list[str]:
    """The caveats that the detector can write, with a day or a number in each slot."""
    found = []
    tree = ast.parse(Path(reasons.__file__).read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if getattr(function, "name", "") not in {"tell_caveats", "_common_caveats"}:
            continue
        nodes = list(ast.walk(function))
        parts = {id(part) for n in nodes if isinstance(n, ast.JoinedStr) for part in n.values}
        for node in nodes:
            if isinstance(node, ast.JoinedStr):
                slots = [p.value if isinstance(p, ast.Constant) else "11" for p in node.values]
                found.append("".join(map(str, slots)))
            elif isinstance(node, ast.Constant) and id(node) not in parts:
                found.append(str(node.value))
    return sorted({text for text in found if len(text.split()) > 2 and "." not in text})


def test_every_caveat_is_told_in_chinese() -> None:
    assert len(caveats()) >= 10
    for text in caveats():
        assert not any(map(_LATIN.search, caveats_of(text, "zh"))), text


def test_an_unknown_sentence_stays_as_it_is() -> None:
    assert in_chinese("the moon was full") == "the moon was full"
    assert reasons_of("", "zh") == ()
    assert caveats_of("", "zh") == ()


def test_odds_without_enough_cases_give_their_counts_and_no_rate() -> None:
    few = Odds("stars", 0.5, 0.75, Record("too few", "came", n=10, n_right=3, n_cases=6))
    assert odds_text(few) == (
        "of 10 past candidates told 50 to 75 %, 3 came: too few independent ones for a rate"
    )
    assert "10个" in odds_text(few, "zh")
    assert odds_text(None) == "no past candidate of this list was told such odds"
