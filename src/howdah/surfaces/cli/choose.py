"""The commands that say what to build; `begin` says how groups and pages divide the work."""

from enum import StrEnum
from pathlib import Path
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


def decide(
    about: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="Of a finding (f...), a segment that is a direction, or a decision (d...).",
        ),
    ],
    what: Annotated[str, typer.Option("--what", metavar="TEXT", help="What is done.")] = "",
    owner: Annotated[
        str, typer.Option("--owner", metavar="ROLE", help="Role of who carries it out.")
    ] = "",
    expect: Annotated[
        str,
        typer.Option(
            "--expect",
            metavar="TEXT",
            help='Effect: "METRIC of NAME at least|at most NUMBER by DATE".',
        ),
    ] = "",
    review: Annotated[
        str, typer.Option("--review", metavar="DATE", help="Day on which it is looked at again.")
    ] = "",
    definition: Annotated[
        str | None,
        typer.Option("--definition", metavar="ID", help="Whose figure, where there are several."),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="ROLE", help="Role of who decides.")
    ] = "analyst",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take the decision d... back, on the record.")
    ] = False,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what is done about a finding, and what it is to bring.

    With an owner, a day of review and an effect that later estimates can tell. It is appended and
    never rewritten: a decision is taken back with --withdraw, and earlier dates show it as it was.
    """
    from howdah.surfaces.cli.pages import decisions as page  # noqa: PLC0415 - see `begin`

    if withdraw:
        page.run_withdraw(about, market, by=by, note=note, as_json=as_json)
        return
    page.run_decide(
        about, market, as_of, what=what, owner=owner, expect=expect, review=review,
        definition=definition, by=by, note=note, as_json=as_json,
    )  # fmt: skip


def decisions(
    segment: Annotated[
        str | None,
        typer.Argument(metavar="[SEGMENT]", help="Only on this segment and its findings."),
    ] = None,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was decided, what is due, and what came of it.

    Each outcome is read back from the estimates of the date that is asked for: met or not met where
    all of the interval says so, else "cannot tell" with what is missing.
    """
    from howdah.surfaces.cli.pages import decisions as page  # noqa: PLC0415 - see `begin`

    page.run(segment, market, as_of, as_json=as_json)


class BriefLang(StrEnum):
    """Languages of a brief as a page."""

    EN = "en"
    ZH = "zh"


def brief(
    segment: Annotated[
        str, typer.Argument(metavar="SEGMENT", help="Id of a segment, as in market.toml.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it as a printable page, .html."),
    ] = None,
    lang: Annotated[BriefLang, typer.Option("--lang", help="Language of the page.")] = BriefLang.EN,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """One direction on one page: case, gaps, what disproves it.

    Its terms with intervals and trails, who is there, what ours lack, what giants did there, which
    later figures would speak against it, what to watch, and what was decided on it. With --out as
    one HTML file that opens anywhere and prints on a page.
    """
    from howdah.surfaces.cli.pages import brief as page  # noqa: PLC0415 - see `begin`

    page.run(segment, market, as_of, out=out, lang=lang.value, as_json=as_json)
