"""Fusing a table of claims: learn from a sample, then solve everything chunk by chunk."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.fusion.calibration import coverage, held_out
from howdah.estimates.fusion.coding import (
    Coded,
    Coding,
    Names,
    Numbered,
    code_claims,
    find_sizes,
    find_unit,
    number_claims,
)
from howdah.estimates.fusion.kept import keep_series, window_starts
from howdah.estimates.fusion.learned import SIZES, Learned, Parts, learn, solve_chunk
from howdah.estimates.fusion.repeats import without_repeats
from howdah.estimates.fusion.results import (
    METHOD,
    Suspects,
    estimate_rows,
    find_placed,
    find_suspects,
    source_counts,
    source_rows,
)
from howdah.estimates.fusion.reviewing import Reviews, no_reviews
from howdah.estimates.fusion.solving import UNDECIDED
from howdah.kernels import Known

Floats = NDArray[np.float64]
Small = NDArray[np.int8]
Flags = NDArray[np.bool_]

#: Series in the sample that everything is learnt from: with truth, and without.
N_ANCHORED = 1_500
N_SAMPLE = 1_500


@dataclass(frozen=True, slots=True)
class Options:
    """How claims are to be fused.

    Attributes
    ----------
    prob
        Mass inside the intervals.
    scale
        On which errors add up; shares are in percent on the logit scale.
    loss
        What the value should be best for: "squared" or "absolute" error.
    """

    prob: float = 0.9
    scale: Scale = "log"
    loss: str = "absolute"
    seed: int = 0
    parts: Parts = field(default_factory=Parts)


@dataclass(slots=True)
class Fusion:
    """A run over chunks of series.

    Attributes
    ----------
    reviews
        What a reviewer says of claims.
    n_without_value
        Rows of estimates of series of which only bounds on one side are said.
    keep
        Takes what a state keeps of the series of each chunk; None where no state is kept.
    solve_cpu_s
        CPU seconds of the kernel's passes over all series, of all threads.
    suspects_cpu_s
        CPU seconds of finding wrong claims and of solving their series again without them.
    """

    learned: Learned
    options: Options
    reviews: Reviews = field(default_factory=no_reviews)
    keep: Callable[[pa.Table], None] | None = None
    n_series: int = 0
    n_undecided: int = 0
    n_without_value: int = 0
    solve_cpu_s: float = 0.0
    suspects_cpu_s: float = 0.0
    n_claims: Floats = field(init=False)
    n_suspect: Floats = field(init=False)
    _suspects: list[Suspects] = field(default_factory=list)
    _is_met: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        names = self.learned.coding.names
        self.n_claims = np.zeros((len(names.sources), len(names.segments)))
        self.n_suspect = np.zeros_like(self.n_claims)
        self._is_met = np.zeros(self.reviews.rows.height, np.bool_)

    def code(self, numbered: Numbered) -> Coded:
        """Claims of a chunk as a panel; this may go on while another chunk is solved."""
        return code_claims(numbered, self.learned.coding)

    def estimates(
        self,
        numbered: Numbered,
        coded: Coded,
        *,
        before: Known | None = None,
        was_placed: Flags | None = None,
        untested: Flags | None = None,
    ) -> pl.DataFrame:
        """Estimates of all series of a chunk; all claims of a series are in one chunk.

        Parameters
        ----------
        before
            What was known of each series before the panel.
        was_placed
            (n_series,) whether that told its size.
        untested
            (n_series,) whether a source that the calibration never saw speaks of it.
        """
        at = None if self.keep is None else window_starts(coded.panel)
        verdict, met = reviewed(self.reviews, numbered, coded, self.learned.coding.names)
        self._is_met[met] = True
        started = time.thread_time()
        solved = solve_chunk(self.learned, coded, verdict, before=before, at=at)
        # This thread waits for those of the kernel, which count their own time.
        cpu_s = time.thread_time() - started + solved.posterior.cpu_s
        self.solve_cpu_s += solved.first_cpu_s
        self.suspects_cpu_s += cpu_s - solved.first_cpu_s
        is_placed = find_placed(coded, solved)
        if was_placed is not None:
            is_placed |= was_placed
        if self.keep is not None and at is not None:
            self.keep(keep_series(numbered, coded, solved, self.learned, at, verdict, is_placed))
        n_claims, n_suspect = source_counts(self.learned, coded, solved)
        self.n_claims += n_claims
        self.n_suspect += n_suspect
        self.n_series += len(coded.series)
        self.n_undecided += int((solved.reason == UNDECIDED).sum())
        estimates = estimate_rows(
            self.learned,
            coded,
            solved,
            prob=self.options.prob,
            loss=self.options.loss,
            is_placed=is_placed,
            untested=untested,
        )
        self.n_without_value += estimates["value"].null_count()
        self._suspects.append(find_suspects(self.learned, numbered, coded, solved, estimates))
        return estimates

    def suspects(self) -> Iterator[pl.DataFrame]:
        """Claims held to be wrong, chunk by chunk: their columns, ``reason`` and ``factor``."""
        for part in self._suspects:
            yield part.named(self.learned.coding.names)

    def sources(self) -> pl.DataFrame:
        """Report of each source over the chunks that were solved."""
        return source_rows(self.learned, self.n_claims, self.n_suspect, self.options.prob)

    def summary(self) -> dict[str, object]:
        """Hyper-parameters and calibration, as plain values."""
        learned = self.learned
        names, model = learned.coding.names, learned.model
        residuals, calibration = learned.residuals, learned.calibration
        inside = held_out(
            residuals, self.options.prob, n_segment=len(names.segments), n_size=len(SIZES)
        )
        groups = (
            ("segment", residuals.segment, names.segments),
            ("size", residuals.size, SIZES),
        )
        table = [
            {"group": kind, "name": labels[number], "coverage": share, "n": n}
            for kind, group, labels in groups
            if calibration.is_calibrated
            for number, share, n in coverage(inside, group)
        ]
        return {
            "method": METHOD,
            "prob": self.options.prob,
            "scale": self.options.scale,
            "loss": self.options.loss,
            "seed": self.options.seed,
            "n_series": self.n_series,
            "n_claims": int(self.n_claims.sum()),
            "n_suspect": int(self.n_suspect.sum()),
            "n_undecided": self.n_undecided,
            "n_without_value": self.n_without_value,
            "n_sample": learned.n_sample,
            "anchors_used": learned.n_anchored > 0,
            "n_anchored_in_sample": learned.n_anchored,
            "copies": list(self._copies()),
            "n_reviews": len(self._is_met),
            "n_reviews_unmatched": int((~self._is_met).sum()),
            "step_sd": float(np.sqrt(model.step_var)) * learned.coding.unit,
            "trend_mean": model.trend_mean * learned.coding.unit,
            "trend_sd": float(np.sqrt(model.trend_var)) * learned.coding.unit,
            "house_sd": _by_source(names, np.sqrt(model.house_var) * learned.coding.unit),
            "drift_sd": _by_source(names, np.sqrt(model.drift_var) * learned.coding.unit),
            "is_calibrated": calibration.is_calibrated,
            "calibration": {
                "nominal": self.options.prob,
                "factor": calibration.overall,
                "held_out": table,
            },
        }

    def unmatched_reviews(self) -> pl.DataFrame:
        """Verdicts that are about no claim, in their order."""
        return self.reviews.rows.filter(pl.Series(~self._is_met))

    def _copies(self) -> Iterator[dict[str, object]]:
        """Who copies whom, how late, times what, how much of what both say; and if it is known."""
        coding, links = self.learned.coding, self.learned.rules.links
        for e in range(len(links.copier)):
            shift = float(links.shift[e])
            yield {
                "source": coding.names.sources[links.copier[e]],
                "original": coding.names.sources[links.original[e]],
                "lag_periods": int(links.lag[e]),
                "factor": float(np.exp(shift)) if coding.scale == "log" else None,
                "share": float(links.share[e]),
                "is_decided": bool(links.is_decided[e]),
                "is_left_out": bool(links.is_left_out[e]),
            }


def reviewed(
    reviews: Reviews, numbered: Numbered, coded: Coded, names: Names
) -> tuple[Small | None, NDArray[np.int64]]:
    """Verdict on each claim of a panel, and the rows of the reviews that there are claims for.

    Claims that come with a ``verdict``, those of a state, keep it unless there is a new one.
    """
    own, rows = reviews.numbered(numbered, names)
    is_said = "verdict" in numbered.claims.columns
    if not len(rows) and not is_said:
        return None, rows
    found, met = own.verdicts(numbered.claims)
    if is_said:
        found = np.where(found == 0, numbered.claims["verdict"].to_numpy(), found)
    return np.where(coded.row >= 0, found[coded.row], 0).astype(np.int8), rows[met]


def begin(
    sample: Numbered, names: Names, options: Options, reviews: Reviews | None = None
) -> Fusion:
    """Learn from a sample what every chunk needs."""
    reviews = reviews or no_reviews()
    unit = find_unit(sample.claims, options.scale)
    coding = Coding(names, options.scale, unit, np.zeros(0))
    coding = coding._replace(sizes=find_sizes(sample.claims, coding, len(SIZES)))
    coded = code_claims(sample, coding)
    verdict, _ = reviewed(reviews, sample, coded, names)
    learned = learn(coded, coding, prob=options.prob, parts=options.parts, verdict=verdict)
    return Fusion(learned, options, reviews)


def fuse(
    claims: pl.DataFrame,
    truth: pl.DataFrame,
    options: Options | None = None,
    reviews: Reviews | None = None,
) -> tuple[pl.DataFrame, Fusion]:
    """Fuse claims that fit into memory.

    Parameters
    ----------
    claims
        ``series, source, period, value, value_low, value_high, segment, listed, cutoff``; a row
        that is there again counts once.
    truth
        ``series, period, value`` of anchors, perhaps empty.
    reviews
        Verdicts that overrule what the rules say of claims.

    Returns
    -------
    (DataFrame, Fusion)
        ``series, period, value, lower, upper, prob, n_claims, n_sources, anchored, method``, and
        the run, which has the rest.
    """
    options = options or Options()
    # A series is in one segment: of several that its claims name, the last by name.
    claims = without_repeats(claims.with_columns(pl.col("segment").max().over("series")))
    days = pl.concat([claims["period"], truth["period"]]).to_physical().unique().sort()
    names = Names(
        tuple(claims["source"].unique().sort()),
        tuple(claims["segment"].unique().sort()),
        days.to_numpy().astype(np.int64),
    )
    chosen = choose_sample(
        claims["series"].unique().sort(), truth["series"].unique().sort(), options.seed
    )
    sample = number_claims(
        claims.filter(pl.col("series").is_in(chosen.implode())),
        truth.filter(pl.col("series").is_in(chosen.implode())),
        names,
    )
    run = begin(sample, names, options, reviews)
    numbered = number_claims(claims, truth, names)
    return run.estimates(numbered, run.code(numbered)), run


def choose_sample(series: pl.Series, anchored: pl.Series, seed: int) -> pl.Series:
    """Series to learn from: some with truth, some without."""
    known = series.filter(series.is_in(anchored.implode()))
    others = series.filter(~series.is_in(anchored.implode()))
    return pl.concat(
        part.sample(min(n, len(part)), seed=seed)
        for part, n in ((known, N_ANCHORED), (others, N_SAMPLE))
    ).sort()


def _by_source(names: Names, values: Floats) -> dict[str, float]:
    return dict(zip(names.sources, values[: names.truth].tolist(), strict=True))
