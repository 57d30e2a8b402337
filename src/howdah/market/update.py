"""Updating a market: pull each feed, append its claims, then derive what follows from them.

A feed that fails leaves the others alone and the store as it was; its error is kept and shown
by `howdah feeds`. Work is reported through `Progress`, for surfaces to draw.
"""

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from howdah.claims import Appended, Fault, claims_query, write_lock
from howdah.core.calendar import end_of_day
from howdah.core.errors import FeedError, HowdahError, InputError, StoreError
from howdah.core.progress import Progress, silent
from howdah.engines import connect
from howdah.market.audience.intake import take_panel
from howdah.market.registering import extend_register
from howdah.market.state import FeedState
from howdah.market.workspace import Workspace
from howdah.sources import (
    FeedSpec,
    Input,
    Pull,
    Validators,
    compile_query,
    download,
    local_files,
    open_input,
)

#: Rows an Arrow batch brings from the engine; enough to amortise, little enough for memory.
_BATCH_ROWS = 100_000

#: File in the lake while an update runs: one that stays tells of an update that was cut off.
_UNFINISHED = ".unfinished"


@dataclass(slots=True)
class FeedUpdate:
    """What an update did to one feed.

    Attributes
    ----------
    notes
        Sentences on what figures that were counted cannot show of themselves.
    n_unseen
        Claims of the feed that were recorded after the date the market answers as of, counted
        when the update brought new ones: no answer without a later date shows them.
    """

    feed: str
    files: int = 0
    unchanged: int = 0
    appended: Appended = field(default_factory=Appended)
    faults: list[Fault] = field(default_factory=list)
    error: str = ""
    transient: bool = False
    notes: tuple[str, ...] = ()
    n_unseen: int = 0


def update(
    ws: Workspace, feeds: list[str] | None = None, progress: Progress = silent
) -> list[FeedUpdate]:
    """Pull feeds and append their claims; all feeds when none is named.

    Raises
    ------
    StoreBusyError
        Another process writes to this market.
    UnknownNameError
        A feed that the market does not have.
    """
    specs = [ws.find_spec(feed) for feed in feeds] if feeds else list(ws.specs.values())
    # Texts are read with the names that the other feeds bring.
    specs.sort(key=lambda spec: spec.documents is not None)
    done: list[FeedUpdate] = []
    are_named = False
    with write_lock(ws.folder / "lake"):
        # What the engine had spilled when an earlier update was killed.
        shutil.rmtree(ws.folder / "lake" / ".spill", ignore_errors=True)
        unfinished = ws.folder / "lake" / _UNFINISHED
        was_cut_off = unfinished.exists()
        unfinished.touch()
        for n, spec in enumerate(specs):
            progress(spec.id, n, len(specs) + 1)
            if spec.documents is not None and not are_named:
                extend_register(ws, [u.feed for u in done if u.appended.n_new])
                ws.forget()
                are_named = True

            def say(label: str, n: int = n, feed: str = spec.id) -> None:
                progress(f"{feed}: {label}", n, len(specs) + 1)

            done.append(_update_feed(ws, spec, say))
        progress("who is who", len(specs), len(specs) + 1)
        # Claims of texts come by judgements, too, between updates.
        judged = [spec.id for spec in specs if spec.documents is not None]
        new = [u.feed for u in done if u.appended.n_new]
        named = ws.specs if was_cut_off else [*new, *judged]
        has_new_names = extend_register(ws, named)
        unfinished.unlink()
    _count_unseen(ws, [u for u in done if u.appended.n_new])
    progress("done", len(specs) + 1, len(specs) + 1)
    ws.forget(names=has_new_names or not are_named)
    return done


def _update_feed(ws: Workspace, spec: FeedSpec, say: Callable[[str], None]) -> FeedUpdate:
    outcome = FeedUpdate(spec.id)
    failed: InputError | None = None
    before = ws.state.feed(spec.id)
    now = ws.now()
    validators = Validators()
    if spec.is_url and ws.store.has_pull(spec.id, None, spec_digest(spec)):
        # A changed spec must see the rows again, though the server has nothing new.
        validators = Validators(before.etag, before.last_modified)
    try:
        with _pulled_files(ws, spec, validators) as (paths, found):
            is_whole = spec.panel is not None or spec.documents is not None
            if is_whole:
                _take(ws, spec, paths, now, outcome, say)
            for path, place in () if is_whole else paths:
                outcome.files += 1
                try:
                    _append_file(ws, spec, path, place, now, outcome)
                except InputError as error:
                    # One bad file leaves the others alone; the first is the one that is told of.
                    failed = failed or error
            if not spec.is_url and spec.panel is None:
                # What was wrong with a file that was renamed or taken out is wrong no more.
                ws.store.close_quarantine(spec.id, [place for _, place in paths], now)
        if failed is not None:
            raise failed
    except StoreError:
        raise
    except HowdahError as error:
        outcome.error = str(error)
        outcome.transient = isinstance(error, FeedError) and error.transient
        ws.state.save(
            FeedState(
                spec.id, now, before.last_success, outcome.error, before.etag, before.last_modified
            )
        )
        return outcome
    ws.state.save(FeedState(spec.id, now, now, "", found.etag, found.last_modified))
    return outcome


def _take(
    ws: Workspace, spec: FeedSpec, paths: list[tuple[Path, str]], now: dt.datetime,
    outcome: FeedUpdate, say: Callable[[str], None],
) -> None:  # fmt: skip
    """Take in a panel, whose figures are of all of its logs, or documents, read one by one."""
    if spec.documents is None:
        taken = take_panel(ws, spec, paths, spec_digest(spec), now, say)
    else:
        # What reads texts is loaded only where there are some.
        from howdah.market.documents.intake import take_documents  # noqa: PLC0415

        taken = take_documents(ws, spec, paths, spec_digest(spec), now, say)
    outcome.files, outcome.unchanged = taken.files, taken.unchanged
    outcome.appended, outcome.faults = taken.appended, taken.faults
    outcome.notes = taken.notes


