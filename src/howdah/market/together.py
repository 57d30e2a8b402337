"""What figures of one metric with several parties add up to: the spend in all channels."""

from collections.abc import Sequence
from itertools import groupby

from howdah.core.estimate import Estimate
from howdah.core.metrics import Scale
from howdah.estimates.leagues import add_up
from howdah.market.pages.entity import Series, Together
from howdah.market.workspace import Workspace

_Ends = tuple[float | None, float | None, float | None, float]


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
        if len(told) < 2 or any(e.status != "point" for e in told.values()):  # noqa: PLR2004 - several
            continue
        total = _total(list(told.values()), kind.scale)
        if total is not None:
            found.append(Together(*key, period.label, tuple(told), *total))
    return tuple(found)


def _total(parts: Sequence[Estimate], scale: Scale) -> _Ends | None:
    """Value, lower and upper end and their probability; None where the parts do not add up."""
    # A counted zero adds nothing and is off by nothing; the scale of the others cannot hold it.
    some = [e for e in parts if not e.value == e.lower == e.upper == 0] or parts[:1]
    if len(some) > 1:
        summed = add_up(some, scale)
        return None if summed is None else summed.total[:4]
    (one,) = some
    # A tally is open above: what nobody reported is in no sum.
    return None if one.upper is None else (one.value, one.lower, one.upper, one.prob)


def _kind(s: Series) -> tuple[str, str, str, str]:
    return s.metric, s.definition, s.unit, s.currency
