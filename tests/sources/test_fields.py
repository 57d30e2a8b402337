"""Cells to fields: numbers as they are written, wording, units, dates, texts, filters."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from howdah.core.errors import MissingColumnError, UnknownNameError

Map = Callable[..., Any]


def cells(*texts: str) -> str:
    """A table with one text a row in column v, and a subject each."""
    lines = ['"{}"'.format(text.replace('"', '""')) for text in texts]
    return "app,v\n" + "".join(f"a{n},{line}\n" for n, line in enumerate(lines))


def claim(value: str = "", rest: str = "", metric: str = "dau") -> str:
    return f"""
    subject = {{ column = "app" }}
    metric = "{metric}"
    value = {{ column = "v"{value} }}
    {rest}
    """


@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        ("", "1234", 1234),
        ("", "-5" if False else "5.25", 5.25),
        ("", "1.5e3", 1500),
        ("", " 7 ", 7),
        ("", "+7", 7),
        ("", "1,234,567", 1234567),
        ("", "1,234.5", 1234.5),
        ("", "12 345", 12345),
        ("", "12\u00a0345\u00a0678", 12345678),
        ("", "12\u202f345", 12345),
        ("", "1'234'567.5", 1234567.5),
        (", multiplier = 10000", "1.5", 15000),
        (", multiplier = 1000", "1,234", 1234000),
        (", decimal = ','", "1,5", 1.5),
        (", decimal = ','", "1.234.567,5", 1234567.5),
        (", decimal = ','", "12 345,5", 12345.5),
        (", decimal = ','", "1.234", 1234),
        (", missing = ['-', 'n/a']", "12", 12),
        (", map = { many = '1000' }", "many", 1000),
        (", map = { many = '1000' }", "12", 12),
        (", map = { many = '1000' }, default = '3'", "12", 3),
    ],
)
def test_a_number_is_read(map_file: Map, options: str, text: str, value: float) -> None:
    found = map_file(cells(text), claim(options))
    assert [(c["value"], c["value_low"], c["value_high"]) for c in found.claims] == [(value,) * 3]
    assert found.column("comparator") == ["eq"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("", "1,5"),
        ("", "12,34"),
        ("", "1,234 567"),
        ("", "1.234.567"),
        ("", "12%"),
        ("", "$12"),
        ("", "12元"),
        ("", "1O0"),
        ("", "12 apps"),
        (", decimal = ','", "1.5"),
        (", decimal = ','", "1,234,567"),
        (", worded = true", "1,5万"),
        (", worded = true", "百万"),
        (", worded = true", "10万美元"),
        (", worded = true", "10-20万"),
        (", worded = true", "over"),
    ],
)
def test_what_is_no_number_is_quarantined_as_it_stands(
    map_file: Map, options: str, text: str
) -> None:
    found = map_file(cells(text), claim(options))
    assert found.claims == []
    [(row, column, reason)] = found.faults
    assert (row, column) == (1, "v")
    assert reason == f"cannot read '{text}' as a number"
    assert text in found.texts[1]


@pytest.mark.parametrize("text", ["inf", "-inf", "nan", "1e999"])
def test_a_number_that_is_not_finite_is_quarantined(map_file: Map, text: str) -> None:
    found = map_file(cells(text), claim())
    assert found.claims == []
    assert "not finite" in found.faults[0][2]


@pytest.mark.parametrize(
    ("text", "comparator", "low", "high"),
    [
        (">100万", "over", 1e6, None),
        ("over 1.3M", "over", 1.3e6, None),
        ("1.3M+", "over", 1.3e6, None),
        ("More than 2 billion", "over", 2e9, None),
        ("100多万", "over", 1e6, 2e6),
        ("130多万", "over", 1.3e6, 1.4e6),
        ("130余万人", "over", 1.3e6, 1.4e6),
        ("3亿多", "over", 3e8, 4e8),
        ("1.3-odd million", "over", 1.3e6, 1.4e6),
        ("超过1,200", "over", 1200, None),
        ("约3亿", "about", 2.7e8, 3.3e8),
        ("~ 5k", "about", 4500, 5500),
        ("近500万", "nearly", 4.5e6, 5e6),
        ("nearly 10", "nearly", 9, 10),
        ("不到1千万", "under", None, 1e7),
        ("<5,000", "under", None, 5000),
        ("≥ 2.5 bn", "at_least", 2.5e9, None),
        ("up to 7", "at_most", None, 7),
        ("至多2千亿", "at_most", None, 2e11),
        ("12万", "eq", 120000, 120000),
        ("1,234", "eq", 1234, 1234),
        ("+5", "eq", 5, 5),
    ],
)
def test_a_worded_number_is_an_interval(
    map_file: Map, text: str, comparator: str, low: float | None, high: float | None
) -> None:
    found = map_file(cells(text), claim(", worded = true"))
    [row] = found.claims
    assert row["comparator"] == comparator
    assert row["value_low"] == (pytest.approx(low) if low is not None else None)
    assert row["value_high"] == (pytest.approx(high) if high is not None else None)
    assert row["value"] == (pytest.approx(low) if comparator == "eq" else None)


def test_a_worded_number_with_a_multiplier_and_a_decimal_comma(map_file: Map) -> None:
    found = map_file(
        cells("130多", ">1,5"), claim(", worded = true, multiplier = 10000, decimal = ','")
    )
    got = [(c["value_low"], c["value_high"]) for c in found.claims]
    assert got == [(pytest.approx(1.3e6), pytest.approx(1.4e6)), (pytest.approx(15000), None)]


@pytest.mark.parametrize(
    ("metric", "rest", "text", "value"),
    [
        ("retention_d1", "", "12.5%", 12.5),
        ("revenue", 'currency = "USD"', "$1,299.5", 1299.5),
        ("price_input", "", "$3.00", 3.0),
        ("revenue", 'currency = "CNY"', "¥1,299", 1299),
        ("revenue", 'currency = "CNY"', "1299元", 1299),
        ("revenue", 'currency = { column = "app", map = {}, default = "x" }', "€5", 5),
    ],
)
def test_the_sign_of_its_own_unit_is_read(
    map_file: Map, metric: str, rest: str, text: str, value: float
) -> None:
    assert map_file(cells(text), claim("", rest, metric)).column("value") == [value]


def test_worded_money(map_file: Map) -> None:
    in_yuan = claim(", worded = true", 'currency = "CNY"', "revenue")
    assert map_file(cells("超过¥1.5亿元"), in_yuan).column("value_low") == [1.5e8]
    in_dollars = claim(", worded = true", 'currency = "USD"', "revenue")
    assert map_file(cells("10万美元"), in_dollars).column("value") == [1e5]
    assert map_file(cells("10万元"), in_dollars).claims == []


@pytest.mark.parametrize(
    ("metric", "rest", "text"),
    [
        ("revenue", 'currency = "CNY"', "$12"),
        ("retention_d1", "", "¥12"),
        ("revenue", 'currency = "USD"', "5%"),
    ],
)
def test_the_sign_of_another_unit_is_quarantined(
    map_file: Map, metric: str, rest: str, text: str
) -> None:
    found = map_file(cells(text), claim("", rest, metric))
    assert found.claims == []
    assert "cannot read" in found.faults[0][2]


def test_units_of_the_data_have_factors_and_currencies(map_file: Map) -> None:
    text = "app,v,u\na,5,万元\nb,6,M$\nc,7,people\nd,8,\ne,,万元\n"
    mapping = claim("", 'unit = { column = "u" }', "revenue")
    tables = """[units]
    "万元" = { unit = "currency", factor = 10000, currency = "CNY" }
    "M$" = { unit = "currency", factor = 1e6, currency = "USD" }
    """
    found = map_file(text, mapping, tables=tables)
    got = [
        (c["subject"], c["value"], c["value_low"], c["unit"], c["currency"]) for c in found.claims
    ]
    assert got == [("a", 5e4, 5e4, "currency", "CNY"), ("b", 6e6, 6e6, "currency", "USD")]
    assert found.n_empty == 1
    assert [(row, reason) for row, _, reason in found.faults] == [
        (3, "unit 'people' is not a unit of revenue"),
        (4, "an amount of money without a currency"),
    ]


def test_factors_reach_worded_ends_too(map_file: Map) -> None:
    text = "app,v,u\na,130多,万\n"
    mapping = claim(", worded = true", 'unit = { column = "u" }')
    found = map_file(text, mapping, tables='[units]\n"万" = { unit = "people", factor = 1e4 }')
    assert found.column("value_low") == [1.3e6]
    assert found.column("value_high") == [1.4e6]


def test_a_unit_defaults_to_the_metric_s_own(map_file: Map) -> None:
    assert map_file(cells("5")).column("unit") == ["people"]
    money = claim("", 'currency = "USD"', "annual_spend")
    assert map_file(cells("5"), money).column("unit") == ["currency"]
    text = "app,v,m,c\na,1,dau,\nb,2,revenue,USD\nc,3,stars,\n"
    rest = 'currency = { column = "c" }'
    mapping = claim("", rest).replace('"dau"', '{ column = "m" }')
    assert map_file(text, mapping).column("unit") == ["people", "currency", "star"]


def test_a_constant_unit_that_the_metric_lacks_is_quarantined(map_file: Map) -> None:
    found = map_file(cells("5"), claim("", 'unit = "star"'))
    assert [fault[2] for fault in found.faults] == ["unit 'star' is not a unit of dau"]


def test_comparators_and_ends_from_columns(map_file: Map) -> None:
    text = (
        "app,v,w,low,high\n"
        "a,100,over,,\n"
        "b,100,about,,\n"
        "c,,,90,\n"
        "d,,about,80,120\n"
        "e,100,,,\n"
        "f,100,roughly,,\n"
        "g,,,120,80\n"
        "h,,over,,\n"
    )
    rest = """comparator = { column = "w" }
    value_low = { column = "low" }
    value_high = { column = "high" }"""
    found = map_file(text, claim("", rest))
    got = [
        (c["subject"], c["value"], c["value_low"], c["value_high"], c["comparator"])
        for c in found.claims
    ]
    assert got == [
        ("a", None, 100.0, None, "over"),
        ("b", None, pytest.approx(90), pytest.approx(110), "about"),
        ("c", None, 90.0, None, "eq"),
        ("d", None, 80.0, 120.0, "about"),
        ("e", 100.0, 100.0, 100.0, "eq"),
    ]
    assert [(row, reason) for row, _, reason in found.faults] == [
        (6, "unknown comparator 'roughly'"),
        (7, "the interval ends below its start"),
    ]
    assert found.n_empty == 1


def test_texts_from_templates_maps_and_defaults(map_file: Map) -> None:
    text = "app,v,store,c\na,1,ios ,CN\nb,2,play,\nc,3,web,US\n"
    rest = """
    scheme = { column = "store", map = { ios = "app_store", play = "google_play" } }
    definition = { template = "{store}/{c}" }
    object = { column = "store", map = { ios = "iOS" }, default = "other" }
    publication = { column = "c", missing = ["US"] }
    """
    found = map_file(text, claim("", rest))
    assert found.column("scheme") == ["app_store", "google_play", "web"]
    assert found.column("definition") == ["ios/CN", "", "web/US"]
    assert found.column("object") == ["iOS", "other", "other"]
    assert found.column("publication") == ["CN", "", ""]


def test_markers_of_a_missing_number_make_an_empty_row(map_file: Map) -> None:
    found = map_file(cells("-", "n/a", "5", ""), claim(', missing = ["-", "n/a"]'))
    assert found.column("value") == [5.0]
    assert found.n_empty == 3
    assert not found.faults


def test_rows_are_chosen_by_their_columns(map_file: Map) -> None:
    text = "app,v,kind\na,1,total\nb,2,new\nc,3,total\n"
    when = 'when = { kind = ["total"] }\n'
    found = map_file(text, when + claim(), when.replace("total", "new") + claim("", "", "stars"))
    assert [(c["subject"], c["metric"], c["row"]) for c in found.claims] == [
        ("a", "dau", 1), ("c", "dau", 3), ("b", "stars", 2),
    ]  # fmt: skip


def test_the_source_of_a_row_may_differ(map_file: Map) -> None:
    text = "app,v,who\na,1,Analyst\n"
    rest = 'source = { column = "who" }\nsource_type = "person"'
    [row] = map_file(text, claim("", rest)).claims
    assert (row["source"], row["source_type"]) == ("Analyst", "person")
    [row] = map_file(text, claim()).claims
    assert (row["source"], row["source_type"]) == ("Source", "data_provider")


@pytest.mark.parametrize(
    ("mapping", "text", "start", "end", "precision"),
    [
        ('valid_to = { column = "d" }', "2024-09-30", "2024-09-30", "2024-09-30", "day"),
        ('valid_to = { column = "d" }\nwindow_days = 30', "2024-09-30", "2024-09-01",
         "2024-09-30", "range"),
        ('valid_from = { column = "d" }', "2024-09-30", "2024-09-30", None, ""),
        ('valid_from = "2024-01-01"\nvalid_to = { column = "d" }', "2024-09-30 08:00",
         "2024-01-01", "2024-09-30", ""),
        ('valid_to = { column = "d", format = "%d.%m.%Y" }', "30.09.2024", "2024-09-30",
         "2024-09-30", "day"),
        ('valid_to = { column = "d", offset_days = -1 }', "2024-10-01", "2024-09-30",
         "2024-09-30", "day"),
        ('period = { column = "d", format = "%Y%m%d", offset_days = -1 }', "20241001",
         "2024-09-30", "2024-09-30", "day"),
        ('period = "2024-Q3"', "", "2024-07-01", "2024-09-30", "quarter"),
        ("period = 2024", "", "2024-01-01", "2024-12-31", "year"),
        ('period = "pulled"', "", "2025-01-31", "2025-01-31", "day"),
        ('valid_to = "pulled"\nwindow_days = 7', "", "2025-01-25", "2025-01-31", "range"),
        ('period = { column = "d" }', "2024Q3", "2024-07-01", "2024-09-30", "quarter"),
        ('period = { column = "d" }', "2024-9", "2024-09-01", "2024-09-30", "month"),
        ('period = { column = "d" }', "2024年9月", "2024-09-01", "2024-09-30", "month"),
        ('period = { column = "d" }', "2024-W36", "2024-09-02", "2024-09-08", "week"),
        ('period = { column = "d" }\nprecision = "as_of_publication"', "2024-09-02",
         "2024-09-02", "2024-09-02", "as_of_publication"),
        ('period = { column = "d", map = { "last year" = "2023" } }', "last year",
         "2023-01-01", "2023-12-31", "year"),
        ('period = { column = "d" }', "", None, None, ""),
    ],
)  # fmt: skip
def test_the_period_of_a_claim(
    map_file: Map, mapping: str, text: str, start: str | None, end: str | None, precision: str
) -> None:
    [row] = map_file(f"app,v,d\na,1,{text}\n", claim("", mapping)).claims
    assert row["valid_from"] == (dt.date.fromisoformat(start) if start else None)
    assert row["valid_to"] == (dt.date.fromisoformat(end) if end else None)
    assert row["precision"] == precision


def test_publication_dates(map_file: Map) -> None:
    text = "app,v,d\na,1,2024-09-30\n"
    published = 'published_at = { column = "d" }'
    [row] = map_file(text, claim("", published)).claims
    assert row["published_at"] == dt.datetime(2024, 9, 30, tzinfo=dt.UTC)
    assert row["recorded_at"] == dt.datetime(2025, 1, 31, 12, 30, tzinfo=dt.UTC)
    assert row["replayed"] is False
    [row] = map_file(text, claim("", published), keys="replay = true").claims
    assert row["recorded_at"] == row["published_at"]
    assert row["replayed"] is True
    [row] = map_file(text, claim("", 'published_at = "pulled"')).claims
    assert row["published_at"] == dt.datetime(2025, 1, 31, tzinfo=dt.UTC)


def test_an_event_needs_no_number(map_file: Map) -> None:
    mapping = 'subject = { column = "app" }\nmetric = "release"\nobject = { column = "v" }'
    assert map_file(cells("v1.0"), mapping).column("object") == ["v1.0"]


def test_a_denial_may_name_a_metric_without_a_number(map_file: Map) -> None:
    text = "app,v,what\na,,5 million users\nb,,\n"
    found = map_file(text, claim("", 'object = { column = "what" }\nmodality = "denied"'))
    assert found.column("subject") == ["a"]
    assert found.n_empty == 1


def test_missing_columns_are_named_with_near_ones(map_file: Map) -> None:
    with pytest.raises(MissingColumnError) as caught:
        map_file("App,users\na,1\n")
    assert caught.value.missing == ("app", "v")
    assert caught.value.found == ("App", "users")
    assert "'app' may be 'App'" in str(caught.value)
    assert "data.csv" in str(caught.value)


def test_columns_of_filters_templates_and_lists_must_exist_too(map_file: Map) -> None:
    mapping = 'when = { k = ["x"] }\n' + claim("", 'definition = { template = "{p}/{q}" }')
    with pytest.raises(MissingColumnError) as caught:
        map_file(cells("5"), mapping, tables='[list]\nby = ["p"]')
    assert caught.value.missing == ("p", "k", "q")


def test_a_key_that_no_document_has_is_missing(map_file: Map) -> None:
    lines = ['{"app": "a", "stats": {"dau": 5}}'] * 150
    mapping = claim().replace('"v"', '"stats.mau"')
    with pytest.raises(MissingColumnError, match=r"'stats.mau'.*'app', 'stats', 'stats.dau'"):
        map_file("\n".join(lines), mapping, name="data.jsonl")
    late = [*lines, '{"app": "b", "stats": {"mau": 7}}']
    assert map_file("\n".join(late), mapping, name="data.jsonl").column("value") == [7.0]


def test_an_unknown_metric_suggests_near_ones(map_file: Map) -> None:
    with pytest.raises(
        UnknownNameError, match=r"metric in the spec of feed 'feed' 'star'.*'stars'"
    ):
        map_file(cells("5"), claim("", "", "star"))


def test_a_standard_error_goes_by_the_unit_of_its_number(map_file: Map) -> None:
    claim = """subject = { column = "app" }
    metric = "dau"
    unit = { column = "u" }
    value = { column = "v" }
    stderr = { column = "e" }
    period = "2024-09"
    """
    units = '[units]\nmillion = { unit = "people", factor = 1e6 }'
    found = map_file("app,v,e,u\na,2,0.5,million\n", claim, tables=units)
    assert found.claims[0]["value"] == 2e6
    assert found.claims[0]["stderr"] == 0.5e6
