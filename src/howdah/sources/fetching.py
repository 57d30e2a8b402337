"""Pulling the bytes of a feed: local paths, globs, and HTTP with retries.

A pull over HTTP is conditional (ETag, Last-Modified), bounded in size, and complete or an
error: a body shorter than the server announced is never taken for the feed.
"""

import glob
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import stamina

from howdah.core import settings
from howdah.core.errors import FileFormatError, TerminalFeedError, TransientFeedError
from howdah.sources.addresses import GuardedTransport, has_proxy
from howdah.sources.retrying import RETRIED, wait_as_asked
from howdah.sources.spec import FeedSpec

_CHUNK = 1 << 20
_MAX_REDIRECTS = 10


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version it sent, to ask for newer ones only."""

    etag: str = ""
    last_modified: str = ""


def local_files(spec: FeedSpec, root: Path) -> list[Path]:
    """Files of a local feed, in order of name; of documents, those in folders too.

    Raises
    ------
    FileFormatError
        No file matches.
    """
    pattern = str(root / spec.path)
    paths = [Path(path) for path in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207 - absolute patterns
    if spec.documents is not None:
        folders = [path for path in paths if path.is_dir()]
        if folders:
            below = {file for folder in folders for file in folder.rglob("*")}
            named = {path for path in paths if path.is_file()}
            return sorted(f for f in named | below if f.is_file() and not f.name.startswith("."))
    paths = [path for path in paths if path.is_file()]
    if not paths:
        raise FileFormatError(
            pattern, "no such file.", f"Put it there, or mend `path` of feed {spec.id!r}."
        )
    return paths


def download(
    spec: FeedSpec, target: Path, validators: Validators = Validators()
) -> Validators | None:
    """Download a feed's URL to `target`; None when the server says it has not changed.

    Raises
    ------
    TransientFeedError
        The server kept failing, kept asking to wait, or broke off.
    TerminalFeedError
        The server refused, the body is too large, a secret is missing, or the server's address is
        not public and the spec does not allow that.
    """
    secrets = _secret_headers(spec)
    headers = {"User-Agent": "howdah"}
    headers |= {k: v for k, v in spec.http.headers.items() if isinstance(v, str)}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    timeout = httpx2.Timeout(settings.get_number("http_timeout_seconds"))
    attempts = int(settings.get_number("http_attempts"))
    # A proxy looks names up itself, and decides for all who go through it.
    is_guarded = not spec.http.private and not has_proxy(spec.path)
    transport = GuardedTransport(spec.id) if is_guarded else None
    with httpx2.Client(timeout=timeout, headers=headers, transport=transport) as client:
        for attempt in stamina.retry_context(
            on=TransientFeedError, attempts=attempts, wait_initial=0.2, wait_max=20.0, timeout=None
        ):
            with attempt:
                return _attempt(client, spec, secrets, target)
    raise AssertionError("the retry loop returns or raises")


def _attempt(
    client: httpx2.Client, spec: FeedSpec, secrets: dict[str, str], target: Path
) -> Validators | None:
    place = _without_query(spec.path)
    try:
        request = client.build_request("GET", spec.path, headers=secrets)
        for _ in range(_MAX_REDIRECTS + 1):
            response = client.send(request, stream=True)
            with closing(response):
                if response.next_request is None:
                    return _received(response, spec, target)
                request = _redirected(response.next_request, spec.path, secrets)
    except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
        raise TerminalFeedError(spec.id, f"{place}: {error}.") from None
    except httpx2.HTTPError as error:
        # Its text may hold the whole URL; its kind tells enough.
        kind = type(error).__name__
        raise TransientFeedError(spec.id, f"{place} did not answer in full ({kind}).") from None
    raise TerminalFeedError(spec.id, f"{place} redirected more than {_MAX_REDIRECTS} times.")


def _redirected(request: httpx2.Request, path: str, secrets: dict[str, str]) -> httpx2.Request:
    """The request that follows a redirect; another server does not get the secrets."""
    asked = httpx2.URL(path)
    if (request.url.scheme, request.url.netloc) != (asked.scheme, asked.netloc):
        for name in secrets:
            request.headers.pop(name, None)
    return request


def _received(response: httpx2.Response, spec: FeedSpec, target: Path) -> Validators | None:
    if response.status_code == httpx2.codes.NOT_MODIFIED:
        return None
    said = f"{response.status_code} {response.reason_phrase}".strip()
    place = _without_query(spec.path)
    if response.status_code in RETRIED:
        wait_as_asked(response)
        raise TransientFeedError(spec.id, f"{place} answered {said}.")
    if not response.is_success:
        raise TerminalFeedError(
            spec.id, f"{place} answered {said}. Check `path` and [http] headers in its spec."
        )
    _save(response, spec, target)
    return Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))


def _save(response: httpx2.Response, spec: FeedSpec, target: Path) -> None:
    limit = settings.get_number("max_input_gb") * 1e9
    n_bytes = 0
    with target.open("wb") as file:
        for chunk in response.iter_bytes(_CHUNK):
            n_bytes += len(chunk)
            if n_bytes > limit:
                raise TerminalFeedError(
                    spec.id, f"the answer is larger than {limit / 1e9:g} GB (HOWDAH_MAX_INPUT_GB)."
                )
            file.write(chunk)
    if n_bytes == 0:
        raise TransientFeedError(spec.id, f"{_without_query(spec.path)} sent an empty answer.")


def _secret_headers(spec: FeedSpec) -> dict[str, str]:
    """Headers whose values the spec names by environment variables.

    Raises
    ------
    TerminalFeedError
        A variable is not set or cannot be a header; its value is not shown.
    """
    headers = {}
    for name, value in spec.http.headers.items():
        if isinstance(value, str):
            continue
        found = (settings.secret(value.env) or "").strip()
        problem = "" if found else "is not set"
        if not (found.isascii() and found.isprintable()):
            problem = "holds characters that a header cannot"
        if problem:
            raise TerminalFeedError(
                spec.id,
                f"header {name!r} needs the environment variable {value.env}, which {problem}.",
            )
        headers[name] = found
    return headers


def _without_query(url: str) -> str:
    # A query may hold what should not be shown; the host and path tell enough.
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
