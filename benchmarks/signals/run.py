"""Who breaks out, and how often is that right? See README.md.

python run.py [public] [speed]
"""

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from public import KeptPanels, only, sources

from bench import data_folder, keep, run_child
from howdah.core.calendar import add_months
from howdah.signals.backtesting import (
    OWN,
    Backtest,
    differences,
    flagged_before,
    mean_scores,
    origins_between,
    pooled_fdr,
    records,
    run_backtest,
)
from howdah.signals.breakouts import Question, Target, parse_target

HORIZON = 12

#: First date that has labels to learn from; last one whose horizon the data hold.
FIRST, LAST = dt.date(2019, 6, 1), dt.date(2023, 11, 1)

#: Methods were chosen on origins up to here, whose horizons end before `UNTOUCHED` begins; origins
#: between the two share horizons with both.
TUNED, UNTOUCHED = dt.date(2021, 11, 1), dt.date(2022, 12, 1)

TARGETS: dict[str, Target] = {
    "top500-lasting": parse_target("top:500", hold=2, newcomer=12),
    "growth5": parse_target("growth:5"),
    "top500": parse_target("top:500"),
    "top500-beyond-1000": parse_target("top:500", beyond=1000),
}

Row = dict[str, object]


def spans() -> dict[str, list[dt.date]]:
    """Origins by what they were used for."""
    # Before this one every horizon holds a measurement event: one a quarter tells how that goes.
    clean = dt.date(2021, 5, 1)
    days = [*origins_between(FIRST, add_months(clean, -1))[::3], *origins_between(clean, LAST)]
    return {
        "tuned": [day for day in days if day <= TUNED],
        "between": [day for day in days if TUNED < day < UNTOUCHED],
        "untouched": [day for day in days if day >= UNTOUCHED],
    }


def _part(found: Backtest, days: Sequence[dt.date]) -> Backtest:
    kept = set(days)
    return Backtest(
        *([row for row in rows if row["origin"] in kept] for rows in (found.scores, found.leads)),
        fdr=[row for row in found.fdr if row["origin"] in kept],
    )


def public_rows(folder: Path) -> Iterator[list[Row]]:
    """Scores by target, sources and span; what each source adds is told of one origin a quarter."""
    every = sources(folder)
    panels = KeptPanels()
    groups = spans()
    days = [day for part in groups.values() for day in part]
    groups["later"] = groups["between"] + groups["untouched"]
    groups["all"] = days
    quarters = {"quarters": days[-31::3]}
    for name, target in TARGETS.items():
        found = run_backtest(only(every), days, Question(target, HORIZON), build=panels)
        shown = groups | quarters if name == "top500-lasting" else groups
        yield [
            row
            for span, own in shown.items()
            for row in _rows(name, "downloads", span, _part(found, own))
        ]
    question = Question(TARGETS["top500-lasting"], HORIZON)
    sets = {"all": every, **{feed.name: only(every, feed.name) for feed in every.also}}
    for name, part in sets.items():
        found = run_backtest(part, quarters["quarters"], question, build=panels)
        yield list(_rows("top500-lasting", f"downloads, {name}", "quarters", found))


def _rows(name: str, of: str, span: str, found: Backtest) -> Iterator[Row]:
    for contaminated in (False, True):
        scores = mean_scores(found, contaminated=contaminated)
        if not scores.height:
            continue
        gaps = differences(found, HORIZON, contaminated=contaminated)
        alarms = {
            row["method"]: row for row in records(found, contaminated=contaminated).to_dicts()
        }
        leads = {
            row["method"]: row
            for row in flagged_before(found, contaminated=contaminated).to_dicts()
        }
        fdr = pooled_fdr(found, contaminated=contaminated).drop_nulls("actual")
        for score in scores.to_dicts():
            method = score["method"]
            row: Row = {
                "target": name, "sources": of, "span": span,
                "windows": "contaminated" if contaminated else "clean", **score,
                "lead_months": alarms[method]["median_lead_months"],
                "first_flagged_months": leads.get(method, {}).get("median_months"),
                "false_alarms_a_month": alarms[method]["false_alarms_a_month"],
            }  # fmt: skip
            if method == OWN:
                for gap in gaps.filter(pl.col("baseline") == "closest").to_dicts():
                    ends = (gap["value"], gap["lower"], gap["upper"])
                    row[f"{gap['measure']}_gain"] = [
                        None if x is None else round(x, 4) for x in ends
                    ]
                row["fdr"] = [
                    [nominal, round(actual, 3), n]
                    for nominal, actual, n in fdr.select("nominal", "actual", "n_told").iter_rows()
                ]
            yield row


