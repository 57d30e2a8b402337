from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import read_table

from howdah.documents.folding import fold
from howdah.documents.periods import find_periods
from howdah.documents.quantities import find_quantities, read_header
from howdah.documents.spans import Quantity, Span

PUBLISHED = date(2025, 1, 9)
DIGITS = "零一二三四五六七八九"


def read(text: str, **options: object) -> list[Quantity]:
    folded = fold(text)
    return find_quantities(folded, periods=find_periods(folded, PUBLISHED), **options)  # type: ignore[arg-type]


def end_text(end: float | None) -> str:
    return "" if end is None else f"{end:.10g}"


def described(quantity: Quantity) -> str:
    low, high = end_text(quantity.low), end_text(quantity.high)
    words = (
        low if quantity.low == quantity.high else f"{low}..{high}",
        f"{quantity.unit}:{quantity.currency}" if quantity.currency else quantity.unit,
        "" if quantity.comparator == "eq" else quantity.comparator,
        quantity.change,
        quantity.base,
        f"`{quantity.surface}`",
    )
    return " ".join(word for word in words if word)


@pytest.mark.parametrize("name", ["quantities_zh.txt", "quantities_en.txt"])
def test_wordings_are_read_as_their_intervals(name: str) -> None:
    found = [(text, "; ".join(map(described, read(text))) or "-") for text, _ in read_table(name)]
    assert found == read_table(name)


@pytest.mark.parametrize("name", ["quantities_zh.txt", "quantities_en.txt"])
def test_a_quantity_stands_where_it_says(name: str) -> None:
    for text, _ in read_table(name):
        padded = f"　{text}。"
        for quantity in read(padded):
            assert padded[quantity.start : quantity.end] == quantity.surface


def han_section(number: int) -> str:
    """A number below 10,000 in Chinese characters."""
    text, has_gap = "", False
    for place, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if has_gap and text else "") + DIGITS[digit] + word
            has_gap = False
        else:
            has_gap = True
    return text


def han_number(number: int) -> str:
    parts, text, is_padded = ((10**8, "亿"), (10**4, "万"), (1, "")), "", False
    for scale, word in parts:
        section = number // scale % (10**4)
        if section:
            text += (
                ("零" if text and (section < 1000 or is_padded) else "")
                + han_section(section)
                + word
            )
            is_padded = False
        elif text:
            is_padded = True
    return text


@given(st.integers(2, 10**12 - 1))
def test_a_number_written_in_chinese_is_read_back(number: int) -> None:
    (quantity,) = read(f"共{han_number(number)}元")
    assert quantity.value == number
    assert quantity.unit == "currency"


ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def english_number(number: int) -> str:
    for scale, word in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= scale:
            rest = number % scale
            joint = " and " if 0 < rest < 100 else " "
            tail = f"{joint}{english_number(rest)}" if rest else ""
            return f"{english_number(number // scale)} {word}{tail}"
    if number >= 100:
        tail = f" and {english_number(number % 100)}" if number % 100 else ""
        return f"{ONES[number // 100]} hundred{tail}"
    if number >= 20:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


@given(st.integers(2, 10**12 - 1))
def test_a_number_written_in_english_is_read_back(number: int) -> None:
    (quantity,) = read(f"a fund of {english_number(number)} dollars")
    assert quantity.value == number
    assert quantity.currency == "USD"


@given(
    st.integers(1, 999),
    st.sampled_from(["", ".5", ".25"]),
    st.sampled_from(["万", "亿", "万亿", " million", "bn"]),
)
def test_digits_with_a_scale_are_read_back(whole: int, decimals: str, scale: str) -> None:
    factor = {"万": 1e4, "亿": 1e8, "万亿": 1e12, " million": 1e6, "bn": 1e9}[scale]
    (quantity,) = read(f"raised ${whole}{decimals}{scale}")
    assert quantity.value == pytest.approx(float(f"{whole}{decimals}") * factor, rel=1e-12)


