"""Who states a number: names, pronouns, quotations and documents that speak."""

from datetime import date

import pytest

from howdah.documents.attribution import attributions
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.linking.sources import find_sources
from howdah.documents.mentions import Entity, Gazetteer
from howdah.documents.passages import Marked, mark
from howdah.documents.people import find_people
from howdah.documents.reading import read_text

NAMES = Gazetteer(
    {
        "榆木科技": Entity("榆木科技", "company", "", ()),
        "大模型": Entity("大模型", "segment", "", ()),
        "Quillmark": Entity("Quillmark", "company", "", ()),
        "Sorrel Data": Entity("Sorrel Data", "organisation", "", ()),
    }
)


def marked(text: str) -> Marked:
    return mark(
        read_text(text, "doc", published_at=date(2025, 1, 9)), NAMES, metric_lexicon()
    )  # fmt: skip


def named(text: str) -> list[tuple[str, str]]:
    """Sources that are told by words, with their types, in order."""
    return [
        (a.surface, a.source_type)
        for found in attributions(marked(text))
        for a in found
        if a.form not in {"mention", "teller"}
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("榆木科技创始人宋知远透露，公司盈利。", ["宋知远"]),
        ("首席执行官欧阳青接受采访时说，明年盈利。", ["欧阳青"]),
        ("创始人表示，明年盈利。", []),
        ("总裁汇报了业绩。", []),
        ("Quillmark's chief executive, Ana Brzozowská-Lind, said so.", ["Ana Brzozowská-Lind"]),
        ("Tom Ferrar, the co-founder, said so.", ["Tom Ferrar"]),
        ("The chief executive said so.", []),
    ],
)
def test_people_by_their_titles(text: str, names: list[str]) -> None:
    assert [span.surface for span in find_people(text, text.lower(), 0)] == names


def test_a_name_stands_for_the_title_and_the_frame_around_it() -> None:
    assert named("对话榆木科技创始人宋知远：不急\n\n她透露，员工200人。") == [
        ("宋知远", "executive"),
        ("宋知远", "executive"),
    ]


def test_what_others_estimate_is_theirs() -> None:
    assert named("Spending as estimated by Sorrel Data was $3 million.") == [
        ("Sorrel Data", "data_provider")
    ]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("“Nobody is leaving,” a spokesman said.", ("spokesman", "company_statement")),
        ("A banker who knows the firm well says it lost $3 million.", ("banker", "insider")),
        ("经销商说，一天卖300杯。", ("经销商", "insider")),
        ("一季报摆在那里：收入21亿元。", ("一季报", "company_statement")),
        ("榆木科技的战报定格：成交额3亿元。", ("榆木科技", "company_statement")),
        ("一张截图在群里流传：公司亏损3亿元。", ("截图", "rumour")),
        ("《早报》引述消息人士指，员工300人。", ("消息人士", "insider")),
        ("某券商分析员相信，明年盈利。", ("某券商分析员", "data_provider")),
        (
            "Apps were downloaded 3 million times, Sorrel Data finds.",
            ("Sorrel Data", "data_provider"),
        ),
        (
            "A letter to staff puts the loss at $3 million.",
            ("letter to staff", "company_statement"),
        ),
        (
            "According to two people in the room, it lost $3 million.",
            ("two people", "insider"),
        ),
        (
            "It had 3 shops, according to the research firm\nTallow & Finch.",
            ("Tallow & Finch", "data_provider"),
        ),
        ("「先做好產品，」總裁宋知遠說。", ("宋知遠", "executive")),
    ],
)
def test_who_is_said_to_speak(text: str, source: tuple[str, str]) -> None:
    assert source in named(text)


def test_who_stands_before_each_answer_speaks_in_it() -> None:
    text = (
        "问：多少人？\n\n宋知远：300人。\n\n问：去年呢？\n\n宋知远：200人。去年还亏。\n\n问：明年？"
    )
    told = find_sources(marked(text))
    assert (told.genre, told.person is not None and told.person.surface) == ("interview", "宋知远")
    spoken = [[a.surface for a in found if a.form == "speaker"] for found in told.by_passage]
    assert spoken.count(["宋知远"]) == 3  # three sentences of two answers


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        ("Corrections\n\nQuillmark has 3 stores.", "correction"),
        ("榆木科技发布一季度业绩\n\n收入3亿元。", "results"),
        ("榆木科技有300人。\n\n了解更多请拨打电话。", "own"),
        ("Quillmark has 300 staff.", "news"),
    ],
)
def test_what_kind_of_text_it_is(text: str, genre: str) -> None:
    assert find_sources(marked(text)).genre == genre


def test_a_filing_speaks_of_itself_by_its_own_word() -> None:
    issuer = find_sources(
        marked("榆木科技问询函回复\n\n发行人有300人。发行人盈利。发行人无诉讼。")
    ).issuer
    assert issuer is not None
    assert (issuer.surface, issuer.canonical) == ("发行人", "榆木科技")


def test_a_pronoun_stands_where_it_stands() -> None:
    text = "Quillmark grew. It said revenue was $3 million."
    (told,) = (a for found in attributions(marked(text)) for a in found if a.form == "verb")
    assert (told.surface, text[told.start : told.end]) == ("Quillmark", "It")


def test_a_segment_speaks_for_nobody() -> None:
    assert named("大模型：上半年中标项目盘点\n\n大模型相关公告1810条。") == []


def test_the_one_provider_of_an_opening() -> None:
    sources = find_sources(marked("Games in May\n\nAs estimated by Sorrel Data, in May."))
    assert sources.provider is not None
    assert (sources.provider.canonical, sources.genre) == ("Sorrel Data", "data")
    two = marked("据研究机构甲研究的数据，有3家。据研究机构乙研究的数据，有4家。")
    assert find_sources(two).provider is None
    assert find_sources(marked("")).provider is None


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("单价——据一家券商测算——为30元。", "一家券商"),
        ("销量很高，这是店长老吴告诉我的。", "店长老吴"),
        ("上述券商已把全年亏损预期上调至3亿元。", "上述券商"),
        ("· 榆木科技宣布，裁员30人。", "榆木科技"),
    ],
)  # fmt: skip
def test_sources_stand_aside_behind_and_after_a_bullet(text: str, source: str) -> None:
    assert source in [name for name, _ in named(text)]


def test_what_comes_out_says_nothing() -> None:
    assert "榆木科技" not in [name for name, _ in named("榆木科技发布，售价30元。")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sorrel Data Partners said that Quillmark lost $3 million.", "Sorrel Data Partners"),
        ("Sorrel Data Inc said that Quillmark lost $3 million.", "Sorrel Data"),
        ("Sorrel Data said on Monday that Quillmark lost $3 million.", "Sorrel Data"),
        ("榆木科技基金会表示，已捐出3亿元。", "榆木科技基金会"),
        ("榆木科技表示，已捐出3亿元。", "榆木科技"),
    ],
)
def test_a_name_inside_of_another_is_not_the_source(text: str, name: str) -> None:
    (found,) = [a for found in attributions(marked(text)) for a in found if a.form == "verb"]
    assert found.surface == name
    assert bool(found.canonical) is (name in NAMES.entities)