def coverage_row(folder: Path) -> Row:
    """How many packages another source covers, ever and in the last list."""
    every = sources(folder)
    names = set(every.main.entities.to_list())
    elsewhere = {name for feed in every.also for name in feed.entities.to_list()}
    linked = {
        name for name in names if not elsewhere.isdisjoint({name, *every.links.get(name, ())})
    }
    last = every.main.rows.filter(pl.col("period") == pl.col("period").max())["entity"]
    listed = set(every.main.entities.gather(last).to_list())
    return {
        "what": "packages with a second source", "n": len(linked), "of": len(names),
        "in the last list": len(linked & listed), "of its": len(listed),
    }  # fmt: skip


def market(n: int, n_month: int, seed: int) -> pl.DataFrame:
    """A simulated market: levels with damped trends, all of which are listed."""
    rng = np.random.default_rng(seed)
    level, slope = rng.normal(8, 1.5, n), rng.normal(0, 0.05, n)
    frames = []
    entity = pl.Series([f"product-{i:07d}" for i in range(n)])
    for t in range(n_month):
        level = level - 0.01 * (level - 8) + slope + rng.normal(0, 0.08, n)
        slope = 0.85 * slope + rng.normal(0, 0.04, n)
        period = add_months(dt.date(2016, 1, 1), t)
        value = np.exp(level + rng.normal(0, 0.03, n))
        frames.append(
            pl.DataFrame({"entity": entity, "value": value}).with_columns(
                pl.lit(period).alias("period")
            )
        )
    return pl.concat(frames)


def speed_rows() -> Iterator[Row]:
    """What a million entities cost, and a back-test of 24 origins of 30,000."""
    howdah = [sys.executable, "-m", "howdah"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        market(1_000_000, 24, 1).write_parquet(folder / "million.parquet")
        market(30_000, 99, 2).write_parquet(folder / "record.parquet")
        jobs = {
            "a million entities x 24 months": [
                "signals", "million.parquet", "--as-of", "2017-12-01", "--target", "top:10000",
                "--horizon", "6", "--out", "out.parquet", "--force",
            ],
            "24 origins x 30,000 entities, 99 months": [
                "backtest", "record.parquet", "--from", "2021-04-01", "--to", "2023-03-01",
                "--target", "top:500", "--horizon", "12", "--out", "record", "--force",
            ],
        }  # fmt: skip
        for what, job in jobs.items():
            args = [str(folder / part) if part.endswith("parquet") else part for part in job]
            args = [str(folder / part) if part == "record" else part for part in args]
            cost = run_child([*howdah, *args])
            yield {
                "what": what, "cpu_s": round(cost.cpu, 1), "wall_s": round(cost.wall, 1),
                "peak_mb": round(cost.peak_mb),
            }  # fmt: skip


def main() -> None:
    """Run the parts that are named, or both, each kept in a file of its own."""
    parts = sys.argv[1:] or ["public", "speed"]
    results = Path(__file__).parent / "results"
    if "public" in parts:
        folder = data_folder()
        rows: list[Row] = [coverage_row(folder)]
        for part in public_rows(folder):
            rows += part
            sys.stderr.write(f"{part[0]['target']} of {part[0]['sources']}: done\n")
            keep(results, rows, "public")
    if "speed" in parts:
        keep(results, list(speed_rows()), "speed")


if __name__ == "__main__":
    main()
