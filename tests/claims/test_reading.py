"""Reading as of a date: what is recorded later never changes what was known."""

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.claims import ClaimStore, claims_query
from howdah.claims import read_claims as read_batches
from howdah.claims.reading import Print
from howdah.core.claim import CLAIM_SCHEMA, REVISION_KEY
from howdah.core.entity import Identifier

MakeClaim = Callable[..., dict[str, Any]]
Append = Callable[..., Any]
Engine = duckdb.DuckDBPyConnection


def read_claims(engine: Engine, store: ClaimStore, **filters: Any) -> pa.Table:  # noqa: ANN401 - those of the reader
    return read_batches(engine, store, **filters).read_all()


def instant(day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2024, 12, day, hour, tzinfo=dt.UTC)


def ids(table: pa.Table) -> list[str]:
    return sorted(table["claim_id"].to_pylist())


DAY = st.integers(1, 9)
CLAIM = st.fixed_dictionaries({
    "subject": st.sampled_from(["a", "b", "豆包"]),
    "metric": st.sampled_from(["dau", "stars"]),
    "value": st.sampled_from([1.0, 2.0, 3.0]),
    "published_at": st.none() | DAY.map(instant),
    "recorded_at": DAY.map(instant),
})  # fmt: skip
CLAIMS = st.lists(CLAIM, max_size=12)


def expected(claims: list[dict[str, Any]], as_of: dt.datetime | None, prints: str) -> list[str]:
    """The reading by another route: Python over all claims."""
    unique: dict[str, dict[str, Any]] = {}
    for claim in claims:
        unique.setdefault(claim["claim_id"], claim)
    known = [c for c in unique.values() if as_of is None or c["recorded_at"] <= as_of]
    if prints == "all":
        return sorted(c["claim_id"] for c in known)
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for claim in known:
        groups.setdefault(tuple(claim[name] for name in REVISION_KEY), []).append(claim)
    pick = max if prints == "latest" else min
    found = []
    for group in groups.values():
        times = [
            (claim["published_at"] or claim["recorded_at"], claim["recorded_at"]) for claim in group
        ]
        chosen = pick(times)
        found += [c["claim_id"] for c, at in zip(group, times, strict=True) if at == chosen]
    return sorted(found)


@settings(max_examples=12)
@given(st.lists(CLAIMS, min_size=1, max_size=3), DAY, st.booleans())
def test_readings_are_those_of_the_definition(
    engine: Engine,
    make_claim: MakeClaim,
    append: Append,
    pulls: list[list[dict[str, Any]]],
    day: int,
    is_compacted: bool,
) -> None:
    claims = [[make_claim(**fields) for fields in pull] for pull in pulls]
    with TemporaryDirectory() as folder:
        store = ClaimStore(Path(folder) / "lake")
        for pull in claims:
            append(store, pull)
        if is_compacted:
            store.compact()
        every = [claim for pull in claims for claim in pull]
        for as_of in (None, instant(day)):
            for prints in ("latest", "first", "all"):
                found = read_claims(engine, store, as_of=as_of, prints=prints)
                assert ids(found) == expected(every, as_of, prints), (as_of, prints)


@settings(max_examples=12)
@given(CLAIMS, CLAIMS, DAY)
def test_what_is_recorded_later_changes_no_earlier_reading(
    engine: Engine,
    make_claim: MakeClaim,
    append: Append,
    early: list[dict[str, Any]],
    late: list[dict[str, Any]],
    day: int,
) -> None:
    as_of = instant(day, hour=12)
    later = [claim for claim in late if claim["recorded_at"] > as_of]
    with TemporaryDirectory() as folder:
        store = ClaimStore(Path(folder) / "lake")
        append(store, [make_claim(**fields) for fields in early])
        before = {
            prints: ids(read_claims(engine, store, as_of=as_of, prints=prints))
            for prints in ("latest", "first", "all")
        }
        append(store, [make_claim(**fields) for fields in later])
        store.compact()
        for prints, known in before.items():
            assert ids(read_claims(engine, store, as_of=as_of, prints=prints)) == known


@pytest.fixture
def revised(store: ClaimStore, make_claim: MakeClaim, append: Append) -> ClaimStore:
    """One number stated on day 2, revised on day 4 to two at once, and another subject."""
    append(store, [
        make_claim(value=10.0, published_at=instant(2), recorded_at=instant(3)),
        make_claim(value=11.0, published_at=instant(4), recorded_at=instant(5)),
        make_claim(value=12.0, published_at=instant(4), recorded_at=instant(5)),
        make_claim(subject="b", metric="stars", value=7.0, recorded_at=instant(5)),
    ])  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("prints", "day", "values"),
    [
        ("latest", 9, [7.0, 11.0, 12.0]),
        ("first", 9, [7.0, 10.0]),
        ("all", 9, [7.0, 10.0, 11.0, 12.0]),
        ("latest", 3, [10.0]),
        ("latest", 2, []),
    ],
)
def test_prints_and_ties(
    engine: Engine, revised: ClaimStore, prints: Print, day: int, values: list[float]
) -> None:
    found = read_claims(engine, revised, as_of=instant(day), prints=prints)
    assert sorted(found["value"].to_pylist()) == values


