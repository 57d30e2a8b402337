"""Words of claims: what an unclassified number is of, and which words say no metric."""

from datetime import date

import pytest

from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import extract
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.mentions import Entity, Gazetteer
from howdah.documents.reading import read_text

NAMES = Gazetteer(
    {
        "榆木科技": Entity("榆木科技", "company", "", ()),
        "电蜥": Entity("电蜥", "product", "", ()),
        "Quillmark": Entity("Quillmark", "company", "", ()),
    }
)


def claim(text: str, surface: str) -> DocumentClaim:
    found = extract(read_text(text, "doc", published_at=date(2025, 1, 9)), NAMES)
    (told,) = (c for c in found if c.value_surface == surface)
    return told


@pytest.mark.parametrize(
    ("text", "surface", "words"),
    [
        ("榆木科技三季度续费率88%，比去年高了7个百分点。", "7", "续费率"),
        ("榆木科技去年收购废纸1,240万吨，比前年的510万吨多出一倍多。", "510万", "废纸"),
        (
            "Net revenue retention was 109%, against 111% a quarter before.",
            "111%",
            "Net revenue retention",
        ),
        (
            "Quillmark moulted 61 times last year, and 40 times in 2022.",
            "61 times",
            "moult",
        ),
    ],
)
def test_a_change_is_of_what_the_number_before_is_of(text: str, surface: str, words: str) -> None:
    told = claim(text, surface)
    assert told.metric == "unclassified"
    assert words in told.object


@pytest.mark.parametrize(
    ("text", "surface", "metric"),
    [
        ("Quillmark laid off 300 employees in March.", "300", "staff_cut"),
        ("Quillmark fired 300 workers.", "300", "staff_cut"),
        ("Quillmark let 300 staff go last year.", "300", "staff_cut"),
        ("Quillmark has 300 employees.", "300", "staff"),
        ("榆木科技裁掉300名员工。", "300", "staff_cut"),
        ("榆木科技有300名员工。", "300", "staff"),
    ],
)
def test_people_who_are_let_go_are_no_staff(text: str, surface: str, metric: str) -> None:
    assert claim(text, surface).metric == metric


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("均值为760万", ()),
        ("估值为760万", ("valuation",)),
        ("总裁谈到300人", ()),
        ("裁300人", ("staff_cut",)),
        ("its sales manager has 300", ()),
        ("its sales were 300", ("revenue",)),
    ],
)
def test_a_word_inside_of_one_that_says_nothing_says_no_metric(
    text: str, metrics: tuple[str, ...]
) -> None:
    found = metric_lexicon().find(text, 0, len(text))
    assert tuple(m for t in found if not t.behind and not t.is_weak for m in t.metrics) == metrics


def test_nothing_is_no_metric() -> None:
    assert "nothing" not in metric_lexicon()
