"""What an analyst does in the app, from the first look to a judgement."""

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from browsing import settle
from playwright.sync_api import BrowserContext, Page, expect

Open = Callable[..., Page]


def test_a_product_is_found_by_its_chinese_name_and_led_back_to_the_sentence(opened: Open) -> None:
    page = opened("/")
    page.keyboard.press("/")
    page.keyboard.type("乌龙")
    expect(page.get_by_role("option").first).to_contain_text("Oolong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Oolong")
    settle(page)
    # The Ledger's sentence is the one reading without a definition.
    row = page.get_by_role("row").filter(has_text="definition not stated")
    figure = row.locator("button.figure").first
    expect(figure).to_contain_text(re.compile(r"M \(.+ to .+\)"))
    figure.click()
    drawer = page.get_by_role("dialog", name="Trail")
    expect(drawer.locator("blockquote mark")).to_have_text("2.3 million")
    expect(drawer).to_contain_text("The Ledger")
    assert "trail=e" in page.url
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_the_trail_of_a_counted_number_ends_at_its_raw_row(opened: Open) -> None:
    page = opened("/entity?id=Pu%27er")
    page.locator("button.figure").first.click()
    drawer = page.get_by_role("dialog", name="Trail")
    name = drawer.get_by_role("row").filter(has=page.get_by_role("rowheader", name="app")).first
    expect(name.get_by_role("cell")).to_have_text("Pu'er")
    raw = drawer.locator("pre").first
    expect(raw).to_be_hidden()
    drawer.get_by_text("As it came").first.click()
    expect(raw).to_contain_text('"app":"Pu\'er"')


def test_a_series_is_drawn_with_its_figures_beside_it(opened: Open) -> None:
    page = opened("/entity?id=Oolong")
    chart = page.get_by_role("img", name="Daily active users of Oolong")
    expect(chart.locator("svg path").first).to_be_attached()
    page.get_by_text("Figures of this chart").first.click()
    expect(page.locator("details[open] table").first).to_contain_text("2024-12")


def test_spend_in_two_channels_is_told_apart(opened: Open) -> None:
    page = opened("/entity?id=Pu%27er")
    rows = page.get_by_role("row").filter(has=page.get_by_role("link", name="Ad spend"))
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Kettle network")
    expect(rows.nth(1)).to_contain_text("Leaf search")
    expect(rows.nth(2)).to_contain_text("all together")
    growth = rows.nth(1).locator("td", has_text="days")
    # Over a month, a quarter and a year, of this channel alone.
    expect(growth.locator("div")).to_have_count(3)
    chart = page.get_by_role("img", name="Ad spend, Kettle network, Leaf search of Pu'er")
    section = page.locator(".measure", has=chart)
    expect(section.locator(".legend")).to_contain_text("Kettle network")
    expect(section.locator(".legend")).to_contain_text("Leaf search")


def test_moving_through_time_shows_only_what_was_known(opened: Open) -> None:
    page = opened("/entity?id=Oolong")
    before = page.locator("table").first.inner_text()
    assert "2024-12" in before
    page.get_by_label("Known as of").fill("2024-09-30")
    page.wait_for_url("**as_of=2024-09-30*")
    expect(page.locator("table").first).to_contain_text("2024-08")
    expect(page.locator("table").first).not_to_contain_text("2024-12")
    page.get_by_role("link", name="League").click()
    assert "as_of=2024-09-30" in page.url


