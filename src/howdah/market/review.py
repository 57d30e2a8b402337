"""Doubtful pairs of entities: the queue, and the judgements that empty it."""

from dataclasses import dataclass

from howdah.claims import write_lock
from howdah.core.entity import Judgement
from howdah.core.errors import InputError, given_as
from howdah.entities import Decision, PairScore
from howdah.market.workspace import Workspace

#: Match probability from which a pair about what is followed goes before surer ones.
_LEADING_PROBABILITY = 0.8


@dataclass(frozen=True, slots=True)
class PairToJudge:
    """A doubtful pair.

    Attributes
    ----------
    is_followed
        Whether one of the two is followed, or belongs to something that is.
    """

    left: str
    right: str
    score: PairScore
    is_followed: bool


def queue(ws: Workspace) -> tuple[PairToJudge, ...]:
    """Pairs that may be the same and that nobody has judged.

    Probable ones that touch what the market follows come first; then the surest, which are
    nearest to being accepted without asking.
    """
    followed = _followed(ws)
    pairs = [
        PairToJudge(p.left, p.right, p.score, not followed.isdisjoint({p.left, p.right}))
        for p in ws.resolver.review_queue()
    ]
    return tuple(sorted(pairs, key=_most_useful_first))


def _most_useful_first(pair: PairToJudge) -> tuple[bool, float, str, str]:
    leads = pair.is_followed and pair.score.match_probability >= _LEADING_PROBABILITY
    return not leads, -pair.score.match_weight, pair.left, pair.right


def _followed(ws: Workspace) -> set[str]:
    """Canonical ids of what the market follows, and of what belongs to it."""
    follow = ws.config.follow
    heads = {ws.resolve(name).canonical_id for name in follow.products}
    for segment_id in follow.segments:
        heads.update(ws.members(ws.find_segment(segment_id)))
    below = {e.canonical_id for head in heads for e, _ in ws.resolver.descendants(head)}
    return heads | below


def judge(
    ws: Workspace, left: str, right: str, judgement: Judgement, *, by: str, note: str = ""
) -> str:
    """Record whether two entities are the same; the last judgement of a pair holds.

    No claim is rewritten: the judgement is appended, and a later one can take it back.

    Raises
    ------
    UnknownNameError
        No entity has one of the names.
    InputError
        Both names mean one entity already, and the judgement says so too.
    """
    with given_as("left"):
        one = ws.resolve(left)
    with given_as("right"):
        other = ws.resolve(right)
    if one.canonical_id == other.canonical_id:
        if judgement is Judgement.SAME:
            raise InputError(f"{left!r} and {right!r} are one entity already: {one.canonical_id}.")
        raise InputError(
            f"{left!r} and {right!r} are both {one.canonical_id}. To part them, judge two of its "
            f"identifiers: {', '.join(str(i) for i in one.referents)}."
        )
    decision = Decision(
        left=one.canonical_id,
        right=other.canonical_id,
        judgement=judgement,
        recorded_at=ws.now(),
        judged_by=by,
        reasons=(note,) if note else (),
    )
    with write_lock(ws.folder / "lake"):
        ws.judgements.append([decision])
    ws.forget()
    return decision.judgement_id
