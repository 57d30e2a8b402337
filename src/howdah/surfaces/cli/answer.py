"""The JSON form of an answer: one object with `data` and `meta`, and nothing else on stdout."""

import datetime as dt
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from howdah.core.plain import named, plain

if TYPE_CHECKING:
    from howdah.market.pages import Basis

__all__ = ["QUARANTINED", "named", "plain", "time_basis", "write_json"]

#: Exit code of `--strict` when rows were quarantined.
QUARANTINED = 3


def write_json(
    data: object,
    *,
    market: Path | None = None,
    basis: "Basis | None" = None,
    as_of: dt.date | None = None,
) -> None:
    """Print an answer.

    Parameters
    ----------
    basis
        What it rests on; its parts go to `meta`.
    as_of
        Knowledge date, of an answer without a basis.
    """
    meta: dict[str, object] = {
        "market": None if market is None else market.resolve(),
        "as_of": basis.as_of if basis else as_of,
        "time_basis": None if basis is None else time_basis(basis),
        "version": version("howdah"),
    }
    if basis is not None:
        # Of many vintages the first and the last are given; the number counts all.
        meta["vintages"] = basis.vintages
        meta["n_vintages"] = basis.n_vintages
        meta["late_feeds"] = [
            {"feed": feed, "last_published": last, "days_late": days}
            for feed, last, days in basis.stale
        ]
        meta["ended_feeds"] = [{"feed": feed, "last_published": last} for feed, last in basis.ended]
        meta["later_feeds"] = [
            {"feed": feed, "first_recorded": first} for feed, first in basis.later_feeds
        ]
    text = json.dumps(
        plain({"data": data, "meta": meta}),
        ensure_ascii=not (sys.stdout.encoding or "").lower().startswith("utf"),
        allow_nan=False,
        indent=2 if sys.stdout.isatty() else None,
    )
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def time_basis(basis: "Basis") -> str:
    """How the claims behind an answer got the time they were recorded."""
    return "replayed" if basis.replayed else "recorded"
