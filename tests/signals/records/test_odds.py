"""Odds held against what came: by metric and band, with the rate of as many as tell anything."""

import datetime as dt

from howdah.signals.records import Base, Case, odds_like, tally_odds

_ORIGINS = [dt.date(2020 + n, 1, 28) for n in range(5)]


def case(n: int, metric: str, chance: float, *, came: bool) -> Case:
    origin = _ORIGINS[n % len(_ORIGINS)]
    return Case(
        kind="breakout",
        finding_id="",
        entity=f"{metric} {n} {chance}",
        name="",
        metric=metric,
        segment="",
        as_of=origin,
        judged_on=origin.replace(year=origin.year + 1),
        size=chance,
        level=None,
        outcome="right" if came else "wrong",
        after=None,
        lead_days=None,
        is_contaminated=False,
        claim_ids=(),
    )


BASES = [Base("breakout", day, day.replace(year=day.year + 1), 100, 1) for day in _ORIGINS]
CASES = [
    *(case(n, "downloads", 0.6, came=n % 2 == 0) for n in range(100)),
    *(case(n, "stars", 0.6, came=n == 0) for n in range(4)),
    *(case(n, "stars", 0.1, came=False) for n in range(100)),
]


def test_lists_and_bands_are_told_apart() -> None:
    found = tally_odds(CASES, BASES, "came", prob=0.9)
    assert [(o.metric, o.low, o.record.n, o.record.n_right) for o in found] == [
        ("downloads", 0.5, 100, 50),
        ("stars", 0.0, 100, 0),
        ("stars", 0.5, 4, 1),
    ]
    well, _, few = found
    assert well.record.rate == 0.5
    assert well.record.lower is not None
    assert well.record.lower < 0.5 < (well.record.upper or 0)
    assert (few.record.state, few.record.rate) == ("too few", None)


def test_a_probability_finds_the_odds_of_its_own_list() -> None:
    found = tally_odds(CASES, BASES, "came", prob=0.9)
    assert odds_like(found, "stars", 0.74) == found[2]
    assert odds_like(found, "downloads", 0.5) == found[0]
    assert odds_like(found, "downloads", 0.75) is None
    assert odds_like(found, "stars", None) is None
    certain = tally_odds([case(1, "stars", 1.0, came=True)], BASES, "came", prob=0.9)
    assert odds_like(certain, "stars", 1.0) == certain[0]
