import datetime as dt

from howdah.core import Relation
from howdah.entities.relations import RelationGraph

GRAPH = RelationGraph(
    [
        Relation("a", "owns", "b"),
        Relation("a", "owns", "b"),
        Relation("b", "makes", "c"),
        Relation("a", "makes", "d", dt.date(2023, 1, 1), dt.date(2023, 12, 31)),
        Relation("c", "includes", "d"),
        Relation("d", "owns", "a"),
        Relation("d", "competes_with", "e"),
        Relation("e", "owns", "e"),
    ]
)


def test_repeated_relations_and_loops_are_left_out() -> None:
    assert GRAPH.touching("b", None) == (Relation("a", "owns", "b"), Relation("b", "makes", "c"))
    assert GRAPH.touching("e", None) == (Relation("d", "competes_with", "e"),)


def test_descendants_come_nearest_first_by_the_shortest_path() -> None:
    assert GRAPH.descendants("a", None) == (
        ("b", ("owns",)),
        ("d", ("makes",)),
        ("c", ("owns", "makes")),
    )


def test_descendants_of_a_day_follow_what_held_then() -> None:
    assert GRAPH.descendants("a", dt.date(2024, 1, 1)) == (
        ("b", ("owns",)),
        ("c", ("owns", "makes")),
        ("d", ("owns", "makes", "includes")),
    )


def test_dates_of_a_relation_are_inside_it() -> None:
    days = [dt.date(2022, 12, 31), dt.date(2023, 1, 1), dt.date(2023, 12, 31), dt.date(2024, 1, 1)]
    held = ["a" in GRAPH.parents("d", day) for day in days]
    assert held == [False, True, True, False]


def test_ancestors_end_in_a_circle() -> None:
    assert GRAPH.ancestors("c") == {"a", "b", "d"}
    assert GRAPH.ancestors("nobody") == frozenset()