@given(
    st.text(
        st.sampled_from(
            "0123456789.,%-~ 万亿多约超近三十两成半倍元个月第上下年abmkn$()/至增长同比and of the\n"
        ),
        max_size=40,
    )
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    for quantity in read(text):
        assert text[quantity.start : quantity.end] == quantity.surface
        assert quantity.low is not None or quantity.high is not None
        if quantity.low is not None and quantity.high is not None:
            assert quantity.low <= quantity.high


@given(st.sampled_from([text for text, _ in read_table("quantities_zh.txt")]))
def test_full_width_digits_read_as_half_width_ones(text: str) -> None:
    wide = "".join(
        chr(ord(char) + 0xFEE0) if char.isdigit() and char.isascii() else char for char in text
    )
    assert [(q.low, q.high, q.unit) for q in read(wide)] == [
        (q.low, q.high, q.unit) for q in read(text)
    ]


def test_bare_yuan_is_cny_on_the_mainland_only() -> None:
    assert read("公司估值约5亿元，员工不足300人。")[0].currency == "CNY"
    assert read("公司估值約5億元，員工不足300人。")[0].currency == ""
    assert read("公司估值約5億元，員工不足300人。", lang_hint="zh-hans")[0].currency == "CNY"
    assert read("公司估值5亿元。", lang_hint="zh-hant")[0].currency == ""
    assert read("公司估值5亿。")[0].unit == ""


def test_digits_of_a_name_are_no_quantity() -> None:
    text = "88 Lanterns took 97 players"
    assert [q.surface for q in read(text, names=[Span(0, 11, "88 Lanterns")])] == ["97"]


def test_lengths_inside_a_period_are_no_quantity() -> None:
    assert [q.surface for q in read("over the past 12 months it won 30 customers")] == ["30"]


def test_a_cell_may_hold_a_bare_number_and_brackets_are_below_zero() -> None:
    text = "Operating loss | (3.2) | 7"
    assert [q.surface for q in read(text)] == ["3.2"]
    cells = [Span(17, 22, "(3.2)"), Span(25, 26, "7")]
    assert [(q.value, q.surface) for q in read(text, cells=cells)] == [(-3.2, "(3.2)"), (7.0, "7")]


def test_quantities_come_in_order_and_do_not_overlap() -> None:
    found = read("营收18.64亿元，同比下降6.2%；3至5亿元；1亿2000万用户，翻番；第三名，约三成五。")
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert len(found) == 7


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("第三季度营收5亿元，环比增长8%", "qoq"),
        ("12月日活760万，环比增长11.8%", "mom"),
        ("上周下载3万次，环比增长2%", "wow"),
        ("环比增长8%", ""),
        ("up 30% year on year and down 5% quarter on quarter", "yoy"),
        ("its spending fell 8 per cent on April", "mom"),
    ],
)
def test_the_base_of_a_change(text: str, base: str) -> None:
    assert next(q for q in read(text) if q.change == "growth").base == base


@pytest.mark.parametrize("text", ["", " ", "\n", "。", "%", "第", "百分之", "约", "$", "a", "half"])
def test_texts_without_a_number_have_no_quantity(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("成交金额（万元）", (1e4, "currency", "CNY")),
        ("单位：亿美元", (1e8, "currency", "USD")),
        ("中标金额(百万元)", (1e6, "currency", "CNY")),
        ("港幣千元", (1e3, "currency", "HKD")),
        ("月活（万人）", (1e4, "people", "")),
        ("份额（%）", (1.0, "percent", "")),
        ("增长率%", (1.0, "percent", "")),
        ("上下文（K）", (1e3, "", "")),
        ("刊例价（元/百万token）", (1.0, "currency", "CNY")),
        ("Summary, £ million unless stated", (1e6, "currency", "GBP")),
        ("Revenue (US$ bn)", (1e9, "currency", "USD")),
        ("Revenue, €m", (1e6, "currency", "EUR")),
        ("RMB'000", (1e3, "currency", "CNY")),
        ("(in millions of dollars)", (1e6, "currency", "USD")),
        ("Users (m)", (1e6, "", "")),
        ("R$ m", (1e6, "currency", "BRL")),
        ("thousand", (1e3, "", "")),
        ("$ in millions", (1e6, "currency", "USD")),
        ("All figures are in thousands of euros.", (1e3, "currency", "EUR")),
        ("Highlights (amounts in HK$'000, but for ratios)", (1e3, "currency", "HKD")),
        ("上半年业绩（未经审计，单位：人民币百万元，比率除外）", (1e6, "currency", "CNY")),
    ],
)
def test_the_unit_of_a_header(header: str, expected: tuple[float, str, str]) -> None:
    found = read_header(fold(header))
    assert found is not None
    assert (found.factor, found.unit, found.currency) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Company",
        "sales in 2024",
        "£5m",
        "2024",
        "模型",
        "Q2 FY25",
        "Change",
        "Employees (number)",
        "成交",
        "第三季度",
    ],
)
def test_a_header_without_a_unit(header: str) -> None:
    assert read_header(fold(header)) is None


def test_a_metric_glued_to_its_number_is_no_name() -> None:
    assert [q.surface for q in read("日留存41%，ARPU58元，MAU1.2亿，GPT4模型，K1.5发布")] == [
        "41%",
        "58",
        "1.2亿",
    ]
