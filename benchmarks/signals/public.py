"""The public data: lists of the most downloaded Python packages, and other sources about them.

They are read from the data folder, else from the example market, which has two of them; `README.md`
says which files. Nothing later than `LAST` is used.
"""

import datetime as dt
import sys
from importlib.resources import files
from pathlib import Path

import polars as pl
from links import link_frame

from howdah.signals.breakouts import (
    Feed,
    Panel,
    Sources,
    build_panel,
    code_feed,
    link_table,
)

#: Package lists and stars end here; what other files know later is left out.
LAST = dt.date(2024, 11, 1)

#: Renamed repositories: two series of one thing.
_RENAMED = "renamed_to"


def _read(folder: Path, name: str) -> pl.DataFrame | None:
    own = Path(str(files("howdah.markets") / "ai" / "data" / name))
    for path in (folder / name, own):
        if path.exists():
            return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    sys.stderr.write(f"left out: {folder / name} is not there (see README.md)\n")
    return None


def packages(folder: Path) -> pl.DataFrame:
    """The lists: ``period, entity, value, rank``."""
    found = _read(folder, "pypi_downloads.parquet")
    assert found is not None, "the example market has them"
    return found.select(
        period="snapshot_date", entity="project", value=pl.col("downloads").cast(pl.Float64),
        rank=pl.col("rank").cast(pl.Int64),
    )  # fmt: skip


def others(folder: Path) -> dict[str, pl.DataFrame]:
    """Other sources by name: ``period, entity, value``."""
    made: dict[str, pl.DataFrame] = {}
    renamed = {}
    if (links := _read(folder, "ai_links.csv")) is not None:
        rows = links.filter(pl.col("relation") == _RENAMED).select("entity", "target").rows()
        renamed = dict(rows)
    if (stars := _read(folder, "github_stars.parquet")) is not None:
        repo = pl.col("repo").replace(renamed)
        for name in ("stars", "forks"):
            value = pl.col(name).cast(pl.Float64)
            made[name] = stars.select(period="date", entity=repo, value=value)
    if (stars := _read(folder, "lfai_landscape.parquet")) is not None:
        name = pl.coalesce(pl.col("repo_url").str.extract(r"github\.com/([^/]+/[^/]+?)/?$"), "item")
        for column in ("stars", "contributors"):
            value = pl.col(column).cast(pl.Float64)
            rows = stars.select(period="date", entity=name, value=value)
            made[f"landscape {column}"] = rows.drop_nulls()
    if (releases := _read(folder, "releases.parquet")) is not None:
        made["releases"] = _release_counts(releases)
    if (npm := _read(folder, "npm_downloads.parquet")) is not None:
        made["npm"] = npm.select(
            period="snapshot", entity="package", value=pl.col("downloads").cast(pl.Float64)
        )
    return {name: rows.filter(pl.col("period") <= LAST) for name, rows in made.items()}


def _release_counts(releases: pl.DataFrame) -> pl.DataFrame:
    """How many release cycles each product had begun by the first of each month."""
    began = releases.select(
        entity="product", day=pl.col("release_date").cast(pl.String).str.to_date(strict=False)
    ).drop_nulls()
    months = pl.date_range(dt.date(2017, 1, 1), LAST, "1mo", eager=True).alias("period")
    return (
        began.join(months.to_frame(), how="cross")
        .filter(pl.col("day") <= pl.col("period"))
        .group_by("period", "entity")
        .agg(pl.len().cast(pl.Float64).alias("value"))
    )


def sources(folder: Path) -> Sources:
    """The lists with all other sources beside them, linked by names."""
    main = packages(folder)
    beside = others(folder)
    feeds = tuple(code_feed(rows, name) for name, rows in sorted(beside.items()))
    names = [feed.entities.to_list() for feed in feeds]
    return Sources(
        code_feed(main, "downloads"),
        feeds,
        link_table(link_frame(main["entity"].unique().to_list(), names)),
    )


def only(found: Sources, *names: str) -> Sources:
    """The main list with some of the others."""
    kept: tuple[Feed, ...] = tuple(feed for feed in found.also if feed.name in names)
    return Sources(found.main, kept, found.links)


class KeptPanels:
    """Panels by feed and day: several questions are asked of the same."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, dt.date, dt.date | None], Panel] = {}

    def __call__(self, feed: Feed, as_of: dt.date, *, anchor: dt.date | None = None) -> Panel:
        """As `build_panel`."""
        key = feed.name, as_of, anchor
        if key not in self._made:
            self._made[key] = build_panel(feed, as_of, anchor=anchor)
        return self._made[key]
