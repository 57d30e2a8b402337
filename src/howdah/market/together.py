"""What figures of one metric with several parties add up to: the spend in all channels."""

from collections.abc import Sequence
from itertools import groupby

from howdah.estimates.leagues import add_up
from howdah.market.pages.entity import Series, Together
from howdah.market.workspace import Workspace


def add_parties(ws: Workspace, series: Sequence[Series]) -> tuple[Together, ...]:
    """Sums over the parties of an entity's metrics that are counted over a period.

    Where a source tells of some parties and not of another, nothing ran with that one; where it
    tells itself of all together, that is a series of its own and nothing is added up.

    Parameters
    ----------
    series
        Of one entity, those that differ in the other party alone one after another.
    """
    found = []
    for key, group in groupby(series, key=_kind):
        own = list(group)
        kind = ws.metrics[key[0]]
        if len(own) < 2 or any(not s.object for s in own) or kind.shape != "flow":  # noqa: PLR2004 - several
            continue
        period = max((s.last.period for s in own), key=lambda p: (str(p.end), str(p.start)))
        told = {s.object: s.last for s in own if s.last.period == period}
        summed = None
        if len(told) > 1 and all(e.status == "point" for e in told.values()):
            summed = add_up(list(told.values()), kind.scale)
        if summed is not None:
            total = summed.total
            found.append(
                Together(
                    *key, period.label, tuple(told),
                    total.value, total.lower, total.upper, total.prob,
                )
            )  # fmt: skip
    return tuple(found)


def _kind(s: Series) -> tuple[str, str, str, str]:
    return s.metric, s.definition, s.unit, s.currency
