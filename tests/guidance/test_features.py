"""States of features by hand-made claims: what decides, what is unknown, what spreads."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
import pytest

from howdah.guidance.features import Cell, known_features, make_matrix
from howdah.guidance.gaps import find_gaps, find_spreads
from howdah.guidance.sightings import Sighting, find_sightings
from howdah.guidance.term import Term
from howdah.guidance.vocabulary import Feature, Vocabulary

AS_OF = dt.date(2025, 1, 31)
WORDS = Vocabulary(
    (
        Feature("video", "Video generation", "视频生成", ("text-to-video",), ("video_models",)),
        Feature("voice", "Voice dialogue"),
    )
)


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def claim(n: int, **own: object) -> dict[str, object]:
    """A claim with usual fields; days as ISO text."""
    row: dict[str, object] = {
        "claim_id": f"{n:032x}",
        "feed": "news",
        "source": "News",
        "metric": "feature",
        "object": "video generation",
        "entity": "a",
        "modality": "asserted",
        "sensitivity": "public",
        "value": None,
        "value_low": None,
        "valid_from": None,
        "valid_to": None,
        "published_at": "2024-12-01",
        "recorded_at": "2024-12-02",
        **own,
    }
    for name in ("valid_from", "valid_to"):
        row[name] = day(row[name])  # type: ignore[arg-type]
    for name in ("published_at", "recorded_at"):
        told = day(row[name])  # type: ignore[arg-type]
        row[name] = told and dt.datetime.combine(told, dt.time(), dt.UTC)
    return row


SCHEMA = {
    "value": pl.Float64,
    "value_low": pl.Float64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "published_at": pl.Datetime("us", "UTC"),
}


def sightings(rows: Sequence[dict[str, object]], lists: Sequence[str] = ()) -> tuple[Sighting, ...]:
    frame = pl.DataFrame(list(rows), schema_overrides=SCHEMA)
    owners = {entity: (entity,) for entity in frame["entity"].to_list()} | {"part": ("a",)}
    return find_sightings(frame, WORDS, owners, lists)[0]


def cell(rows: Sequence[dict[str, object]], stale_days: int = 180) -> Cell:
    matrix = make_matrix(sightings(rows), ["a"], ["video"], AS_OF, stale_days=stale_days)
    return matrix["a"]["video"]


@pytest.mark.parametrize(
    ("own", "state"),
    [
        ({}, "has"),
        ({"metric": "feature_release", "object": "a TEXT-TO-VIDEO model"}, "has"),
        ({"metric": "model_release", "object": "視頻生成模型"}, "has"),
        ({"metric": "model_release", "object": "another model"}, "unknown"),
        ({"metric": "video_models", "object": "", "value": 2.0}, "has"),
        ({"metric": "video_models", "object": "", "value": 0.0}, "denied"),
        ({"metric": "video_models", "object": "", "value": None}, "unknown"),
        ({"modality": "planned"}, "announced"),
        ({"metric": "rd_start"}, "announced"),
        ({"modality": "denied"}, "denied"),
        ({"modality": "negated"}, "denied"),
        ({"modality": "rumoured"}, "unknown"),
        ({"sensitivity": "leak"}, "unknown"),
        ({"metric": "feature_removed"}, "had"),
        ({"metric": "feature_removed", "modality": "denied"}, "has"),
        ({"metric": "feature_removed", "modality": "planned"}, "unknown"),
        ({"object": "videos"}, "unknown"),
    ],
)
def test_what_one_claim_says(own: dict[str, object], state: str) -> None:
    assert cell([claim(1, **own)]).state == state


def test_the_latest_word_decides_and_of_one_day_the_most_careful() -> None:
    later = claim(2, modality="denied", valid_to="2024-11-01", source="Other")
    rows = [claim(1, valid_to="2024-10-01"), later]
    assert cell(rows).state == "denied"
    assert cell(rows[::-1]).state == "denied"
    assert cell([*rows, claim(3, valid_to="2024-12-01")]).state == "has"
    assert cell([claim(1, valid_to="2024-11-01"), later]).state == "denied"


def test_what_was_removed_had_it_and_keeps_its_first_day() -> None:
    found = cell(
        [
            claim(1, valid_from="2023-01-05", valid_to="2023-01-05", metric="feature_release"),
            claim(2, valid_to="2024-12-01", metric="feature_removed"),
        ]
    )
    assert (found.state, found.confirmed) == ("had", dt.date(2024, 12, 1))
    assert found.since is not None
    assert (found.since.first, found.since.last) == (dt.date(2023, 1, 5),) * 2
    assert found.claim_ids == (f"{2:032x}", f"{1:032x}")


def test_a_plan_counts_only_where_nothing_firm_is_later() -> None:
    plan = claim(1, modality="planned", valid_to="2024-06-01")
    assert cell([plan, claim(2, valid_to="2024-01-01")]).state == "has"
    assert cell([plan, claim(2, valid_to="2024-01-01", modality="denied")]).state == "announced"
    assert cell([plan, claim(2, valid_to="2024-07-01", modality="denied")]).state == "denied"


def test_stale_is_longer_unconfirmed_than_allowed_and_unknown_is_never_stale() -> None:
    rows = [claim(1, valid_to="2024-08-04")]
    assert (AS_OF - dt.date(2024, 8, 4)).days == 180
    assert not cell(rows).is_stale
    assert cell(rows, stale_days=179).is_stale
    assert not cell([claim(1, sensitivity="rumour", valid_to="2020-01-01")]).is_stale
    # An undated word is as fresh as its publication.
    assert cell([claim(1)]).confirmed == dt.date(2024, 12, 1)


def test_the_opposite_by_another_source_at_about_the_time_is_a_dispute() -> None:
    has = claim(1, valid_to="2024-10-01")
    assert cell([has, claim(2, valid_to="2024-11-01", modality="denied", source="B")]).is_disputed
    assert not cell([has, claim(2, valid_to="2024-11-01", modality="denied")]).is_disputed
    old = claim(2, valid_to="2023-11-01", modality="denied", source="B")
    assert not cell([has, old]).is_disputed


def test_a_list_dates_who_came_after_its_first_snapshot() -> None:
    rows = [
        claim(1, feed="list", entity="a", valid_to="2024-01-01"),
        claim(2, feed="list", entity="a", valid_to="2024-02-01"),
        claim(3, feed="list", entity="b", valid_to="2024-02-01"),
        claim(4, feed="news", entity="c", valid_to="2024-02-01"),
    ]
    found = {(s.product, s.last.month): s.first for s in sightings(rows, ["list"])}
    assert found == {
        ("a", 1): None,
        ("a", 2): dt.date(2024, 1, 2),
        ("b", 2): dt.date(2024, 1, 2),
        # A feature that is told of is told of some time, not since then.
        ("c", 2): None,
    }


def test_a_part_counts_for_what_it_belongs_to_and_strange_words_are_told() -> None:
    frame = pl.DataFrame(
        [claim(1, entity="part"), claim(2, object="magic"), claim(3, entity="stranger")],
        schema_overrides=SCHEMA,
    )
    found, unnamed = find_sightings(frame, WORDS, {"a": ("a",), "part": ("a", "part")}, [])
    assert [(s.product, s.about) for s in found] == [("a", "part"), ("part", "part")]
    assert [(u.product, u.words) for u in unnamed] == [("a", "magic")]


def released(n: int, entity: str, when: str) -> dict[str, object]:
    return claim(n, entity=entity, metric="feature_release", valid_from=when, valid_to=when)


def test_a_row_is_the_most_that_came_within_a_year() -> None:
    days = ["2022-01-01", "2023-03-01", "2023-06-01", "2024-02-28", "2024-03-01", "2024-12-31"]
    rows = [released(n, "abcdef"[n], when) for n, when in enumerate(days)]
    rows.append(claim(9, entity="g", valid_to="2023-07-01"))
    matrix = make_matrix(sightings(rows), list("abcdefgh"), ["video"], AS_OF, stale_days=180)
    spread = find_spreads(matrix, ["video"])["video"]
    assert (spread.n, spread.n_dated, spread.is_row) == (7, 6, True)
    # The day 366 after the first of them is one too many (2024 has a leap day).
    assert spread.row == ("b", "c", "d")
    assert (spread.first, spread.last) == (dt.date(2023, 3, 1), dt.date(2024, 2, 28))


def grown(lower: float, upper: float) -> Term:
    return Term("growth", "", ("dau",), (lower + upper) / 2, lower, upper, 0.9, AS_OF, n=1)


def test_gaps_stand_against_who_rises() -> None:
    rows = [
        released(1, "b", "2024-03-01"),
        released(2, "c", "2023-03-01"),
        claim(3, entity="d", object="voice dialogue"),
        claim(4, entity="a", modality="negated", source="Other"),
    ]
    matrix = make_matrix(sightings(rows), list("abcd"), ["video", "voice"], AS_OF, stale_days=400)
    growths = {"b": grown(5.0, 9.0), "c": grown(-5.0, 30.0), "d": Term("growth", "measurement")}
    gaps = find_gaps(matrix, ["a"], ["voice", "video"], growths)
    assert [g.own.feature for g in gaps] == ["video", "voice"]
    video, voice = gaps
    assert [(h.cell.product, h.is_riser) for h in video.holders] == [("b", True), ("c", False)]
    assert (video.n_known, video.n_risers, video.sure) == (2, 1, "stated")
    assert (voice.own.state, voice.n_risers, voice.sure) == ("unknown", 0, "not stated")
    # Of no one's and of all one's own there are no gaps.
    assert find_gaps(matrix, [], ["video"], growths) == ()
    assert find_gaps(matrix, list("abcd"), ["video"], growths) == ()


def test_one_voice_and_old_words_are_told() -> None:
    rows = [released(1, "b", "2024-03-01"), claim(4, entity="a", modality="negated")]
    for days, sure in ((400, "one source"), (100, "stale")):
        matrix = make_matrix(sightings(rows), ["a", "b"], ["video"], AS_OF, stale_days=days)
        (gap,) = find_gaps(matrix, ["a"], ["video"], {})
        assert gap.sure == sure


def test_nothing_known_is_all_unknown() -> None:
    matrix = make_matrix([], ["a", "b"], ["video"], AS_OF, stale_days=1)
    assert known_features(matrix) == ()
    assert {c.state for row in matrix.values() for c in row.values()} == {"unknown"}
    assert find_gaps(matrix, ["a"], ["video"], {}) == ()
    assert make_matrix([], [], ["video"], AS_OF, stale_days=1) == {}
