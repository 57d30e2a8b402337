"""Events: what both languages tell of whom, and how it is meant."""

import pytest
from event_names import MODELS, claims, read, told

from howdah.documents.events import find_events

Q, F, S, L, H = "Quellmar Robotics", "Fenwhistle", "Saltmoor Group", "Larkspindle Capital", "Hobbin Ventures"
LI, SH, PINE, GRAIN = "栗棚科技", "梳云智能", "松针资本", "芒种创投"

STATED = [
    # funding
    ("Quellmar has closed a Series B round led by Larkspindle Capital, with participation from Hobbin Ventures.",
     {("funding_completed", Q, ""), ("round", Q, "B"), ("lead_investor", Q, L), ("investor", Q, H)}),
    ("栗棚科技宣布完成1.2亿元B+轮融资，由松针资本领投，芒种创投跟投。",
     {("funding_completed", LI, ""), ("round", LI, "B+"), ("lead_investor", LI, PINE), ("investor", LI, GRAIN)}),
    ("栗棚科技完成天使輪融資。", {("funding_completed", LI, ""), ("round", LI, "angel")}),
    ("Quellmar is raising a new round.", {("seeking_funding", Q, "")}),
    # who bought whom, in both voices
    ("Fenwhistle was acquired by Saltmoor Group in May.", {("acquired_by", F, S)}),
    ("Saltmoor Group bought the London start-up Fenwhistle.", {("acquired_by", F, S)}),
    ("栗棚科技被梳云智能全资收购。", {("acquired_by", LI, SH)}),
    ("梳云智能完成对栗棚科技的收购。", {("acquired_by", LI, SH)}),
    ("Fenwhistle is in talks with Saltmoor Group.", {("talks", F, S)}),
    ("栗棚科技旗下手机输入法问雁改版。", {("owner", "问雁", LI)}),
    ("Fenwhistle, a unit of Saltmoor Group, lost money.", {("owner", F, S)}),
    # launches by what is launched, and of a thing by whose it is
    ("Quellmar unveiled the Otterbat on Monday.", {("product_release", Q, "Otterbat")}),
    ("Otterbat went on sale in March.", {("product_release", Q, "Otterbat")}),
    ("梳云智能开源了砚湖-70B。", {("model_release", SH, "砚湖-70B")}),
    ("问雁上线语音转写功能。", {("feature_release", "问雁", "语音转写功能")}),
    ("栗棚科技宣布关停问雁。", {("end_of_life", "问雁", "")}),
    ("Quellmar has scrapped Otterbat.", {("abandoned", "Otterbat", "")}),
    # people are roles
    ("Saltmoor Group named Ada Thrumble chief financial officer.", {("joins", S, "chief financial officer")}),
    ("Saltmoor Group's finance chief, Ada Thrumble, left in May.", {("leaves", S, "finance chief")}),
    ("苍苔汽车首席技术官、智驾负责人先后离职。",
     {("leaves", "苍苔汽车", "首席技术官"), ("leaves", "苍苔汽车", "智驾负责人")}),
    ("苍苔汽车的智驾团队改为直接向CEO汇报。", {("reports_to", "苍苔汽车", "智驾团队 -> CEO")}),
    ("苍苔汽车裁员两成，波及智驾与座舱两个部门。",
     {("departments", "苍苔汽车", "智驾"), ("departments", "苍苔汽车", "座舱")}),
    # partners, tenders, listings, rules
    ("Fenwhistle and Saltmoor Group announced a strategic partnership.", {("strategic_cooperation", F, S)}),
    ("问雁接入砚湖-70B大模型。", {("uses_model_of", "问雁", "砚湖-70B")}),
    ("Quellmar won a $30m contract from the Dray County Trust.", {("wins_deal", Q, "Dray County Trust")}),
    ("梳云智能中标蓼溪医院影像平台项目。", {("wins_deal", SH, "蓼溪医院")}),
    ("Fenwhistle filed confidentially for an initial public offering.", {("listing_filed", F, "")}),
    ("苍苔汽车登陆科创板。", {("listed", "苍苔汽车", "")}),
    ("问雁宣布全面禁止医美广告。", {("ad_ban", "问雁", "医美广告")}),
]  # fmt: skip

MEANT = [
    ("Saltmoor Group will buy Fenwhistle.", "planned"),
    ("Saltmoor Group did not buy Fenwhistle.", "negated"),
    ("Saltmoor Group has denied that it plans to acquire Fenwhistle.", "denied"),
    ("If Saltmoor Group buys Fenwhistle, prices will rise.", "hypothetical"),
    ("Saltmoor Group is rumoured to have bought Fenwhistle.", "rumoured"),
    ("Saltmoor Group is buying Fenwhistle, people familiar with the matter said.", "reported"),
    ("Saltmoor Group may buy Fenwhistle.", "speculated"),
    ("Saltmoor Group considered buying Fenwhistle but walked away.", "negated"),
    ("Fenwhistle rejected an offer from Saltmoor Group.", "negated"),
    ("Saltmoor Group made an offer for Fenwhistle.", "planned"),
    ("梳云智能拟收购栗棚科技。", "planned"),
    ("梳云智能没有收购栗棚科技。", "negated"),
    ("栗棚科技否认被梳云智能收购。", "denied"),
    ("如果梳云智能收购栗棚科技，格局将变。", "hypothetical"),
    ("网传梳云智能收购栗棚科技。", "rumoured"),
    ("知情人士称，梳云智能已收购栗棚科技。", "reported"),
    ("梳云智能曾考虑收购栗棚科技，但最终放弃。", "negated"),
    ("梳雲智能將收購栗棚科技。".replace("雲", "云"), "planned"),
]

