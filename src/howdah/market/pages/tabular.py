"""Answers that can be had as a table."""

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import pandas as pd


class Tabular:
    """Results that can be had as a table."""

    def rows(self) -> list[dict[str, Any]]:
        """Rows of plain values."""
        raise AssertionError(f"{type(self).__name__} must define rows")

    def to_polars(self) -> pl.DataFrame:
        """The rows as a Polars frame."""
        return pl.DataFrame(self.rows(), infer_schema_length=None)

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a pandas frame; needs the extra ``howdah[pandas]``."""
        return self.to_polars().to_pandas()
