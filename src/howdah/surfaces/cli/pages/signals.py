"""What `howdah signals` does: feeds in, the breakouts that may come out."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from howdah.core.errors import InputError
from howdah.engines import output_file
from howdah.signals.breakouts import Outlook, Question, breakout_table, look_out
from howdah.surfaces.cli.pages.feed_files import Read, describe, read_sources
from howdah.surfaces.cli.staging import finish, stage_date, staged
from howdah.surfaces.cli.words import counted

#: Breakouts that the screen tells.
_MOST_TOLD = 5


def run(
    feeds: Sequence[Path], as_of: str, question: Question, out: Path, top: int | None,
    universe: Path | None, also: Sequence[Path], links: Path | None,
    *, force: bool, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read the feeds, look out and write who may break out."""
    day = stage_date(as_of)
    assert day is not None
    check_question(question)
    if top is not None and top < 1:
        raise InputError(f"--top is {top}; give a whole number from 1 on.")
    with staged("reading the feeds") as (engine, progress), output_file(out, force=force) as into:
        read = read_sources(engine, feeds, also, links, universe)
        progress("looking out", 1, 3)
        outlook = look_out(read.sources, day, question)
        check_candidates(read, outlook, question)
        progress("writing", 2, 3)
        table = breakout_table(outlook, question, top=top)
        into.write(table.to_arrow())
        into.quarantine(read.quarantine)
    summary = _summary(read, outlook, question, table)
    finish(
        out, summary, into.n_quarantined, said=_said(read, outlook, table, question), as_of=day,
        strict=strict, as_json=as_json, aside=read.aside,
        quarantine=out.with_name(f"{out.name}.quarantine.parquet"),
    )  # fmt: skip


def check_question(question: Question) -> None:
    """Refuse a horizon and a probability that are none.

    Raises
    ------
    InputError
        One is out of bounds; it says which.
    """
    if not 1 <= question.horizon <= 120:  # noqa: PLR2004 - ten years
        raise InputError(f"--horizon is {question.horizon}; give months from 1 to 120.")
    if not 0.0 < question.prob < 1.0:
        raise InputError(f"--prob is {question.prob}; give a probability between 0 and 1, as 0.9.")


def _summary(
    read: Read, outlook: Outlook, question: Question, table: pl.DataFrame
) -> dict[str, object]:
    panel, model = outlook.panel, outlook.model
    end = panel.ends[-1] if panel.ends else None
    return {
        "target": question.target.text,
        "horizon_months": question.horizon,
        "last_month": end,
        "n_candidates": len(outlook.rows),
        "n_written": table.height,
        "n_origins": len(outlook.origins.columns),
        "n_past_cases": 0 if model is None else model.n_came,
        "feed": describe(read.sources.main),
        "also": _also(read, outlook),
        "events": panel.events["kind"].value_counts().sort("kind").to_dicts(),
        "set_aside": read.aside.plain(),
    }


def _also(read: Read, outlook: Outlook) -> list[dict[str, object]]:
    """The other sources, and how many entities of the list each covers."""
    ends = outlook.panel.ends
    return [
        {**describe(feed), "n_covered": int(other.covers(ends[-1]).sum()) if ends else 0}
        for feed, other in zip(read.sources.also, outlook.companions, strict=True)
    ]


def check_candidates(read: Read, outlook: Outlook, question: Question) -> None:
    """Refuse what nobody is a candidate of, and say why nobody is.

    Raises
    ------
    InputError
        Nobody is.
    """
    if len(outlook.rows):
        return
    panel = outlook.panel
    if not panel.ends:
        first = read.sources.main.rows["period"].min()
        raise InputError(
            f"The feed has no reading by {panel.as_of}; its first is of {first!s}. Give a later "
            "--as-of, or the names that may come with --universe."
        )
    raise InputError(
        f"Nobody is outside {question.target.text} on {panel.ends[-1]}: all are there already. "
        "Give a narrower --target, or the names that may come with --universe."
    )


def _said(read: Read, outlook: Outlook, table: pl.DataFrame, question: Question) -> list[str]:
    lines = [
        (
            f"{counted(len(outlook.rows), 'candidate')} for {question.target.text} within "
            f"{counted(question.horizon, 'month')}; learnt from "
            f"{counted(len(outlook.origins.columns), 'past origin')}"
        )
    ]
    lines += [
        f"{feed['name']} covers {feed['n_covered']:,} of the entities of the list"
        for feed in _also(read, outlook)
    ]
    told = table.head(_MOST_TOLD).drop_nulls("probability")
    columns = "entity", "probability", "lower", "upper", "reasons"
    for entity, p, lower, upper, reasons in told.select(columns).iter_rows():
        why = f"; {reasons}" if reasons else ""
        lines.append(f"  {entity}: {p:.2f} ({lower:.2f} to {upper:.2f}){why}")
    if table.height and not told.height:
        lines.append(str(table["caveats"][0]))
    elif outlook.model is None:
        lines.append(
            "too few past cases to tell one from another: all have the rate of the past, and stand "
            "in the order of their places"
        )
    return lines
