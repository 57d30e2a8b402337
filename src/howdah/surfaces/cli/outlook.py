"""The stage commands that look ahead: `howdah signals` and `howdah backtest`."""

from pathlib import Path
from typing import Annotated

import typer

from howdah.surfaces.cli.options import ForceOption, OutOption, StrictOption, SummaryOption

FeedsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FEED...",
        help="Files of the feed: period, entity, value, and if known rank, window_days, "
        "published_at, mature, source.",
    ),
]

TargetOption = Annotated[
    str,
    typer.Option(
        metavar="top:N|growth:X",
        help="Enter the first N of the list, or grow X-fold against the market.",
    ),
]

HorizonOption = Annotated[int, typer.Option(metavar="MONTHS", help="Within so many months.")]

HoldOption = Annotated[
    int, typer.Option(metavar="MONTHS", help="Months of the horizon in which it has to be there.")
]

NewcomerOption = Annotated[
    int,
    typer.Option(
        metavar="MONTHS",
        help="Only those that were in the top in none of so many months up to the date.",
    ),
]

BeyondOption = Annotated[
    int, typer.Option(metavar="RANK", help="Only those further down than this rank.")
]

UniverseOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Entities that may come though no list names them yet: entity."
    ),
]

AlsoOption = Annotated[
    list[Path],
    typer.Option(metavar="FILE", help="A feed of another source about the same entities; repeat."),
]

LinksOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Who is who in those: entity, target."),
]

ProbOption = Annotated[float, typer.Option(help="Mass inside the intervals.")]

SeedOption = Annotated[int, typer.Option(help="Draws the samples that are learnt from.")]


def signals(
    feeds: FeedsArgument,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of", metavar="DATE", help="Nothing published later is read: 2024-01-31 or today."
        ),
    ],
    target: TargetOption,
    horizon: HorizonOption,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="File to write: .jsonl, .csv, else Parquet."),
    ],
    top: Annotated[
        int | None, typer.Option(metavar="K", help="Write the likeliest K alone.")
    ] = None,
    universe: UniverseOption = None,
    also: AlsoOption = [],  # noqa: B006 - Typer makes a new one
    links: LinksOption = None,
    hold: HoldOption = 1,
    newcomer: NewcomerOption = 0,
    beyond: BeyondOption = 0,
    prob: ProbOption = 0.9,
    seed: SeedOption = 0,
    force: ForceOption = False,
    strict: StrictOption = False,
    as_json: SummaryOption = False,
) -> None:
    """Find who may break out of a market next, and how likely it is.

    The probability that each entity enters the first N, or grows X-fold against the market, within
    the horizon, with its interval, reasons and caveats, best first. Levels are relative to the
    market, after feed health; what is learnt is learnt from past dates whose horizon was over by
    then. How often it comes true: `howdah backtest`.
    """
    from howdah.signals.breakouts import Question, parse_target  # noqa: PLC0415 - see `begin`
    from howdah.surfaces.cli.pages import signals as page  # noqa: PLC0415

    wanted = parse_target(target, hold=hold, newcomer=newcomer, beyond=beyond)
    page.run(
        feeds, as_of, Question(wanted, horizon, prob, seed), out, top, universe, also, links,
        force=force, strict=strict, as_json=as_json,
    )  # fmt: skip


def backtest(
    feeds: FeedsArgument,
    first: Annotated[
        str, typer.Option("--from", metavar="DATE", help="First date to look out from.")
    ],
    last: Annotated[
        str, typer.Option("--to", metavar="DATE", help="Last one; one a month in between.")
    ],
    target: TargetOption,
    horizon: HorizonOption,
    out: OutOption,
    universe: UniverseOption = None,
    also: AlsoOption = [],  # noqa: B006 - Typer makes a new one
    links: LinksOption = None,
    hold: HoldOption = 1,
    newcomer: NewcomerOption = 0,
    beyond: BeyondOption = 0,
    prob: ProbOption = 0.9,
    seed: SeedOption = 0,
    force: ForceOption = False,
    strict: StrictOption = False,
    as_json: SummaryOption = False,
) -> None:
    """Score what `howdah signals` would have said at past dates.

    Looks out from every month between two dates as it was known then, and scores it once the
    horizon is over, beside three baselines: who is closest, who grew last, who repeats the year
    before. Writes scores, leads, fdr (false discoveries, nominal and actual) and summary.json with
    means, differences with their intervals, lead times and false alarms a month. Horizons that
    hold a measurement event are told apart.
    """
    from howdah.signals.breakouts import Question, parse_target  # noqa: PLC0415 - see `begin`
    from howdah.surfaces.cli.pages import backtest as page  # noqa: PLC0415

    wanted = parse_target(target, hold=hold, newcomer=newcomer, beyond=beyond)
    page.run(
        feeds, first, last, Question(wanted, horizon, prob, seed), out, universe, also, links,
        force=force, strict=strict, as_json=as_json,
    )  # fmt: skip
