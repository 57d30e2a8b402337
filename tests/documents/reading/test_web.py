from datetime import date
from textwrap import dedent

import pytest

from howdah.documents.reading.web import read_piece, read_web_page

_SENTENCE = "The company had seven million users in March, a third more than a year before."


def _texts(page: str) -> list[str]:
    return [block.surface for block in read_web_page(page).blocks]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>x 9</p>",
        "<p style='color:red; DISPLAY : none'>x 9</p>",
        "<div aria-hidden='true'><p>x 9</p></div>",
        "<span class='visually-hidden'>x 9</span>",
        "<div style='position:absolute;left:-9999px'>x 9</div>",
        "<p style='font-size:0'>x 9</p>",
        "<!-- <p>x 9</p> -->",
        "<script>var x = '<p>x 9</p>'</script>",
        "<style>p::before { content: 'x 9' }</style>",
        "<template><p>x 9</p></template>",
        "<noscript>x 9</noscript>",
        "<svg><text>x 9</text></svg>",
        "<select><option>x 9<option>x 8</select>",
        "<style>.q, #r {display:none}</style><p class='a q'>x 9</p>",
        "<del>x 9</del>",
        "<div hidden><div><p>x 9</div></div>",
    ],
)
def test_what_nobody_sees_is_left_out(hidden: str) -> None:
    page = f"<body><p>{_SENTENCE}</p>{hidden}<p>{_SENTENCE}</p></body>"
    assert _texts(page) == [_SENTENCE, _SENTENCE]


@pytest.mark.parametrize(
    "shown",
    [
        "<p class='hidden md:block'>x 9.</p>",
        "<p style='line-height:0'>x 9.</p>",
        "<p style='margin-left:-100px'>x 9.</p>",
        "<style>@media print {.q {display:none}}</style><p class='q'>x 9.</p>",
        "<details><p>x 9.</p></details>",
        "<p aria-hidden=false>x 9.</p>",
    ],
)
def test_what_is_seen_at_some_width_or_by_a_click_is_kept(shown: str) -> None:
    assert "x 9." in _texts(f"<body><p>{_SENTENCE}</p>{shown}</body>")


_MENU = "<ul><li><a href='/a'>Home 1</a></li><li><a href='/b'>Plans from $19</a></li></ul>"
_FURNISHED = {
    "marked": f"<nav>{_MENU}</nav><main><h1>Title</h1>TEXT</main><footer>Tel. 117 496</footer>",
    "article": f"<header><h1>Title</h1>{_MENU}</header><article>TEXT</article><aside>9.</aside>",
    "classes": f"<div class='top-nav'>{_MENU}</div><div id=page><div class='post'><h1>Title</h1>"
    "TEXT</div><div class='sidebar'><p>Our 318 partners keep what you say for 13 months.</p></div>"
    "</div><div id='footer'><p>In all 24 shops, and in 3 more that open in May.</p></div>",
    "nothing": f"<div>{_MENU}</div><div><div><h1>Title</h1>TEXT</div>"
    "<div><a href=1>5 ways to save</a><a href=2>12 more</a></div></div>",
    "roles": f"<div role=navigation>{_MENU}</div><div role=main><h1>Title</h1>TEXT</div>"
    "<div role=contentinfo><p>Since 1911, in all 50 states and 3 others.</p></div>",
    "form": f"<form id=aspnet><div class=menu>{_MENU}</div><div><h1>Title</h1>TEXT</div></form>",
    "wrapped": f"<div class='has-sidebar content'><h1>Title</h1>TEXT</div><nav>{_MENU}</nav>",
}  # fmt: skip


@pytest.mark.parametrize("name", list(_FURNISHED))
def test_menus_and_footers_are_left_out_however_a_page_is_made(name: str) -> None:
    content = f"<p>{_SENTENCE}</p><ul><li>Revenue of &pound;3m.</ul><p>{_SENTENCE} And more.</p>"
    assert _texts(_FURNISHED[name].replace("TEXT", content)) == [
        "Title", _SENTENCE, "Revenue of £3m.", f"{_SENTENCE} And more.",
    ]  # fmt: skip


def test_a_chinese_portal_page_gives_its_article() -> None:
    page = dedent("""
        <html lang="zh-CN"><head><meta name="publishdate" content="2025-01-09"></head><body>
        <div class="topbar"><a href="/">首页</a> <a href="/n">新闻 18</a></div>
        <div class="wrap"><div class="left"><h1>榫问日活破760万</h1>
        <div class="info">2025年01月09日 10:30　来源：砚田数据</div>
        <div id="content">　　去年12月，榫问日均活跃用户约<strong>760</strong>万，
        环比增长5%。<br>　　同期砾语为412万。<br/><br/>公司没有回应。</div></div>
        <div class="right"><h3>热点</h3><ul><li><a href="1">5家公司融资</a></li></ul></div></div>
        <div class="footer">ICP备12345号</div></body></html>""")
    reading = read_web_page(page)
    assert [block.surface for block in reading.blocks] == [
        "榫问日活破760万",
        "2025年01月09日 10:30\u3000来源：砚田数据",
        "\u3000\u3000去年12月，榫问日均活跃用户约760万，环比增长5%。",
        "\u3000\u3000同期砾语为412万。",
        "公司没有回应。",
    ]
    assert reading.day == date(2025, 1, 9)


