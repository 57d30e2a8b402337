"""Lists that run side by side: "A, B and C have 1, 2 and 3 million respectively"."""

import re

from howdah.documents.numbers import Number, unit_class
from howdah.documents.spans import Mention, Period

#: What stands between the numbers of a list.
_JOINT = re.compile(r"[\s、,和及与;/&]*(?:and|以及)?[\s]*(?:约|近|超)?")

#: The same behind a unit: "3.1亿元、2.8亿元和0.7亿元".
_UNIT_JOINT = re.compile(rf"(?:[元美港日]元|[元人名家个次])?{_JOINT.pattern}")

#: What stands between the periods of a list.
_PERIOD_JOINT = re.compile(r"(?:\s*(?:[、,/&]|和|与|及|以及|and|in|during))+\s*")


def alignment(number: Number, name: int) -> str:
    """Whether a name has the place in its list that the number has in its own.

    Parameters
    ----------
    name
        Which of the passage's names.

    Returns
    -------
    str
        aligned or misaligned; "" where no two lists of one length run side by side.
    """
    passage = number.passage
    group, place, size = passage.groups[name]
    at, length = run_of_numbers(number)
    if size == 1 or length != size or not _is_last_list(number, passage.mentions, group):
        return ""
    return "aligned" if at == place else "misaligned"


def period_alignment(number: Number, period: Period) -> str:
    """Whether a period has the place in its list that the number has in its own.

    Returns
    -------
    str
        aligned or misaligned; "" where no two lists of one length run side by side.
    """
    at, length = run_of_numbers(number, _UNIT_JOINT)
    if length == 1:
        return ""
    lower = number.marked.lower
    ahead = [p for p in number.passage.periods if p.end <= number.quantity.start]
    runs: list[list[Period]] = []
    for n, one in enumerate(ahead):
        if n and _PERIOD_JOINT.fullmatch(lower, ahead[n - 1].end, one.start):
            runs[-1].append(one)
        else:
            runs.append([one])
    lists = [run for run in runs if len(run) > 1]
    if not lists or len(lists[-1]) != length or period not in lists[-1]:
        return ""
    return "aligned" if lists[-1].index(period) == at else "misaligned"


def run_of_numbers(number: Number, joints: re.Pattern[str] = _JOINT) -> tuple[int, int]:
    """Place of the number in a list of numbers of one unit, and how long that is."""
    quantities = number.passage.quantities
    lower = number.marked.lower
    runs: list[list[int]] = []
    for n, quantity in enumerate(quantities):
        before = quantities[n - 1] if n else None
        joint = before is not None and joints.fullmatch(lower, before.end, quantity.start)
        is_alike = before is not None and unit_class(before) == unit_class(quantity)
        if joint and is_alike and runs:
            runs[-1].append(n)
        else:
            runs.append([n])
    run = next(r for r in runs if number.place in r)
    return run.index(number.place), len(run)


def _is_last_list(number: Number, mentions: tuple[Mention, ...], group: int) -> bool:
    """Whether a list of names is the last before the number."""
    lists = [
        g
        for m, (g, _, size) in zip(mentions, number.passage.groups, strict=True)
        if size > 1 and m.end <= number.quantity.start
    ]
    return bool(lists) and lists[-1] == group
