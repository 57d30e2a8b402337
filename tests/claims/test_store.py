"""Appending: each claim once, whatever is repeated, grown, faulty or broken off."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from howdah.claims import Appended, ClaimStore, Fault
from howdah.claims.store import PULL_SCHEMA
from howdah.core.errors import StoreError, StoreFullError

NOW = dt.datetime(2024, 12, 1, tzinfo=dt.UTC)
MakeClaim = Callable[..., dict[str, Any]]
Append = Callable[..., Any]


def ids(store: ClaimStore) -> list[str]:
    found: list[str] = store.claims.read()["claim_id"].to_pylist()
    return sorted(found)


def test_appending_twice_is_appending_once(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    claims = [make_claim(subject=name, row=n) for n, name in enumerate("abcdefgh", start=1)]
    done, faults = append(store, claims)
    assert (done.n_rows, done.n_claims, done.n_new, done.n_repeated) == (8, 8, 8, 0)
    assert faults == []
    before, version = store.claims.read(), store.claims.version()
    done, _ = append(store, claims)
    assert (done.n_claims, done.n_new, done.n_repeated) == (8, 0, 8)
    assert store.claims.read().equals(before)
    # Nothing new is no commit.
    assert store.claims.version() == version


def test_a_file_that_grew_adds_only_its_new_rows(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    old = [make_claim(subject=name) for name in "abc"]
    append(store, old)
    later = NOW + dt.timedelta(days=9)
    grown = [make_claim(subject=name, recorded_at=later, raw="raw2", row=9) for name in "xaybzc"]
    done, _ = append(store, grown)
    assert (done.n_claims, done.n_new) == (6, 3)
    raws = dict(zip(*(store.claims.read()[c].to_pylist() for c in ("subject", "raw")), strict=True))
    assert raws == {"a": "raw", "b": "raw", "c": "raw", "x": "raw2", "y": "raw2", "z": "raw2"}


def test_duplicates_inside_one_file_collapse(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    claims = [make_claim(subject=name, row=n) for n, name in enumerate("aabacab", start=1)]
    done, _ = append(store, claims, batch=2)
    assert (done.n_claims, done.n_new, done.n_repeated) == (7, 3, 4)
    found = store.claims.read()
    # The first row of each is the one that is kept.
    assert dict(zip(found["subject"].to_pylist(), found["row"].to_pylist(), strict=True)) == {
        "a": 1, "b": 3, "c": 5,
    }  # fmt: skip


def test_two_feeds_may_state_the_same(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    for feed in ("one", "two"):
        append(store, [make_claim(feed=feed)], feed=feed)
    assert len(ids(store)) == 2


def test_blanks_and_faults_are_told_apart(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    published = dt.datetime(2024, 10, 1, tzinfo=dt.UTC)
    claims = [
        make_claim(subject="a", row=1),
        make_claim(row=2) | {"reason": "empty", "fault_column": "v"},
        make_claim(row=3) | {"reason": "cannot read 'x'", "fault_column": "v"},
        make_claim(subject="b", row=4, published_at=published),
        make_claim(row=5) | {"reason": "empty"},
        make_claim(row=6) | {"reason": "the subject is empty", "fault_column": "app"},
    ]
    done, faults = append(store, claims)
    assert (done.n_rows, done.n_claims, done.n_new, done.n_empty) == (6, 2, 2, 2)
    assert done.last_published_at == published
    assert faults == [(3, "v", "cannot read 'x'"), (6, "app", "the subject is empty")]
    assert len(ids(store)) == 2


def test_nothing_at_all_is_no_commit(store: ClaimStore, append: Append) -> None:
    done, faults = append(store, [])
    assert (done, faults) == (Appended(), [])
    assert not store.claims.exists()
    assert store.claims.version() == -1
    assert store.claims.files() == []
    assert store.claims.read().num_rows == 0
    assert store.compact() == (0, 0)


class BrokenOffError(Exception):
    """What a source of rows raises in its own way."""


@pytest.mark.parametrize("n_good", [0, 1, 5])
def test_rows_that_break_off_leave_nothing_and_say_why(
    store: ClaimStore, make_claim: MakeClaim, append: Append, n_good: int
) -> None:
    append(store, [make_claim(subject="kept")])
    before = ids(store)
    files = set(store.claims.path.glob("*"))

    def batches() -> Iterator[pa.RecordBatch]:
        for n in range(n_good):
            claims = [make_claim(subject=f"s{n}")]
            yield pa.RecordBatch.from_pylist(claims, schema=schema)
        raise BrokenOffError("line 7")

    schema = pa.Table.from_pylist([make_claim()]).schema
    schema = pa.schema([pa.field(name, _type(name)) for name in schema.names])
    with pytest.raises(Exception, match="line 7"):
        store.append_claims("feed", pa.RecordBatchReader.from_batches(schema, batches()))
    assert ids(store) == before
    assert set(store.claims.path.glob("*")) == files


def _type(name: str) -> pa.DataType:
    from howdah.core.claim import CLAIM_SCHEMA  # noqa: PLC0415 - one use

    return CLAIM_SCHEMA.field(name).type if name in CLAIM_SCHEMA.names else pa.string()


def test_rows_that_break_off_for_lack_of_room_say_so(
    store: ClaimStore, make_claim: MakeClaim
) -> None:
    schema = pa.schema([pa.field(name, _type(name)) for name in make_claim()])

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pylist([make_claim()], schema=schema)
        raise OSError("Could not write temporary file: No space left on device")

    with pytest.raises(StoreFullError, match="free some space"):
        store.append_claims("feed", pa.RecordBatchReader.from_batches(schema, batches()))
    assert not store.claims.exists()


def test_quarantine_keeps_each_row_once(store: ClaimStore) -> None:
    faults = [Fault(3, "v", '{"v":"x"}', "cannot read"), Fault(5, "v", '{"v":"y"}', "cannot read")]
    assert store.append_quarantine("feed", "raw", "p", faults, NOW) == 2
    assert store.append_quarantine("feed", "raw", "p", faults, NOW) == 2
    store.append_pull("feed", "raw", "spec", "p", Appended(), NOW)
    # A file that grew on top brings the same rows at other places.
    moved = [Fault(f.row + 10, f.column, f.text, f.reason) for f in faults]
    assert store.append_quarantine("feed", "raw2", "p", [*moved, *moved], NOW) == 4
    found = store.quarantine.rows.read().to_pylist()
    assert sorted((row["row"], row["raw"]) for row in found) == [(3, "raw"), (5, "raw")]
    assert store.append_quarantine("other", "raw", "p", faults[:1], NOW) == 1
    assert store.quarantine.rows.read().num_rows == 3
    assert store.append_quarantine("feed", "raw", "p", [], NOW) == 0


def test_faults_of_places_that_are_gone_are_closed(store: ClaimStore) -> None:
    fault = Fault(1, "v", '{"v":"x"}', "cannot read")
    # The same bytes at two places, and another feed with a place of that name.
    ids: list[str] = []
    for feed, place in (("feed", "a"), ("feed", "b"), ("other", "a")):
        store.append_quarantine(feed, "raw", place, [fault], NOW)
        store.append_pull(feed, "raw", "spec", place, Appended(), NOW)
        ids += set(store.quarantine.rows.read()["quarantine_id"].to_pylist()) - set(ids)
    assert store.quarantine.rows.read().num_rows == 3
    assert store.quarantine.mended_at() == {}
    store.close_quarantine("feed", ["b"], NOW)
    (gone,) = store.quarantine.mended_at()
    assert gone == ids[0]
    store.close_quarantine("feed", ["b"], NOW)
    assert store.quarantine.mended.read().num_rows == 1
    store.append_quarantine("feed", "raw", "b", [], NOW)
    assert len(store.quarantine.mended_at()) == 2


def test_pulls_are_known_by_feed_bytes_and_spec(store: ClaimStore) -> None:
    assert not store.has_pull("feed", "raw", "spec")
    done = Appended(n_rows=5, n_claims=4, n_new=3, n_empty=1, last_published_at=NOW)
    store.append_pull("feed", "raw", "spec", "inbox/*.csv", done, NOW)
    assert store.has_pull("feed", "raw", "spec")
    assert store.has_pull("feed", None, "spec")
    for other in (("x", "raw", "spec"), ("feed", "x", "spec"), ("feed", "raw", "x")):
        assert not store.has_pull(*other)
    [row] = store.pulls.read().to_pylist()
    assert row == {
        "feed": "feed", "raw": "raw", "spec": "spec", "place": "inbox/*.csv", "n_rows": 5,
        "n_claims": 4, "n_new": 3, "n_empty": 1, "n_quarantined": 0, "last_published_at": NOW,
        "recorded_at": NOW,
    }  # fmt: skip
    assert store.pulls.read().schema == PULL_SCHEMA


def test_compaction_gathers_all_tables_and_changes_no_row(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    for n in range(5):
        append(store, [make_claim(subject=name, value=float(n)) for name in "zax"])
        store.append_quarantine("feed", "raw", "p", [Fault(n, "v", str(n), "r")], NOW)
        store.append_pull("feed", str(n), "spec", "p", Appended(), NOW)
    tables = (store.claims, store.quarantine.rows, store.quarantine.mended, store.pulls)
    before = [sorted(map(str, table.read().to_pylist())) for table in tables]
    assert store.compact() == (19, 4)
    assert [sorted(map(str, table.read().to_pylist())) for table in tables] == before
    assert store.claims.read()["subject"].to_pylist() == ["a"] * 5 + ["x"] * 5 + ["z"] * 5
    assert store.compact() == (4, 4)
    append(store, [make_claim(subject="a", value=0.0), make_claim(subject="b")])
    assert store.claims.read().num_rows == 16


def test_compaction_lays_rows_out_so_that_an_entity_is_found_by_statistics(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    names = [f"p{n:05}" for n in range(20_000)]
    append(store, [make_claim(subject=name) for name in random.Random(3).sample(names, 20_000)])
    store.compact()
    assert store.claims.read()["subject"].to_pylist() in (names, names[::-1])


def test_a_new_layout_that_lacks_rows_is_refused(
    store: ClaimStore, make_claim: MakeClaim, append: Append
) -> None:
    append(store, [make_claim(subject=name) for name in "ab"])
    before = store.claims.read()
    part = before.slice(0, 1)
    with pytest.raises(StoreError, match="1 of 2 rows; nothing was changed"):
        store.claims.rewrite(part.to_reader())
    assert store.claims.read().equals(before)
    assert len(list(store.claims.path.glob("*.parquet"))) == 1


def test_a_folder_that_the_table_library_cannot_use(
    tmp_path: Path, make_claim: MakeClaim, append: Append
) -> None:
    for name in ("a[1]", "50%20off", "a\\b"):
        store = ClaimStore(tmp_path / name / "lake")
        with pytest.raises(StoreError, match="Rename the folder"):
            append(store, [make_claim()])


@pytest.mark.parametrize("name", ["my market", "我的市场", "100% a+b#c", "it's", "é~=,@&"])
def test_a_folder_of_any_usual_name(
    tmp_path: Path, make_claim: MakeClaim, append: Append, name: str
) -> None:
    store = ClaimStore(tmp_path / name / "lake")
    append(store, [make_claim(subject="a")])
    append(store, [make_claim(subject="b")])
    assert store.compact() == (2, 1)
    assert store.claims.read()["subject"].to_pylist() == ["a", "b"]
    [path] = store.claims.files()
    assert Path(path).is_file()
