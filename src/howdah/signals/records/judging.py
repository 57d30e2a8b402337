"""Judging: the findings of a past date held against what was known a quarter later.

Each class has one test, fixed here, and the same test is put to comparable ones that were no
findings, so that a rate has something to be held against. Judging reads the later scene alone;
what was found rests on the earlier one, which holds nothing of after its date.
"""

from collections.abc import Callable, Mapping, Sequence

from howdah.core.errors import LookAheadError
from howdah.core.finding import Finding, FindingKind
from howdah.estimates.health import MarketIndex, market_index
from howdah.signals.records.arrivals import judge_copycats, judge_inflows, judge_launches
from howdah.signals.records.cases import Base, Case, Judged
from howdah.signals.records.disputes import judge_contradictions, judge_gaps
from howdah.signals.records.faults import judge_faults
from howdah.signals.records.known import require_known
from howdah.signals.records.moves import judge_accelerations, judge_moves
from howdah.signals.records.orders import judge_crossings, judge_overtakings
from howdah.signals.scene import Scene

#: Classes whose findings no later figure can show right or wrong, with the phrase that says why.
UNSCORABLE: Mapping[FindingKind, str] = {"event": "stated"}

#: What counts as right for each class that is judged when the next origin comes: names of phrases.
TESTS: Mapping[FindingKind, str] = {
    "growth": "kept_half",
    "slump": "kept_half",
    "acceleration": "went_on",
    "launch": "stood_higher",
    "copycat": "followed",
    "inflow": "kept_coming",
    "overtaking": "still_ahead",
    "crossing": "still_beyond",
    "contradiction": "settled",
    "identity_gap": "still_apart",
    "measurement": "still_fault",
}

#: The same for what is judged when its own horizon is over, by the back-test of breakouts.
LATE_TESTS: Mapping[FindingKind, str] = {"breakout": "came"}

Judge = Callable[[Sequence[Finding], Scene, Scene, MarketIndex, MarketIndex], Judged]

_JUDGES: tuple[tuple[tuple[FindingKind, ...], Judge], ...] = (
    (("growth", "slump"), judge_moves),
    (("acceleration",), judge_accelerations),
    (("launch",), judge_launches),
    (("copycat",), judge_copycats),
    (("inflow",), judge_inflows),
    (("overtaking",), judge_overtakings),
    (("crossing",), judge_crossings),
    (("contradiction",), judge_contradictions),
    (("identity_gap",), judge_gaps),
    (("measurement",), judge_faults),
)


def judge_origin(found: Sequence[Finding], then: Scene, now: Scene) -> Judged:
    """What became of the findings of one date.

    Parameters
    ----------
    found
        Every finding of `find_all` on `then`.
    then, now
        The market as known at the origin and at the date of judgement.

    Returns
    -------
    Judged
        A `Base` for every class of `TESTS`, so that an origin without findings is told from one
        that was never looked at.

    Raises
    ------
    LookAheadError
        A finding, or the earlier scene, knows something of after the origin.
    """
    require_known(then)
    require_known(now)
    late = [f.as_of for f in found if f.as_of > then.as_of]
    if late or now.as_of <= then.as_of:
        raise LookAheadError("A finding", then.as_of, max([*late, now.as_of]))
    index = market_index(then.observations), market_index(now.observations)
    cases: list[Case] = []
    bases = {kind: Base(kind, then.as_of, now.as_of, 0, 0) for kind in TESTS}
    for kinds, judge in _JUDGES:
        own = [f for f in found if f.kind in kinds]
        judged = judge(own, then, now, *index)
        cases += judged.cases
        bases |= {base.kind: base for base in judged.bases}
    return Judged(tuple(cases), tuple(bases.values()))
