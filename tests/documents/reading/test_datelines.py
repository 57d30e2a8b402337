from datetime import date

import pytest

from howdah.documents.reading.datelines import find_dateline
from howdah.documents.spans import Block


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("BRISTOL, 21 November 2024. Ledgerfinch today announces results.", (2024, 11, 21)),
        ("By Inês Quintalva, 20 January 2026, 4 min read", (2026, 1, 20)),
        ("BRNO, September 16, 2025 – Stiltwork today began deliveries.", (2025, 9, 16)),
        ("Published: 2025-03-04", (2025, 3, 4)),
        ("THE LADLE | Monday 10 March 2025 | No. 214", (2025, 3, 10)),
        ("记者 张三 2025年1月9日", (2025, 1, 9)),
        ("（香港，2025年11月18日）獅脊機械人有限公司今日推出送餐機械人。", (2025, 11, 18)),
        ("2025-01-09 10:30　来源：砚田数据", (2025, 1, 9)),
        ("For the quarter that ended on 31 October 2024 revenue was 3 million.", None),
        ("Stiltwork was founded in Brno on 1 May 2018 by two engineers.", None),
        ("截至2024年12月31日，公司员工3,100人。", None),
        ("公司成立于2018年5月1日，员工3,100人。", None),
        ("On Monday it said it had 3 million users.", None),
        ("EINDHOVEN, Oct 23 (Paddock Wire) - Revenue rose.", None),
    ],
)
def test_a_dateline_is_told_from_a_day_in_the_text(
    line: str, day: tuple[int, int, int] | None
) -> None:
    blocks = [Block(0, 6, "Growth", "heading"), Block(7, 7 + len(line), line)]
    assert find_dateline(blocks) == (date(*day) if day else None)
