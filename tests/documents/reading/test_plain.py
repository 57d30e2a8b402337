from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.documents.reading.plain import read_plain


def _shape(text: str) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.surface) for block in read_plain(dedent(text))]


def test_a_chinese_article_has_headings_paragraphs_and_items() -> None:
    assert _shape("""\
        某助手日活破千万

        记者 张三 2025年1月9日

        　　数据机构今日发布报告，去年12月日活760万。
        　　同期乙为412万，环比增长5%。

        一、行业概况
        整个行业在过去一年里快速增长，用户总数已经达到了三亿。

        1. 甲完成融资
        2. 乙裁员300人
        """) == [
        ("heading", 1, "某助手日活破千万"),
        ("paragraph", 0, "记者 张三 2025年1月9日"),
        ("paragraph", 0, "数据机构今日发布报告，去年12月日活760万。"),
        ("paragraph", 0, "同期乙为412万，环比增长5%。"),
        ("heading", 2, "一、行业概况"),
        ("paragraph", 0, "整个行业在过去一年里快速增长，用户总数已经达到了三亿。"),
        ("item", 1, "1. 甲完成融资"),
        ("item", 1, "2. 乙裁员300人"),
    ]


def test_wrapped_lines_are_one_paragraph_and_marks_of_markdown_are_no_text() -> None:
    assert _shape("""\
        # Growth

        The company said on Monday that it had reached three million users, which
        is more than twice as many as a year ago, and that it expects to reach the
        next million in March.

        Outlook
        -------
        We expect 5 million.
        - first
          goes on
          - second
        """) == [
        ("heading", 1, "Growth"),
        (
            "paragraph",
            0,
            (
                "The company said on Monday that it had reached three million users, which\n"
                "is more than twice as many as a year ago, and that it expects to reach the\n"
                "next million in March."
            ),
        ),
        ("heading", 2, "Outlook"),
        ("paragraph", 0, "We expect 5 million."),
        ("item", 1, "- first\n  goes on"),
        ("item", 2, "- second"),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "App      Dec 2024   Nov 2024\nPellamy    760        700\nMoss                  412\n",
        "| App | Dec 2024 | Nov 2024 |\n|--|--:|--|\n| Pellamy | 760 | 700 |\n| Moss | | 412 |\n",
        "App\tDec 2024\tNov 2024\nPellamy\t760\t700\nMoss\t\t412\n",
        "App | Dec 2024 | Nov 2024\nPellamy | 760 | 700\nMoss |  | 412\n",
        (
            "+---+---+---+\n| App | Dec 2024 | Nov 2024 |\n+===+===+===+\n| Pellamy | 760 | 700 |\n"
            "+---+---+---+\n| Moss | | 412 |\n+---+---+---+\n"
        ),
    ],
    ids=["aligned", "pipes", "tabs", "bars", "grid"],
)
def test_tables_have_cells_with_headers(table: str) -> None:
    text = f"Users by month.\n\nTable 1: users (thousand)\n\n{table}\nThe end of the table.\n"
    blocks = read_plain(text)
    rows = [block for block in blocks if block.kind == "row"]
    cells = {cell.surface: (cell.column, cell.row) for row in rows for cell in row.cells}
    assert len(rows) == 3
    assert cells["760"] == (("Dec 2024",), ("Pellamy",))
    assert cells["412"] == (("Nov 2024",), ("Moss",))
    assert {row.caption for row in rows} == {"Table 1: users (thousand)"}
    assert blocks[-1].surface == "The end of the table."


def test_a_chinese_table_takes_its_unit_from_the_line_above() -> None:
    rows = [
        block
        for block in read_plain(
            "上半年中标统计。\n\n厂商一览（金额单位：万元）\n厂商　　金额\n甲　　71,250\n乙　　8\n"
        )
        if block.kind == "row"
    ]
    assert rows[1].caption == "厂商一览（金额单位：万元）"
    assert rows[1].cells[1].column == ("金额",)


@given(st.text("ab 1万。.\n\t|-#•、(一）\u3000\r", max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read_in_order_and_every_block_stands_where_it_says(text: str) -> None:
    blocks = read_plain(text)
    end = 0
    for block in blocks:
        assert end <= block.start < block.end
        assert text[block.start : block.end] == block.surface
        for cell in block.cells:
            assert text[cell.start : cell.end] == cell.surface
            assert block.start <= cell.start < cell.end <= block.end
        end = block.end


@given(st.text("ab万。1\n", max_size=200))
@settings(max_examples=40, deadline=None)
def test_no_letter_of_a_text_without_marks_is_lost(text: str) -> None:
    read = "".join(block.surface for block in read_plain(text))
    assert "".join(read.split()) == "".join(text.split())