def test_a_raised_figure_is_no_digit_of_the_number_before_it() -> None:
    assert read_piece("<p>760<sup>1</sup> users, 1<sup>st</sup>, CO<sub>2</sub>").text == (
        "760¹ users, 1st, CO₂"
    )


def test_a_quotation_is_exact_in_the_text_and_leads_to_the_file() -> None:
    page = "<p>Soutelo &amp; Braz\n  had <b>&pound;212.6&nbsp;m</b>.</p>"
    reading = read_piece(page)
    quote = "Braz had £212.6\xa0m"
    start = reading.text.index(quote)
    a, b = reading.origins.span(start, start + len(quote))
    assert page[a:b] == "Braz\n  had <b>&pound;212.6&nbsp;m"


def test_a_table_gives_rows_whose_cells_know_their_headers() -> None:
    reading = read_piece(
        dedent("""
        <table><caption>Users, million</caption>
        <thead><tr><th rowspan=2>App<th colspan=2>2024<th>2025<tr><th>Nov<th>Dec<th>Jan</thead>
        <tr><td colspan=4>Europe
        <tr><th rowspan=2>Pellamy<td>7.0<td>7.6<td>8
        <tr><td>1<td><td>2
        <tr><td>Moss &amp; Co<td>4<td>5<td>6
        </table>""")
    )
    rows = [block for block in reading.blocks if block.kind == "row"]
    assert [row.surface for row in rows] == [
        "App | 2024 | 2025", "Nov | Dec | Jan", "Europe", "Pellamy | 7.0 | 7.6 | 8",
        "1 | 2", "Moss & Co | 4 | 5 | 6",
    ]  # fmt: skip
    cells = {cell.surface: (cell.column, cell.row) for row in rows for cell in row.cells}
    assert cells["7.6"] == (("2024", "Dec"), ("Europe", "Pellamy"))
    assert cells["2"] == (("2025", "Jan"), ("Europe", "Pellamy"))
    assert cells["5"] == (("2024", "Dec"), ("Europe", "Moss & Co"))
    assert {row.caption for row in rows} == {"Users, million"}


def test_a_header_without_marks_is_told_by_the_numbers_below_it() -> None:
    rows = read_piece(
        "<table><tr><td>厂商<td>金额（万元）<td>2024年</tr><tr><td>澹枢<td>71,250<td>8</tr></table>"
    ).blocks
    assert rows[1].cells[1].column == ("金额（万元）",)
    assert rows[1].cells[2].column == ("2024年",)
    assert rows[1].cells[1].row == ("澹枢",)


def test_a_table_that_lays_out_a_page_is_read_as_its_blocks() -> None:
    inner = "<table><tr><td>a</td><td>1</td></tr></table>"
    page = f"<table><tr><td><p>{_SENTENCE}</p>{inner}</td></table>"
    assert [(b.kind, b.surface) for b in read_piece(page).blocks] == [
        ("paragraph", _SENTENCE),
        ("row", "a | 1"),
    ]


@pytest.mark.parametrize(
    ("head", "day"),
    [
        (
            '<meta property="article:published_time" content="2025-03-04T23:00:00-08:00">',
            (2025, 3, 4),
        ),
        ('<meta name=pubdate content="20250304">', (2025, 3, 4)),
        (
            (
                '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",'
                ' "datePublished": "2025-03-04"}]}</script><meta name="date" content="2024-01-01">'
            ),
            (2025, 3, 4),
        ),
        ('<script type="application/ld+json">{broken</script>', None),
        ('<meta name="date" content="yesterday">', None),
        ('<meta name="date" content="2025-02-31">', None),
    ],
)
def test_the_day_is_taken_from_the_marks_of_a_page(
    head: str, day: tuple[int, int, int] | None
) -> None:
    reading = read_web_page(f"<head>{head}</head><p>{_SENTENCE}</p>")
    assert reading.day == (date(*day) if day else None)


def test_the_day_of_a_time_element_is_the_last_resort() -> None:
    reading = read_web_page(f"<article><time datetime='2025-03-04'>4 March</time><p>{_SENTENCE}")
    assert (reading.day, reading.day_place) == (date(2025, 3, 4), "a time element")


def test_title_and_publication_are_taken_from_the_marks_of_a_page() -> None:
    reading = read_web_page(
        "<title>Who won &amp; why | Pra&ccedil;a</title>"
        f"<meta property='og:site_name' content='Pra&ccedil;a'><p>{_SENTENCE}"
    )
    assert (reading.title, reading.publication) == ("Who won & why", "Praça")


def test_a_page_made_by_scripts_says_so() -> None:
    reading = read_web_page("<html><body><div id=app></div><script>start()</script></body></html>")
    assert reading.blocks == ()
    assert "made by its scripts" in reading.notes[0]
