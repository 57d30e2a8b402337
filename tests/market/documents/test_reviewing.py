"""What a reviewer says of sentences, and what follows from it.

All names and figures are made up.
"""

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from press_market import (
    ACCEPT,
    CORRECT,
    REJECT,
    SURE,
    UNSURE,
    Clock,
    MakeMarket,
    dau,
    read_passages,
    waiting,
    write,
)

from howdah.core.calendar import Period
from howdah.core.errors import InputError, LicenceError
from howdah.market.documents.passages import passage_like

if TYPE_CHECKING:
    from howdah.market.documents.judging import PassageJudgement

# Review


def test_an_accepted_sentence_counts_from_then_on_and_can_be_taken_back(
    make: MakeMarket, clock: Clock
) -> None:
    market = make({"2024-11-14-a.txt": UNSURE})
    market.update()
    passage = waiting(market)["3 million"]
    assert (passage.entity, passage.metric, passage.outcome) == (
        "fern",
        "dau",
        "waiting for review",
    )
    clock.pass_days(1)
    said = market.judge_passage(passage.passage_id, ACCEPT, by="analyst", note="read it")
    assert said.claim_id
    assert dau(market, "Fern") == [("2024-10", 3e6)]
    assert dau(market, "Fern", dt.date(2025, 1, 10)) == []
    (shown,) = market.show("Fern").passages
    assert (shown.judgement, shown.judged_by, shown.note) == ("accept", "analyst", "read it")
    clock.pass_days(1)
    assert market.judge_passage(passage.passage_id, REJECT, by="editor").claim_id == ""
    assert dau(market, "Fern") == []
    assert dau(market, "Fern", dt.date(2025, 1, 11)) == [("2024-10", 3e6)]
    clock.pass_days(1)
    market.judge_passage(passage.passage_id, ACCEPT, by="analyst")
    assert dau(market, "Fern") == [("2024-10", 3e6)]


def test_a_rejected_claim_of_the_reader_is_withdrawn(make: MakeMarket, clock: Clock) -> None:
    market = make({"2024-11-14-a.txt": SURE})
    market.update()
    (passage,) = market.show("Pip").passages
    clock.pass_days(1)
    market.judge_passage(passage.passage_id, REJECT, by="analyst")
    assert dau(market, "Pip") == []
    market.update()
    assert dau(market, "Pip") == []


