"""The stage commands: files in, files out, without a market; `begin` says where pages come in."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from howdah.surfaces.cli.options import (
    AsOfOption,
    ForceOption,
    MarketOption,
    OutOption,
    StrictOption,
    SummaryOption,
)


def health(
    feed: Annotated[
        Path,
        typer.Argument(
            metavar="FEED",
            help="File of the feed: period, entity, value, and if known rank and window_days.",
        ),
    ],
    out: OutOption,
    as_of: AsOfOption = None,
    force: ForceOption = False,
    strict: StrictOption = False,
    as_json: SummaryOption = False,
) -> None:
    """Find what happened to a feed's measurement.

    Level shifts, drains, changes of window and list, mixed units, snapshots that are missing,
    frozen, copied or doubled: each with its size, interval and evidence. Writes events,
    market_index and adjusted, the values with breaks taken out. With --as-of snapshots after that
    date are left out.
    """
    from howdah.surfaces.cli.pages import health as page  # noqa: PLC0415 - see `begin`

    page.run(feed, out, as_of, force=force, strict=strict, as_json=as_json)


class ScaleName(StrEnum):
    """Scales that `fuse` takes."""

    log = "log"
    logit = "logit"
    linear = "linear"


class Loss(StrEnum):
    """Errors that a value can be best for."""

    squared = "squared"
    absolute = "absolute"


def fuse(
    claims: Annotated[
        Path,
        typer.Argument(
            metavar="CLAIMS",
            help="File of claims: series, source, period, value, and if known value_low, "
            "value_high, segment, listed, cutoff, published_at.",
        ),
    ],
    out: OutOption,
    anchors: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Truth for some series: series, period, value."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A reviewer's verdicts on claims: series, source, verdict (keep or drop), and if "
            "not for all periods period.",
        ),
    ] = None,
    prob: Annotated[float, typer.Option(help="Mass inside the intervals.")] = 0.9,
    scale: Annotated[
        ScaleName,
        typer.Option(help="On which errors add up; logit takes shares in percent."),
    ] = ScaleName.log,
    loss: Annotated[
        Loss, typer.Option(help="Error that the values are to be best for.")
    ] = Loss.absolute,
    static: Annotated[
        bool, typer.Option("--static", help="One value a series; claims have no period.")
    ] = False,
    as_of: AsOfOption = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep what was learnt in this new folder; where there is one, CLAIMS are new "
            "ones only, and their series alone are solved again.",
        ),
    ] = None,
    growth: Annotated[
        str | None,
        typer.Option(
            metavar="FROM..TO",
            help="Write also how much each series grew between two periods, with intervals: "
            "2024-03-31..2024-06-30.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws the sample that is learnt from.")] = 0,
    force: ForceOption = False,
    strict: StrictOption = False,
    as_json: SummaryOption = False,
) -> None:
    """Fuse what sources say into levels with intervals.

    Learns each source's bias, noise and drift, what they share, who copies whom; leaves copies,
    unit slips, stale figures, figures of another series and outliers out of the fit; and
    calibrates intervals on truth that was hidden from it. Writes estimates, sources, suspects and
    summary.json. With --keep a reviewer overrules what is suspect. With --as-of claims published
    after that date are left out. With --state the next run takes only new claims. With --growth it
    writes growth too, with intervals that allow for what both periods have in common.
    """
    from howdah.estimates.fusion import Options  # noqa: PLC0415 - see `begin`
    from howdah.surfaces.cli.pages import fuse as page  # noqa: PLC0415

    options = Options(prob=prob, scale=scale.value, loss=loss.value, seed=seed)
    page.run(
        claims, out, anchors, keep, as_of, options, state, growth,
        static=static, force=force, strict=strict, as_json=as_json,
    )  # fmt: skip


def audience(
    logs: Annotated[
        list[Path],
        typer.Argument(
            metavar="LOG...",
            help="Files of the log: unit, product, and day (a date) or ts (a time).",
        ),
    ],
    out: OutOption,
    panel: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The units of the panel: unit, stratum, and if known joined and left (the first "
            "day no longer in it). Without it the log is a census.",
        ),
    ] = None,
    strata: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the panel stands for: stratum, population, and if several units are one "
            "person's units_per_person.",
        ),
    ] = None,
    margins: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Margins that strata are raked to: variable, level, population; of each variable "
            "the strata have a column.",
        ),
    ] = None,
    trim: Annotated[
        float | None,
        typer.Option(help="Keep raked weights within so many times the median, up and down."),
    ] = None,
    metrics: Annotated[
        str, typer.Option(help="Tables to write, with commas between them, or all.")
    ] = "all",
    retention_days: Annotated[
        str, typer.Option(metavar="DAYS", help="Days after entry, with commas between them.")
    ] = "1,3,7,14,30",
    overlap_window: Annotated[
        int,
        typer.Option(metavar="DAYS", help="Days in which using two products makes them overlap."),
    ] = 28,
    burn_in: Annotated[
        int,
        typer.Option(metavar="DAYS", help="Days of look-back that tell new from resurrected."),
    ] = 55,
    min_n: Annotated[
        int, typer.Option(metavar="N", help="Cells of fewer units are suppressed.")
    ] = 30,
    tz: Annotated[
        str, typer.Option(metavar="ZONE", help="Time zone in which times are cut to days.")
    ] = "UTC",
    threads: Annotated[
        int, typer.Option(metavar="N", help="Threads to work with; 0 takes every core.")
    ] = 0,
    memory: Annotated[
        float | None,
        typer.Option(
            metavar="GB",
            help="Memory whose larger part the keys of the log's rows may take; more of them go to "
            "disk. Program, units and tables come on top.",
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            metavar="local|spark=URL",
            help="Where to work: on this machine, or on a Spark cluster whose workers see the "
            "files under the same paths and have howdah.",
        ),
    ] = "local",
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep the activity in this new folder; where there is one, LOG holds new days "
            "only, and is added to it.",
        ),
    ] = None,
    force: ForceOption = False,
    strict: StrictOption = False,
    as_json: SummaryOption = False,
) -> None:
    """Count users, growth and retention from the log of a panel.

    Active units, stickiness and growth accounting by day; retention, and how long units stay; the
    power-user curve; overlap and migration of products: as totals and ratios of the population
    with design-based standard errors. Units that join or leave the panel are
    neither new nor churned, and what is too young to be told is null. Writes a table a metric,
    and summary.json. With --state the next run takes only new days.
    """
    from howdah.panels.audience import (  # noqa: PLC0415 - see `begin`
        Options,
        chosen_days,
        chosen_tables,
    )
    from howdah.surfaces.cli.pages import audience as page  # noqa: PLC0415

    options = Options(
        chosen_tables(metrics), chosen_days(retention_days), overlap_window, burn_in, min_n, tz
    )
    page.run(
        logs, out, panel, strata, margins, trim, options, state, engine,
        threads=threads, memory=memory, force=force, strict=strict, as_json=as_json,
    )  # fmt: skip


class LangName(StrEnum):
    """Languages of a document that `extract` takes."""

    auto = "auto"
    zh = "zh"
    en = "en"


def extract(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Documents: text, HTML, PDF, mails, RSS or Atom; of a folder all files in it.",
        ),
    ],
    published_at: Annotated[
        str,
        typer.Option(metavar="DATE", help="When they were published; relative dates hang on it."),
    ],
    entities: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="CSV of the names that claims may be about: canonical, type, parent, "
            "aliases_simplified, aliases_traditional, aliases_latin (; between aliases).",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="CLAIMS", help="File to write: .jsonl, .csv, else Parquet."),
    ],
    lang: Annotated[
        LangName, typer.Option(help="Language of the documents; auto tells it from the text.")
    ] = LangName.auto,
    publication: Annotated[str, typer.Option(metavar="NAME", help="Who published them.")] = "",
    accept: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            metavar="P",
            help="Claims at least so likely to be right are accepted; others wait for review.",
        ),
    ] = 0.75,
    llm: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Ask a language model too, at the base of an interface of chat completions; it "
            "is sent the texts. Its key, if any, is HOWDAH_LLM_KEY in the environment.",
        ),
    ] = None,
    llm_model: Annotated[
        str | None, typer.Option("--llm-model", metavar="NAME", help="Name of the model there.")
    ] = None,
    force: ForceOption = False,
    strict: StrictOption = False,
    as_json: SummaryOption = False,
) -> None:
    """Turn texts in Chinese and English into sourced claims.

    Each number becomes a claim: about whom, of which metric, of when, said by whom and how it is
    meant (asserted, planned, rumoured, denied, ...), with the sentence that states it and a
    confidence. A claim that does not stand in the text is rejected and says why; one that is not
    sure enough waits for review. Names that are not in the file of entities are never made up.
    A file that cannot be read goes to CLAIMS.quarantine.parquet with its reason, and the run goes
    on. With --llm a model chooses among what the rules found and proposes what they missed; its
    word is checked like theirs, waits for review, and is kept beside the claims for the next run.
    """
    from howdah.surfaces.cli.pages import extract as page  # noqa: PLC0415 - see `begin`

    page.run(
        files, published_at, entities, out, lang.value, publication, accept, llm, llm_model,
        force=force, strict=strict, as_json=as_json,
    )  # fmt: skip


def split(
    series: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE",
            help="A product of the market by any of its names; or, with --channels, a file with a "
            "row a period: its date, the outcome, and what was spent.",
        ),
    ],
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="What is to be split: a column of the file, or a metric of the market; of a "
            "product new users if absent, else what is told of it.",
        ),
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Of a file: columns of spend, with commas between them; 0 where nothing was "
            "spent.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Of a file: folder to write; it is there whole or not."
        ),
    ] = None,
    controls: Annotated[
        str,
        typer.Option(
            metavar="C,D", help="Columns of what else moves the outcome: prices, holidays."
        ),
    ] = "",
    period: Annotated[str, typer.Option(metavar="COL", help="Column of the date.")] = "period",
    group: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of products or regions: each is split, and they learn from one another; "
            "those without any spend are what the others are compared with.",
        ),
    ] = None,
    stop_at: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Last day with spend in the course in which all channels stop; else the last one.",
        ),
    ] = None,
    proxy: Annotated[
        bool,
        typer.Option("--proxy", help="Channels stand for spend, as counts of ad creatives do."),
    ] = False,
    prob: Annotated[float, typer.Option(help="Mass inside the intervals of a file.")] = 0.9,
    seed: Annotated[int, typer.Option(help="Draws the samples.")] = 0,
    force: ForceOption = False,
    strict: StrictOption = False,
    market: MarketOption = None,
    as_of: AsOfOption = None,
    as_json: SummaryOption = False,
) -> None:
    """Split growth into what spend bought and what was earned.

    What each channel brought, with carry-over and saturation over a level that drifts; what is
    organic; what would stay if every channel stopped; and what a unit bought costs. Where spend did
    not move apart from the rest, moves with another channel, or follows growth, it says "cannot
    tell", what is missing, and which pauses would tell; of channels that move as one it tells the
    sum. Of a product of the market it also tells whether bought users stay, who owns the channels
    and what that owner could take away, its shares of voice, and the way from ads to users who
    stay. Of a file, with --channels, it writes contributions, totals, sums (with
    sum_contributions), survival, checks, experiments and summary.json.
    """
    if channels is None:
        from howdah.surfaces.cli.pages import split_entity  # noqa: PLC0415 - see `begin`

        split_entity.check(series, out)
        split_entity.run(series, outcome, market, as_of, as_json=as_json)
        return
    from howdah.surfaces.cli.pages import split as page  # noqa: PLC0415 - see `begin`

    page.run(
        Path(series), out, outcome, channels, controls, period, group, stop_at, prob, seed,
        is_proxy=proxy, force=force, strict=strict, as_json=as_json,
    )  # fmt: skip
