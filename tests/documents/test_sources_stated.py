"""Who states a number, in the many words in which the day's news says it."""

from datetime import date
from pathlib import Path

import pytest

from howdah.documents.extracting import extract
from howdah.documents.folding import fold
from howdah.documents.mentions import Entity, Gazetteer
from howdah.documents.reading import read_text

NAMES = Gazetteer(
    {
        "榆木科技": Entity("榆木科技", "company", "", ()),
        "秤砣咨询": Entity("秤砣咨询", "organisation", "", ()),
        "Quillmark": Entity("Quillmark", "company", "", ()),
        "Sorrel Data": Entity("Sorrel Data", "organisation", "", ()),
    }
)

#: Sentences that the source model is learnt from, too: text, source, kind of source.
LEARNT = tuple(
    tuple(piece.strip() for piece in line.split(" | "))
    for line in (Path(__file__).parents[2] / "benchmarks" / "documents" / "sources.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if line and not line.startswith("#")
)

#: Sentences that it has not seen.
UNSEEN = (
    ("一位离职员工向本报透露，团队只剩40人。", "离职员工", "insider"),
    ("榆木科技总裁表示，明年收入将增长两成。", "榆木科技总裁", "executive"),
    ("按秤砣咨询的统计，日活为760万。", "秤砣咨询", "data_provider"),
    ("在分析师看来，全年出货只有300万台。", "分析师", "data_provider"),
    ("商务部公布，上半年出口300万台。", "商务部", "regulator"),
    ("公告显示，收购价为3亿元。", "公告", "company_statement"),
    ("股东透露，投后估值约20亿元。", "股东", "investor"),
    ("榆木科技的门店有300家。", "", "author"),
    ("Sorrel Data's survey shows 3 million users.", "Sorrel Data", "data_provider"),
    ("On Sorrel Data's figures it has 3 million users.", "Sorrel Data", "data_provider"),
    ("The prospectus shows that it has 300 employees.", "prospectus", "company_statement"),
    ("A former employee says 300 people left.", "former employee", "insider"),
    ("The Northern Herald reported that 300 people left.", "Northern Herald", "media"),
    ("Quillmark sold 3 million watches.", "", "author"),
)


@pytest.mark.parametrize(("text", "source", "kind"), [*LEARNT, *UNSEEN], ids=str)
def test_who_states_a_number(text: str, source: str, kind: str) -> None:
    found = extract(read_text(text, "doc", published_at=date(2025, 1, 9)), NAMES)
    numbers = [claim for claim in found if claim.value_start is not None]
    assert numbers
    for claim in numbers:
        told, wanted = fold(claim.source).lower, fold(source).lower
        assert claim.source_type == kind
        assert told in wanted or wanted in told
        assert bool(told) == bool(wanted)
