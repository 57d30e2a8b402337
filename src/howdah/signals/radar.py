"""The radar: every detector run on one scene, and the few findings worth a reader's minute."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from howdah.core.finding import Finding
from howdah.estimates.health import market_index
from howdah.signals import (
    acceleration,
    contradictions,
    copycats,
    crossings,
    events,
    faults,
    growth,
    inflows,
    launches,
    overtaking,
)
from howdah.signals.acceleration import find_accelerations
from howdah.signals.changes import changes_in, counted
from howdah.signals.contradictions import find_contradictions, find_identity_gaps
from howdah.signals.copycats import find_copycats
from howdah.signals.crossings import find_crossings
from howdah.signals.events import find_events
from howdah.signals.faults import find_faults
from howdah.signals.growth import find_growth
from howdah.signals.inflows import find_inflows
from howdah.signals.launches import find_launches
from howdah.signals.overtaking import find_overtakings
from howdah.signals.scene import NEWS_DAYS, Scene

#: Methods of all detectors: what they found is comparable while these are the same.
METHODS = tuple(
    module.METHOD
    for module in (
        acceleration,
        contradictions,
        copycats,
        crossings,
        events,
        faults,
        growth,
        inflows,
        launches,
        overtaking,
    )
)

#: Findings that a reader is shown: a mind holds about this many.
MAX_SHOWN = 9

#: Places kept for each followed segment, before the rest go by priority.
PLACES_PER_SEGMENT = 2

#: No kind may fill the page: the second of a kind tells less than the first of another.
MAX_OF_A_KIND = 3


def find_all(scene: Scene) -> list[Finding]:
    """Every finding of every detector, best first."""
    index = market_index(scene.observations)
    exact = counted(scene)
    table = changes_in(exact, scene.as_of - dt.timedelta(days=NEWS_DAYS))
    found = [
        *find_overtakings(scene, index),
        *find_growth(scene, index, table),
        *find_accelerations(scene, index, exact, table),
        *find_launches(scene, index, exact),
        *find_crossings(scene, index),
        *find_contradictions(scene),
        *find_identity_gaps(scene),
        *find_faults(scene, index),
        *find_copycats(scene),
        *find_inflows(scene),
        *find_events(scene),
    ]
    return ranked(found)


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by priority, the highest first."""
    return sorted(findings, key=_rank)


def choose(
    findings: Sequence[Finding], followed: Sequence[str], *, limit: int = MAX_SHOWN
) -> list[Finding]:
    """The findings to show: places for each followed segment, then by priority.

    Each followed segment with a finding has a place, in the user's order, as far as there is
    room, and then a second one of another kind; what is left goes by priority. Of one entity and
    metric one finding is shown. A kind gets more than `MAX_OF_A_KIND` places only where a segment
    has nothing else for its first.

    Parameters
    ----------
    findings
        In any order.
    followed
        Ids of followed segments, in the user's order.
    """
    ordered = ranked(findings)
    chosen: list[Finding] = []
    subjects: set[tuple[str, str]] = set()
    kinds: Counter[str] = Counter()

    def take(candidates: Iterable[Finding], *, per_kind: int) -> bool:
        for finding in candidates:
            subject = (finding.entity, finding.metric)
            if subject not in subjects and kinds[finding.kind] < per_kind:
                chosen.append(finding)
                subjects.add(subject)
                kinds[finding.kind] += 1
                return True
        return False

    places = [segment for _ in range(PLACES_PER_SEGMENT) for segment in dict.fromkeys(followed)]
    for n, segment in enumerate(places):
        if len(chosen) >= limit:
            break
        own = [f for f in ordered if f.segment == segment]
        shown = {f.kind for f in chosen if f.segment == segment}
        is_first = n < len(places) // PLACES_PER_SEGMENT
        others = [f for f in own if f.kind not in shown]
        if not take(others, per_kind=MAX_OF_A_KIND) and is_first:
            take(own, per_kind=limit)
    while len(chosen) < limit and take(ordered, per_kind=MAX_OF_A_KIND):
        pass
    return ranked(chosen)


def _rank(finding: Finding) -> tuple[float, str]:
    return -finding.priority, finding.finding_id