def test_several_are_compared_from_the_league(opened: Open) -> None:
    page = opened("/league?metric=dau&segment=apps")
    for name in ("Oolong", "Pu'er"):
        page.get_by_label(f"Add to comparison: {name}").check()
    page.get_by_role("link", name="Compare 2 chosen").click()
    expect(page.get_by_role("columnheader", name="Oolong")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Pu'er")).to_be_visible()


def test_a_league_draws_the_rows_in_sight_and_sorts_all(opened: Open) -> None:
    page = opened("/league?metric=dau&definition=tea%3Adau")
    expect(page.get_by_role("status").filter(has_text="400 rows")).to_be_visible()
    assert page.locator(".body .line").count() < 100
    page.get_by_role("button", name="Place").click()
    expect(page.locator(".body .line").first).to_contain_text("400")
    page.get_by_label("Filter by name").fill("app 12")
    expect(page.get_by_role("status").filter(has_text="10 rows")).to_be_visible()


def test_a_league_is_sorted_by_each_column_and_back(opened: Open) -> None:
    page = opened("/league?metric=dau&definition=tea%3Adau")
    expect(page.get_by_role("status").filter(has_text="400 rows")).to_be_visible()
    names = page.locator(".body .line [role=rowheader] a")
    at_first = names.all_inner_texts()
    page.get_by_role("button", name="Name", exact=True).click()
    by_name = page.get_by_role("columnheader", name="Name")
    expect(by_name).to_have_attribute("aria-sort", "ascending")
    folded = [name.lower() for name in names.all_inner_texts()]
    assert folded == sorted(folded)
    assert len(folded) > 10
    by_name.get_by_role("button").click()
    expect(by_name).to_have_attribute("aria-sort", "descending")
    folded = [name.lower() for name in names.all_inner_texts()]
    assert folded == sorted(folded, reverse=True)
    page.get_by_role("button", name="Place").click()
    expect(names.first).to_have_text(at_first[0])


def test_a_row_that_was_chosen_stays_so_wherever_a_sort_puts_it(opened: Open) -> None:
    page = opened("/league?metric=dau&definition=tea%3Adau")
    expect(page.get_by_role("status").filter(has_text="400 rows")).to_be_visible()
    row = page.locator(".body .line").first
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Place").click()
    expect(row).not_to_contain_text(name)
    expect(page.locator(".body input:checked")).to_have_count(0)
    page.get_by_role("button", name="Place").click()
    expect(page.get_by_label(f"Add to comparison: {name}", exact=True)).to_be_checked()
    expect(page.locator(".body input:checked")).to_have_count(1)


def test_a_table_is_saved_as_a_file(opened: Open) -> None:
    page = opened("/league?metric=dau&segment=apps")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as CSV").click()
    with Path(waiting.value.path()).open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert names[:2] == ["Oolong", "Pu'er"]


def test_a_pinned_link_says_when_and_in_which_language(opened: Open) -> None:
    page = opened("/feeds")
    page.get_by_role("button", name="Pin").click()
    page.wait_for_url("**/feeds?as_of=2025-01-31&lang=en")


def test_the_quarantine_has_the_raw_row(opened: Open) -> None:
    page = opened("/feeds?feed=users")
    row = page.get_by_role("row").filter(has_text="open").filter(has_text="many")
    field = row.get_by_role("row").filter(has=page.get_by_role("rowheader", name="users"))
    expect(field.get_by_role("cell")).to_have_text("many")


def test_a_doubtful_pair_is_resolved_by_keys(opened: Open, own_address: str) -> None:
    page = opened("/review", own_address)
    pair = page.locator(".queue > li").first
    expect(pair).to_contain_text("github:tea/kettle")
    page.keyboard.press("1")
    expect(pair.get_by_role("status")).to_contain_text("Saved: Same")
    page.goto(f"{own_address}/review")
    settle(page)
    expect(page.locator("main")).to_contain_text("Nothing waits here.")


def test_a_claim_is_kept_and_its_estimate_moves(opened: Open, own_address: str) -> None:
    page = opened("/review?queue=claims", own_address)
    claim = page.locator(".queue > li").first
    expect(claim).to_contain_text("slip of the unit")
    claim.get_by_role("button", name="Keep").click()
    moved = claim.locator("[data-moved]")
    expect(moved).to_contain_text("Estimate before and after")
    before, _, after = moved.inner_text().partition("→")
    assert before.rpartition(": ")[2].strip() != after.strip()


def test_a_sentence_is_corrected(opened: Open, own_address: str) -> None:
    page = opened("/review?queue=passages", own_address)
    sentence = page.locator(".queue > li").filter(has_text="380 daily")
    sentence.get_by_role("button", name="Correct").click()
    sentence.get_by_label("Value").fill("390")
    sentence.get_by_role("button", name="Save the correction").click()
    expect(sentence.get_by_role("status")).to_contain_text("Saved: Correct")


def test_what_was_bought_is_read_with_its_verdict_first(opened: Open) -> None:
    page = opened("/entity?id=Matcha")
    part = page.get_by_role("region", name="Bought or earned")
    expect(part.locator(".verdict")).to_contain_text("Cannot tell how many of the")
    channel = part.get_by_role("row").filter(has_text="Kettle network").first
    expect(channel).to_contain_text("cannot tell")
    channel.get_by_role("button", name="Kettle network").click()
    raw = page.get_by_role("dialog", name="Trail").locator("table.fields").first
    expect(raw).to_contain_text("5000")


def test_who_has_no_ads_has_nothing_to_split(opened: Open) -> None:
    page = opened("/entity?id=Oolong")
    expect(page.get_by_role("heading", name="Bought or earned")).to_have_count(0)


def test_a_brief_leads_to_a_decision(opened: Open) -> None:
    page = opened("/brief?segment=apps")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tea apps")
    expect(page.get_by_role("heading", name="What would prove it wrong")).to_be_visible()
    page.get_by_role("link", name="Record a decision on it").click()
    expect(page.get_by_label("On: a segment, or the id of a finding")).to_have_value("apps")


def _fill_decision(page: Page, product: str, what: str = "Build a brewing timer") -> None:
    soon = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=60)).isoformat()
    page.get_by_label("What", exact=True).fill(what)
    page.get_by_label("Owner, by role").fill("product lead")
    page.get_by_label("Review on").fill(soon)
    page.get_by_label("Of which product").fill(product)
    page.get_by_label("Of which product").blur()
    if product != "Nobody":
        counted = page.get_by_label("What of it, as counted")
        expect(counted.locator("option:checked")).to_contain_text("tea:dau")
    page.get_by_label("Number, such as 8M").fill("50k")
    page.get_by_label("By which day").fill(soon)
    page.get_by_role("button", name="Record").click()


