"""What others may try: names as code, other hosts, other sites, paths that climb, large bodies."""

import asyncio
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient
from loops import run
from starlette.types import Message, Scope

import howdah
from howdah.core.errors import InputError
from howdah.surfaces.http.application import Options, create_app
from howdah.surfaces.http.limits import BodyLimit, Rate, TokenBuckets
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk
from howdah.surfaces.http.safety import TOKEN_COOKIE, TOKEN_HEADER
from howdah.surfaces.http.serving import listen, require_loopback

DEFAULTS = Options()

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example","x")'

_FEED = """\
title = "Users"
source = "Vendor"
path = "data/users.csv"
[licence]
name = "contract"
may_export = {may_export}
[claim]
subject = {{ column = "app" }}
metric = "dau"
value = {{ column = "users" }}
period = {{ column = "month" }}
published_at = "pulled"
"""


def build(folder: Path, *, may_export: bool = True) -> Path:
    """A market whose feed names its products after attacks."""
    howdah.init(folder)
    (folder / "data").mkdir()
    rows = [[SCRIPT, "2025-01", 100], [FORMULA, "2025-01", 50], ["plain", "2025-01", 20]]
    pl.DataFrame(rows, schema=["app", "month", "users"], orient="row").write_csv(
        folder / "data" / "users.csv"
    )
    spec = _FEED.format(may_export=str(may_export).lower())
    (folder / "feeds" / "users.toml").write_text(spec, encoding="utf-8")
    howdah.open(folder).update()
    return folder


def client_of(folder: Path, options: Options = DEFAULTS) -> TestClient:
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(folder), 10**12)
    return TestClient(create_app(folder, renderer, options), base_url="http://127.0.0.1")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    bundle = tmp_path_factory.mktemp("bundle")
    (bundle / "index.html").write_text("<!doctype html><title>app</title>", encoding="utf-8")
    (bundle / "assets").mkdir()
    (bundle / "assets" / "app.js").write_text("1", encoding="utf-8")
    (bundle.parent / "secret.txt").write_text("secret", encoding="utf-8")
    folder = build(tmp_path_factory.mktemp("hostile") / "market")
    with client_of(folder, Options(bundle=bundle)) as made:
        yield made


def test_a_name_that_is_code_stays_text_that_no_browser_runs(hostile: TestClient) -> None:
    response = hostile.get("/api/v1/leagues/dau")
    names = [place["estimate"]["name"] for place in response.json()["data"]["places"]]
    assert SCRIPT in names
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_an_error_that_repeats_a_name_is_no_page(hostile: TestClient) -> None:
    response = hostile.get(f"/api/v1/entities/{SCRIPT.replace('/', '%2F')}x")
    assert response.status_code == 404
    assert "html" not in response.headers["content-type"]
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/api/v1/market", "/nothing.txt", "/assets/app.js"])
def test_each_response_forbids_code_inside_pages(hostile: TestClient, path: str) -> None:
    policy = hostile.get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_formula_in_a_cell_is_neutralised_in_csv_alone(hostile: TestClient) -> None:
    csv = hostile.get("/api/v1/leagues/dau?format=csv")
    names = pl.read_csv(io.BytesIO(csv.content))["name"].to_list()
    assert "'" + FORMULA in names
    assert not any(name.startswith("=") for name in names)
    places = hostile.get("/api/v1/leagues/dau").json()["data"]["places"]
    assert FORMULA in [place["estimate"]["name"] for place in places]


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%5c..%5csecret.txt",
        "//etc/passwd",
        "/assets/%00",
    ],
)
def test_no_path_climbs_out_of_the_bundle(hostile: TestClient, path: str) -> None:
    response = hostile.get(path)
    assert "secret" not in response.text
    assert "root:" not in response.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", ""])
def test_another_host_is_refused(hostile: TestClient, host: str) -> None:
    response = hostile.get("/api/v1/market", headers={"Host": host})
    assert response.status_code == 421
    assert "set-cookie" not in {name for name in response.headers if "market" in name}
    assert "title" in response.json()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.0.0.1:8477"])
