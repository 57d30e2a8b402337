"""The commands that keep a market in order; `begin` says how groups and pages divide the work."""

from pathlib import Path
from typing import Annotated

import typer

from howdah.surfaces.cli.options import AsOfOption, JsonOption, MarketOption


def update(
    feed: Annotated[
        list[str] | None,
        typer.Option("--feed", metavar="FEED", help="Only this feed; repeatable."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 when rows were quarantined.")
    ] = False,
    market: MarketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pull the feeds, append what is new, and derive what follows.

    Running it twice adds nothing twice. A feed that fails leaves the others and the store as they
    were; then the exit code is 1.
    """
    from howdah.surfaces.cli.pages import update as page  # noqa: PLC0415 - see `begin`

    page.run(feed, market, strict=strict, as_json=as_json)


def feeds(
    market: MarketOption = None, as_of: AsOfOption = None, as_json: JsonOption = False
) -> None:
    """State, terms, cost and reach of every feed.

    And of all together: how many entities are found, how many are watched, and how many of those
    have no number yet.
    """
    from howdah.surfaces.cli.pages import feeds as page  # noqa: PLC0415 - see `begin`

    page.run(market, as_of, as_json=as_json)


def check(
    spec: Annotated[
        Path,
        typer.Argument(metavar="SPEC", exists=True, dir_okay=False, help="Feed spec, a TOML file."),
    ],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="A file that the feed will bring."
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 when a row cannot become a claim.")
    ] = False,
    market: MarketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try a feed spec on a file; nothing is stored.

    Shows the first claims that it would make, and each row that could not become one with its
    column and the reason.
    """
    from howdah.surfaces.cli.pages import check as page  # noqa: PLC0415 - see `begin`

    page.run(spec, file, market, strict=strict, as_json=as_json)


def quarantine(
    feed: Annotated[
        str | None, typer.Option("--feed", metavar="FEED", help="Only rows of this feed.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="Rows to show; 0 shows all.")
    ] = 20,
    every: Annotated[bool, typer.Option("--all", help="Show the mended ones as well.")] = False,
    market: MarketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rows that could not become claims, and why.

    Each as it came, with its place in the file; nothing is dropped in silence. Rows that a later
    pull of the same file no longer has are mended and not shown, but counted.
    """
    from howdah.surfaces.cli.pages import quarantine as page  # noqa: PLC0415 - see `begin`

    page.run(feed, market, limit=limit or None, with_mended=every, as_json=as_json)


def review(
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="Pairs to show; 0 shows all.")
    ] = 10,
    market: MarketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pairs that may be the same thing, to be judged.

    Those that nobody has judged, with the reasons for and against: what you follow first, then
    the surest, which is nearest to being joined without asking.
    """
    from howdah.surfaces.cli.pages import review as page  # noqa: PLC0415 - see `begin`

    page.run(market, limit=limit or None, as_json=as_json)


def judge(
    left: Annotated[str, typer.Argument(metavar="LEFT", help="One of the pair, by any name.")],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="The other.")],
    judgement: Annotated[
        str, typer.Argument(metavar="JUDGEMENT", help="same, different or unsure.")
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="ROLE", help="Role of who decides.")
    ] = "analyst",
    market: MarketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide whether two entities are the same.

    The judgement is appended; no claim is rewritten, and the last judgement of a pair holds.
    """
    from howdah.surfaces.cli.pages import review as page  # noqa: PLC0415 - see `begin`

    page.judge(left, right, judgement, by, market, as_json=as_json)


def compact(market: MarketOption = None, as_json: JsonOption = False) -> None:
    """Rewrite the claims in order, so that reading stays quick.

    Worth it after many updates; nothing is lost or changed.
    """
    from howdah.surfaces.cli.pages import compact as page  # noqa: PLC0415 - see `begin`

    page.run(market, as_json=as_json)