def test_a_decision_is_recorded_and_seen(opened: Open, own_address: str) -> None:
    page = opened("/decisions?about=apps", own_address)
    _fill_decision(page, "Matcha")
    page.wait_for_url("**recorded=d*")
    assert f"as_of={dt.datetime.now(dt.UTC).date()}" in page.url
    expect(page.get_by_role("row").filter(has_text="just recorded")).to_contain_text("product lead")
    page.get_by_role("link", name="Back to the market's own date, 2025-01-31").click()
    later = page.locator("main").get_by_text("1 decision was taken after 2025-01-31.")
    expect(later).to_be_visible()


def test_an_effect_is_one_that_is_counted(opened: Open, own_address: str) -> None:
    page = opened("/decisions?about=apps", own_address)
    counted = page.get_by_label("What of it, as counted")
    expect(counted.locator("option")).to_have_count(1)
    page.get_by_label("Of which product").fill("Matcha")
    page.get_by_label("Of which product").blur()
    expect(counted.locator("option").filter(has_text="Ad spend: adwatch:spend")).to_have_count(1)
    # The direction's own measure is the usual one, and what nobody counts is not offered.
    expect(counted.locator("option:checked")).to_contain_text("Daily active users: tea:dau")
    expect(counted.locator("option").filter(has_text="Stars")).to_have_count(0)


def test_a_decision_is_taken_back(opened: Open, own_address: str) -> None:
    page = opened("/decisions?about=apps", own_address)
    _fill_decision(page, "Matcha", "Open a shop")
    page.wait_for_url("**recorded=d*")
    row = page.get_by_role("row").filter(has_text="Open a shop")
    row.locator("summary").click()
    row.get_by_label("Why").fill("no budget")
    row.get_by_role("button", name="Withdraw").click()
    page.wait_for_url("**withdrawn=d*")
    expect(row).to_contain_text("withdrawn")
    expect(row).to_contain_text("no budget")
    expect(row.locator("summary")).to_have_count(0)


