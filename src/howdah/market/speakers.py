"""Speakers: the sources whose own figures a market's feeds bring, whom its texts only cite.

"According to Tallow, Pip has 12 million users" is Tallow's word. Where the market has Tallow's own
feed, an article that says so is no second source beside it.
"""

import datetime as dt
from collections.abc import Mapping

import duckdb
import polars as pl

from howdah.claims import ClaimStore
from howdah.engines import parquet, quoted_list
from howdah.sources import FeedSpec

#: Nature of what a text tells of a source: of a panel it tells the bias along with the figure;
#: of one that counts it does not tell the exactness, since texts round.
_BIASED, _ROUNDED = "panel", "statement"

_SCHEMA = pl.Schema(
    {
        "source": pl.String(),
        "source_type": pl.String(),
        "feed": pl.String(),
        "since": pl.Datetime("us", "UTC"),
    }
)


class Speakers:
    """The sources of the feeds that are no texts.

    Parameters
    ----------
    rows
        ``source, source_type, feed, since`` (when their first claim was recorded).
    specs
        Of the market's feeds, by id.
    """

    def __init__(self, rows: pl.DataFrame, specs: Mapping[str, FeedSpec]) -> None:
        self._rows = rows
        self._specs = specs

    @classmethod
    def read(
        cls, engine: duckdb.DuckDBPyConnection, store: ClaimStore, specs: Mapping[str, FeedSpec]
    ) -> "Speakers":
        """Those of a market; nobody where it reads no texts."""
        files = store.claims.files()
        speaking = [feed for feed, spec in specs.items() if spec.documents is None]
        if not files or len(speaking) == len(specs):
            return cls(pl.DataFrame(schema=_SCHEMA), specs)
        rows = engine.sql(
            "SELECT source, source_type, feed, min(recorded_at) AS since "
            f"FROM {parquet(files)} WHERE list_contains({quoted_list(speaking)}, feed) "
            "GROUP BY source, source_type, feed ORDER BY source, source_type, feed"
        )
        return cls(pl.DataFrame(rows.to_arrow_table()), specs)

    def beside(self, texts: FeedSpec, instant: dt.datetime | None = None) -> dict[str, str]:
        """Sources that a feed of texts may cite, each with the nature of what is told of it.

        Parameters
        ----------
        texts
            Spec of the feed; what is simulated is cited by simulated texts alone.
        instant
            Only those known by then; None takes all.
        """
        found: dict[str, str] = {}
        if texts.documents is None:
            return found
        for source, source_type, feed, since in self._rows.iter_rows():
            spec = self._specs[feed]
            is_late = instant is not None and since > instant
            if is_late or not source or spec.simulated != texts.simulated:
                continue
            is_panel = spec.nature == "panel" or (
                # As `estimates.observe` has it.
                spec.nature == "statement" and source_type == "data_provider"
            )
            told = _BIASED if is_panel else _ROUNDED
            found[source] = told if told == _BIASED else found.get(source, told)
        return found
