"""Doubtful pairs of entities: the queue, and the judgements that empty it."""

from howdah.claims import write_lock
from howdah.core.entity import Judgement
from howdah.core.errors import InputError
from howdah.entities import Decision, ScoredPair
from howdah.market.workspace import Workspace


def queue(ws: Workspace) -> tuple[ScoredPair, ...]:
    """Pairs that may be the same and that nobody has judged, surest first."""
    return ws.resolver.review_queue()


def judge(ws: Workspace, left: str, right: str, judgement: Judgement, *, by: str) -> str:
    """Record whether two entities are the same; the last judgement of a pair holds.

    No claim is rewritten: the judgement is appended, and a later one can take it back.

    Raises
    ------
    UnknownNameError
        No entity has one of the names.
    InputError
        Both names mean one entity already, and the judgement says so too.
    """
    one, other = ws.resolver.resolve(left), ws.resolver.resolve(right)
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
    )
    with write_lock(ws.folder / "lake"):
        ws.judgements.append([decision])
    ws.forget()
    return decision.judgement_id