def test_a_refused_decision_says_why_and_keeps_what_was_written(
    context: BrowserContext, own_address: str
) -> None:
    page = context.new_page()
    page.goto(f"{own_address}/decisions?about=apps")
    settle(page)
    _fill_decision(page, "Nobody")
    expect(page.get_by_role("alert")).to_contain_text("Nobody")
    expect(page.get_by_label("Owner, by role")).to_have_value("product lead")


def test_an_unknown_address_says_so_and_offers_what_may_be_meant(
    context: BrowserContext, own_address: str
) -> None:
    page = context.new_page()
    page.goto(f"{own_address}/entity/oolong")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.locator("main").get_by_role("link", name="Oolong").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oolong")
    assert context.request.get(f"{own_address}/entity/oolong").status == 404
    assert context.request.get(f"{own_address}/next").status == 404
    assert context.request.get(f"{own_address}/hits").status == 200


def test_an_unknown_entity_is_no_error_but_a_search(
    context: BrowserContext, own_address: str
) -> None:
    page = context.new_page()
    page.goto(f"{own_address}/entity?id=Oolongg")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is known by that name")
    main = page.locator("main")
    expect(main).to_contain_text("This market has no entity Oolongg.")
    expect(main).not_to_contain_text("catalogue.csv")
    box = main.get_by_role("combobox")
    box.fill("ool")
    main.get_by_role("option", name="Oolong").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oolong")


def test_a_back_test_is_read(opened: Open) -> None:
    page = opened("/")
    page.get_by_role("link", name="Back-tests").click()
    expect(page.get_by_text("Asked on 3 past dates, 2024-04-30 to 2024-10-31.")).to_be_visible()
    told = page.locator("dt", has_text="overtaking").locator("xpath=following-sibling::dd[1]")
    expect(told).to_contain_text("too few to say: 2")
    expect(page.get_by_role("heading", name="How the ranking of directions did")).to_be_visible()


def test_who_is_next_says_why_nobody_is(opened: Open) -> None:
    page = opened("/hits?segment=apps")
    expect(page.get_by_label("Segment")).to_have_value("apps")
    expect(page.locator(".notice")).to_contain_text("Cannot tell: no list of this market")


def test_the_radar_draws_segments_when_they_come_into_sight(opened: Open) -> None:
    page = opened("/")
    section = page.locator("section").filter(has_text="Segments by size, growth and retention")
    section.scroll_into_view_if_needed()
    chart = section.get_by_role("img", name="Size and growth of segments by")
    expect(chart.locator("svg path").first).to_be_attached()
    section.get_by_text("Figures of this chart").click()
    row = section.get_by_role("row").filter(has_text="Tea apps")
    expect(row).to_contain_text(re.compile(r"\+\d.* %"))
    why = section.locator("dt", has_text="Tea repositories").locator(
        "xpath=following-sibling::dd[1]"
    )
    expect(why).to_contain_text("Growth in a year: cannot tell: too few products")
    expect(page.get_by_text("Cannot tell who goes where")).to_be_visible()


def test_every_page_is_reached_by_keys(opened: Open) -> None:
    page = opened("/")
    for key, path in (("h", "/feeds"), ("l", "/league"), ("d", "/directions"), ("r", "/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**{path}*")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_chinese_pages_call_entities_as_chinese_does(opened: Open) -> None:
    page = opened("/league?metric=dau&lang=zh")
    expect(page.get_by_role("link", name="乌龙", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="Oolong", exact=True)).to_have_count(0)
    search = page.get_by_role("combobox", name="查找产品、公司或模型")
    search.fill("Oolong")
    page.get_by_role("option", name=re.compile("乌龙")).first.click()
    page.wait_for_url("**/entity?*")
    expect(page.get_by_role("heading", name="乌龙", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="属于茶馆")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Oolong", exact=True)).to_be_visible()


def test_the_language_is_the_address_s_own_and_stays(opened: Open, context: BrowserContext) -> None:
    page = opened("/?lang=zh")
    expect(page.get_by_role("link", name="数据源", exact=True).first).to_be_visible()
    again = context.new_page()
    again.goto(page.url.partition("?")[0])
    expect(again.get_by_role("link", name="雷达", exact=True).first).to_be_visible()