SILENT = [
    "Quellmar launched an attack on its rival.",
    "Quellmar released its annual report on Monday.",
    "Saltmoor Group bought 300 robots from Quellmar.",
    "Quellmar left users waiting for an hour.",
    "Fenwhistle led the market with 30 per cent.",
    "Was Fenwhistle acquired by Saltmoor Group?",
    "梳云智能发布上半年财报，收入增长两成。",
    "栗棚科技会被卖掉吗？",
    "",
]


@pytest.mark.parametrize(("text", "expected"), STATED)
def test_events_that_a_sentence_states(text: str, expected: set[tuple[str, str, str]]) -> None:
    assert {event[:3] for event in told(text)} == expected


@pytest.mark.parametrize(("text", "modality"), MEANT)
def test_how_an_event_is_meant(text: str, modality: str) -> None:
    assert {event[3] for event in told(text) if event[0] == "acquired_by"} == {modality}


@pytest.mark.parametrize("text", SILENT)
def test_words_of_events_in_other_meanings_tell_none(text: str) -> None:
    assert told(text) == set()


def test_a_report_and_its_denial_are_two_events() -> None:
    found = told("市场传闻梳云智能收购栗棚科技，栗棚回应称消息不实。")
    assert {event[3] for event in found} == {"rumoured", "denied"}


def test_a_denial_in_front_leaves_no_report() -> None:
    assert {e[3] for e in told("Fenwhistle denied reports that it was in talks with Saltmoor Group.")} == {"denied"}


def test_a_company_that_says_there_are_no_talks_denies_them() -> None:
    text = "Fenwhistle said it was not in talks with Saltmoor Group."
    assert told(text) == {("talks", F, S, "denied")}


def test_a_day_to_come_makes_a_plan() -> None:
    (claim,) = claims("6月30日起，栗棚科技关停问雁。")
    assert claim.modality == "planned"
    assert claim.period_start is not None
    assert claim.period_start.isoformat() == "2025-06-30"


def test_what_no_name_says_is_about_whom_the_sentence_before_is() -> None:
    (claim,) = claims("Quellmar makes robots. It closed $40 million in October.")
    assert (claim.metric, claim.subject, claim.subject_inherited) == ("funding_completed", Q, True)
    assert claim.subject_surface == "Quellmar"


def test_a_question_is_what_its_answer_makes_of_it() -> None:
    text = "We met the founders of Quellmar.\n\nAre you raising money?\n\nNo. We have enough."
    assert told(text) == {("seeking_funding", Q, "", "negated")}


def test_a_product_stands_for_its_company_only_where_a_company_is_meant() -> None:
    text = "栗棚科技的产品叫问雁。问雁完成B轮融资。问雁接入砚湖-70B。"
    found = {(metric, subject) for metric, subject, *_ in told(text)}
    assert {("funding_completed", LI), ("uses_model_of", "问雁")} <= found


def test_names_of_people_never_go_out() -> None:
    text = "Saltmoor Group named Ada Thrumble head of research. The general counsel, Bo Crake, resigned."
    assert all("Thrumble" not in claim.object and "Crake" not in claim.object for claim in claims(text))
    assert {e[0] for e in told(text)} == {"joins", "leaves"}


def test_listed_names_are_several_and_names_between_commas_are_not() -> None:
    both = told("Larkspindle Capital and Hobbin Ventures led the round in Quellmar.")
    assert {event[2] for event in both if event[0] == "lead_investor"} == {L, H}
    assert told("栗棚科技宣布关停问雁，砚湖-70B不受影响。") == {("end_of_life", "问雁", "", "asserted")}


def test_traditional_characters_are_cited_as_written() -> None:
    (claim,) = claims("蒼苔汽車首席技術官離職。".replace("蒼", "苍").replace("車", "车"))
    assert (claim.metric, claim.object) == ("leaves", "首席技術官")


def test_triggers_and_quotations_stand_where_they_say() -> None:
    marked = read("Quellmar makes robots.\n\nIt was acquired by Saltmoor Group. Otterbat went on sale.")
    text = marked.document.text
    for event in find_events(marked, MODELS):
        assert text[event.start : event.end] == event.surface


def test_rows_of_tables_tell_no_events() -> None:
    assert told("Name | Buyer | What\nFenwhistle | Saltmoor Group | acquired by Saltmoor Group\nA | B | C") == set()
