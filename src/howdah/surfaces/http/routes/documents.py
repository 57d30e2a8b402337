"""Addresses of the manual."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from howdah.surfaces.http import manual

router = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def description(request: Request) -> HTMLResponse:
    """Every address of the API."""
    return HTMLResponse(manual.description_page(request.app.openapi()))


@router.get("/problems")
async def problems() -> HTMLResponse:
    """Every type of problem."""
    return HTMLResponse(manual.problems_page())


@router.get("/style.css")
async def style() -> Response:
    """The style of these pages."""
    return Response(manual.style(), media_type="text/css")
