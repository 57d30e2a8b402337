"""Weights of findings by the record of their class: a class with a poor record sinks."""

from howdah.core.finding import FindingKind
from howdah.core.record import Record

#: Weight of a class without a record: less than that of one that was right as often as not.
_UNTOLD = 0.6

#: Weight of a class that is always wrong, and what being always right adds.
_LEAST = 0.3
_GAIN = 0.9

#: Weight of a class that does no better than what was no finding.
_NO_BETTER = 0.7


def order_weight(record: Record, kind: FindingKind) -> float:
    """What a finding's priority is multiplied by, in (0, 1.2].

    From the lower end of the rate's interval, so that what rests on few cases leads less; less
    again where comparable ones that were no findings came out right as often. A fault of
    measurement is a warning about others, which does not wait for a record.

    Examples
    --------
    >>> order_weight(Record("not asked"), "growth")
    0.6
    >>> round(order_weight(Record("scored", rate=0.9, lower=0.8, base_rate=0.5), "growth"), 2)
    1.02
    >>> round(order_weight(Record("scored", rate=0.5, lower=0.4, base_rate=0.6), "growth"), 2)
    0.46
    """
    if record.rate is None or record.lower is None:
        return 1.0 if kind == "measurement" else _UNTOLD
    weight = _LEAST + _GAIN * record.lower
    is_better = record.base_rate is None or record.rate > record.base_rate
    return weight if is_better else _NO_BETTER * weight