def test_a_correction_of_a_field_makes_the_claim_that_is_right(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": UNSURE})
    market.update()
    id_ = waiting(market)["3 million"].passage_id
    corrections: tuple[tuple[dict[str, str], tuple[object, ...]], ...] = (
        ({"value": "3100000"}, ("fern", "dau", "2024-10", 3.1e6, 3.1e6)),
        ({"value": "3,000,000", "comparator": "over"}, ("fern", "dau", "2024-10", 3e6, None)),
        ({"period": "2024-Q3"}, ("fern", "dau", "2024-Q3", 3e6, 3e6)),
        ({"metric": "wau"}, ("fern", "wau", "2024-10", 3e6, 3e6)),
        ({"subject": "皮普"}, ("pip", "dau", "2024-10", 3e6, 3e6)),
    )
    for fields, right in corrections:
        market.judge_passage(id_, CORRECT, by="a", fields=fields)
        # The one before is withdrawn: the last judgement holds.
        (claim,) = market._ws.claims(market.as_of()).to_dicts()
        period = Period(claim["valid_from"], claim["valid_to"], claim["precision"]).label
        assert (
            claim["entity"], claim["metric"], period, claim["value_low"], claim["value_high"]
        ) == right  # fmt: skip


def test_a_corrected_value_is_no_bound(make: MakeMarket) -> None:
    text = "Fern had over 3 million daily active users in October 2024."
    market = make({"2024-11-14-a.txt": text})
    market.update()
    (passage,) = market.show("Fern").passages
    market.judge_passage(passage.passage_id, CORRECT, by="a", fields={"value": "3200000"})
    (claim,) = market._ws.claims(market.as_of()).to_dicts()
    assert (claim["value_low"], claim["value_high"]) == (3.2e6, 3.2e6)


def test_a_judgement_holds_on_when_the_article_is_corrected_elsewhere(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": UNSURE})
    market.update()
    market.judge_passage(
        waiting(market)["3 million"].passage_id, CORRECT, by="a", fields={"value": "3100000"}
    )
    write(market.folder, {"2024-11-14-a.txt": f"Corrected: it did not rain. {UNSURE}"})
    market.update()
    assert dau(market, "Fern") == [("2024-10", 3.1e6)]


def test_wording_that_a_reviewer_points_out_is_read_from_then_on(make: MakeMarket) -> None:
    first = "Pip had 15.1 million monthly regulars in October 2024."
    second = "Pip had 15.6 million monthly regulars in November 2024."
    market = make({"2024-11-14-a.txt": first, "2024-12-12-b.txt": second})
    market.update()
    rows = market.passages().counts
    assert "claimed" not in rows
    passage = next(p for p in read_passages(market) if p["quote"] == first)
    market.judge_passage(
        str(passage["passage_id"]), CORRECT, by="a",
        fields={"metric": "mau_month", "unit": "people"}, word=("metric", "monthly regulars"),
    )  # fmt: skip
    (done,) = market.update()
    assert done.notes[0].startswith("2 documents read")
    metrics = {p["quote"]: p["metric"] for p in read_passages(market)}
    assert metrics == {first: "mau_month", second: "mau_month"}
    # Taken back, it is read as before.
    market.judge_passage(str(passage["passage_id"]), REJECT, by="a")
    market.update()
    assert {p["metric"] for p in read_passages(market)} != {"mau_month"}


def test_a_spelling_that_a_reviewer_points_out_is_a_name_from_then_on(make: MakeMarket) -> None:
    text = "The Pippin app had 8.2 million daily active users in October 2024."
    market = make({"2024-11-14-a.txt": text})
    market.update()
    (passage,) = read_passages(market)
    market.judge_passage(
        str(passage["passage_id"]), CORRECT, by="a", fields={"subject": "Pip"},
        word=("subject", "Pippin"),
    )  # fmt: skip
    write(market.folder, {"2024-12-14-b.txt": text.replace("October", "November")})
    market.update()
    assert {p["subject"] for p in read_passages(market)} == {"pip"}


def test_what_was_judged_can_be_learnt_from(make: MakeMarket) -> None:
    third = "Larkwise had 900 employees in October 2024."
    market = make({"2024-11-14-a.txt": f"{SURE} {UNSURE} {third}"})
    market.update()
    ids = {str(p["quote"]): str(p["passage_id"]) for p in read_passages(market)}
    market.judge_passage(ids[SURE], ACCEPT, by="a")
    market.judge_passage(ids[UNSURE], CORRECT, by="b", fields={"value": "3100000"})
    rows = {str(p["quote"]): p for p in read_passages(market)}
    assert [rows[q]["is_right"] for q in (SURE, UNSURE, third)] == [True, False, None]
    corrected = rows[UNSURE]
    assert (corrected["value"], corrected["right_value"], corrected["judged_by"]) == (
        3e6,
        3.1e6,
        "b",
    )
    assert rows[third]["right_value"] is None


def test_readings_do_not_leave_where_the_licence_forbids_it(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": SURE}, may_export=False)
    market.update()
    with pytest.raises(LicenceError):
        market.export(market.folder / "readings.csv", what="readings")


def test_a_judgement_that_cannot_be_says_why(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": UNSURE})
    market.update()
    id_ = waiting(market)["3 million"].passage_id
    cases: list[tuple[PassageJudgement, dict[str, str] | None, tuple[str, str] | None, str]] = [
        (CORRECT, None, None, "--set FIELD=VALUE"),
        (ACCEPT, {"value": "1"}, None, "accept or reject"),
        (CORRECT, {"valeu": "1"}, None, "Did you mean 'value'"),
        (CORRECT, {"value": "many"}, None, "is no number"),
        (CORRECT, {"metric": "dua"}, None, "dau"),
        (CORRECT, {"subject": "Nobody"}, None, "Unknown entity"),
        (CORRECT, {"modality": "sure"}, None, "asserted"),
        (CORRECT, {"value": "1"}, ("value", "3"), "subject or a metric"),
        (CORRECT, {"metric": "wau"}, ("metric", "weekly"), "do not stand in the sentence"),
    ]
    for judgement, fields, word, said in cases:
        with pytest.raises(InputError, match=said):
            market.judge_passage(id_, judgement, by="a", fields=fields, word=word)
    assert waiting(market)["3 million"].judgement == ""


def test_an_id_of_no_sentence_says_so(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": UNSURE})
    market.update()
    with pytest.raises(InputError, match="review --documents"):
        market.judge_passage("r000000000000", ACCEPT, by="a")
    with pytest.raises(InputError, match="in force as of"):
        market.trail("r000000000000")
    trail = market.trail(waiting(market)["3 million"].passage_id)
    assert [p.quote for p in trail.passages] == [UNSURE]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"metric": "mau_month", "unit": "people"}, ("metric", "users")),
        ({"metric": "mau_month", "unit": "people"}, ("metric", "the users")),
        ({"subject": "Pip"}, ("subject", "the app")),
        ({"subject": "Pip"}, ("subject", "users")),
    ],
)
def test_common_words_are_not_learnt(
    make: MakeMarket, fields: dict[str, str], word: tuple[str, str]
) -> None:
    text = "Pip and the users: the app had 15.1 million regulars in October 2024."
    market = make({"2024-11-14-a.txt": text})
    market.update()
    (passage,) = read_passages(market)
    with pytest.raises(InputError, match=r"common word, and stands in 1 sentence .* regulars"):
        market.judge_passage(str(passage["passage_id"]), CORRECT, by="a", fields=fields, word=word)
    assert read_passages(market)[0]["judgement"] == ""


def test_words_that_are_learnt_say_where_they_stand(make: MakeMarket) -> None:
    first = "Pip had 15.1 million monthly regulars in October 2024."
    other = f"{SURE} It had 16 million monthly regulars in November 2024."
    market = make({"2024-11-14-a.txt": first, "2024-12-14-b.txt": other, "2024-12-15-c.txt": SURE})
    market.update()
    passage = next(p for p in read_passages(market) if p["quote"] == first)
    judged = market.judge_passage(
        str(passage["passage_id"]), CORRECT, by="a",
        fields={"metric": "mau_month", "unit": "people"}, word=("metric", "monthly regulars"),
    )  # fmt: skip
    reach = judged.reach
    assert reach is not None
    assert (reach.n_documents, reach.n_sentences) == (2, 2)
    assert dict(reach.otherwise) == {"unclassified": 2}
    assert first in reach.examples


def test_a_denial_is_the_word_of_who_denies(make: MakeMarket) -> None:
    text = f"{SURE[:-1]}, according to Quill Data. Larkwise denied it."
    market = make({"2024-11-14-a.txt": text})
    market.update()
    rows = {str(p["modality"]): str(p["passage_id"]) for p in read_passages(market)}
    assert set(rows) == {"asserted", "denied"}
    market.judge_passage(rows["denied"], REJECT, by="a")
    market.judge_passage(rows["asserted"], CORRECT, by="a", fields={"modality": "denied"})
    (apart,) = market.show("Pip").apart
    assert (apart.modality, apart.source) == ("denied", "Larkwise")


def test_who_denies_must_be_told_where_the_text_does_not(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": f"{SURE[:-1]}, according to data from Quill Data."})
    market.update()
    (row,) = read_passages(market)
    id_ = str(row["passage_id"])
    with pytest.raises(InputError, match=r"Quill .* --set source=NAME"):
        market.judge_passage(id_, CORRECT, by="a", fields={"modality": "denied"})
    fields = {"modality": "denied", "source": "Larkwise"}
    market.judge_passage(id_, CORRECT, by="a", fields=fields)
    assert [s.source for s in market.show("Pip").apart] == ["Larkwise"]


def test_the_first_digits_of_an_id_name_a_sentence(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": UNSURE})
    market.update()
    id_ = waiting(market)["3 million"].passage_id
    assert market.trail(id_[:7]).passages[0].passage_id == id_
    assert market.judge_passage(id_[:7], ACCEPT, by="a").passage_id == id_
    with pytest.raises(InputError, match="No sentence"):
        market.judge_passage(id_[:6], ACCEPT, by="a")


def test_digits_that_several_sentences_share_name_none() -> None:
    rows = [{"passage_id": f"r123456{n}"} for n in range(3)]
    assert passage_like(rows, "r1234561") == rows[1]
    assert passage_like(rows, "r9") is None
    with pytest.raises(InputError, match="3 sentences"):
        passage_like(rows, "r123456")
