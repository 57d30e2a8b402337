"""Whether the server lives, can answer, and what it is doing."""

import datetime as dt
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from howdah.surfaces.http.accounting import Account
    from howdah.surfaces.http.reader import Reader
    from howdah.surfaces.http.schedule import Schedule

router = APIRouter(tags=["server"])


class Jobs(BaseModel):
    """What is done beside answering."""

    running: str | None = Field(description="Kind of the job that runs.")
    waiting: int
    done: int
    failed: int


class Preparation(BaseModel):
    """How far the dates of the slider are prepared."""

    dates: list[dt.date]
    done: int = Field(description="How many of them.")


class FeedHealth(BaseModel):
    """How the pulls of a feed go."""

    feed: str
    cadence: str
    last_success: dt.datetime | None
    is_failing: bool


class Health(BaseModel):
    """The server lives; the rest is told where it does jobs."""

    status: Literal["ok"]
    jobs: Jobs | None = None
    preparation: Preparation | None = None
    feeds: list[FeedHealth] | None = None


class Ready(BaseModel):
    """The market is there."""

    status: Literal["ready"]
    version: str = Field(description="Of the market.")


@router.get("/health", response_model_exclude_unset=True)
async def health(request: Request) -> Health:
    """The server lives; which jobs it does, and how far the dates of the slider are prepared."""
    schedule: Schedule | None = request.app.state.schedule
    if schedule is None:
        return Health(status="ok")
    running = schedule.running
    return Health(
        status="ok",
        jobs=Jobs(
            running=None if running is None else running.kind,
            waiting=len(schedule.waiting),
            done=schedule.n_done,
            failed=schedule.n_failed,
        ),
        preparation=Preparation(
            dates=list(schedule.preparation.dates), done=schedule.preparation.n_done
        ),
        feeds=[
            FeedHealth(
                feed=one.feed,
                cadence=one.cadence,
                last_success=one.last_success,
                is_failing=bool(one.error),
            )
            for one in schedule.pulls.values()
        ],
    )


@router.get("/ready")
async def ready(request: Request) -> Ready:
    """The market is there, in this version."""
    reader: Reader = request.app.state.reader
    return Ready(status="ready", version=reader.standing().version)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """What was asked and how fast it was answered, for Prometheus."""
    account: Account = request.app.state.account
    return Response(account.text(), media_type=CONTENT_TYPE_LATEST)
