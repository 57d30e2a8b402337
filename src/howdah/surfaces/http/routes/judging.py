"""Addresses that write: what a reviewer judges, and what is decided."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from howdah.surfaces.http.problems import BODY

if TYPE_CHECKING:
    from howdah.surfaces.http.reader import Reader

router = APIRouter(prefix="/api/v1")

_Text = Annotated[str, Field(min_length=1, max_length=500)]


class _Said(BaseModel):
    """What every judgement has."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field("analyst", min_length=1, max_length=100, description="Role of who decides.")
    note: str = Field("", max_length=2000, description="Why.")


class PairJudgement(_Said):
    """Whether two entities are the same."""

    left: _Text
    right: _Text
    judgement: Literal["same", "different", "unsure"]


class ClaimVerdict(_Said):
    """Whether a claim counts."""

    claim: _Text
    verdict: Literal["keep", "drop"]


class GroupVerdict(_Said):
    """Whether all claims of a group of copies count."""

    group: _Text
    verdict: Literal["keep", "drop"]


class Word(BaseModel):
    """Words of a sentence that say its subject or metric."""

    model_config = ConfigDict(extra="forbid")

    field: Literal["subject", "metric"]
    text: _Text


class PassageJudgement(_Said):
    """Whether a sentence was read rightly, and what is right."""

    passage: _Text
    judgement: Literal["accept", "correct", "reject"]
    fields: dict[str, str] = Field({}, max_length=20, description="With correct: what is right.")
    word: Word | None = None


class Decision(_Said):
    """What is done about a finding or a direction, and what it is to bring."""

    about: _Text = Field(description="Id of a finding (f...), or of a segment: a direction.")
    what: _Text = Field(description="What is done.")
    owner: str = Field(min_length=1, max_length=100, description="Role of who carries it out.")
    expect: _Text = Field(
        description="Effect: METRIC of NAME at least|at most NUMBER by DATE.",
        examples=["dau of Kimi at least 8M by 2030-06-30"],
    )
    review: dt.date = Field(description="Day on which it is looked at again.")
    definition: str | None = Field(
        None, max_length=200, description="Whose figure, where there are several."
    )
    as_of: dt.date | None = Field(
        None, description="Knowledge date of what it is decided on; absent, the market's own."
    )


class Withdrawal(_Said):
    """That a decision holds no more."""

    withdraw: _Text = Field(description="Id of the decision (d...).")


def _which(field: str, otherwise: str) -> Discriminator:
    """Which of two bodies is meant, so that what is wrong with it is told of its fields alone.

    Parameters
    ----------
    field
        That the one has and the other has not, and by which it is known.
    """

    def chosen(body: object) -> str:
        is_it = isinstance(body, dict) and field in body
        return f"{BODY}{field if is_it else otherwise}"

    return Discriminator(chosen)


_VerdictSaid = Annotated[
    Annotated[ClaimVerdict, Tag(f"{BODY}claim")] | Annotated[GroupVerdict, Tag(f"{BODY}group")],
    _which("group", "claim"),
]
_DecisionSaid = Annotated[
    Annotated[Decision, Tag(f"{BODY}about")] | Annotated[Withdrawal, Tag(f"{BODY}withdraw")],
    _which("withdraw", "about"),
]


@router.post("/review/pairs/judgements", tags=["review"])
async def judge_pair(request: Request, said: PairJudgement) -> Response:
    """Decide whether two entities are the same; the last judgement holds."""
    return await _written(request, "judge_pair", said)


@router.post("/review/claims/judgements", tags=["review"])
async def judge_claim(request: Request, said: _VerdictSaid) -> Response:
    """Keep a claim whatever the rules say, or drop it; the last verdict holds."""
    return await _written(request, "judge_claim", said)


@router.post("/review/passages/judgements", tags=["review"])
async def judge_passage(request: Request, said: PassageJudgement) -> Response:
    """Accept, correct or reject what a sentence was read as; the last judgement holds."""
    return await _written(request, "judge_passage", said)


@router.post("/decisions", tags=["guidance"])
async def decide(request: Request, said: _DecisionSaid) -> Response:
    """Record a decision, or take one back; it counts from today on, earlier dates stay as they are.

    With an owner, a day of review and an effect that later estimates can tell.
    """
    return await _written(request, "decide", said)


async def _written(request: Request, use: str, said: BaseModel) -> Response:
    reader: Reader = request.app.state.reader
    written = await reader.write(use, said.model_dump())
    if written.problem is not None:
        return written.problem.response()
    return Response(written.body, media_type=written.media_type)
