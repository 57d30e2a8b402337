"""Fusing claims of one value a series: a panel of sources, or a crowd."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.estimates.fusion.crowd import decide, is_crowd
from howdah.estimates.fusion.fusing import Options
from howdah.estimates.fusion.repeats import without_repeats
from howdah.estimates.fusion.results import METHOD, UNCALIBRATED, UNCALIBRATED_HERE
from howdah.estimates.fusion.reviewing import Reviews, no_reviews
from howdah.estimates.fusion.single import LEAST_TRUTH, Choice, choose, combine
from howdah.estimates.fusion.solving import DROP, REASONS, REVIEWED, UNIT_SLIP
from howdah.estimates.fusion.static_slips import find_static_slips
from howdah.estimates.scales import ends_on_scale, from_scale, to_scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Folds in which coverage is checked.
_N_FOLDS = 10


class StaticFusion:
    """A run over claims without periods.

    Parameters
    ----------
    claims
        ``series, source, value, value_low, value_high, segment``; a row that is there again
        counts once.
    truth
        ``series, value`` of anchors, perhaps empty.
    reviews
        Verdicts that overrule what the rules say of claims.

    Attributes
    ----------
    estimates, sources, suspects
        Tables, as of a run over periods, without ``period``.
    """

    def __init__(
        self,
        claims: pl.DataFrame,
        truth: pl.DataFrame,
        options: Options,
        reviews: Reviews | None = None,
    ) -> None:
        self.options = options
        n_rows = claims.height
        claims = without_repeats(claims)
        self._n_repeats = n_rows - claims.height
        self._series = claims["series"].unique().sort()
        self._names = claims["source"].unique().sort()
        self._at = _numbers(claims["series"], self._series)
        self._source = _numbers(claims["source"], self._names)
        segments = (
            claims.group_by("series").agg(pl.col("segment").first()).sort("series")["segment"]
        )
        self._segments = segments.unique().sort()
        self._segment = _numbers(segments, self._segments)
        low, high = ends_on_scale(
            claims["value_low"].to_numpy(), claims["value_high"].to_numpy(), options.scale
        )
        point = to_scale(claims["value"].to_numpy(), options.scale)
        middle = np.where(np.isfinite(low) & np.isfinite(high), (low + high) / 2, np.nan)
        self._value = np.where(np.isfinite(point), point, middle)
        self._low, self._high = low, high
        self._truth = np.full(len(self._series), np.nan)
        known = truth.filter(pl.col("series").is_in(self._series.implode()))
        self._truth[_numbers(known["series"], self._series)] = to_scale(
            known["value"].to_numpy(), options.scale
        )
        self._reviews = reviews or no_reviews()
        verdict, met = self._reviews.verdicts(claims)
        self._is_met = np.zeros(self._reviews.rows.height, np.bool_)
        self._is_met[met] = True
        self._slip = self._slips() if options.parts.suspects else np.zeros(len(self._value))
        self._slip[verdict > 0] = 0.0
        self._is_out = (self._slip != 0.0) | (verdict == DROP)
        self._used = np.isfinite(self._value) & ~self._is_out
        for bound in (self._low, self._high):
            bound[verdict == DROP] = np.nan
        self.choice = Choice(("most reliable value",), {}, None)
        self.is_crowd = is_crowd(int(self._used.sum()), len(self._names))
        parts = self._crowd() if self.is_crowd else self._panel()
        self.estimates = self._estimates(*parts)
        self.suspects = self._suspects(claims)
        self.sources = self._sources()

    def summary(self) -> dict[str, object]:
        """What was chosen and how it did, as plain values."""
        return {
            "method": METHOD,
            "prob": self.options.prob,
            "scale": self.options.scale,
            "loss": self.options.loss,
            "seed": self.options.seed,
            "n_series": len(self._series),
            "n_claims": len(self._value),
            "n_repeats": self._n_repeats,
            "n_suspect": self.suspects.height,
            "n_undecided": 0,
            "n_without_value": self.estimates["value"].null_count(),
            "n_reviews": self._reviews.rows.height,
            "n_reviews_unmatched": int((~self._is_met).sum()),
            "is_crowd": self.is_crowd,
            "copies_looked_for": False,
            "anchors_used": bool(np.isfinite(self._truth).any()),
            "n_anchored": int(np.isfinite(self._truth).sum()),
            "chosen": list(self.choice.names),
            "cross_validated_loss": self.choice.losses,
            "is_calibrated": bool(self._coverage),
            "calibration": {"nominal": self.options.prob, "held_out": self._coverage},
        }

    def unmatched_reviews(self) -> pl.DataFrame:
        """Verdicts that are about no claim, in their order."""
        return self._reviews.rows.filter(pl.Series(~self._is_met))

    def _suspects(self, claims: pl.DataFrame) -> pl.DataFrame:
        """Claims that were left out, beside the level and the interval without them."""
        out = np.flatnonzero(self._is_out)
        shown = self.estimates[self._at[out]].select(
            pl.col("value").alias("level"), "lower", "upper"
        )
        ends = [to_scale(shown[n].to_numpy(), self.options.scale) for n in shown.columns]
        reach = (ends[2] - ends[1]) / 2
        sd = np.where(reach > 0, reach, np.nan) / ndtri(0.5 + self.options.prob / 2)
        is_slip = self._slip[out] != 0.0
        return claims[out].with_columns(
            *shown,
            pl.Series("off_sds", (self._value[out] - ends[0]) / sd).fill_nan(None),
            pl.Series("reason", np.where(is_slip, REASONS[UNIT_SLIP], REASONS[REVIEWED])),
            pl.Series("factor", np.where(is_slip, np.exp(self._slip[out]), np.nan)).fill_nan(None),
        )

    def _slips(self) -> Floats:
        """Log of the unit that a claim is off by, 0 for none."""
        if self.options.scale != "log":
            return np.zeros(len(self._value))
        return find_static_slips(self._at, self._source, self._value)

    def _crowd(self) -> tuple[Floats, Floats, Floats, Ints]:
        """By vote; truth votes too."""
        known = np.flatnonzero(np.isfinite(self._truth))
        truth = len(self._names)
        kept = self._used
        present, at = np.unique(np.concatenate([self._at[kept], known]), return_inverse=True)
        source = np.concatenate([self._source[kept], np.full(len(known), truth)])
        value = np.concatenate([self._value[kept], self._truth[known]])
        verdict = decide(at, source, value, truth, self.options.prob)
        said = np.full((3, len(self._series)), np.nan)
        said[:, present] = verdict.value, verdict.lower, verdict.upper
        self._coverage: list[dict[str, object]] = []
        self._spread = 1.0 - verdict.reliability[:truth]
        return said[0], said[1], said[2], np.full(len(self._series), 1)

    def _panel(self) -> tuple[Floats, Floats, Floats, Ints]:
        """By the combination that truth prefers."""
        matrix = np.full((len(self._series), len(self._names)), np.nan)
        cell = self._at[self._used] * len(self._names) + self._source[self._used]
        medians = (
            pl.DataFrame({"cell": cell, "value": self._value[self._used]}).group_by("cell").median()
        )
        matrix.ravel()[medians["cell"].to_numpy()] = medians["value"].to_numpy()
        squared = self.options.loss == "squared"
        self.choice, residual = choose(matrix, self._truth, squared=squared, seed=self.options.seed)
        value = combine(matrix, self.choice)
        unit = _spread(matrix)
        factor, method = self._widths(matrix, residual, unit)
        # What is known is given as it is known.
        value = np.where(np.isfinite(self._truth), self._truth, value)
        reach = np.where(np.isfinite(self._truth), 0.0, factor * unit)
        fitted = self.choice.fitted
        self._spread = (
            np.sqrt(np.diag(fitted.covariance))
            if fitted is not None
            else np.full(len(self._names), np.nan)
        )
        return value, value - reach, value + reach, method

    def _widths(self, matrix: Floats, residual: Floats, unit: Floats) -> tuple[Floats, Ints]:
        """Half widths in units of each series' own spread, and which method says so."""
        apart = matrix - np.where(np.isfinite(matrix).sum(1) > 1, _medians(matrix), np.nan)[:, None]
        raw = np.abs(apart / unit[:, None])
        raw = raw[np.isfinite(raw)]
        loose = float(np.quantile(raw, self.options.prob)) if len(raw) else 1.0
        known = np.isfinite(residual)
        self._coverage = []
        if known.sum() < LEAST_TRUTH or not self.options.parts.calibrated:
            return np.full(len(unit), loose), np.full(len(unit), 1)
        scaled = np.abs(residual[known] / unit[known])
        tight = self._quantile(scaled)
        # What a quantile was taken from lies under it by construction: each is checked by others.
        fold = np.random.default_rng(self.options.seed).permutation(len(scaled)) % _N_FOLDS
        inside = np.zeros(len(scaled), np.bool_)
        for f in range(_N_FOLDS):
            inside[fold == f] = scaled[fold == f] <= self._quantile(scaled[fold != f])
        has_truth = np.bincount(self._segment[known], minlength=len(self._segments)) > 0
        for g in np.flatnonzero(has_truth):
            own = self._segment[known] == g
            self._coverage.append(
                {
                    "group": "segment",
                    "name": self._segments[int(g)],
                    "coverage": float(inside[own].mean()),
                    "n": int(own.sum()),
                }
            )
        here = has_truth[self._segment]
        return np.where(here, tight, max(tight, loose)), np.where(here, 0, 2)

    def _quantile(self, scaled: Floats) -> float:
        """The conformal quantile of distances from truth."""
        level = min(self.options.prob * (1 + 1 / len(scaled)), 1.0)
        return float(np.quantile(scaled, level))

    def _estimates(self, value: Floats, lower: Floats, upper: Floats, method: Ints) -> pl.DataFrame:
        n = len(self._series)
        # Where nobody states a point, what is stated are bounds.
        nothing = np.isnan(value)
        low, high = np.full(n, -np.inf), np.full(n, np.inf)
        np.fmax.at(low, self._at, self._low)
        np.fmin.at(high, self._at, self._high)
        lower = np.where(nothing, np.where(np.isfinite(low), low, np.nan), lower)
        upper = np.where(nothing, np.where(np.isfinite(high), high, np.nan), upper)
        kinds = pl.Series([METHOD, UNCALIBRATED, UNCALIBRATED_HERE])
        pairs = np.unique(self._at[self._used] * len(self._names) + self._source[self._used])
        return pl.DataFrame(
            {
                "series": self._series,
                **{
                    name: pl.Series(from_scale(x, self.options.scale)).fill_nan(None)
                    for name, x in (("value", value), ("lower", lower), ("upper", upper))
                },
                "prob": np.full(n, self.options.prob),
                "n_claims": np.bincount(self._at[self._used], minlength=n),
                "n_sources": np.bincount(pairs // len(self._names), minlength=n),
                "anchored": np.isfinite(self._truth),
                "method": kinds.gather(method),
            }
        )

    def _sources(self) -> pl.DataFrame:
        fitted = self.choice.fitted
        n = len(self._names)
        bias = fitted.bias if fitted is not None else np.full(n, np.nan)
        if self.options.scale == "log":
            bias = np.exp(bias)
        nothing = pl.Series(np.full(n, np.nan)).fill_nan(None)
        return pl.DataFrame(
            {
                "source": self._names,
                "segment": [""] * n,
                "bias": pl.Series(bias).fill_nan(None),
                "bias_lower": nothing,
                "bias_upper": nothing,
                "noise": pl.Series(self._spread).fill_nan(None),
                "shared_error": nothing,
                "n_claims": np.bincount(self._source, minlength=n),
                "n_suspect": np.bincount(self._source[self._is_out], minlength=n),
            }
        )


def _numbers(texts: pl.Series, names: pl.Series) -> Ints:
    return texts.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)


def _medians(matrix: Floats) -> Floats:
    found = np.full(len(matrix), np.nan)
    known = np.isfinite(matrix).any(1)
    found[known] = np.nanmedian(matrix[known], axis=1)
    return found


def _spread(matrix: Floats) -> Floats:
    """How far the sources of each series are apart, never less than half of what is usual."""
    off = np.abs(matrix - _medians(matrix)[:, None])
    several = np.isfinite(off).sum(1) > 1
    own = np.full(len(matrix), np.nan)
    own[several] = np.nanmean(off[several], axis=1)
    usual = float(np.nanmean(own)) if several.any() else 1.0
    return np.where(several, np.maximum((own + usual) / 2, usual / 2), usual) + 1e-12