def test_every_name_of_this_machine_is_answered(hostile: TestClient, host: str) -> None:
    assert hostile.get("/health", headers={"Host": host}).status_code == 200


def test_a_port_that_is_not_ours_is_another_host(tmp_path: Path) -> None:
    howdah.init(tmp_path / "m")
    with client_of(tmp_path / "m", Options(port=8477)) as client:
        assert client.get("/health", headers={"Host": "127.0.0.1:8477"}).status_code == 200
        assert client.get("/health", headers={"Host": "127.0.0.1:9000"}).status_code == 421


def _judgement() -> dict[str, str]:
    return {"left": SCRIPT, "right": "plain", "judgement": "different"}


def _token(client: TestClient) -> str:
    client.get("/health")
    return client.cookies[TOKEN_COOKIE]


PAIRS = "/api/v1/review/pairs/judgements"


def test_a_write_without_the_token_is_refused(hostile: TestClient) -> None:
    assert hostile.post(PAIRS, json=_judgement()).status_code == 403
    assert hostile.post(PAIRS, json=_judgement(), headers={TOKEN_HEADER: "x"}).status_code == 403


@pytest.mark.parametrize(
    "more",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_from_another_site_is_refused_even_with_the_token(
    hostile: TestClient, more: dict[str, str]
) -> None:
    headers = {TOKEN_HEADER: _token(hostile), **more}
    assert hostile.post(PAIRS, json=_judgement(), headers=headers).status_code == 403


def test_the_cookie_of_the_token_goes_to_no_other_site(hostile: TestClient) -> None:
    hostile.cookies.clear()
    cookie = hostile.get("/health").headers["set-cookie"]
    assert "SameSite=Strict" in cookie
    assert "set-cookie" not in hostile.get("/health").headers


def test_a_body_that_is_too_large_is_refused(hostile: TestClient) -> None:
    headers = {TOKEN_HEADER: _token(hostile), "Content-Type": "application/json"}
    large = json.dumps({**_judgement(), "note": "x" * 100_000})
    assert hostile.post(PAIRS, content=large, headers=headers).status_code == 413

    def parts() -> Iterator[bytes]:
        yield from (b"x" * 1000 for _ in range(100))

    assert hostile.post(PAIRS, content=parts(), headers=headers).status_code == 413


def test_a_client_that_stops_sending_is_not_waited_for() -> None:
    sent: list[Message] = []

    async def app(*_: object) -> None:
        raise AssertionError("the body never came")

    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def keep(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    run(BodyLimit(app, 100, receive_seconds=0.01)(scope, never, keep))
    assert sent[0]["status"] == 408


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    howdah.init(tmp_path / "m")
    with client_of(tmp_path / "m", Options(reads=Rate(0.001, 3))) as client:
        statuses = [client.get("/health").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert 900 <= int(client.get("/health").headers["retry-after"]) <= 1000


def test_tokens_come_back_with_time_and_each_client_has_its_own() -> None:
    at = [0.0]
    buckets = TokenBuckets(Rate(2.0, 2), lambda: at[0])
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0.5]
    assert buckets.take("b") == 0
    at[0] = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 0.5]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.com"])
def test_only_this_machine_is_bound_to(host: str) -> None:
    with pytest.raises(InputError, match=r"127\.0\.0\.1"):
        require_loopback(host)


def test_rows_of_a_feed_that_may_not_leave_do_not_leave(tmp_path: Path) -> None:
    with client_of(build(tmp_path / "m", may_export=False)) as client:
        for form in ("csv", "arrow"):
            refused = client.get(f"/api/v1/leagues/dau?format={form}")
            assert refused.status_code == 403
            assert "users" in refused.json()["detail"]
        assert client.get("/api/v1/leagues/dau").status_code == 200
        assert client.get("/api/v1/export").status_code == 403


def test_a_port_that_is_taken_is_told_before_anything_is_served() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(InputError, match=rf"Port {port} .* give another port with --port"):
            listen("127.0.0.1", port)
    with listen("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port
