"""Odds: how often those that were told such a probability came, list by list."""

from collections.abc import Sequence

from howdah.core.record import Odds
from howdah.signals.records.cases import Base, Case
from howdah.signals.records.tally import tally

#: Ends of the bands of probabilities that are counted together.
BANDS = ((0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0))


def tally_odds(
    cases: Sequence[Case], bases: Sequence[Base], test: str, *, prob: float
) -> tuple[Odds, ...]:
    """What became of past odds, by metric and band.

    Lists of different metrics are not put together: one may be as good as its word, another not.

    Parameters
    ----------
    cases
        Of a class whose `size` is a probability.
    bases
        One an origin at which it was looked for.

    Returns
    -------
    tuple
        One a metric and band that has a judged case, in the order of both.
    """
    found = []
    for metric in sorted({case.metric for case in cases}):
        own = [case for case in cases if case.metric == metric and case.size is not None]
        for low, high in BANDS:
            told = [c for c in own if c.size is not None and _is_within(c.size, low, high)]
            record = tally(told, bases, test, prob=prob)
            if record.n:
                found.append(Odds(metric, low, high, record))
    return tuple(found)


def _is_within(chance: float, low: float, high: float) -> bool:
    return low <= chance < high or chance == high == 1.0


def odds_like(odds: Sequence[Odds], metric: str, chance: float | None) -> Odds | None:
    """What became of past odds of a metric in the band of a probability; None without any."""
    return next(
        (
            one
            for one in odds
            if one.metric == metric and chance is not None and _is_within(chance, one.low, one.high)
        ),
        None,
    )
