"""Sentences on pages and in reports, who else tells the same, what contradicts it.

All names and figures are made up.
"""

import re
from html.parser import HTMLParser

import pytest
from press_market import (
    ACCEPT,
    SURE,
    UNSURE,
    MakeMarket,
)

from howdah.market import Market
from howdah.market.pages import against_text
from howdah.surfaces.cli.pages.entity import draw_page
from howdah.surfaces.cli.pages.passages import passage_fields
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.reports import write_report

# Stories and accounts


def test_who_else_tells_it_and_what_contradicts_it_stand_with_the_sentence(
    make: MakeMarket,
) -> None:
    market = make(
        {
            "2024-11-14-a.txt": "Larkwise acquired Fern in September 2024.",
            "2024-11-15-b.txt": "Larkwise acquired Fern in September 2024, again.",
            "2024-11-16-c.txt": SURE,
            "2024-11-17-d.txt": SURE.replace("8.2", "9.4"),
        }
    )
    market.update()
    told = {p.place[-5:]: p for p in market.show("Pip").passages}
    (against,) = told["c.txt"].against
    assert (against.kind, against.who) == ("figure", "The Ledger (2024-11-17)")
    assert against_text(against, "zh").startswith("The Ledger (2024-11-17)给出另一数字：")
    events = [p for name in ("Fern", "Larkwise") for p in market.show(name).passages]
    days = {p.published_at.day: p.told_by for p in events}
    assert days == {14: ("The Ledger (2024-11-15)",), 15: ("The Ledger (2024-11-14)",)}


def test_figures_that_do_not_add_up_are_said_not_to(make: MakeMarket) -> None:
    text = (
        "Larkwise raised $20 million in October 2024 at a pre-money valuation of $100 million and "
        "a post-money valuation of $150 million."
    )
    market = make({"2024-11-14-a.txt": text})
    market.update()
    for passage in [p for p in market.passages().passages if p.entity == "larkwise"]:
        market.judge_passage(passage.passage_id, ACCEPT, by="a")
    against = [a for p in market.show("Larkwise").passages for a in p.against]
    assert {a.rule for a in against} == {"pre_and_amount"}
    assert "120M" in against_text(against[0]) or "119" in against_text(against[0])


# Pages


class Text(HTMLParser):
    """What a browser would show, what is marked in it, and which elements there are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marked = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        self._depth += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.marked += data if self._depth else ""


def report_of(market: Market) -> str:
    """The English report of a market that follows Pip."""
    (market.folder / "market.toml").write_text(
        'title = "M"\n[[segment]]\nid = "apps"\ntitle = "Apps"\nheadline = "dau"\n'
        'members = ["Pip"]\n',
        encoding="utf-8",
    )
    market = Market(market.folder)
    market.update()
    return write_report(market, market.folder / "report.html").read_text(encoding="utf-8")


def test_a_report_says_what_did_not_happen_and_what_was_judged(make: MakeMarket) -> None:
    plan = "Pip plans to have 20 million daily active users in 2026."
    market = make({"2024-11-14-a.txt": SURE, "2024-11-14-b.txt": plan})
    market.update()
    judged = next(p for p in market.show("Pip").passages if p.modality != "planned")
    market.judge_passage(judged.passage_id, ACCEPT, by="the desk")
    page = report_of(market)
    headings = re.findall(r"<h\d[^>]*>Pip: ([^<]*)", page)
    assert sum("planned" in heading for heading in headings) == 1
    assert any("8.2" in heading and "planned" not in heading for heading in headings)
    assert "judged by the desk" in page


def test_a_report_marks_the_sentence_and_escapes_its_text(make: MakeMarket) -> None:
    hostile = '<script>alert(1)</script> &amp; <img src=x onerror="alert(2)"> \u202eolleh'
    market = make({"2024-11-14-a.txt": f"{hostile} And so it is. {SURE}"})
    page = report_of(market)
    parsed = Text()
    parsed.feed(page)
    assert SURE in parsed.marked
    assert "script" not in parsed.tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page


def test_quotes_stay_inside_where_the_terms_say_so(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": SURE}, may_export=False)
    page = report_of(market)
    assert SURE not in page


def test_pages_say_how_many_sentences_wait(
    make: MakeMarket, capsys: pytest.CaptureFixture[str]
) -> None:
    market = make({"2024-11-14-a.txt": SURE, "2024-11-15-b.txt": UNSURE})
    market.update()
    assert (market.show("Pip").n_waiting, market.show("Fern").n_waiting) == (0, 1)
    screen = Screen()
    draw_page(screen, market, market.show("Fern"))
    screen.write()
    shown = " ".join(capsys.readouterr().out.split())
    assert "1 sentence about it waits for review: howdah review --documents" in shown


def test_a_report_says_how_many_sentences_wait(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": "Pip rival Zorp had 4 million daily active users in 2024."})
    page = report_of(market)
    assert "1 sentence about the members waits for review" in page


def test_a_sentence_that_may_be_of_somebody_unknown_says_so(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": "Pip rival Zorp had 4 million daily active users in 2024."})
    market.update()
    (passage,) = market.passages().passages
    assert ("May be of", "Zorp, whom the market does not know") in passage_fields(passage)
    assert [n.name for n in market.passages().names] == ["Zorp"]


def test_a_report_tells_rounds_and_lay_offs_of_owners(make: MakeMarket) -> None:
    texts = (
        "Larkwise raised $120 million in a Series B in October 2024.",
        "Larkwise cut 345 jobs in October 2024.",
        "Larkwise had 900 employees in October 2024.",
    )
    market = make({f"2024-11-14-{n}.txt": text for n, text in enumerate(texts)})
    page = report_of(market)
    headings = re.findall(r"<h4[^>]*>([^<]*)", page)
    told = [heading for heading in headings if heading.startswith("Larkwise: ")]
    assert any("120M" in heading for heading in told)
    assert any("345" in heading for heading in told)
    assert not any("900" in heading for heading in told)
