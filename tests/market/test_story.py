"""What the example market must be able to answer, from its claims."""

import datetime as dt
from pathlib import Path

import pytest

import howdah
from howdah.market import Market


@pytest.fixture(scope="module")
def market(example_market: Path) -> Market:
    return howdah.open(example_market)


def test_doubao_daily_users_of_november_2023_are_an_upper_bound_never_a_point(
    market: Market,
) -> None:
    estimate = market.show("豆包").estimate("dau", period="2023-11")
    assert estimate.status == "bound"
    assert estimate.value is None
    assert estimate.lower is None
    assert estimate.upper == 1_300_000


def test_doubao_daily_users_of_september_and_october_2024_are_wide_intervals(
    market: Market,
) -> None:
    page = market.show("Doubao")
    september = page.estimate("dau", period="2024-09")
    october = page.estimate("dau", period="2024-10")
    assert september.value == pytest.approx(7_600_000)
    assert october.value == pytest.approx(9_450_000)
    for estimate in (september, october):
        assert estimate.n_sources == 1
        assert estimate.calibration == "uncalibrated here"
        assert estimate.lower is not None
        assert estimate.upper is not None
        # One source: its house effect is unknown, and the interval says so.
        assert estimate.upper / estimate.lower > 2
    assert september.definition == "questmobile:dau"
    assert october.definition == ""


def test_kimi_against_doubao_in_autumn_2024(market: Market) -> None:
    compared = market.compare("Kimi", "豆包")
    cells = {(line.metric, line.definition, line.period): line.cells for line in compared.lines}
    kimi, doubao = cells["dau", "questmobile:dau", "2024-09"]
    assert (kimi.stated_low, kimi.stated_high) == (1_300_000, 1_400_000)
    assert doubao.value == pytest.approx(7_600_000)
    kimi, doubao = cells["mau_month", "questmobile:mau_month", "2024-09"]
    assert (kimi.stated_low, kimi.stated_high) == (10_000_000, 11_000_000)
    assert (doubao.stated_low, doubao.stated_high) == (42_000_000, 43_000_000)
    kimi, doubao = cells["retention_d30", "questmobile:retention_d30", "2024-09"]
    assert doubao.value == pytest.approx(34.5)
    assert kimi.stated_low == pytest.approx(25.2)
    assert kimi.upper > doubao.lower  # the two cannot be told apart
    kimi, doubao = cells["ad_creatives", "dataeye:ad_creatives", "2024-10"]
    assert (kimi.status, kimi.lower, kimi.upper) == ("bound", 180_000, None)


def test_doubao_ad_creatives_are_the_bound_that_kimis_count_and_the_ratio_imply(
    market: Market,
) -> None:
    estimate = market.show("Doubao").estimate("ad_creatives")
    assert estimate.status == "bound"
    assert estimate.value is None
    assert estimate.upper == 45_000
    assert "180,000" in estimate.note
    assert len(estimate.claim_ids) == 2


def test_doubao_passed_ernie_bot_in_an_interval_of_time(market: Market) -> None:
    passed = [
        f
        for f in market.radar().findings
        if f.kind == "overtaking" and f.entity == "doubao" and f.params["loser"] == "ERNIE Bot"
    ]
    assert len(passed) == 1
    assert passed[0].value is None
    assert passed[0].period.start == dt.date(2023, 11, 1)
    assert passed[0].period.end == dt.date(2024, 9, 30)


def test_ernie_bots_lead_bounds_its_daily_users(market: Market) -> None:
    estimate = market.show("文心一言").estimate("dau", period="2023-11")
    assert estimate.status == "bound"
    assert estimate.lower == 200_000
    assert estimate.upper == 1_300_000 + 990_000


def test_xingyes_retention_against_maoxiangs(market: Market) -> None:
    line = next(
        line
        for line in market.compare("星野", "猫箱").lines
        if line.metric == "retention_d30" and line.period == "2024-09"
    )
    assert [cell.value for cell in line.cells] == pytest.approx([60, 44.8])


def test_tenders_of_november_2024_state_no_share_without_an_amount(market: Market) -> None:
    vendors = ("Volcano Engine", "Alibaba Cloud", "Tencent Cloud", "Zhipu AI")
    compared = market.compare(*vendors)
    counts = next(
        x.cells for x in compared.lines if (x.metric, x.period) == ("deal_count", "2024-11")
    )
    amounts = next(
        x.cells for x in compared.lines if (x.metric, x.period) == ("deal_amount", "2024-11")
    )
    assert [cell.value for cell in counts] == pytest.approx([7, 7, 7, 3])
    assert [cell.value for cell in amounts] == pytest.approx([5.94e6, 82.62e6, 129.12e6, 1.7e6])
    assert {cell.currency for cell in amounts} == {"CNY"}
    assert {name for name, metric in compared.not_stated if "without_amount" in metric} == set(
        vendors
    )


def test_moonshots_valuations_keep_pre_post_and_planned_apart(market: Market) -> None:
    page = market.show("月之暗面")
    assert page.estimate("valuation_post_money").value == pytest.approx(2.34e9)
    assert page.estimate("amount_raised", period="2024-02").value == pytest.approx(8e8)
    assert not page.estimates("valuation_pre_money")  # planned only, never achieved
    planned = {(s.metric, s.value) for s in page.apart if s.modality == "planned"}
    assert {("valuation_pre_money", 9e8), ("valuation_pre_money", 1.5e9)} <= planned


