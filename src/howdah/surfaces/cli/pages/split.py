"""What `howdah split` does: outcome and spend in; what was bought, what was earned, what stays."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import polars as pl

from howdah.core.errors import InputError
from howdah.core.phrases import number_text
from howdah.engines import Check, Column, output_folder, read_table
from howdah.growth import Names, Options, Split
from howdah.growth import split as split_rows
from howdah.surfaces.cli.staging import IN_TIME, aside_of, finish, require_rows, stage_date, staged
from howdah.surfaces.cli.words import counted

#: Verdicts that the screen tells one by one.
_MOST_TOLD = 8

#: Beyond this nothing is counted, and squares leave the range of numbers.
_MOST = "1e30"


def run(
    series: Path, out: Path | None, outcome: str | None, channels: str, controls: str, period: str,
    group: str | None, stop_at: str | None, prob: float, seed: int,
    *, is_proxy: bool, force: bool, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read the series, split them and write what came of it."""
    if out is None or outcome is None:
        lacking = "--outcome" if outcome is None else "--out"
        raise InputError(
            f"{lacking} is missing. A file is split with --outcome COL, --channels A,B and --out "
            "DIR; without --channels a name of the market is meant."
        )
    names = Names(outcome, _listed(channels), _listed(controls), period, group)
    _check(names, prob)
    options = Options(
        prob=prob,
        stop_at=stage_date(stop_at),
        is_proxy=is_proxy,
        seed=seed,
    )
    with staged("reading") as (engine, progress), output_folder(out, force=force) as into:
        read = read_table(engine, series, _columns(names), checks=_checks(names))
        require_rows(read, "split", out, into)
        found = split_rows(pl.DataFrame(read.table()), names, options, progress)
        progress("writing", 0, 0)
        into.write("contributions", found.contributions.to_arrow())
        into.write("totals", found.totals.to_arrow())
        into.write("survival", found.survival.to_arrow())
        into.write("sums", found.sums.to_arrow())
        into.write("sum_contributions", found.sum_contributions.to_arrow())
        into.write("checks", found.checks.to_arrow())
        into.write("experiments", found.experiments.to_arrow())
        into.quarantine(read.quarantine)
        aside = aside_of(read)
        summary = {
            **_summary(found, names, options),
            "n_rows": aside.n_rows,
            "n_quarantined": aside.n,
            "set_aside": aside.plain(),
        }
        fits = found.fits.to_dicts() if found.fits.height <= _MOST_TOLD else []
        into.write_json("summary", {**summary, "fits": fits})
    finish(
        out, summary, into.n_quarantined, said=_said(found, is_proxy=is_proxy),
        as_of=None, strict=strict, as_json=as_json, aside=aside,
    )  # fmt: skip


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _check(names: Names, prob: float) -> None:
    if not 0.0 < prob < 1.0:
        raise InputError(f"--prob is {prob}; give a probability between 0 and 1, as 0.9.")
    if not names.channels:
        raise InputError("--channels names no column; give at least one column of spend.")
    used = [names.outcome, *names.channels, *names.controls, names.period]
    used += [] if names.group is None else [names.group]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        raise InputError(
            f"The column {twice[0]!r} is named for two things. Outcome, channels, controls, period "
            "and group are columns of their own."
        )


def _columns(names: Names) -> tuple[Column, ...]:
    group = () if names.group is None else (Column(names.group, "text"),)
    return (
        Column(names.period, "date"),
        *group,
        # A period without an outcome still has spend, which carries over.
        Column(names.outcome, "float", is_nullable=True),
        *(Column(name, "float") for name in (*names.channels, *names.controls)),
    )


def _checks(names: Names) -> list[Check]:
    numbers = (names.outcome, *names.channels, *names.controls)
    return [
        replace(IN_TIME, column=names.period),
        *(Check(c, "{} < 0", "negative, and spend cannot be") for c in names.channels),
        *(
            Check(c, f"abs({{}}) > {_MOST}", f"beyond {_MOST}, which no quantity is")
            for c in numbers
        ),
    ]


