"""Are documented changes of method found, and is nothing else? See README.md."""

import datetime as dt
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import ruptures

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from simulation import FAULTS, N_MONTHS, Feed, simulate

from bench import keep
from howdah.estimates.health import check_feed

N_FEEDS = 60

#: Documented changes of the list of most downloaded packages: period, kind, size. What happened and
#: when stands in the feed's spec (markets/ai/feeds/pypi-downloads.toml); 3.6, 3.3 and .77 are the
#: steps that were noted of the complete weekly lists when they were collected, so they are given.
DOCUMENTED: tuple[tuple[dt.date, str, float | None], ...] = (
    (dt.date(2018, 8, 5), "level_shift", 3.6),
    (dt.date(2019, 11, 22), "list_length", 4000 / 5000),
    (dt.date(2020, 2, 1), "missing_period", None),
    (dt.date(2021, 2, 1), "drain", 0.77),
    (dt.date(2021, 4, 1), "drain", 0.77),
    (dt.date(2021, 5, 1), "level_shift", 3.3),
    (dt.date(2021, 7, 1), "list_length", 5000 / 4000),
    (dt.date(2023, 9, 1), "list_length", 8000 / 5000),
)

Found = Sequence[tuple[dt.date, float | None, float | None, float | None, str]]


def packages() -> pl.DataFrame:
    """The monthly lists that ship with the example market, as a feed."""
    path = files("howdah.markets") / "ai" / "data" / "pypi_downloads.parquet"
    return pl.read_parquet(str(path)).select(
        pl.col("snapshot_date").alias("period"),
        pl.col("project").alias("entity"),
        pl.col("downloads").cast(pl.Float64).alias("value"),
        pl.col("rank").cast(pl.Int64),
        pl.lit(None, pl.Float64).alias("window_days"),
    )


def by_howdah(rows: pl.DataFrame) -> Found:
    """Events of `check_feed`."""
    events = check_feed(rows).events.select("period", "size", "lower", "upper", "kind")
    return list(events.iter_rows())


def by_z_score(rows: pl.DataFrame) -> Found:
    """Changes of the log total beyond three standard deviations."""
    days, total = totals(rows)
    change = np.diff(total)
    z = (change - change.mean()) / change.std()
    return [
        (days[n + 1], float(np.exp(change[n])), None, None, "")
        for n in np.flatnonzero(np.abs(z) > 3).tolist()
    ]


def by_pelt(rows: pl.DataFrame) -> Found:
    """Change points of the log total's mean, by PELT with the penalty of BIC."""
    days, total = totals(rows)
    noise = np.median(np.abs(np.diff(total) - np.median(np.diff(total)))) * 1.4826 / np.sqrt(2)
    penalty = 2 * np.log(len(total)) * noise**2
    ends = ruptures.Pelt(model="l2", min_size=2, jump=1).fit(total).predict(pen=penalty)
    starts = [0, *ends[:-1]]
    means = [total[a:b].mean() for a, b in zip(starts, ends, strict=True)]
    return [
        (days[at], float(np.exp(means[n + 1] - means[n])), None, None, "")
        for n, at in enumerate(ends[:-1])
    ]


def totals(rows: pl.DataFrame) -> tuple[list[dt.date], np.ndarray]:
    """Log of the sum of each snapshot."""
    summed = rows.group_by("period").agg(pl.col("value").sum()).sort("period")
    return summed["period"].to_list(), np.log(summed["value"].to_numpy())


def score_documented(name: str, found: Found, rows: pl.DataFrame) -> dict[str, object]:
    """How many documented changes are within one snapshot of an event, and what else is said."""
    days = rows["period"].unique().sort().to_list()

    def near(day: dt.date, other: dt.date) -> bool:
        at = [sum(d < x for d in days) for x in (day, other)]
        return abs(at[0] - at[1]) <= 1

    used: set[int] = set()
    n_found = n_kind = n_covered = n_sized = 0
    for day, kind, size in DOCUMENTED:
        hits = [n for n, event in enumerate(found) if near(day, event[0]) and n not in used]
        same = [n for n in hits if found[n][4] == kind]
        n_sized += size is not None
        if not hits:
            continue
        hit = min(same or hits, key=lambda n: abs((found[n][0] - day).days))
        used.add(hit)
        n_found += 1
        n_kind += bool(same)
        _, _, lower, upper, _ = found[hit]
        # A list's length is known exactly; a rounding of its ratio is no miss.
        if size is not None and lower is not None and upper is not None:
            n_covered += lower * (1 - 1e-9) <= size <= upper * (1 + 1e-9)
    years = (days[-1] - days[0]).days / 365.25
    return {
        "what": f"packages, {name}",
        "n": len(DOCUMENTED),
        "found": n_found / len(DOCUMENTED),
        "of its kind": n_kind / len(DOCUMENTED),
        "size covered": n_covered / n_sized,
        "other events a year": round((len(found) - len(used)) / years, 2),
    }


def score_simulated(kind: str) -> dict[str, object]:
    """Recall of one kind of fault, coverage of its size, and false events."""
    feeds = [simulate(kind, seed) for seed in range(N_FEEDS)]
    found = of_kind = covered = sized = others = 0
    for feed in feeds:
        months = months_of(feed)
        events = [
            (months.index(e[0].replace(day=1)), *e[1:])
            for e in check_feed(feed.rows).events.select(
                "period", "kind", "size", "lower", "upper"
            ).iter_rows()
        ]  # fmt: skip
        near = [e for e in events if feed.first - 1 <= e[0] <= feed.last + 1]
        same = [e for e in near if e[1] == feed.kind]
        found += bool(near)
        of_kind += bool(same)
        others += len(events) - len(near)
        if np.isfinite(feed.size) and same:
            sized += 1
            low = np.prod([e[3] for e in same]) * (1 - 1e-9)
            covered += bool(low <= feed.size <= np.prod([e[4] for e in same]) * (1 + 1e-9))
    return {
        "what": f"simulated, {kind or 'clean'}",
        "n": N_FEEDS,
        "found": found / N_FEEDS if kind else None,
        "of its kind": of_kind / N_FEEDS if kind else None,
        "size covered": covered / sized if sized else None,
        "other events a year": round(others / (N_FEEDS * N_MONTHS / 12), 3),
    }


def months_of(feed: Feed) -> list[dt.date]:
    """Every month of a simulated feed, those without a snapshot too."""
    start = feed.rows["period"].min()
    assert isinstance(start, dt.date)
    return [start.replace(year=start.year + n // 12, month=n % 12 + 1) for n in range(N_MONTHS)]


def main() -> None:
    """Score howdah and what a user would take instead."""
    rows = packages()
    ways = {
        "howdah": by_howdah,
        "z-score of the total": by_z_score,
        "PELT on the total": by_pelt,
    }
    results = [score_documented(name, way(rows), rows) for name, way in ways.items()]
    results += [score_simulated(kind) for kind in ("", *FAULTS)]
    keep(Path(__file__).parent, results)


if __name__ == "__main__":
    main()
