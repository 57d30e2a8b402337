"""Exports: rows as a file, with the terms of their feeds enforced."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import polars as pl

from howdah.market.market import Market
from howdah.surfaces.http.formats import Download, write_frame
from howdah.surfaces.http.questions import Form, Question

if TYPE_CHECKING:
    from howdah.market.export import What


def export(market: Market, question: Question) -> Download:
    """Rows as a file: csv unless another form is asked for."""
    form: Form = "csv" if question.form == "json" else question.form
    # What is no csv goes through Parquet, which keeps every type.
    name = "export.csv" if form == "csv" else "export.parquet"
    with tempfile.TemporaryDirectory(prefix="howdah-") as folder:
        path = Path(folder) / name
        market.export(
            path,
            what=cast("What", question.text("what")),
            entities=question.several("entity"),
            metrics=question.several("metric"),
            segment=question.value("segment"),
            without=question.several("without"),
            as_of=question.as_of,
        )
        if form == "arrow":
            return Download(write_frame(pl.read_parquet(path), form), form)
        return Download(path.read_bytes(), form)
