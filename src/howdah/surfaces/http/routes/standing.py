"""Whether the server lives and can answer."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request

if TYPE_CHECKING:
    from howdah.surfaces.http.reader import Reader

router = APIRouter(tags=["server"])


@router.get("/health")
async def health() -> dict[str, str]:
    """The server lives."""
    return {"status": "ok"}


@router.get("/ready")
async def ready(request: Request) -> dict[str, str]:
    """The market is there, in this version."""
    reader: Reader = request.app.state.reader
    return {"status": "ready", "version": reader.standing().version}
