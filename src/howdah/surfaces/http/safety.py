"""What keeps others out: the host that is asked, where writes come from, what a page may load.

The server binds to loopback, but a browser on the same machine also runs the pages of others.
A page elsewhere whose name is made to point here (DNS rebinding) asks for a host that is not
ours, and is refused. A write must come from a page of our own: its origin is checked, and it
must repeat in a header the token of a cookie, which no other page can read.
"""

import secrets
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from howdah.surfaces.http.problems import Problem

#: Names of this machine to itself.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

TOKEN_COOKIE = "csrf_token"  # noqa: S105 - a name
TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - a name

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: What a page may load: this server's files alone, and no code or style inside a page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Safety:
    """Refuses what is not ours, and marks every response with what a browser may do with it.

    Parameters
    ----------
    app
        What is kept safe.
    port
        The port that hosts must name; None takes any.
    token
        What writes must show; made anew for each server.
    """

    def __init__(self, app: ASGIApp, port: int | None, token: str | None = None) -> None:
        self._app = app
        self._port = port
        self._token = token or secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        has_token = _cookie(headers) == self._token

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    found.setdefault(name, value)
                if not has_token and scope["method"] == "GET":
                    found.append(
                        "Set-Cookie", f"{TOKEN_COOKIE}={self._token}; Path=/; SameSite=Strict"
                    )
            await send(message)

        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            response = refusal.response()
            await response(scope, receive, marked)
            return
        await self._app(scope, receive, marked)

    def _refusal(self, method: str, headers: Headers) -> Problem | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return Problem(
                HTTPStatus.MISDIRECTED_REQUEST,
                "host",
                f"This server does not answer for host {host[:100]!r}. It is asked as 127.0.0.1 or "
                "localhost, on this machine alone.",
            )
        if method in _SAFE_METHODS:
            return None
        origin = headers.get("origin")
        is_elsewhere = headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
        if is_elsewhere or origin not in {None, f"http://{host}"}:
            return Problem(
                HTTPStatus.FORBIDDEN,
                "origin",
                f"A page of {(origin or 'another site')[:100]!r} may not write here. Use the app "
                "of this server.",
            )
        shown = headers.get(TOKEN_HEADER, "")
        if not secrets.compare_digest(shown.encode(), self._token.encode()):
            return Problem(
                HTTPStatus.FORBIDDEN,
                "token",
                f"A write must repeat the value of the cookie {TOKEN_COOKIE} in the header "
                f"{TOKEN_HEADER}. Any GET sets the cookie; a restarted server makes a new one.",
            )
        return None

    def _is_ours(self, host: str) -> bool:
        name, colon, port = host.rpartition(":")
        if not colon or host.endswith("]"):
            name, port = host, "80"
        return name.lower() in LOOPBACK and (self._port is None or port == str(self._port))


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(TOKEN_COOKIE)
    except CookieError:
        return ""
    return "" if found is None else found.value
