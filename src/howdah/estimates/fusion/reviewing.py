"""What a reviewer says of claims: keep one whatever the rules say, or drop it."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.estimates.fusion.coding import Names, Numbered
from howdah.estimates.fusion.solving import DROP, KEEP

Small = NDArray[np.int8]
Ints = NDArray[np.int64]

#: Verdicts by their words.
VERDICTS = {"keep": KEEP, "drop": DROP}


class Reviews(NamedTuple):
    """Verdicts on claims.

    Attributes
    ----------
    rows
        ``series, source, period`` (null, or absent without periods: all), ``verdict`` ("keep" or
        "drop"). Rows without a verdict say nothing.
    """

    rows: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "Reviews":
        """Verdicts of a table, each once.

        Raises
        ------
        InputError
            If two rows about the same claims say different things.
        """
        keys = ["series", "source", *(["period"] if "period" in rows.columns else [])]
        said = rows.select(*keys, "verdict").drop_nulls("verdict").unique(maintain_order=True)
        torn = said.filter(pl.struct(keys).is_duplicated())
        if torn.height:
            about = ", ".join(f"{k} {v!s}" for k, v in torn.select(keys).row(0, named=True).items())
            raise InputError(
                f"The reviews say both keep and drop of {about}. Leave one of the two rows."
            )
        return cls(said)

    def verdicts(self, claims: pl.DataFrame) -> tuple[Small, Ints]:
        """Verdict on each claim, 0 for none, and the rows that found one.

        A row with a period goes before one without.

        Parameters
        ----------
        claims
            ``series, source`` and, unless static, ``period``; names or numbers as the rows have.
        """
        found = np.zeros(claims.height, np.int8)
        if not (self.rows.height and claims.height):
            return found, np.zeros(0, np.int64)
        has_period = "period" in self.rows.columns and "period" in claims.columns
        numbered = self.rows.with_row_index("review").with_columns(
            pl.col("verdict").replace_strict(VERDICTS, return_dtype=pl.Int8)
        )
        claims = claims.with_row_index("claim").join(
            numbered.select("series", "source").unique(), on=["series", "source"], how="semi"
        )
        parts = [(numbered, ["series", "source"])]
        if has_period:
            parts = [
                (numbered.filter(pl.col("period").is_null()), ["series", "source"]),
                (numbered.drop_nulls("period"), ["series", "source", "period"]),
            ]
        matched = []
        for rows, keys in parts:
            hits = claims.select("claim", *keys).join(
                rows.select(*keys, "verdict", "review"), on=keys, how="inner"
            )
            found[hits["claim"].to_numpy()] = hits["verdict"].to_numpy()
            matched.append(hits["review"].unique().to_numpy().astype(np.int64))
        return found, np.concatenate(matched)

    def numbered(self, numbered: Numbered, names: Names) -> tuple["Reviews", Ints]:
        """The verdicts on series of a chunk, in its numbers, and which rows they are."""
        series = pl.DataFrame({"series": numbered.series.cast(pl.String)}).with_row_index("number")
        sources = pl.DataFrame(
            {"source": names.sources}, schema={"source": pl.String}
        ).with_row_index("at")
        own = (
            self.rows.with_row_index("review")
            .join(series, on="series", how="inner")
            .join(sources, on="source", how="inner")
            .sort("review")
        )
        claims = numbered.claims.schema
        rows = own.with_columns(
            series=pl.col("number").cast(claims["series"]),
            source=pl.col("at").cast(claims["source"]),
        ).select(self.rows.columns)
        return Reviews(rows), own["review"].to_numpy().astype(np.int64)


def no_reviews() -> Reviews:
    """Nobody has said anything."""
    return Reviews(
        pl.DataFrame(
            schema={
                "series": pl.String,
                "source": pl.String,
                "period": pl.Date,
                "verdict": pl.String,
            }
        )
    )
