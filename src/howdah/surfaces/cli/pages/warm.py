"""What `howdah warm` does: each command that computes runs once, so that its kernels are compiled.

Machine code is made when a kernel is first called with arguments of some types, and kept beside
howdah's modules. No kernel is named here, so none can be forgotten: the commands themselves run,
on the example market with a small panel and on tables of a few rows.
"""

import datetime as dt
import io
import shlex
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from howdah.market import copy_example
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.application import app
from howdah.surfaces.cli.progress import working
from howdah.surfaces.cli.screen import Screen

#: Units that the example's panel is drawn from: the fewest of which every table has rows.
_UNITS = 2400

_FIRST = dt.date(2024, 1, 1)

#: What runs, in this order, with the names of `write_tables` for files. Types of arguments follow
#: what a file holds (ids that are numbers or texts, days or times) and which files there are.
COMMANDS = (
    "demo --dir {market}",
    "show Doubao --market {market}",
    "explain Doubao dau --since 2024-12-31 --market {market}",
    "rank dau --segment assistants --market {market}",
    "entry open-source-ai --market {market}",
    "directions --market {market}",
    "sources --metric dau --market {market}",
    "review --suspects --market {market}",
    "report --lang en --out {folder} --market {market}",
    "audience {numbers} --out {out} --force",
    "audience {texts} --out {out} --force",
    "audience {numbers} --panel {panel} --strata {strata} --out {out} --force",
    "audience {texts} --panel {named} --strata {strata} --state {units} --out {out} --force",
    "audience {texts} --panel {named} --strata {strata} --state {units} --out {out} --force",
    "fuse {claims} --anchors {truth} --out {out} --force",
    "fuse {levels} --anchors {truth} --state {state} --out {out} --force",
    "fuse {later} --state {state} --out {out} --force",
    "fuse {claims} --static --out {out} --force",
    "health {feed} --out {out} --force",
    "split 'Simulated advertiser J' --market {market}",
    "split {weeks} --outcome users --channels ads,video --out {out} --force",
    "signals {feed} --as-of 2023-12-01 --target top:5 --horizon 3 --out {table} --force",
    "backtest {feed} --from 2023-06-01 --to 2023-06-01 --target top:4 --horizon 3 --out {record}",
)


def run(*, as_json: bool) -> None:
    """Run the commands in a folder of their own, and say how long it took."""
    started = time.perf_counter()
    with TemporaryDirectory(prefix="howdah-") as name, working("compiling") as progress:
        folder = Path(name)
        names = write_tables(folder)
        copy_example(folder / "market", simulated_units=_UNITS)
        for done, command in enumerate(COMMANDS):
            arguments = [word.format(**names) for word in shlex.split(command)]
            progress(arguments[0], done, len(COMMANDS))
            said = io.StringIO()
            with redirect_stdout(said), redirect_stderr(said):
                code = app(arguments, prog_name="howdah", standalone_mode=False)
            assert not code, f"howdah {shlex.join(arguments)}: {said.getvalue()}"
    seconds = time.perf_counter() - started
    if as_json:
        write_json({"n_commands": len(COMMANDS), "seconds": round(seconds, 1)})
        return
    screen = Screen()
    screen.text(f"Compiled what the commands use, in {seconds:.0f} seconds.")
    screen.write()


def write_tables(folder: Path) -> dict[str, Path]:
    """Write the files that `COMMANDS` read, and name them and those that are made of them."""
    levels, truth = _levels()
    is_early = pl.col("period") < dt.date(2023, 9, 1)
    frames = {
        "numbers": _log(),
        "texts": _log().select(
            "product",
            unit=pl.format("unit {}", "unit"),
            ts=pl.col("day").cast(pl.Datetime) + pl.duration(hours=pl.col("unit") % 24),
        ),
        "panel": _panel(),
        "named": _panel().with_columns(unit=pl.format("unit {}", "unit")),
        "strata": pl.DataFrame({"stratum": ["a", "b"], "population": [900, 100]}),
        "levels": levels.filter(is_early),
        "later": levels.filter(~is_early),
        "claims": _claims(levels),
        "truth": truth,
        "weeks": _weeks(),
        "feed": levels.filter(pl.col("source") == "even").select(
            "period", "value", entity="series"
        ),
    }
    names = {}
    for name, frame in frames.items():
        names[name] = folder / f"{name}.csv"
        frame.write_csv(names[name])
    names["numbers"] = folder / "numbers.parquet"
    frames["numbers"].write_parquet(names["numbers"])
    made = ("out", "record", "table", "units", "state", "market")
    return {**names, "folder": folder, **{name: folder / name for name in made}}


