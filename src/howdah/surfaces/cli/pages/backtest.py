"""What `howdah backtest` does: feeds in, how past outlooks came true."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from howdah.core.errors import InputError
from howdah.engines import output_folder
from howdah.signals.backtesting import (
    OWN,
    Backtest,
    differences,
    fdr_frame,
    flagged_before,
    leads_frame,
    mean_scores,
    origins_between,
    pooled_fdr,
    records,
    run_backtest,
    scores_frame,
)
from howdah.signals.breakouts import Question
from howdah.surfaces.cli.pages.feed_files import describe, read_sources
from howdah.surfaces.cli.pages.signals import check_question
from howdah.surfaces.cli.staging import finish, stage_date, staged
from howdah.surfaces.cli.words import counted


def run(
    feeds: Sequence[Path], first: str, last: str, question: Question, out: Path,
    universe: Path | None, also: Sequence[Path], links: Path | None,
    *, force: bool, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read the feeds, look out from every origin, score it and write the record."""
    start, end = stage_date(first), stage_date(last)
    assert start is not None
    assert end is not None
    check_question(question)
    days = origins_between(start, end)
    with staged("reading the feeds") as (engine, progress), output_folder(out, force=force) as into:
        read = read_sources(engine, feeds, also, links, universe)
        found = run_backtest(read.sources, days, question, progress)
        if not found.scores:
            reasons = sorted({why for _, why in found.skipped})
            raise InputError(
                f"{counted(len(days), 'origin')} from {start} to {end}, of which none can be "
                f"scored: {'; '.join(reasons)}. Give origins that the feed covers, with "
                f"{counted(question.horizon, 'month')} of it after them."
            )
        into.write("scores", scores_frame(found).to_arrow())
        into.write("leads", leads_frame(found).to_arrow())
        into.write("fdr", fdr_frame(found).to_arrow())
        summary = {
            "target": question.target.text,
            "horizon_months": question.horizon,
            "feed": describe(read.sources.main),
            "also": [describe(feed) for feed in read.sources.also],
            "skipped": [{"origin": str(day), "why": why} for day, why in found.skipped],
            "clean": _part(found, question, contaminated=False),
            "contaminated": _part(found, question, contaminated=True),
            "set_aside": read.aside.plain(),
        }
        into.write_json("summary", summary)
        into.quarantine(read.quarantine)
    finish(
        out, summary, into.n_quarantined, said=_said(found), as_of=None, strict=strict,
        as_json=as_json, aside=read.aside,
    )  # fmt: skip


def _part(found: Backtest, question: Question, *, contaminated: bool) -> dict[str, object]:
    """What it comes to over the origins of one kind."""
    return {
        "scores": mean_scores(found, contaminated=contaminated).to_dicts(),
        "differences": differences(found, question.horizon, contaminated=contaminated).to_dicts(),
        "fdr": pooled_fdr(found, contaminated=contaminated).to_dicts(),
        "records": records(found, contaminated=contaminated).to_dicts(),
        "first_flagged": flagged_before(found, contaminated=contaminated).to_dicts(),
    }


def _said(found: Backtest) -> list[str]:
    lines = []
    for contaminated, name in ((False, "clean"), (True, "with a measurement event in the horizon")):
        scores = mean_scores(found, contaminated=contaminated)
        if not scores.height:
            continue
        n = int(scores["n_origins"][0])
        rate = scores["base_rate"][0]
        lines.append(f"{counted(n, 'origin')}, {name}; base rate {_text(rate, 4)}")
        lines += [_score_text(row) for row in scores.iter_rows(named=True)]
        own = records(found, contaminated=contaminated).filter(pl.col("method") == OWN)
        lines += [
            f"  {OWN}: median lead {_text(row['median_lead_months'], 1)} months, "
            f"{_text(row['false_alarms_a_month'], 1)} false alarms a month"
            for row in own.iter_rows(named=True)
        ]
    if found.skipped:
        lines.append(
            f"{counted(len(found.skipped), 'origin')} skipped: "
            + "; ".join(sorted({why for _, why in found.skipped}))
        )
    return lines


def _score_text(row: Mapping[str, Any]) -> str:
    return (
        f"  {row['method']}: precision at 50 {_text(row['precision_at_50'])}, recall at 50 "
        f"{_text(row['recall_at_50'])}, average precision {_text(row['average_precision'])}, "
        f"Brier {_text(row['brier'], 4)}"
    )


def _text(value: float | None, digits: int = 2) -> str:
    return "not known" if value is None else f"{value:.{digits}f}"
