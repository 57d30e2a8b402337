"""Accounting: what does not add up is flagged, what rounding explains is not."""

import math
from itertools import product

import pytest

from howdah.documents.accounting import check_total, discrepancies, interval, rounding
from howdah.documents.claims import DocumentClaim


def _claim(metric: str, value: float, surface: str, **changes: object) -> DocumentClaim:
    fields = {
        "doc": "a",
        "subject": "Ferrol",
        "unit": "currency",
        "currency": "EUR",
        "value_start": 0,
        **changes,
    }
    return DocumentClaim(metric=metric, value=value, value_surface=surface, **fields)


def _round(pre: float, amount: float, post: float) -> list[DocumentClaim]:
    told = (("valuation_pre_money", pre), ("amount_raised", amount), ("valuation_post_money", post))
    return [_claim(metric, value * 1e6, f"{value:g} million") for metric, value in told]


@pytest.mark.parametrize(
    ("value", "surface", "half"),
    [
        (85e6, "€85 million", 0.5e6), (1.9e9, "$1.9 billion", 0.05e9), (1124.0, "1124", 0.5),
        (4000.0, "4,000", 500.0), (7.6e6, "760万", 0.005e6), (34.5, "34.5%", 0.05),
        (34.0, "34", 0.5), (3e6, "three million", 0.5e6), (0.0, "0", 0.0), (0.5, "half", 0.0),
        (-3.2e6, "3.2 million", 0.05e6), (1.26e7, "1,260万", 5000.0),
    ],
)  # fmt: skip
def test_half_of_the_last_digit(value: float, surface: str, half: float) -> None:
    assert rounding(value, surface) == pytest.approx(half)


def test_an_interval_is_as_wide_as_its_words() -> None:
    open_ended = DocumentClaim(value_low=1e6, comparator="over", value_surface="1 million")
    assert interval(open_ended) == (1e6, math.inf)
    with pytest.raises(ValueError, match="no number"):
        interval(DocumentClaim(metric="owner"))


def test_a_round_that_adds_up_is_not_flagged() -> None:
    assert discrepancies(_round(240, 85, 325)) == ()
    assert discrepancies([]) == ()


def test_a_round_that_does_not_add_up_is() -> None:
    (found,) = discrepancies(_round(240, 85, 350))
    assert found.rule == "pre_and_amount"
    assert [c.metric for c in found.claims] == [
        "valuation_pre_money",
        "amount_raised",
        "valuation_post_money",
    ]
    assert found.expected == pytest.approx((324e6, 326e6))
    assert found.found == pytest.approx((349.5e6, 350.5e6))


def test_rounding_is_allowed_exactly_as_far_as_some_true_values_would_round_so() -> None:
    # By brute force: true figures on a fine grid, rounded to whole millions as a text has them.
    halves = [n / 4 for n in range(-2, 3)]
    for post in (322.0, 323.0, 324.0, 325.0, 326.0, 327.0):
        possible = any(
            abs((240 + a) + (85 + b) - (post + c)) < 1e-9
            for a, b, c in product(halves, halves, halves)
        )
        assert (discrepancies(_round(240, 85, post)) == ()) == possible


def test_a_figure_that_fits_one_of_several_is_not_flagged() -> None:
    earlier = _claim("amount_raised", 21e6, "21 million")
    assert discrepancies([earlier, *_round(240, 85, 325)]) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "USD"},
        {"doc": "b"},
        {"subject": "Other"},
        {"modality": "planned"},
        {"modality": "denied"},
    ],
)
def test_figures_that_do_not_belong_together_are_not_added(change: dict[str, str]) -> None:
    pre, amount, post = _round(240, 85, 350)
    moved = DocumentClaim(**{**pre.row(), **change})
    assert discrepancies([moved, amount, post]) == ()
    assert discrepancies([pre.rejected("no"), amount, post]) == ()


@pytest.mark.parametrize(("stake", "n_flagged"), [("26", 0), ("25", 1), ("26.2", 0), ("26.5", 1)])
def test_a_stake_is_the_amount_as_a_share_of_post_money(stake: str, n_flagged: int) -> None:
    _, amount, post = _round(240, 85, 325)
    share = _claim("stake", float(stake), stake, unit="percent", currency="")
    found = discrepancies([amount, post, share])
    assert [f.rule for f in found] == ["amount_and_stake"] * n_flagged


def test_a_stake_of_another_sentence_is_another_deal() -> None:
    _, amount, post = _round(240, 85, 325)
    assert (
        discrepancies([amount, post, _claim("stake", 4.0, "4", unit="percent", start=90, end=120)])
        == ()
    )


def test_parts_may_come_to_less_than_their_total_and_not_to_more() -> None:
    total = _claim("revenue", 10e6, "10.0 million")
    parts = [
        _claim("revenue", n * 1e6, f"{n:.1f} million", object=name)
        for n, name in ((6.0, "games"), (3.0, "ads"))
    ]
    assert discrepancies([total, *parts]) == ()
    (found,) = discrepancies([total, *parts, _claim("revenue", 2e6, "2.0 million", object="shops")])
    assert (found.rule, found.claims[-1]) == ("parts_and_total", total)


def test_all_parts_make_up_their_total() -> None:
    total = _claim("revenue", 10e6, "10.0 million")
    parts = [_claim("revenue", n * 1e6, f"{n:.1f} million", object=str(n)) for n in (6.0, 3.0)]
    assert check_total(parts, total, is_whole=False) is None
    found = check_total(parts, total)
    assert found is not None
    assert found.expected == pytest.approx((8.9e6, 9.1e6))


def test_parts_that_cannot_be_added_are_refused() -> None:
    total = _claim("revenue", 10e6, "10 million")
    with pytest.raises(ValueError, match="no parts"):
        check_total([], total)
    with pytest.raises(ValueError, match="different units or currencies"):
        check_total([_claim("revenue", 1e6, "1 million", currency="USD")], total)


def test_shares_of_one_market_are_at_most_all_of_it() -> None:
    def shares(*numbers: float) -> list[DocumentClaim]:
        return [
            _claim("market_share", n, f"{n:g}", unit="percent", currency="", subject=f"S{at}")
            for at, n in enumerate(numbers)
        ]

    assert discrepancies(shares(52, 37)) == ()
    assert discrepancies(shares(50, 50.4)) == ()
    (found,) = discrepancies(shares(62, 47))
    assert (found.rule, found.expected[1]) == ("shares", pytest.approx(38.5))