def test_moonshots_amount_over_post_money_and_its_stake_do_not_agree(market: Market) -> None:
    checks = [c for c in market.show("Moonshot AI").checks if c.identity == "stake"]
    check = next(c for c in checks if c.period.start == dt.date(2024, 1, 1))
    assert not check.agrees
    assert not check.is_planned
    assert check.computed == pytest.approx((100 * 0.72 / 2.34, 100 * 0.8 / 2.34))
    assert check.stated == (36, 44)


def test_the_lay_offs_that_one_party_reports_and_the_other_denies_are_contested(
    market: Market,
) -> None:
    estimate = market.show("百川智能").estimate("staff_cut")
    assert estimate.status == "contested"
    assert estimate.value is None
    assert (estimate.lower, estimate.upper) == (0, 22)
    contested = {
        name
        for name in ("Zhipu AI", "01.AI", "MiniMax", "Moonshot AI", "Baichuan AI")
        if market.show(name).estimate("staff_cut").status == "contested"
    }
    assert contested == {"Baichuan AI"}


def test_a_planned_or_rumoured_figure_never_appears_as_achieved(market: Market) -> None:
    for name in ("Kimi", "Doubao", "Moonshot AI", "01.AI", "01.AI pre-training team"):
        page = market.show(name)
        apart = {statement.claim_id for statement in page.apart}
        counted = {i for estimate in page.estimates() for i in estimate.claim_ids}
        assert not apart & counted
    kimi = market.show("Kimi")
    assert not kimi.estimates("cac")
    assert {s.modality for s in kimi.apart if s.metric == "cac"} == {"rumoured"}


def test_two_definitions_of_doubaos_monthly_users_are_kept_apart(market: Market) -> None:
    page = market.show("Doubao")
    definitions = {s.definition: s.last for s in page.series if s.metric == "mau_month"}
    assert set(definitions) == {"questmobile:mau_month", "aicpb:mau_month"}
    assert definitions["questmobile:mau_month"].period.label == "2024-09"
    assert definitions["aicpb:mau_month"].period.label == "2024-12"


def test_zhipus_page_shows_its_own_and_its_makings_side_by_side(market: Market) -> None:
    page = market.show("智谱")
    assert {s.metric for s in page.series} >= {"staff_cut", "deal_count", "deal_amount"}
    related = {
        r.entity.canonical_id: {s.metric for s in r.series} for r in page.related if r.series
    }
    assert "rating" in related["arena:glm-4-plus"]
    assert "stars" in related["github:THUDM/ChatGLM-6B"]
    assert "downloads" in related["pypi:zhipuai"]


def test_a_renamed_repository_is_one_entity_whose_series_meet(market: Market) -> None:
    page = market.show("hwchase17/langchain")
    assert page.entity.canonical_id == "github:langchain-ai/langchain"
    stars = [e for e in page.estimates("stars") if e.value]
    assert stars[0].period.end == dt.date(2023, 3, 19)
    assert stars[-1].period.end == dt.date(2024, 10, 20)


def test_a_repository_that_two_sources_count_has_both_behind_its_estimates(
    market: Market,
) -> None:
    several = [e for e in market.show("selfhosted:gitea").estimates("stars") if e.n_sources > 1]
    assert several
    assert all(e.upper / e.lower < 1.1 for e in several)


def test_the_story_has_two_vintages_and_the_first_knows_less(market: Market) -> None:
    assert market.show("Doubao").basis.vintages == (dt.date(2024, 11, 14), dt.date(2025, 1, 8))
    before = market.show("Doubao", as_of="2024-12-31")
    assert before.basis.vintages == (dt.date(2024, 11, 14),)
    assert not [e for e in before.estimates("mau_month") if e.definition.startswith("aicpb")]


def test_undated_prices_stay_out_of_the_replay_and_are_named(market: Market) -> None:
    basis = market.radar().basis
    assert "model-prices" in dict(basis.later_feeds)
    assert {feed for feed, _, _ in basis.stale} >= {"pypi-downloads", "github-stars"}
    with pytest.raises(howdah.core.errors.InputError, match="price_input"):
        market.rank("price_input")
    assert market.rank("price_input", as_of="today").places


def test_the_market_has_tens_of_thousands_of_entities_and_about_a_million_claims(
    market: Market,
) -> None:
    report = market.feeds()
    assert report.n_found > 20_000
    assert 1_000_000 < sum(feed.n_claims for feed in report.feeds) < 1_500_000
    assert all(feed.n_quarantined == 0 for feed in report.feeds)


def test_radar_shows_at_most_nine_and_keeps_places_for_followed_segments(
    market: Market,
) -> None:
    radar = market.radar()
    assert 1 <= len(radar.findings) <= 9
    assert {f.segment for f in radar.findings} >= set(radar.followed)
    for finding in radar.findings:
        assert finding.cause in {"market", "measurement", "cannot tell"}
        assert finding.n >= 1
        assert finding.claim_ids
