"""Cursors: where the next page begins, sealed with what it is a page of."""

import base64
import binascii

from howdah.core.errors import InputError

#: Signs of the seal: enough that a cursor of another table is not taken by chance.
_SEAL = 8

_START_BYTES = 5


def encode(start: int, seal: str) -> str:
    """The cursor of the page that begins behind `start` rows.

    Parameters
    ----------
    seal
        Digest of the table and its version.
    """
    packed = start.to_bytes(_START_BYTES, "big") + seal[:_SEAL].encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(cursor: str, seal: str) -> int:
    """How many rows stand before the page of a cursor.

    Raises
    ------
    InputError
        It is no cursor, or one of another table, or the market has changed since.

    Examples
    --------
    >>> decode(encode(200, "0123abcd"), "0123abcd")
    200
    """
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        packed = b""
    if len(packed) != _START_BYTES + _SEAL:
        raise InputError(
            f"cursor={cursor[:60]!r} is none. Give the one in `meta.next` of the page before, or "
            "none for the first page."
        )
    if packed[_START_BYTES:] != seal[:_SEAL].encode():
        raise InputError(
            "This cursor is of another table, or the market has changed since. Ask for the first "
            "page again, without a cursor."
        )
    return int.from_bytes(packed[:_START_BYTES], "big")