def test_a_correction_of_the_same_day_is_the_newer_print(
    engine: Engine, store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    day = instant(4)
    append(store, [make_claim(value=7.0, published_at=day, recorded_at=instant(4, 9))])
    append(store, [make_claim(value=6.0, published_at=day, recorded_at=instant(4, 10))])
    told: list[tuple[Print, dt.datetime, list[float]]] = [
        ("latest", instant(9), [6.0]),
        ("first", instant(9), [7.0]),
        ("latest", instant(4, 9), [7.0]),
    ]
    for prints, as_of, values in told:
        found = read_claims(engine, store, as_of=as_of, prints=prints)
        assert found["value"].to_pylist() == values


def test_an_instant_of_another_time_zone_is_the_same_instant(
    engine: Engine, revised: ClaimStore
) -> None:
    china = dt.timezone(dt.timedelta(hours=8))
    as_of = dt.datetime(2024, 12, 3, 8, tzinfo=china)
    assert read_claims(engine, revised, as_of=as_of).num_rows == 1
    as_of -= dt.timedelta(microseconds=1)
    assert read_claims(engine, revised, as_of=as_of).num_rows == 0


def test_filters(engine: Engine, revised: ClaimStore) -> None:
    def n(**filters: Any) -> int:  # noqa: ANN401 - any filter
        return int(read_claims(engine, revised, prints="all", **filters).num_rows)

    assert n(subjects=[Identifier("name", "b")]) == 1
    assert n(subjects=[Identifier("github", "b")]) == 0
    assert n(subjects=[Identifier("name", "a"), Identifier("github", "b")]) == 3
    assert n(subjects=[]) == 0
    assert n(metrics=["stars"]) == 1
    assert n(metrics=[]) == 0
    assert n(feeds=["feed"]) == 4
    assert n(feeds=["it's another"]) == 0
    assert n(metrics=["dau"], subjects=[Identifier("name", "b")]) == 0


def test_columns_and_the_empty_store(engine: Engine, revised: ClaimStore, tmp_path: Path) -> None:
    assert read_claims(engine, revised, columns=["value", "subject"]).column_names == [
        "value",
        "subject",
    ]
    empty = ClaimStore(tmp_path / "empty")
    assert claims_query(empty) is None
    assert read_claims(engine, empty).schema == CLAIM_SCHEMA
    assert read_claims(engine, empty, columns=["value"]).column_names == ["value"]


SUBJECT = st.one_of(
    st.text(max_size=5),
    st.text("aé豆🐘\U0010ffff", min_size=28, max_size=70),
    st.sampled_from(["a" * 64, "a" * 65, "\U0010ffff" * 20, "豆" * 21 + "a", "豆" * 22, "~" * 64]),
).map(lambda text: text.replace("\0", ""))  # fmt: skip


@settings(max_examples=12)
@given(st.lists(SUBJECT, min_size=1, max_size=12), SUBJECT, st.booleans())
def test_a_read_of_subjects_loses_no_row(
    engine: Engine,
    make_claim: MakeClaim,
    append: Append,
    subjects: list[str],
    stranger: str,
    is_compacted: bool,
) -> None:
    # The reader skips by statistics, in which long texts are cut.
    with TemporaryDirectory() as folder:
        store = ClaimStore(Path(folder) / "lake")
        for n in range(0, len(subjects), 5):
            append(store, [make_claim(subject=subject) for subject in subjects[n : n + 5]])
        if is_compacted:
            store.compact()
        for subject in {*subjects, stranger}:
            found = read_claims(engine, store, subjects=[Identifier("name", subject)])
            assert set(found["subject"].to_pylist()) == {subject} & set(subjects)
        many = [Identifier("name", subject) for subject in subjects]
        assert read_claims(engine, store, subjects=many).num_rows == len(set(subjects))


def test_a_narrow_read_gives_the_rows_of_a_wide_one(
    engine: Engine, revised: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    ends = [dt.date(2024, 9, 1), dt.date(2024, 10, 1), None]
    append(revised, [make_claim(subject="c", valid_to=end, value=float(n)) for n, end in
                     enumerate(ends)])  # fmt: skip
    for prints in get_args(Print):
        wide = read_claims(engine, revised, prints=prints).to_pylist()
        for since in (dt.date(2024, 9, 15), dt.date(2024, 9, 30), dt.date(2025, 1, 1)):
            narrow = read_claims(engine, revised, prints=prints, since=since)
            assert ids(narrow) == sorted(
                row["claim_id"]
                for row in wide
                if row["valid_to"] is None or row["valid_to"] >= since
            )
        for name in "abc":
            narrow = read_claims(
                engine, revised, prints=prints, subjects=[Identifier("name", name)]
            )
            assert ids(narrow) == sorted(row["claim_id"] for row in wide if row["subject"] == name)


def test_compaction_clusters_by_metric_then_subject(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    rng = random.Random(2)
    pairs = [(metric, f"s{n}") for metric in ("dau", "stars") for n in range(20)]
    rng.shuffle(pairs)
    for n in range(0, 40, 10):
        append(store, [make_claim(metric=m, subject=s) for m, s in pairs[n : n + 10]])
    store.compact()
    found = store.claims.read()
    clustered = list(zip(found["metric"].to_pylist(), found["subject"].to_pylist(), strict=True))
    # Every other run is in descending order.
    dau, stars = clustered[:20], clustered[20:]
    assert dau in (sorted(pairs)[:20], sorted(pairs)[19::-1])
    assert stars in (sorted(pairs)[20:], sorted(pairs)[:19:-1])
    assert (dau == sorted(dau)) != (stars == sorted(stars))
