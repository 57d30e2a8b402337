"""Stories: one event of several texts, with its sources and its contradictions."""

import datetime as dt

from howdah.documents.claims import DocumentClaim
from howdah.documents.stories import contradictions, is_same, stories

MAY = {"period_start": dt.date(2025, 5, 1), "period_end": dt.date(2025, 5, 31)}
JUNE = {"period_start": dt.date(2025, 6, 1), "period_end": dt.date(2025, 6, 30)}


def _event(doc: str, **changes: object) -> DocumentClaim:
    return DocumentClaim(
        doc=doc,
        **{"subject": "Fenwhistle", "metric": "acquired_by", "object": "Saltmoor", **changes},
    )


def _figure(doc: str, value: float, surface: str, **changes: object) -> DocumentClaim:
    fields = {"subject": "Fenwhistle", "metric": "dau", "unit": "people", **MAY, **changes}
    return DocumentClaim(doc=doc, value=value, value_surface=surface, value_start=0, **fields)


def test_the_same_event_is_one_with_all_its_sources() -> None:
    claims = [
        _event("a", source="Wire"),
        _event("b", source="Wire"),
        _event("c", **MAY),
        _event("d", object="other"),
    ]
    first, second = stories(claims)
    assert first.claims == tuple(claims[:3])
    assert first.sources == ("Wire", "c")
    assert second.object == "other"


def test_events_of_periods_apart_are_two() -> None:
    assert len(stories([_event("a", **MAY), _event("b", **JUNE)])) == 2
    assert len(stories([_event("a", **MAY), _event("b"), _event("c", **MAY)])) == 1


def test_a_claim_joins_a_story_only_when_it_agrees_with_all_of_it() -> None:
    # Without a period it could be either; it is not what makes May and June one.
    assert len(stories([_event("a"), _event("b", **MAY), _event("c", **JUNE)])) == 2


def test_words_of_an_object_may_be_longer_in_one_text_and_rounds_may_not() -> None:
    one, other = (
        _event("a", metric="joins", object=text)
        for text in ("chief scientist", "new Chief Scientist")
    )
    assert is_same(one, other)
    b, b_plus = (_event("a", metric="round", object=text) for text in ("B", "B+"))
    assert not is_same(b, b_plus)


def test_a_story_goes_as_far_as_its_furthest_claim_and_keeps_all() -> None:
    (story,) = stories(
        [
            _event("a", modality="rumoured"),
            _event("b", modality="planned"),
            _event("c", modality="denied"),
        ]
    )
    assert story.modality == "planned"
    assert story.is_disputed
    assert not stories([_event("a", modality="denied")])[0].is_disputed


def test_numbers_and_rejected_claims_make_no_story() -> None:
    assert stories([_figure("a", 5e6, "5 million"), _event("a").rejected("no"), *[]]) == ()
    assert stories([]) == ()


def test_a_report_and_its_denial_are_linked() -> None:
    report, denial, other = (
        _event("a", modality="reported"),
        _event("b", modality="denied"),
        _event("c", object="X"),
    )
    (found,) = contradictions([report, denial, other])
    assert (found.kind, found.one, found.other) == ("denial", report, denial)


def test_figures_apart_are_linked_and_rounded_ones_are_not() -> None:
    five, fine, six = (
        _figure("a", 5e6, "5 million"),
        _figure("b", 5.2e6, "5.2 million"),
        _figure("c", 6e6, "6.0 million"),
    )
    found = contradictions([five, fine, six])
    assert [(c.one.doc, c.other.doc) for c in found] == [("a", "c"), ("b", "c")]
    assert {c.kind for c in found} == {"amount"}


def test_figures_of_other_things_are_not_compared() -> None:
    one = _figure("a", 5e6, "5 million")
    others = [
        _figure("b", 9e6, "9 million", **JUNE),
        _figure("b", 9e6, "9 million", modality="planned"),
        _figure("b", 9e6, "9 million", subject="Quellmar"),
        _figure("b", 9e6, "9 million", object="France"),
        _figure("b", 9e6, "9 million").rejected("no"),
    ]
    assert all(contradictions([one, other]) == () for other in others)


def test_figures_without_a_period_may_be_of_any_but_a_company_is_bought_once() -> None:
    undated = {"period_start": None, "period_end": None}
    pair = [_figure(doc, n, f"{n:.0f}", **undated) for doc, n in (("a", 5.0), ("b", 9.0))]
    assert contradictions(pair) == ()
    prices = [
        _figure(doc, n, f"{n:.0f}", metric="acquisition_price", **undated)
        for doc, n in (("a", 5.0), ("b", 9.0))
    ]
    assert len(contradictions(prices)) == 1