def _log() -> pl.DataFrame:
    """A log of sixty units over ninety days."""
    is_active = np.random.default_rng(1).binomial(1, 0.2, (60, 3, 90))
    unit, product, day = np.nonzero(is_active)
    return pl.DataFrame(
        {
            "unit": unit,
            "product": np.array(["tea", "coffee", "milk"])[product],
            "day": np.datetime64(_FIRST) + day,
        }
    )


def _panel() -> pl.DataFrame:
    """The units of `_log`; some join or leave."""
    return pl.DataFrame(
        {
            "unit": np.arange(60),
            "stratum": ["a", "b"] * 30,
            "joined": [_FIRST + dt.timedelta(days=9), *[None] * 59],
            "left": [None, _FIRST + dt.timedelta(days=60), *[None] * 58],
        }
    )


def _levels() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Levels that four sources tell, one of them a copy, and the truth of most series."""
    draws = np.random.default_rng(2)
    level = draws.normal(10.0, 1.0, (30, 1)) + np.cumsum(draws.normal(0.0, 0.05, (30, 24)), 1)
    told = level[:, :, None] + [0.0, 0.2, -0.1] + draws.normal(0.0, 0.1, (30, 24, 3))
    series, month = (n.ravel() for n in np.indices(level.shape))
    days = [dt.date(2022 + m // 12, m % 12 + 1, 1) for m in month]
    keys = pl.DataFrame({"series": [f"series {n:02}" for n in series], "period": days})
    rows = [
        keys.with_columns(source=pl.lit(name), value=np.exp(told[:, :, n]).ravel())
        for name, n in (("even", 0), ("high", 1), ("low", 2), ("copy", 1))
    ]
    truth = keys.with_columns(value=np.exp(level).ravel()).head(25 * 24)
    return pl.concat(rows), truth


def _weeks() -> pl.DataFrame:
    """An outcome that answers one of two channels."""
    draws = np.random.default_rng(3)
    ads, video = draws.exponential(1.0, (2, 60))
    return pl.DataFrame(
        {
            "period": np.datetime64(_FIRST) + 7 * np.arange(60),
            "users": 50.0 + 5.0 * ads + draws.normal(0.0, 1.0, 60),
            "ads": ads,
            "video": video,
        }
    )


def _claims(levels: pl.DataFrame) -> pl.DataFrame:
    """The same with all that a claim may have: slips, intervals, lists, prints."""
    at = pl.int_range(pl.len())
    is_listed = at % 61 != 0
    is_interval = (at % 11 == 0) & is_listed
    last = levels.with_columns(
        value=pl.when(is_listed).then(
            pl.col("value") * pl.when(at % 97 == 0).then(1000).otherwise(1)
        ),
        value_low=pl.when(is_interval).then(pl.col("value") * 0.9),
        value_high=pl.when(is_interval).then(pl.col("value") * 1.1),
        segment=pl.col("series").str.tail(1),
        listed=is_listed,
        cutoff=pl.when(~is_listed).then(pl.col("value")),
        published_at=pl.col("period").cast(pl.Datetime("us", "UTC")).dt.offset_by("95d"),
    )
    is_even = pl.col("source") == "even"
    earlier = [
        last.filter(is_even).with_columns(
            value=pl.col("value") * share, published_at=pl.col("published_at").dt.offset_by(age)
        )
        for age, share in (("-60d", 0.8), ("-30d", 0.9))
    ]
    return pl.concat([last, *earlier])
