"""A feed is pulled from public addresses, whatever its URL, a redirect or a name server says."""

import socket
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from howdah.core.errors import TerminalFeedError
from howdah.sources import FeedSpec, download
from howdah.sources.addresses import GuardedTransport, is_public, public_address

MakeSpec = Callable[..., FeedSpec]

PUBLIC, INSIDE = "93.184.215.14", "10.0.0.7"


def names(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> list[str]:
    """Let names mean addresses; returns those that were looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        found = known.get(host.partition(".")[0], [host])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1",
        "192.168.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1",
        "::ffff:127.0.0.1", "2002:0a00:0001::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_that_anybody_reaches_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a", "http://localhost:9/a", "http://[::1]/a"])
def test_a_feed_of_this_machine_is_refused_unless_its_spec_means_it(
    make_spec: MakeSpec, tmp_path: Path, url: str
) -> None:
    with pytest.raises(TerminalFeedError, match="private = true"):
        download(make_spec(keys=f'path = "{url}"'), tmp_path / "pulled")


def test_one_address_inside_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, both=[PUBLIC, INSIDE])
    with pytest.raises(TerminalFeedError, match=INSIDE):
        public_address("users", "both.example", 80)


def test_the_address_that_was_judged_is_the_one_that_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = names(monkeypatch, vendor=[PUBLIC])
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200)

    guarded = GuardedTransport("users", httpx2.MockTransport(answer))
    with httpx2.Client(transport=guarded) as client:
        response = client.get("https://vendor.example/users.csv?page=1")
    assert asked == ["vendor.example"]
    assert seen[0].url == f"https://{PUBLIC}/users.csv?page=1"
    assert seen[0].headers["host"] == "vendor.example"
    assert seen[0].extensions["sni_hostname"] == "vendor.example"
    assert str(response.request.url) == "https://vendor.example/users.csv?page=1"


def test_a_redirect_to_an_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, vendor=[PUBLIC])

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(302, headers={"Location": "http://169.254.169.254/latest"})

    guarded = GuardedTransport("users", httpx2.MockTransport(answer))
    with (
        httpx2.Client(transport=guarded, follow_redirects=True) as client,
        pytest.raises(TerminalFeedError, match=r"169\.254"),
    ):
        client.get("http://vendor.example/users.csv")
