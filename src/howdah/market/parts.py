"""What is learnt and estimated of one metric, kept under a digest of all that it follows from.

A new figure bears on its own metric alone, so the others need not be learnt and fused again, and
two dates on which the same was known of a metric share what follows. Who derives holds the write
lock and writes; anyone reads. Nothing here is the only copy of anything: the folder may be
deleted, and what is missing is made anew.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import polars as pl

from howdah.estimates import SERIES, STATEMENT_INPUT, Levels, Models
from howdah.estimates.fusion import DOCUMENT_FORMAT, METHOD, from_document, to_document
from howdah.estimates.revisions import curve_document, curve_from

#: Form of the files: what was kept in another one is made anew.
_FORMAT = 1

#: Parts that stay of each metric, those used last.
_MAX_OF_A_METRIC = 4

_MODEL, _LEVELS, _SUSPECTS = "model.json", "levels.parquet", "suspects.parquet"


class Part(NamedTuple):
    """What follows from the claims of one metric.

    Attributes
    ----------
    model
        As `model_document` gives it; None of a metric whose errors do not add up.
    levels
        Estimates and suspects: every cell of members of segments, and of everybody else those of
        the last period.
    """

    model: dict[str, Any] | None
    levels: Levels


class Parts:
    """The parts of a market that are kept.

    Parameters
    ----------
    folder
        Where they are; made by the first one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def models(
        self, digests: Mapping[str, str], segments: Mapping[str, str], prob: float
    ) -> Models:
        """Models of the metrics whose parts are kept under these digests."""
        documents = {}
        for metric, digest in digests.items():
            path = self._place(metric, digest) / _MODEL
            # Another process may tidy up between two looks at a file.
            try:
                document = json.loads(path.read_bytes())
            except FileNotFoundError:
                continue
            if document is not None:
                documents[metric] = document
        return models_from(documents, segments, prob)

    def levels(self, metric: str, digest: str) -> Levels | None:
        """Estimates and suspects of a metric, None where they are not kept."""
        place = self._place(metric, digest)
        try:
            found = Levels(pl.read_parquet(place / _LEVELS), pl.read_parquet(place / _SUSPECTS))
        except FileNotFoundError:
            return None
        return found

    def keep(self, metric: str, digest: str, part: Part) -> None:
        """Keep a part; a fault leaves none of it."""
        place = self._place(metric, digest)
        draft = place.with_name(f".{uuid.uuid4().hex}")
        draft.mkdir(parents=True)
        try:
            (draft / _MODEL).write_text(json.dumps(part.model), "utf-8")
            part.levels.estimates.write_parquet(draft / _LEVELS)
            part.levels.suspects.write_parquet(draft / _SUSPECTS)
            shutil.rmtree(place, ignore_errors=True)
            draft.rename(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def tidy(self, used: Mapping[str, str]) -> None:
        """Note which parts were used, and drop those of each metric that were long ago."""
        for metric, digest in used.items():
            place = self._place(metric, digest)
            if place.is_dir():
                os.utime(place)
        for of_metric in self._folder.glob("*"):
            parts = sorted(of_metric.glob("*"), key=lambda part: part.stat().st_mtime_ns)
            for old in parts[:-_MAX_OF_A_METRIC]:
                shutil.rmtree(old, ignore_errors=True)

    def _place(self, metric: str, digest: str) -> Path:
        return self._folder / quote(metric, safe="") / digest


def part_digests(
    observations: pl.DataFrame,
    prints: pl.DataFrame,
    segments: Mapping[str, str],
    *,
    prob: float,
    flows: Collection[str],
) -> dict[str, str]:
    """Digest of everything that the part of each metric follows from.

    Parameters
    ----------
    observations
        All that are known of their metrics, with ``suspect``.
    prints
        Observations of every revision of what was printed more than once.
    segments
        Segment of each entity that is in one.
    prob
        Mass of the intervals.
    flows
        Metrics that add up over their period.
    """
    made_by = f"{METHOD} {DOCUMENT_FORMAT} {_FORMAT} {version('howdah')} {pl.__version__}"
    rows = _sums(observations, (*STATEMENT_INPUT, "scheme", "suspect"), segments)
    printed = _sums(prints, (*STATEMENT_INPUT, "scheme"), segments)
    found = {}
    for metric, own in rows.items():
        text = f"{made_by} {prob} {metric in flows} {own} {printed.get(metric)}"
        found[metric] = hashlib.sha256(text.encode()).hexdigest()[:24]
    return found


def _sums(
    rows: pl.DataFrame, columns: Iterable[str], segments: Mapping[str, str]
) -> dict[str, tuple[int, ...]]:
    """Number of the rows of each metric, and sums of digests of them, in whatever order."""
    own = pl.col("entity").replace_strict(segments, default="", return_dtype=pl.String)
    chosen = rows.select(*columns, own.alias("segment"))
    digests = [chosen.hash_rows(seed).alias(f"h{seed}") for seed in (1, 2)]
    sums = (
        chosen.select("metric", *digests)
        .group_by("metric")
        # What runs over is lost in the same way each time.
        .agg(pl.len(), pl.col("h1").sum(), pl.col("h2").sum())
        .sort("metric")
    )
    return {str(metric): tuple(numbers) for metric, *numbers in sums.iter_rows()}


def last_periods(estimates: pl.DataFrame) -> pl.DataFrame:
    """Estimates of the last period of every series."""
    return estimates.filter(pl.col("valid_to") == pl.col("valid_to").max().over(SERIES))


def model_document(models: Models, metric: str) -> dict[str, Any] | None:
    """What was learnt of a metric as plain values, None where nothing was.

    That of `estimates.fusion.to_document`, with the curve of its revisions under ``revisions``
    where there is one.
    """
    if metric not in models.by_metric:
        return None
    document = to_document(models.by_metric[metric])
    if metric in models.curves:
        document["revisions"] = curve_document(models.curves[metric])
    return document


def models_from(
    documents: Mapping[str, dict[str, Any]], segments: Mapping[str, str], prob: float
) -> Models:
    """The models that `model_document` gave of some metrics."""
    found = {metric: from_document(document) for metric, document in documents.items()}
    curves = {
        metric: curve_from(document["revisions"])
        for metric, document in documents.items()
        if "revisions" in document
    }
    return Models(found, segments, prob, curves)
