"""The built front end as files: found at the start, served from memory, packed where it can be."""

import mimetypes
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

from howdah.surfaces.http.problems import Problem

#: Where the front end's build goes.
BUNDLE = Path(__file__).parent.parent / "web" / "bundle"

#: Addresses of the app's pages, as its ``app.tsx`` has them.
PAGES = frozenset(
    {
        "", "entity", "league", "compare", "flows", "directions", "brief", "features", "decisions",
        "sources", "feeds", "findings", "hits", "backtests", "review",
    }
)  # fmt: skip

#: Files whose names hold a digest of what they are.
_HASHED = "assets/"

_ENCODINGS = {".br": "br", ".gz": "gzip"}

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class _File:
    media_type: str
    cache_control: str
    bodies: dict[str, bytes]


class Bundle:
    """The files of a built front end.

    They are read once: no address is ever turned into a path, so none leads out of the folder.

    Parameters
    ----------
    folder
        What the build wrote; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, _File] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix not in _ENCODINGS:
                name = path.relative_to(folder).as_posix()
                self._files[name] = _file(path, name)

    @property
    def is_built(self) -> bool:
        """Whether there is a front end."""
        return "index.html" in self._files

    async def serve(self, request: Request) -> Response:
        """A file of the front end; its page for every address that is none.

        Where the app has nothing at an address its page comes with 404 and says so itself.
        """
        name = request.url.path.lstrip("/")
        file = self._files.get(name)
        is_known = file is not None or name in PAGES
        if file is None and not name.startswith("api/") and not Path(name).suffix:
            file = self._files.get("index.html")
        if file is None:
            detail = (
                "Nothing is at this address. /openapi.json lists all that there are."
                if self.is_built
                else "The app is not built here; the API is at /api/v1, its description at "
                "/openapi.json. Build the app with `./run web` in a checkout."
            )
            return Problem(HTTPStatus.NOT_FOUND, "not-found", detail).response()
        accepted = request.headers.get("accept-encoding", "")
        encoding = next((e for e in ("br", "gzip") if e in accepted and e in file.bodies), "")
        headers = {"Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
        if encoding:
            headers["Content-Encoding"] = encoding
        status = HTTPStatus.OK if is_known else HTTPStatus.NOT_FOUND
        return Response(file.bodies[encoding], status, headers=headers, media_type=file.media_type)


def _file(path: Path, name: str) -> _File:
    bodies = {"": path.read_bytes()}
    for ending, encoding in _ENCODINGS.items():
        packed = path.with_name(path.name + ending)
        if packed.is_file():
            bodies[encoding] = packed.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    lasting = "public, max-age=31536000, immutable" if name.startswith(_HASHED) else "no-cache"
    return _File(_TYPES.get(path.suffix, guessed), lasting, bodies)
