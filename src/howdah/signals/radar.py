"""The radar: every detector run on one scene, and the few findings worth a reader's minute."""

from collections.abc import Sequence

from howdah.core.finding import Finding
from howdah.signals.contradictions import find_contradictions, find_identity_gaps
from howdah.signals.crossings import find_crossings
from howdah.signals.events import find_events
from howdah.signals.faults import find_faults
from howdah.signals.growth import find_growth
from howdah.signals.index import market_index
from howdah.signals.overtaking import find_overtakings
from howdah.signals.scene import Scene

#: Findings that a reader is shown: a mind holds about this many.
MAX_SHOWN = 9

#: Places kept for each followed segment, before the rest go by priority.
PLACES_PER_SEGMENT = 2

#: No kind may fill the page: the second of a kind tells less than the first of another.
MAX_OF_A_KIND = 3


def find_all(scene: Scene) -> list[Finding]:
    """Every finding of every detector, best first."""
    index = market_index(scene.observations)
    found = [
        *find_overtakings(scene),
        *find_growth(scene, index),
        *find_crossings(scene),
        *find_contradictions(scene),
        *find_identity_gaps(scene),
        *find_faults(scene, index),
        *find_events(scene),
    ]
    return sorted(found, key=lambda f: (-f.priority, f.finding_id))


def choose(
    findings: Sequence[Finding], followed: Sequence[str], *, limit: int = MAX_SHOWN
) -> list[Finding]:
    """The findings to show: places for each followed segment, then by priority.

    Parameters
    ----------
    findings
        Best first.
    followed
        Ids of followed segments, in the user's order.
    """
    chosen: list[Finding] = []

    def may_take(finding: Finding, *, per_kind: int) -> bool:
        taken = sum(f.kind == finding.kind for f in chosen)
        same_entity = any(f.entity == finding.entity and f.metric == finding.metric for f in chosen)
        return finding not in chosen and taken < per_kind and not same_entity

    for segment in followed:
        own = [f for f in findings if f.segment == segment]
        for _ in range(PLACES_PER_SEGMENT):
            kinds = {f.kind for f in chosen if f.segment == segment}
            pick = next(
                (f for f in own if f.kind not in kinds and may_take(f, per_kind=limit)),
                next((f for f in own if may_take(f, per_kind=limit)), None),
            )
            if pick is not None and len(chosen) < limit:
                chosen.append(pick)
    for finding in findings:
        if len(chosen) >= limit:
            break
        if may_take(finding, per_kind=MAX_OF_A_KIND):
            chosen.append(finding)
    return sorted(chosen, key=lambda f: (-f.priority, f.finding_id))
