"""Addresses that a feed may be pulled from: public ones, unless its spec says otherwise.

A feed's server, or one that it redirects to, may name an address inside the reader's own network,
whose answers would then become claims and raw bytes that anybody sees. So each request goes to an
address that was looked up, judged and then used itself: a name cannot mean another one in between.
"""

import ipaddress
import socket
from urllib.request import getproxies

import httpx2

from howdah.core.errors import TerminalFeedError

#: What addresses are wrapped in when IPv4 is spoken through IPv6.
_EMBEDDED = ("ipv4_mapped", "sixtofour")


class GuardedTransport(httpx2.BaseTransport):
    """Sends requests of a feed to public addresses alone.

    Parameters
    ----------
    feed
        Id of the feed, for errors.
    transport
        What sends them.
    """

    def __init__(self, feed: str, transport: httpx2.BaseTransport | None = None) -> None:
        self._feed = feed
        self._transport = transport or httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to an address of its host that was judged.

        Raises
        ------
        TerminalFeedError
            The host has an address that is not public.
        """
        host = request.url.host
        address = public_address(self._feed, host, request.url.port or 0)
        pinned = httpx2.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            # The certificate is checked against the name, not the address.
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._transport.handle_request(pinned)

    def close(self) -> None:
        """Close its connections."""
        self._transport.close()


def public_address(feed: str, host: str, port: int) -> str:
    """An address of a host, all of whose addresses are public.

    Raises
    ------
    TerminalFeedError
        One is not: of this machine, a private network, or reserved.
    httpx2.ConnectError
        The host has no address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx2.ConnectError(f"no address of {host}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise TerminalFeedError(
                feed,
                f"{host} is {address}, an address inside a network or of this machine. A feed is "
                "pulled from public addresses alone; if it is meant, set `private = true` under "
                "[http] in its spec.",
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody can reach.

    Examples
    --------
    >>> [is_public(a) for a in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1")]
    [False, False, False, False]
    >>> is_public("93.184.215.14")
    True
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = (getattr(found, name, None) for name in _EMBEDDED)
    every = [found, *(one for one in inner if one is not None)]
    return all(one.is_global and not one.is_multicast for one in every)


def has_proxy(url: str) -> bool:
    """Whether requests to a URL go through a proxy, which looks names up itself."""
    return httpx2.URL(url).scheme in getproxies()
