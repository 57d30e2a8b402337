from datetime import date

import pytest

from howdah.core.errors import FileFormatError
from howdah.documents.reading.feeds import read_feed

_RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Gazette &amp;amp; Co</title><link>https://g.example/</link>
<item><title>Pellamy &amp;amp; Moss grow</title><link>https://g.example/1</link>
<pubDate>Tue, 04 Mar 2025 09:00:00 +0000</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>It had <b>&pound;3m</b>.</p><script>x=9</script>
<ul><li>7 in May</li></ul>]]></content:encoded></item>
<item><title>榫问日活760万</title><description>&lt;p&gt;环比增长5%。&lt;/p&gt;</description></item>
</channel></rss>"""

_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title>
<entry><title type="text">1 &lt; 2</title><link href="https://g.example/2"/>
<published>2025-03-04T23:30:00Z</published><updated>2025-03-06T00:00:00Z</updated>
<content type="html">&lt;p&gt;It had 3 users.&lt;/p&gt;</content></entry></feed>"""


def test_entries_of_rss_have_title_content_day_and_publication() -> None:
    one, other = read_feed(_RSS.encode(), "a.xml")
    assert [(b.kind, b.surface) for b in one.blocks] == [
        ("heading", "Pellamy & Moss grow"),
        ("paragraph", "It had £3m."),
        ("item", "7 in May"),
    ]
    assert (one.day, one.publication) == (date(2025, 3, 4), "Gazette & Co")
    assert "Link: https://g.example/1." in one.notes
    assert one.origins.is_spelled(one.text)
    assert [b.surface for b in other.blocks] == ["榫问日活760万", "环比增长5%。"]
    assert other.day is None


def test_entries_of_atom_have_their_published_day_not_that_of_a_change() -> None:
    (entry,) = read_feed(_ATOM.encode(), "a.xml")
    assert [b.surface for b in entry.blocks] == ["1 < 2", "It had 3 users."]
    assert (entry.day, entry.day_place) == (date(2025, 3, 4), "the entry's published element")


def test_a_feed_that_is_cut_short_gives_what_it_has_and_says_so() -> None:
    entries = read_feed(_RSS[: _RSS.index("</item>") + 7].encode(), "a.xml")
    assert entries[0].blocks[0].surface == "Pellamy & Moss grow"
    assert "not well-formed" in entries[0].notes[0]


def test_entities_that_multiply_are_not_expanded() -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    feed = (
        f'<!DOCTYPE x [<!ENTITY a0 "9">{bomb}]><rss><channel><item>'
        "<title>One &a29;</title></item></channel></rss>"
    )
    try:
        entries = read_feed(feed.encode(), "a.xml")
    except FileFormatError:
        return
    assert sum(len(entry.text) for entry in entries) < 10_000


def test_a_feed_without_entries_is_refused() -> None:
    with pytest.raises(FileFormatError, match="a feed without entries"):
        read_feed(b"<rss><channel><title>T</title></channel></rss>", "a.xml")
