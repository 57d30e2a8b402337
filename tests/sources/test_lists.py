"""List feeds: the length and the cut-off of each list are claims of their own."""

from collections.abc import Callable
from typing import Any

Mapped = Any
Map = Callable[..., Mapped]

CLAIM = """
scheme = "app_store"
subject = { column = "app" }
metric = "downloads"
unit = "store_account"
definition = { template = "store:{country}" }
value = { column = "v" }
period = { column = "day" }
published_at = { column = "day" }
"""
TEXT = """\
country,day,app,v
CN,2024-09-01,a,50
CN,2024-09-01,b,30
CN,2024-09-01,b,30
CN,2024-09-02,a,60
US,2024-09-01,c,
US,2024-09-01,d,x
US,2024-09-01,e,9
"""


def lists(found: Mapped) -> list[tuple[Any, ...]]:
    return [
        (c["subject"], c["metric"], str(c["valid_to"]), c["value"], c["unit"])
        for c in found.claims
        if c["scheme"] == "list"
    ]


def test_each_list_has_a_length_and_a_cut_off(map_file: Map) -> None:
    found = map_file(TEXT, CLAIM, tables='[list]\nby = ["country"]')
    assert sorted(lists(found)) == [
        ("store:CN", "list_cutoff", "2024-09-01", 30.0, "store_account"),
        ("store:CN", "list_cutoff", "2024-09-02", 60.0, "store_account"),
        ("store:CN", "list_length", "2024-09-01", 2.0, "count"),
        ("store:CN", "list_length", "2024-09-02", 1.0, "count"),
        ("store:US", "list_cutoff", "2024-09-01", 9.0, "store_account"),
        ("store:US", "list_length", "2024-09-01", 1.0, "count"),
    ]
    assert len(found.claims) == 5 + 6
    assert len(set(found.column("claim_id"))) == 4 + 6
    assert {c["row"] for c in found.claims if c["scheme"] == "list"} == {0}
    assert len(found.faults) == 1


def test_a_list_may_have_no_cut_off(map_file: Map) -> None:
    found = map_file(TEXT, CLAIM, tables="[list]\ncutoff = false")
    assert {row[1] for row in lists(found)} == {"list_length"}


def test_ranks_have_no_cut_off(map_file: Map) -> None:
    claim = CLAIM.replace('"downloads"', '"rank"').replace("store_account", "rank")
    found = map_file(TEXT, claim, tables="[list]")
    assert {row[1] for row in lists(found)} == {"list_length"}


def test_a_list_without_a_definition_goes_by_its_feed(map_file: Map) -> None:
    claim = 'subject = { column = "app" }\nmetric = "stars"\nvalue = { column = "v" }'
    found = map_file("app,v\na,5\nb,7\n", claim, tables="[list]")
    assert lists(found) == [
        ("feed", "list_length", "None", 2.0, "count"),
        ("feed", "list_cutoff", "None", 5.0, "star"),
    ]


def test_two_units_of_one_list_have_two_cut_offs_and_one_length(map_file: Map) -> None:
    claim = """subject = { column = "app" }
    metric = "dau"
    unit = { column = "u" }
    value = { column = "v" }"""
    found = map_file("app,v,u\na,5,people\nb,7,device\n", claim, tables="[list]")
    assert sorted(row[1:] for row in lists(found)) == [
        ("list_cutoff", "None", 5.0, "people"),
        ("list_cutoff", "None", 7.0, "device"),
        ("list_length", "None", 2.0, "count"),
    ]


def test_an_empty_list_makes_no_claim(map_file: Map) -> None:
    assert map_file("country,day,app,v\n", CLAIM, tables="[list]").claims == []