def _summary(found: Split, names: Names, options: Options) -> dict[str, object]:
    totals = found.totals
    verdicts = totals.filter(pl.col("channel") != "(base)")["verdict"].value_counts()
    organic = totals.filter(pl.col("channel") == "(base)")
    return {
        "outcome": names.outcome,
        "channels": list(names.channels),
        "controls": list(names.controls),
        "prob": options.prob,
        "is_proxy": options.is_proxy,
        "seed": options.seed,
        "stop_at": None if options.stop_at is None else options.stop_at.isoformat(),
        "n_groups": organic.height,
        "n_periods": int(found.fits["n_periods"].sum()),
        "n_missing": int(found.fits["n_missing"].sum()),
        "rhythms": sorted(found.fits["rhythm"].unique().to_list()),
        "verdicts": dict(verdicts.sort("verdict").iter_rows()),
        "earned_share": organic["share"][0] if organic.height == 1 else None,
        "earned_share_lower": organic["share_lower"][0] if organic.height == 1 else None,
        "earned_share_upper": organic["share_upper"][0] if organic.height == 1 else None,
        "versions": {name: version(name) for name in ("howdah", "numpy", "numba", "polars")},
    }


def _said(found: Split, *, is_proxy: bool) -> list[str]:
    totals = found.totals
    n_groups = totals["group"].n_unique()
    lines = [f"{counted(n_groups, 'series', 'series')}, {_counts(totals)}"]
    lines += [f"  {_line(row)}" for row in totals.head(_MOST_TOLD).to_dicts()]
    if (n := totals.height - _MOST_TOLD) > 0:
        lines.append(f"  and {n:,} more, in totals.parquet")
    # Of very many series nobody reads sums one by one.
    if n_groups == 1:
        lines += [
            f"  together {_line({**row, 'channel': row['name'], 'group': ''})}"
            for row in found.sums.to_dicts()
        ]
    lines.append(_staying(found))
    if is_proxy:
        lines.append("channels are proxies of spend: intervals allow for what they miss")
    return lines


def _counts(totals: pl.DataFrame) -> str:
    counts = totals.filter(pl.col("channel") != "(base)")["verdict"].value_counts().sort("verdict")
    words = {"identified": "identified", "weak": "weak", "cannot_tell": "that cannot be told"}
    return "channels: " + ", ".join(f"{n:,} {words[word]}" for word, n in counts.iter_rows())


def _line(row: Mapping[str, object]) -> str:
    name = f"{row['group']}, {row['channel']}" if row["group"] else str(row["channel"])
    if row["verdict"] == "cannot_tell":
        return f"{name}: cannot tell: {row['reason']}"
    value, lower, upper = (
        number_text(100 * float(str(row[x])), "percent")
        for x in ("share", "share_lower", "share_upper")
    )
    weak = f"; weak: {row['reason']}" if row["verdict"] == "weak" else ""
    return f"{name}: {value} of the outcome ({lower} to {upper}){_cost(row)}{weak}"


def _cost(row: Mapping[str, object]) -> str:
    """What a unit costs that a channel bought; nothing where it is no channel or not told."""
    ends = [row.get(x) for x in ("cac", "cac_lower", "cac_upper")]
    if ends[0] is None:
        return ""
    value, lower, upper = ("no end" if x is None else number_text(float(str(x))) for x in ends)
    return f"; {value} spent a unit bought ({lower} to {upper})"


def _staying(found: Split) -> str:
    """What stays of one series when every channel has stopped, at first and in the end."""
    rows = found.survival.drop_nulls("value")
    if found.totals["group"].n_unique() > 1 or rows.is_empty():
        return "what stays when every channel stops: survival.parquet"
    first, last = (
        f"{number_text(row['value'])} ({number_text(row['lower'])} to {number_text(row['upper'])}) "
        f"on {row['period']}"
        for row in (rows.row(0, named=True), rows.row(-1, named=True))
    )
    return f"if every channel stops, what is left is {first} and {last}; see survival.parquet"
