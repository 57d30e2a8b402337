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
    column and the reason. Of a panel it reads the log, the roster and the strata, and says what
    they hold and whether they fit each other; of documents what becomes of all that they say.
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
    pull of the same file no longer has, or whose file is gone, are mended and not shown, but
    counted.
    """
    from howdah.surfaces.cli.pages import quarantine as page  # noqa: PLC0415 - see `begin`

    page.run(feed, market, limit=limit or None, with_mended=every, as_json=as_json)


def review(
    suspects: Annotated[
        bool, typer.Option("--suspects", help="Claims that are held to be wrong instead.")
    ] = False,
    documents: Annotated[
        bool, typer.Option("--documents", help="Sentences of documents that wait instead.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="How many to show; 0 shows all.")
    ] = 10,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pairs that may be the same thing, to be judged.

    Those that nobody has judged, with the reasons for and against: what you follow first, then
    the surest, which is nearest to being joined without asking. With --suspects the claims that
    are held to be wrong, as known on the date of --as-of: what you follow first, then large ones
    that are far off. What a source repeats from another of one metric is one entry. With
    --documents the sentences whose reading is not sure enough, each with what it was read as, and
    names that carry claims and are not known.
    """
    from howdah.core.errors import InputError  # noqa: PLC0415 - not for --help
    from howdah.surfaces.cli.pages import passages as sentences  # noqa: PLC0415 - see `begin`
    from howdah.surfaces.cli.pages import review as pairs  # noqa: PLC0415 - see `begin`
    from howdah.surfaces.cli.pages import suspects as claims  # noqa: PLC0415 - see `begin`

    if suspects and documents:
        raise InputError("Give --suspects or --documents, not both: they are two queues.")
    if documents:
        sentences.run(market, as_of, limit=limit or None, as_json=as_json)
    elif suspects:
        claims.run(market, as_of, limit=limit or None, as_json=as_json)
    else:
        pairs.run(market, limit=limit or None, as_json=as_json)


def judge(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="LEFT RIGHT | CLAIM | SENTENCE",
            help="Two entities, by any name, or the id of a claim, a group of copies or a "
            "sentence; then the judgement.",
        ),
    ],
    judgement: Annotated[
        str,
        typer.Argument(
            metavar="JUDGEMENT",
            help="Of a pair same, different or unsure; of a claim or group keep or drop; of a "
            "sentence accept, correct or reject.",
        ),
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="ROLE", help="Role of who decides.")
    ] = "analyst",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
    right: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="With correct: what is right; repeatable."
        ),
    ] = None,
    word: Annotated[
        str,
        typer.Option(
            "--word",
            metavar="FIELD=TEXT",
            help="With correct: words of the sentence that say the subject or metric, to be read "
            "so from now on.",
        ),
    ] = "",
    market: MarketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide who is one, which claim counts, what a sentence says.

    The judgement is appended; no claim is rewritten, and the last judgement holds. A claim that
    is kept counts whatever the rules say of it, one that is dropped does not. A judgement of a
    group is one of each of its claims. A sentence that is accepted or corrected makes a claim from
    now on, one that is rejected makes none.
    """
    from howdah.core.errors import InputError  # noqa: PLC0415 - not for --help
    from howdah.surfaces.cli.pages import passages as sentences  # noqa: PLC0415 - see `begin`
    from howdah.surfaces.cli.pages import review as pairs  # noqa: PLC0415 - see `begin`
    from howdah.surfaces.cli.pages import suspects as claims  # noqa: PLC0415 - see `begin`

    if len(what) == 1 and judgement in sentences.JUDGEMENTS:
        sentences.judge(what[0], judgement, by, note, right or (), word, market, as_json=as_json)
    elif right or word:
        raise InputError(
            "--set and --word say what is right of a sentence: howdah judge ID correct."
        )
    elif len(what) == 1:
        claims.judge(what[0], judgement, by, note, market, as_json=as_json)
    elif len(what) == 2:  # noqa: PLR2004 - a pair
        pairs.judge(what[0], what[1], judgement, by, note, market, as_json=as_json)
    else:
        raise InputError(
            f"Judge two entities or one claim, not {len(what)}: howdah judge LEFT RIGHT same, or "
            "howdah judge CLAIM drop."
        )


def compact(market: MarketOption = None, as_json: JsonOption = False) -> None:
    """Rewrite the claims in order, so that reading stays quick.

    The tables of audiences too. Worth it after many updates; nothing is lost or changed.
    """
    from howdah.surfaces.cli.pages import compact as page  # noqa: PLC0415 - see `begin`

    page.run(market, as_json=as_json)
