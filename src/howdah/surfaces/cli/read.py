"""The commands that read a market; `begin` says how groups and pages divide the work."""

from pathlib import Path
from typing import Annotated

import typer

from howdah.surfaces.cli.options import (
    AsOfOption,
    JsonOption,
    MarketOption,
    PeriodOption,
    SegmentOption,
)


def radar(
    record: Annotated[
        bool,
        typer.Option("--record", help="Judge past findings, keep the record, and show it."),
    ] = False,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """What changed, how sure, market or measurement.

    The few findings worth a reader's minute, best first. Each has its size with an interval, how
    sure it is, its cause, how often its kind was right, past cases alike, and a trail to the
    claims behind it. With --record: the same detectors are run on past dates on what was known
    then, and held against what was known a quarter later; each date is judged once and kept.
    """
    if record:
        from howdah.surfaces.cli.pages import records  # noqa: PLC0415 - see `begin`

        records.run(market, as_of, as_json=as_json)
        return
    from howdah.surfaces.cli.pages import radar as page  # noqa: PLC0415 - see `begin`

    page.run(market, as_of, as_json=as_json)


def hits(
    segment: SegmentOption = None,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who is next: odds of entering the top of each list.

    For each list of a headline metric that is long and old enough, the best candidates by segment
    with the probability that they enter its top within a year, its interval, and what speaks for
    the first. The record is that of the same odds at past dates. Without a kept outlook
    (howdah radar --record keeps one) it is made anew, in some seconds a list.
    """
    from howdah.surfaces.cli.pages import hits as page  # noqa: PLC0415 - see `begin`

    page.run(market, as_of, segment=segment, as_json=as_json)


def show(
    entity: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Any of its names in any script, or scheme:id."),
    ],
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything known of one product, company, model or package.

    For each metric and definition: the last estimate with its interval, and what each source
    said. Planned, rumoured and denied figures stand apart and are not counted.
    """
    from howdah.surfaces.cli.pages import entity as page  # noqa: PLC0415 - see `begin`

    page.run(entity, market, as_of, as_json=as_json)


def compare(
    entities: Annotated[list[str], typer.Argument(metavar="NAME...", help="Two to six names.")],
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Two to six entities side by side, definitions kept apart.

    Figures under different definitions stand on lines of their own and are never mixed. A dash
    means that nothing is known, not zero.
    """
    from howdah.surfaces.cli.pages import comparison as page  # noqa: PLC0415 - see `begin`

    page.run(entities, market, as_of, as_json=as_json)


def rank(
    metric: Annotated[
        str, typer.Argument(metavar="METRIC", help="Id; `howdah metrics` lists them.")
    ],
    segment: SegmentOption = None,
    period: PeriodOption = None,
    definition: Annotated[
        str | None,
        typer.Option(
            "--definition", metavar="ID", help="Whose definition; else that of the most entities."
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="UNIT", help="What is counted, or the currency of money."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="Rows to show; 0 shows all.")
    ] = 20,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """A league table of one metric, with honest places.

    One definition, one period: of the last twelve months of data the table with the most
    entities; the others are listed below it. Each row says which places it may hold given its
    interval; rows that share them cannot be told apart.
    """
    from howdah.surfaces.cli.pages import league as page  # noqa: PLC0415 - see `begin`

    page.run(
        metric,
        segment,
        period,
        definition,
        unit,
        market,
        as_of,
        limit=limit or None,
        as_json=as_json,
    )


def trail(
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Of a finding, an estimate, a claim or a sentence, as printed."
        ),
    ],
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """From any printed id down to the raw records behind it.

    Ids of findings (f...) and estimates (e...) belong to the date they were printed with; give it
    with --as-of when it is not the market's own. Of a claim's id the first digits are enough.
    """
    from howdah.surfaces.cli.pages import trail as page  # noqa: PLC0415 - see `begin`

    page.run(id_, market, as_of, as_json=as_json)


def explain(
    target: Annotated[
        str, typer.Argument(metavar="ID|NAME", help="An estimate's id, or a name with a metric.")
    ],
    metric: Annotated[
        str | None, typer.Argument(metavar="[METRIC]", help="With a name: which metric.")
    ] = None,
    period: PeriodOption = None,
    definition: Annotated[
        str | None,
        typer.Option("--definition", metavar="ID", help="Whose definition; else the latest's."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="Compare with what was known on this date; else before."
        ),
    ] = None,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why an estimate is this number, and why it changed.

    What each claim weighs, what was taken off it as its source's house effect, and what is left
    of it; then what changed since an earlier date, in parts that multiply to the whole.
    """
    from howdah.surfaces.cli.pages import explain as page  # noqa: PLC0415 - see `begin`

    page.run(target, metric, period, definition, since, market, as_of, as_json=as_json)


def sources(
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="ID", help="Only cards of this metric.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="GROUP", help="Split by segment or size.")
    ] = None,
    revisions: Annotated[
        bool,
        typer.Option("--revisions", help="How far figures of each age still move, not the cards."),
    ] = False,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report cards of sources: bias, noise, lag, revisions.

    Bias is against truth where an anchor states some, else against the other sources of the same
    thing, so a source that stands alone has none; agreement is not accuracy. With --revisions:
    what figures of each age usually end at, and the restatements that turned a change round.
    """
    if revisions:
        from howdah.surfaces.cli.pages import revisions as revised  # noqa: PLC0415 - see `begin`

        revised.run(metric, by, market, as_of, as_json=as_json)
        return
    from howdah.surfaces.cli.pages import sources as page  # noqa: PLC0415 - see `begin`

    page.run(metric, by, market, as_of, as_json=as_json)


def metrics(
    metric: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One metric; all if absent.")
    ] = None,
    market: MarketOption = None,
    as_json: JsonOption = False,
) -> None:
    """What each metric means and must be read with.

    A market's own metrics are among them; without a market the built-in ones are listed.
    """
    from howdah.surfaces.cli.pages import metrics as page  # noqa: PLC0415 - see `begin`

    page.run(metric, market, as_json=as_json)


def export(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TARGET", help="File to write; .csv, .parquet or .xlsx tells the form."
        ),
    ],
    what: Annotated[
        str, typer.Option("--what", metavar="ROWS", help="estimates, claims or readings of texts.")
    ] = "estimates",
    entity: Annotated[
        list[str] | None,
        typer.Option("--entity", metavar="NAME", help="Only this one; repeatable."),
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", metavar="ID", help="Only this one; repeatable.")
    ] = None,
    segment: SegmentOption = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="FEED", help="Leave a feed out; repeatable."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write estimates or claims to a file, licence terms enforced.

    A feed whose licence forbids export stops it with exit code 5; leave it out with --without.
    The terms of each row go with it. Readings are what texts were read as, sentence by sentence,
    with what a reviewer held to be right.
    """
    from howdah.surfaces.cli.pages import export as page  # noqa: PLC0415 - see `begin`

    page.run(
        target,
        what,
        entity or (),
        metric or (),
        segment,
        without or (),
        market,
        as_of,
        force=force,
        as_json=as_json,
    )
