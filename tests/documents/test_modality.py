"""Which cues reach a number, and which numbers are in doubt."""

from datetime import date

import pytest

from howdah.documents.lexicon import metric_lexicon
from howdah.documents.mentions import Gazetteer
from howdah.documents.modality import find_cues, is_in_doubt, modality_candidates
from howdah.documents.numbers import Number
from howdah.documents.passages import mark
from howdah.documents.reading import read_text


def number_of(text: str, surface: str) -> Number:
    marked = mark(
        read_text(text, "doc", published_at=date(2025, 1, 9)), Gazetteer({}), metric_lexicon()
    )  # fmt: skip
    (found,) = (
        Number(marked, at, place)
        for at, passage in enumerate(marked.passages)
        for place, quantity in enumerate(passage.quantities)
        if quantity.surface == surface
    )
    return found


def evidence(text: str, surface: str, source_type: str = "author") -> set[str]:
    """What is seen of a number: features of one modality without its name."""
    candidate = modality_candidates(number_of(text, surface), (None, None), source_type, "")[0]
    return {name.partition("|")[2] for name in candidate.features}


@pytest.mark.parametrize(
    ("text", "surface", "feature"),
    [
        ("公司计划招聘300人。", "300", "governs:planned"),
        ("公司计划扩产，已招聘300人。", "300", "cut:planned"),
        ("We expect to ship 900 robots, and to build 500 a month.", "500", "governs:speculated"),
        ("It plans a rival to the one that has 300 stores.", "300", "cut:planned"),
        ("They sold more than the 3 million it had planned.", "3 million", "told_of:planned"),
        ("门店应为19家，而非此前公布的16家。", "16", "governs:replaced"),
        ("上期误把员工数写成3,100人，实为1,300人。", "3,100", "governs:replaced"),
        ("They built 61 vans, not 40 vans.", "40", "adjoins:negated"),
        ("如果涨价，单量会少200万。", "200万", "under_condition"),
        ("Say every household paid: 44 million subscriptions.", "44 million", "under_condition"),
        ("有消息称，公司募资300万元。", "300万", "opens:rumoured"),
        ("It has agreed to pay $3 million.", "$3 million", "governs:planned"),
        ("It does not have 1,400 cars.", "1,400", "close:negated"),
        ("客户3,100家，应为1,300家。", "3,100", "corrected"),
        ("Should prices fall, it would lose $3 million.", "$3 million", "under_condition"),
    ],
)
def test_what_reaches_a_number(text: str, surface: str, feature: str) -> None:
    assert feature in evidence(text, surface)


@pytest.mark.parametrize(
    ("text", "surface", "feature"),
    [
        ("上期误把员工数写成3,100人，实为1,300人。", "1,300", "governs:replaced"),
        ("若看营收，公司以900万元居首。", "900万", "under_condition"),
        ("如果涨价，会少单；目前有200万单。", "200万", "under_condition"),
        ("Sales say 44 million.", "44 million", "under_condition"),
    ],
)
def test_what_does_not_reach_a_number(text: str, surface: str, feature: str) -> None:
    assert feature not in evidence(text, surface)


def test_a_forecast_is_told_by_who_makes_it() -> None:
    text = "Revenue is forecast to reach $3 million."
    assert "nearest:speculated|by:own" in evidence(text, "$3 million", "company_statement")
    assert "nearest:speculated|by:other" in evidence(text, "$3 million", "data_provider")


@pytest.mark.parametrize(
    ("period", "feature"),
    [
        ((date(2025, 1, 1), date(2025, 12, 31)), "running"),
        ((date(2025, 2, 1), date(2025, 2, 28)), "future"),
        ((None, date(2025, 2, 28)), "future"),
        ((date(2024, 1, 1), date(2024, 12, 31)), "past"),
    ],
)
def test_what_has_begun_is_not_to_come(
    period: tuple[date | None, date | None], feature: str
) -> None:
    number = number_of("公司有员工300人。", "300")
    told = modality_candidates(number, period, "author", "")[0].features
    assert {"running", "future", "past"} & {f.partition("|")[2] for f in told} == {feature}


@pytest.mark.parametrize(
    "text", ["市场将近300万。", "若干家门店有300万。", "In May it had 3 stores."]
)
def test_words_that_only_hold_a_cue(text: str) -> None:
    number = next(s for s in ("300万", "3") if s in text)
    of = number_of(text, number)
    assert find_cues(of.marked, of.passage) == ()
    assert not is_in_doubt(of)


@pytest.mark.parametrize(
    ("text", "surface", "doubted"),
    [
        ("公司有员工300人。", "300", False),
        ("公司拟发行股票，募资300万元。", "300万", True),
        ("若获批准，公司盈利；目前有员工300人。", "300", False),
        ("300人被裁的说法不实。", "300", True),
        ("It said it had 300 stores.", "300", False),
        ("It does not have 300 stores.", "300", True),
    ],
)
def test_numbers_in_doubt(text: str, surface: str, *, doubted: bool) -> None:
    assert is_in_doubt(number_of(text, surface)) is doubted