@contextmanager
def _pulled_files(
    ws: Workspace, spec: FeedSpec, validators: Validators
) -> Iterator[tuple[list[tuple[Path, str]], Validators]]:
    """The feed's files with the places they came from; none when the server has nothing new."""
    if not spec.is_url:
        files = local_files(spec, ws.folder)
        yield [(path, _place_of(path, ws.folder)) for path in files], Validators()
        return
    name = Path(spec.path.split("?", 1)[0]).name or spec.id
    if spec.format and not name.endswith(spec.format):
        name = f"{name}.{spec.format}"
    with tempfile.TemporaryDirectory(prefix="howdah-") as folder:
        target = Path(folder) / name
        found = download(spec, target, validators)
        place = spec.path.split("?", 1)[0]
        yield ([], validators) if found is None else ([(target, place)], found)


def _place_of(path: Path, folder: Path) -> str:
    """Where a local file lies, from the market's folder on where it is in there."""
    inside = path.resolve()
    root = folder.resolve()
    return inside.relative_to(root).as_posix() if inside.is_relative_to(root) else str(path)


def _append_file(
    ws: Workspace, spec: FeedSpec, path: Path, place: str, now: dt.datetime, outcome: FeedUpdate
) -> None:
    raw = ws.store.archive.put(path)
    digest = spec_digest(spec)
    if ws.store.has_pull(spec.id, raw, digest):
        outcome.unchanged += 1
        return
    spill = ws.folder / "lake" / ".spill"
    spill.mkdir(exist_ok=True)
    with connect(spill) as engine, open_input(engine, spec, path) as source:
        pull = Pull(spec, raw, now)
        rows = engine.sql(mapped_rows(source, pull, ws)).to_arrow_reader(_BATCH_ROWS)
        done, places = ws.store.append_claims(spec.id, rows)
        faults = [Fault(b.row, b.column, b.text, b.reason) for b in source.broken_lines()]
        faults += _with_text(source, places)
    done.n_quarantined = ws.store.append_quarantine(spec.id, raw, place, faults, now)
    ws.store.append_pull(spec.id, raw, digest, place, done, now)
    outcome.faults.extend(faults)
    _add(outcome.appended, done)


def mapped_rows(source: Input, pull: Pull, ws: Workspace) -> str:
    """SQL of all rows of an input, mapped to claims or faults."""
    return compile_query(source, pull, ws.metrics)


def spec_digest(spec: FeedSpec) -> str:
    """Digest of what decides how a feed's rows become claims: a changed spec reads them again."""
    return hashlib.sha256(spec.model_dump_json().encode()).hexdigest()


def raw_rows(source: Input, rows: list[int]) -> dict[int, str]:
    """Text of records of an input, by record number: JSON of the cells as they stand."""
    return source.texts(rows)


def _with_text(source: Input, places: list[tuple[int, str, str]]) -> list[Fault]:
    if not places:
        return []
    texts = raw_rows(source, [row for row, _, _ in places])
    return [Fault(row, column, texts.get(row, ""), reason) for row, column, reason in places]


def _add(total: Appended, more: Appended) -> None:
    total.n_rows += more.n_rows
    total.n_claims += more.n_claims
    total.n_new += more.n_new
    total.n_empty += more.n_empty
    total.n_quarantined += more.n_quarantined
    published = [d for d in (total.last_published_at, more.last_published_at) if d is not None]
    total.last_published_at = max(published, default=None)


def _count_unseen(ws: Workspace, updates: list[FeedUpdate]) -> None:
    """Say of each update how many claims of its feed lie after the market's own date."""
    feeds = [u.feed for u in updates]
    query = claims_query(ws.store, feeds=feeds, prints="all") if feeds else None
    if query is None:
        return
    instant = end_of_day(ws.find_as_of(None)).isoformat()
    found = ws.engine.sql(
        f"SELECT feed, count(*) AS n FROM ({query}) WHERE recorded_at > TIMESTAMPTZ '{instant}' "
        "GROUP BY feed"
    ).to_arrow_table()
    unseen = dict(zip(found["feed"].to_pylist(), found["n"].to_pylist(), strict=True))
    for one in updates:
        one.n_unseen = unseen.get(one.feed, 0)


def check_feed(ws: Workspace, spec: FeedSpec, path: Path) -> tuple[pl.DataFrame, list[Fault]]:
    """The claims and faults that a spec makes of a file, without storing anything.

    Raises
    ------
    InputError
        The file or the spec cannot be used at all.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. Give the file that the feed will bring.")
    if spec.panel is not None:
        raise InputError(
            f"The [panel] of feed {spec.id!r} is counted as a whole, so one file of it makes no "
            "claims. Use `check_panel`, which reads its log, roster and strata."
        )
    if spec.documents is not None:
        from howdah.market.documents.checking import check_documents  # noqa: PLC0415 - as above

        found = check_documents(ws, spec, path)
        return found.claims, found.faults
    with connect() as engine, open_input(engine, spec, path) as source:
        pull = Pull(spec, "", ws.now())
        rows = pl.DataFrame(engine.sql(mapped_rows(source, pull, ws)).to_arrow_table())
        wrong = rows.filter(pl.col("reason").is_not_null() & (pl.col("reason") != "empty"))
        faults = [Fault(b.row, b.column, b.text, b.reason) for b in source.broken_lines()]
        faults += _with_text(source, wrong.select("row", "fault_column", "reason").rows())
    claims = rows.filter(pl.col("reason").is_null()).drop("reason", "fault_column")
    return claims, faults
