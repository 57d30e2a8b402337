"""The commands that say what to build; `begin` says how groups and pages divide the work."""

from typing import Annotated

import typer

from howdah.surfaces.cli.options import AsOfOption, JsonOption, MarketOption


def entry(
    segment: Annotated[
        str, typer.Argument(metavar="SEGMENT", help="Id of a segment, as in market.toml.")
    ],
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """What happened when giants entered a segment.

    Each past entry of a giant that market.toml declares: how well it is dated, who was there
    before and by how much, what became of them a year later, and which giant is where. With fewer
    than five past entries whose outcome is known, the answer is "cannot tell".
    """
    from howdah.surfaces.cli.pages import entry as page  # noqa: PLC0415 - see `begin`

    page.run(segment, market, as_of, as_json=as_json)


def features(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SEGMENT|NAME]...", help="Segments or products; without any, all segments."
        ),
    ] = None,
    ours: Annotated[
        list[str] | None,
        typer.Option(
            "--ours", metavar="NAME", help="Ours, instead of those of market.toml; repeatable."
        ),
    ] = None,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which product has which feature, since when, and what ours lack.

    From claims and documents that speak of the features that market.toml names: has, had,
    announced, said to lack it, or unknown, which is never "no"; with what is stale or disputed, and
    features that appeared in several places in a row. Gaps of ours stand against those who rise.
    """
    from howdah.surfaces.cli.pages import features as page  # noqa: PLC0415 - see `begin`

    page.run(targets or [], ours or [], market, as_of, as_json=as_json)


def directions(
    record: Annotated[
        bool,
        typer.Option("--record", help="How it would have done, asked on dates a year apart."),
    ] = False,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which segments to go into, term by term.

    Growth, size, retention, pressure of giants and cost of a new user, each with its interval or
    what is missing. Two segments are compared only by terms that both have under one definition;
    places have bands, and the ranking is done again without each source in turn. With --record:
    asked on dates a year apart on what was known then, how the ranking did against the growth
    that followed, beside size and momentum alone.
    """
    from howdah.surfaces.cli.pages import directions as page  # noqa: PLC0415 - see `begin`

    if record:
        page.run_record(market, as_of, as_json=as_json)
        return
    page.run(market, as_of, as_json=as_json)
