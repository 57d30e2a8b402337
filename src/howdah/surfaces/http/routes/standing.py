"""Whether the server lives, can answer, and what it is doing."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

if TYPE_CHECKING:
    from howdah.surfaces.http.accounting import Account
    from howdah.surfaces.http.reader import Reader
    from howdah.surfaces.http.schedule import Schedule

router = APIRouter(tags=["server"])


@router.get("/health")
async def health(request: Request) -> dict[str, Any]:
    """The server lives; which jobs it does, and how far the dates of the slider are prepared."""
    schedule: Schedule | None = request.app.state.schedule
    if schedule is None:
        return {"status": "ok"}
    running = schedule.running
    return {
        "status": "ok",
        "jobs": {
            "running": None if running is None else running.kind,
            "waiting": len(schedule.waiting),
            "done": schedule.n_done,
            "failed": schedule.n_failed,
        },
        "preparation": {
            "dates": [day.isoformat() for day in schedule.preparation.dates],
            "done": schedule.preparation.n_done,
        },
        "feeds": [
            {
                "feed": one.feed,
                "cadence": one.cadence,
                "last_success": None if one.last_success is None else one.last_success.isoformat(),
                "is_failing": bool(one.error),
            }
            for one in schedule.pulls.values()
        ],
    }


@router.get("/ready")
async def ready(request: Request) -> dict[str, str]:
    """The market is there, in this version."""
    reader: Reader = request.app.state.reader
    return {"status": "ready", "version": reader.standing().version}


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """What was asked and how fast it was answered, for Prometheus."""
    account: Account = request.app.state.account
    return Response(account.text(), media_type=CONTENT_TYPE_LATEST)
