"""Pulling over HTTP: conditional, patient, complete or an error, and silent about secrets."""

import datetime as dt
import gzip
import threading
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stamina

from howdah.core.errors import FileFormatError, TerminalFeedError, TransientFeedError
from howdah.sources import FeedSpec, Validators, download, local_files
from howdah.sources.retrying import MAX_WAIT_SECONDS

Market = Any
MakeSpec = Callable[..., FeedSpec]

BODY = b"app,v\na,1\n"
CLOSE = object()


class Server:
    """A server that gives the answers it was told to, in order, and then the last one again."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.requests: list[dict[str, str]] = []
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append({k.lower(): v for k, v in self.headers.items()})
                outer.paths.append(self.path)
                many = len(outer.answers) > 1
                status, headers, body = outer.answers.pop(0) if many else outer.answers[0]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}/data.csv"

    def gives(self, *answers: int | tuple[int, dict[str, str], bytes]) -> None:
        self.answers = [
            (answer, {}, BODY if answer == 200 else b"no") if isinstance(answer, int) else answer
            for answer in answers
        ]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("HOWDAH_HTTP_ATTEMPTS", "3")
    monkeypatch.setenv("HOWDAH_HTTP_TIMEOUT_SECONDS", "5")
    found = Server()
    # Tries without the pauses between them.
    with stamina.set_testing(True, attempts=3, cap=True):
        yield found
    found.close()


@pytest.fixture
def spec(server: Server, make_spec: MakeSpec) -> FeedSpec:
    return make_spec(keys=f'path = "{server.url}?page=1"\nhttp.private = true')


def pull(spec: FeedSpec, folder: Path) -> bytes | None:
    target = folder / "pulled"
    found = download(spec, target)
    return target.read_bytes() if found is not None else None


def test_the_second_pull_asks_for_what_is_new(
    server: Server, spec: FeedSpec, tmp_path: Path
) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT"}
    server.gives((200, headers, BODY), (304, {}, b""))
    target = tmp_path / "pulled"
    found = download(spec, target)
    assert found == Validators('"v1"', "Wed, 01 Jan 2025 00:00:00 GMT")
    assert target.read_bytes() == BODY
    assert download(spec, target, found) is None
    assert "if-none-match" not in server.requests[0]
    assert server.requests[1]["if-none-match"] == '"v1"'
    assert server.requests[1]["if-modified-since"] == found.last_modified
    assert server.requests[1]["user-agent"] == "howdah"
    assert server.paths == ["/data.csv?page=1"] * 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_server_that_recovers(
    server: Server, spec: FeedSpec, tmp_path: Path, status: int
) -> None:
    server.gives(status, 200)
    assert pull(spec, tmp_path) == BODY
    assert len(server.requests) == 2


def test_two_faults_then_an_answer(server: Server, spec: FeedSpec, tmp_path: Path) -> None:
    server.gives(500, 500, 200)
    assert pull(spec, tmp_path) == BODY
    assert len(server.requests) == 3


def test_a_server_that_stays_down(server: Server, spec: FeedSpec, tmp_path: Path) -> None:
    server.gives(503)
    with pytest.raises(TransientFeedError) as caught:
        pull(spec, tmp_path)
    assert caught.value.transient
    assert "127.0.0.1" in str(caught.value)
    assert "answered 503 Service Unavailable" in str(caught.value)
    assert "page=1" not in str(caught.value)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_server_that_refuses(server: Server, spec: FeedSpec, tmp_path: Path, status: int) -> None:
    server.gives(status)
    with pytest.raises(TerminalFeedError, match=f"answered {status}.*Check `path` and"):
        pull(spec, tmp_path)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("999999", MAX_WAIT_SECONDS),
        ("-5", None),
        ("nan", None),
        ("soon", None),
        (dt.timedelta(seconds=60), 60.0),
        (dt.timedelta(days=-1), 0.0),
    ],
)
def test_a_server_that_says_when_to_come_back(
    server: Server,
    spec: FeedSpec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: str | dt.timedelta,
    waited: float | None,
) -> None:
    if isinstance(asked, dt.timedelta):
        asked = format_datetime(dt.datetime.now(dt.UTC) + asked, usegmt=True)
    naps: list[float] = []
    monkeypatch.setattr("howdah.sources.retrying.time.sleep", naps.append)
    server.gives((429, {"Retry-After": asked}, b""), 200)
    assert pull(spec, tmp_path) == BODY
    # The last nap is the pause between tries, which is none here.
    assert naps.pop() == 0.0
    if waited is None:
        assert naps == []
    else:
        assert naps == [pytest.approx(waited, abs=30)]
        assert naps[0] <= waited


def test_a_body_shorter_than_announced_is_not_the_feed(
    server: Server, spec: FeedSpec, tmp_path: Path
) -> None:
    server.gives((200, {"Content-Length": "5000"}, BODY), 200)
    assert pull(spec, tmp_path) == BODY
    server.gives((200, {"Content-Length": "5000"}, BODY))
    with pytest.raises(TransientFeedError, match=r"did not answer in full \(RemoteProtocolError"):
        pull(spec, tmp_path)


def test_an_empty_answer_is_not_the_feed(server: Server, spec: FeedSpec, tmp_path: Path) -> None:
    server.gives((200, {}, b""))
    with pytest.raises(TransientFeedError, match="sent an empty answer"):
        pull(spec, tmp_path)


def test_a_packed_answer_is_unpacked_or_refused(
    server: Server, spec: FeedSpec, tmp_path: Path
) -> None:
    packed = gzip.compress(BODY)
    server.gives((200, {"Content-Encoding": "gzip"}, packed))
    assert pull(spec, tmp_path) == BODY
    server.gives((200, {"Content-Encoding": "gzip"}, b"not packed at all"))
    with pytest.raises(TransientFeedError, match=r"did not answer in full \(DecodingError"):
        pull(spec, tmp_path)


def test_an_answer_that_is_too_large(
    server: Server, spec: FeedSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOWDAH_MAX_INPUT_GB", "0.000000005")
    server.gives(200)
    with pytest.raises(TerminalFeedError, match="larger than 5e-09 GB"):
        pull(spec, tmp_path)
    assert len(server.requests) == 1


def test_a_server_that_is_not_there(server: Server, spec: FeedSpec, tmp_path: Path) -> None:
    server.close()
    with pytest.raises(TransientFeedError, match=r"did not answer in full \(ConnectError\)"):
        pull(spec, tmp_path)


def test_a_server_that_says_nothing(
    server: Server, spec: FeedSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOWDAH_HTTP_TIMEOUT_SECONDS", "0.05")
    monkeypatch.setenv("HOWDAH_HTTP_ATTEMPTS", "1")
    server.gives((200, {"Content-Length": "5000"}, BODY))
    with pytest.raises(TransientFeedError, match="did not answer in full"):
        pull(spec, tmp_path)


@pytest.mark.parametrize("where", ["/moved.csv", "{url}"])
def test_a_redirect_is_followed(server: Server, spec: FeedSpec, tmp_path: Path, where: str) -> None:
    server.gives((302, {"Location": where.format(url=server.url)}, b""), 200)
    assert pull(spec, tmp_path) == BODY
    assert len(server.requests) == 2


def test_redirects_without_end(server: Server, spec: FeedSpec, tmp_path: Path) -> None:
    server.gives((302, {"Location": "/again"}, b""))
    with pytest.raises(TerminalFeedError, match="redirected more than 10 times"):
        pull(spec, tmp_path)


SECRET = "s3cret-t0ken"
WITH_SECRET = """[http]
private = true
headers = { Authorization = { env = "VENDOR_TOKEN" }, Accept = "text/csv" }"""


def test_a_secret_comes_from_the_environment(
    server: Server, make_spec: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = make_spec(keys=f'path = "{server.url}"', tables=WITH_SECRET)
    server.gives((302, {"Location": "/moved"}, b""), 200)
    monkeypatch.setenv("VENDOR_TOKEN", f" {SECRET}\n")
    assert pull(spec, tmp_path) == BODY
    assert [request["authorization"] for request in server.requests] == [SECRET, SECRET]
    assert server.requests[0]["accept"] == "text/csv"


def test_a_secret_does_not_follow_to_another_server(
    server: Server, make_spec: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENDOR_TOKEN", SECRET)
    tables = WITH_SECRET.replace("Authorization", "X-Api-Key")
    spec = make_spec(keys=f'path = "{server.url}"', tables=tables)
    other = Server()
    try:
        server.gives((302, {"Location": other.url}, b""))
        other.gives(200)
        assert pull(spec, tmp_path) == BODY
    finally:
        other.close()
    assert server.requests[0]["x-api-key"] == SECRET
    assert "x-api-key" not in other.requests[0]
    assert other.requests[0]["accept"] == "text/csv"


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "is not set"), ("", "is not set"), ("a\nb", "holds characters that a header cannot"),
     ("密", "holds characters that a header cannot")],
)  # fmt: skip
def test_a_secret_that_cannot_be_sent(
    server: Server,
    make_spec: MakeSpec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    value: str | None,
    said: str,
) -> None:
    if value is None:
        monkeypatch.delenv("VENDOR_TOKEN", raising=False)
    else:
        monkeypatch.setenv("VENDOR_TOKEN", value)
    spec = make_spec(keys=f'path = "{server.url}"', tables=WITH_SECRET)
    with pytest.raises(TerminalFeedError) as caught:
        pull(spec, tmp_path)
    assert f"the environment variable VENDOR_TOKEN, which {said}" in str(caught.value)
    assert not value or value not in str(caught.value)
    assert not server.requests


@pytest.mark.parametrize(
    "answer",
    [
        (401, {}, SECRET.encode()),
        (503, {}, SECRET.encode()),
        (200, {"Content-Length": "99"}, BODY),
        (302, {"Location": f"nowhere://{SECRET}"}, b""),
        (200, {"ETag": '"v1"'}, BODY),
    ],
)
def test_no_secret_is_shown_or_kept(
    server: Server,
    market: Market,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, dict[str, str], bytes],
) -> None:
    monkeypatch.setenv("VENDOR_TOKEN", "hush-hush")
    monkeypatch.setenv("HOWDAH_HTTP_ATTEMPTS", "1")
    market.feed("feed", keys=f'path = "{server.url}?page=1"', tables=WITH_SECRET)
    server.gives(answer)
    done = market.update()["feed"]
    assert server.requests[0]["authorization"] == "hush-hush"
    assert bool(done.error) is (answer[1] != {"ETag": '"v1"'})
    assert "hush-hush" not in done.error
    for path in market.folder.rglob("*"):
        if path.is_file():
            assert b"hush-hush" not in path.read_bytes(), path
    assert all("page=1" not in row["place"] for row in market.rows("pulls"))


def test_an_update_of_a_feed_that_has_nothing_new(server: Server, market: Market) -> None:
    market.feed("feed", keys=f'path = "{server.url}"\nhttp.private = true')
    server.gives((200, {"ETag": '"v1"'}, BODY), (304, {}, b""))
    assert market.update()["feed"].appended.n_new == 1
    again = market.update()["feed"]
    assert (again.files, again.error, again.appended.n_new) == (0, "", 0)
    assert server.requests[1]["if-none-match"] == '"v1"'
    # A spec that changed must see the rows again, though the server has nothing new.
    market.feed("feed", keys=f'path = "{server.url}"\nhttp.private = true\ncadence = "daily"')
    server.gives((200, {"ETag": '"v1"'}, BODY))
    assert market.update()["feed"].files == 1
    assert "if-none-match" not in server.requests[2]


def test_a_failing_feed_keeps_its_last_success(server: Server, market: Market) -> None:
    market.feed("feed", keys=f'path = "{server.url}"\nhttp.private = true')
    server.gives((200, {"ETag": '"v1"'}, BODY), 404)
    market.update()
    success = market.now
    market.now += dt.timedelta(days=1)
    failed = market.update()["feed"]
    assert "answered 404" in failed.error
    assert not failed.transient
    state = market.open().state.feed("feed")
    assert (state.last_success, state.last_attempt) == (success, market.now)
    assert state.last_error == failed.error
    assert state.etag == '"v1"'
    assert len(market.rows("claims")) == 1


def test_local_files_come_in_order_of_name(make_spec: MakeSpec, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("b.csv", "a.csv"):
        (tmp_path / "data" / name).write_bytes(BODY)
    (tmp_path / "data" / "folder.csv").mkdir()
    found = local_files(make_spec(keys='path = "data/*.csv"'), tmp_path)
    assert [path.name for path in found] == ["a.csv", "b.csv"]
    with pytest.raises(FileFormatError, match=r"no such file\. Put it there, or mend `path`"):
        local_files(make_spec(keys='path = "data/*.xlsx"'), tmp_path)
    absolute = make_spec(keys=f'path = "{tmp_path}/data/b.csv"')
    assert [path.name for path in local_files(absolute, tmp_path / "elsewhere")] == ["b.csv"]
