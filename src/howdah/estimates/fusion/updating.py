"""Updating a fusion: new claims touch only their series, and these only from their window on.

What was learnt stays as it is; a series is solved from its summary (`kept`) and the claims of its
window, old and new. Claims of before the window cannot be weighed any more: they are set aside. A
figure of the window gives way to a newer print of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.progress import Progress
from howdah.estimates.fusion.aging import Tested, check_anchors
from howdah.estimates.fusion.coding import Coded, Numbered
from howdah.estimates.fusion.fusing import Fusion
from howdah.estimates.fusion.joining import join_later, place_along, usual_step
from howdah.estimates.fusion.kept import SCHEMA, has_truth, take_series_up
from howdah.estimates.fusion.numbering import Tally
from howdah.estimates.fusion.queries import Claims
from howdah.estimates.fusion.repeats import without_repeats
from howdah.estimates.fusion.reprinting import SAID, newest_of, newest_truth, said_again
from howdah.estimates.fusion.reviewing import Reviews, no_reviews
from howdah.estimates.fusion.stage import suspect_reader
from howdah.estimates.fusion.state import State
from howdah.estimates.revisions import newest_prints
from howdah.kernels import Known

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_LATE = {"row": pl.Int64, "period": pl.Date, "is_truth": pl.Boolean}


class _Touched(NamedTuple):
    """Series of a group that new claims touch."""

    names: pl.Series
    rows: pa.Table  # those that the state knows
    known: Ints  # their numbers among `names`
    claims: pl.DataFrame  # new
    truth: pl.DataFrame  # new


class UpdatedTable:
    """A run over new claims, group by group of a state's series.

    The estimates are a stream: all else is complete when it has ended.

    Parameters
    ----------
    claims
        New claims and new truth, each with ``row``, its place in the file. They are held in memory.
    groups
        The series of the state.
    write
        Takes the series of the next state, group by group.
    reviews
        Verdicts on claims of the series that are touched; those that claims of the window had
        before stay.

    Attributes
    ----------
    run
        Sources, suspects and summary of the series that were touched.
    n_new_claims
        Claims that were taken in: those that gave way, repeat others or are too old are not.
    n_new
        Series that the state did not know.
    tested
        New truth against the intervals before it.
    """

    def __init__(
        self,
        claims: Claims,
        state: State,
        groups: Iterable[pa.Table],
        write: Callable[[pa.Table], None],
        progress: Progress,
        reviews: Reviews | None = None,
    ) -> None:
        self._progress = progress
        progress("reading the new claims", 0, 1)
        said, self._truth = (_in_order(claims.frame(x)) for x in (claims.claims, claims.truth))
        n_rows = said.height
        said = without_repeats(said)
        n_said, self._n_repeats = said.height, n_rows - said.height
        if claims.has_prints:
            said = newest_prints(said, period="period")
        else:
            said = said.with_columns(published_at=pl.lit(None, pl.Datetime("us")))
        self._n_gave_way = n_said - said.height
        before = state.learned.coding.names
        days = pl.concat([said["period"], self._truth["period"]]).to_physical().unique()
        learned = join_later(
            state.learned, said["source"].unique(), said["segment"].unique(), days.to_numpy()
        )
        names = learned.coding.names
        history = replace(
            state.history,
            n_updates=state.history.n_updates + 1,
            sources=(*state.history.sources, *names.sources[before.truth :]),
            segments=(*state.history.segments, *names.segments[len(before.segments) :]),
        )
        self._state = replace(state, learned=learned, history=history)
        self._groups, self._write = groups, write
        self._claims = said.with_columns(
            pl.col("source").cast(pl.Enum(names.sources)).to_physical().cast(pl.Int16),
            pl.col("segment").cast(pl.Enum(names.segments)).to_physical().cast(pl.Int32),
        )
        steps = np.diff(names.days) / usual_step(state.learnt_days)
        self._gap = np.concatenate([[1.0], steps])
        self._along = place_along(names.days, state.learnt_days)
        self._is_unseen = np.isin([*names.sources, ""], history.sources)
        self._held: list[pa.Table] = []
        self._late: list[pl.DataFrame] = []
        self.run = Fusion(learned, state.options, reviews or no_reviews(), keep=self._held.append)
        self.n_new_claims = self.n_new = 0
        self.tested = Tested()
        nothing = _Touched(
            pl.Series([], dtype=pl.String), SCHEMA.empty_table(), np.zeros(0, np.int64),
            self._claims.head(0), self._truth.head(0),
        )  # fmt: skip
        self.schema = self._solve(nothing)[0].to_arrow().schema
        self._suspect_schema = pl.concat(self.run.suspects()).to_arrow().schema

    @property
    def tally(self) -> Tally:
        """What became of new rows that are not claims of their own, once the estimates are read.

        Rows that repeat claims of the window are among them, and prints of the window that gave
        way to newer ones; ages are not looked at.
        """
        return Tally(self._n_repeats, self._n_gave_way)

    def estimates(self) -> pa.RecordBatchReader:
        """Estimates of the series that were touched, in order of series and period."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def sources(self) -> pl.DataFrame:
        """Report of each source, once the estimates have been read."""
        return self.run.sources()

    def suspects(self) -> pa.RecordBatchReader:
        """Claims held to be wrong, once the estimates have been read."""
        return suspect_reader(self.run, self._suspect_schema)

    def late(self) -> pl.DataFrame:
        """``row, period, is_truth`` of claims and truth of before the window of their series."""
        return pl.concat(self._late) if self._late else pl.DataFrame(schema=_LATE)

    def state(self) -> State:
        """The next state, once the estimates have been read."""
        history = self._state.history
        history = replace(history, tested=history.tested.add(self.tested))
        return replace(self._state, history=history)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        n_groups = max(len(self._state.groups), 1)
        # A group has the new series from its first on, up to the first of the next one.
        cuts = pl.Series(self._state.groups[1:], dtype=pl.String)
        ends = [
            [0, *frame["series"].search_sorted(cuts).to_list(), frame.height]
            for frame in (self._claims, self._truth)
        ]
        groups = self._groups if self._state.groups else [SCHEMA.empty_table()]
        for n, rows in enumerate(groups):
            self._progress("updating", n, n_groups)
            claims, truth = (
                frame.slice(end[n], end[n + 1] - end[n])
                for frame, end in zip((self._claims, self._truth), ends, strict=True)
            )
            if not claims.height and not truth.height:
                self._write(rows)
                continue
            touched = self._touch(rows, claims, truth)
            estimates, fresh = self._solve(touched)
            self._write(_merge(rows, touched.names, fresh))
            yield from estimates.to_arrow().cast(self.schema).to_batches()
        self._progress("updating", n_groups, n_groups)

    def _touch(self, rows: pa.Table, claims: pl.DataFrame, truth: pl.DataFrame) -> _Touched:
        """Series that the new claims touch, without what is too old for them."""
        known = pl.DataFrame(rows.select(["series", "start"])).with_row_index("place")
        claims, truth = (
            frame.join(known, on="series", how="left", maintain_order="left")
            for frame in (claims, truth)
        )
        is_late = (pl.col("period") < pl.col("start")).fill_null(value=False)
        for frame, is_truth in ((claims, False), (truth, True)):
            late = frame.filter(is_late).select("row", "period", is_truth=pl.lit(is_truth))
            self._late.append(late)
        claims, truth = claims.filter(~is_late), truth.filter(~is_late)
        # Truth of a series without claims says nothing.
        is_series = pl.col("place").is_not_null() | pl.col("series").is_in(
            claims["series"].unique().implode()
        )
        truth = truth.filter(is_series)
        places = (
            pl.concat([claims.select("series", "place"), truth.select("series", "place")])
            .unique()
            .sort("series")
        )
        is_known = places["place"].is_not_null()
        self.n_new += int((~is_known).sum())
        return _Touched(
            places["series"],
            rows.take(places["place"].drop_nulls().to_arrow()),
            is_known.arg_true().to_numpy().astype(np.int64),
            claims,
            truth,
        )

    def _solve(self, touched: _Touched) -> tuple[pl.DataFrame, pa.Table]:
        """Estimates of the series that are touched, and what the state keeps of them."""
        learned = self._state.learned
        names, number = learned.coding.names, pl.Enum(touched.names)
        new, fixed = (
            frame.with_columns(pl.col("series").cast(number).to_physical().cast(pl.Int32))
            for frame in (touched.claims, touched.truth)
        )
        segment = np.zeros(len(touched.names), np.int32)
        named = new.group_by("series").agg(pl.col("segment").max())
        segment[named["series"].to_numpy()] = named["segment"].to_numpy()
        segment[touched.known] = touched.rows.column("segment").to_numpy()
        taken = take_series_up(touched.rows, touched.known, segment, learned, self._along)
        when = pl.col("published_at").cast(pl.Datetime("us"))
        said = new.select(*SAID, when, verdict=pl.lit(0, pl.Int8))
        known, fresh, n_repeats = said_again(taken.claims, said)
        n_before = known.height + fresh.height
        known, fresh = newest_of(known, fresh)
        claims = pl.concat([known, fresh.select(known.columns)])
        self.n_new_claims += fresh.height
        self._n_repeats += n_repeats
        self._n_gave_way += n_before - claims.height
        truth = newest_truth(taken.truth, fixed)
        claims = claims.with_columns(segment=pl.Series(segment).gather(claims["series"]))
        numbered = Numbered(claims, truth, touched.names)
        coded = self._in_window(self.run.code(numbered), touched, taken.before)
        untested = _any_of(coded, taken.before, self._is_unseen)
        if truth["is_new"].any():
            is_new = _is_new(coded, truth.filter("is_new"), names.days, names.truth)
            self.tested = self.tested.add(check_anchors(learned, coded, taken.before, is_new))
        estimates = self.run.estimates(
            numbered, coded, before=taken.before, was_placed=taken.is_placed, untested=untested
        )
        return estimates, self._held.pop()

    def _in_window(self, coded: Coded, touched: _Touched, before: Known) -> Coded:
        """The panel with what the state knows of its series."""
        panel, known = coded.panel, touched.known
        days = self._state.learned.coding.names.days
        last = panel.first + panel.length
        first, size = panel.first.copy(), panel.size.copy()
        start = touched.rows.column("start").cast(pa.int32()).to_numpy()
        first[known] = np.searchsorted(days, start)
        size[known] = touched.rows.column("size").to_numpy()
        panel = panel._replace(
            first=first, length=(last - first).astype(np.int32), size=size, gap=self._gap
        )
        is_anchored = coded.is_anchored | has_truth(before, len(self._is_unseen) - 1)
        return coded._replace(panel=panel, is_anchored=is_anchored)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame if frame["series"].is_sorted() else frame.sort("series", maintain_order=True)


def _merge(rows: pa.Table, touched: pl.Series, fresh: pa.Table) -> pa.Table:
    """The group with the touched series as they are now, after those that are as they were."""
    names = pl.Series(rows.column("series"), dtype=pl.String)
    left = rows.filter((~names.is_in(touched.implode())).to_arrow())
    return pa.concat_tables([left, fresh]) if left.num_rows else fresh


def _any_of(coded: Coded, before: Known, wanted: Flags) -> Flags:
    """Whether one of some sources has ever spoken of each series."""
    panel = coded.panel
    found = np.zeros(len(panel.segment), np.bool_)
    for start, source in ((panel.start, panel.source), (before.house_start, before.house_source)):
        series = np.repeat(np.arange(len(found)), np.diff(start))
        found[series[wanted[source]]] = True
    return found


def _is_new(coded: Coded, truth: pl.DataFrame, days: Ints, number: int) -> Flags:
    """Claims of the panel that are new truth."""
    panel = coded.panel
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    at = np.searchsorted(days, truth["period"].to_physical().to_numpy())
    cells = truth["series"].to_numpy().astype(np.int64) * len(days) + at
    found: Flags = (panel.source == number) & np.isin(series * len(days) + panel.period, cells)
    return found
