"""Trailing windows and retention of a census in ClickHouse's SQL, run in this process by chDB."""

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from audience.sql import WINDOWS

if TYPE_CHECKING:
    from chdb.session import Session

#: Days in which a unit was active, each once, with the next one; in the table's order of keys.
_PREPARED = (
    "CREATE DATABASE IF NOT EXISTS bench",
    """
    CREATE OR REPLACE TABLE bench.active ENGINE = MergeTree ORDER BY (product, unit, day) AS
    SELECT DISTINCT assumeNotNull(product) AS product, assumeNotNull(unit) AS unit,
      toDate(assumeNotNull(day)) AS day
    FROM {log}
    """,
)


def prepare(session: "Session", files: Path) -> None:
    """Load the log of Parquet files; to be counted into the cost of any table."""
    for statement in _PREPARED:
        session.query(statement.format(log=f"file('{files}', Parquet)"))


def windows(session: "Session") -> pa.Table:
    """Rows ``product, day, metric, value`` of dau, wau, mau28 and mau30.

    A unit is counted from an active day until the window has passed or it is active again.
    """
    parts = " UNION ALL ".join(
        f"""
        SELECT product, day, '{metric}' AS metric, value FROM (
          SELECT product, day, sum(step) OVER (PARTITION BY product ORDER BY day) AS value FROM (
            SELECT product, day, sum(step) AS step FROM (
              SELECT product, day, 1 AS step FROM ahead
              UNION ALL SELECT product, least(next, day + {w}), -1 FROM ahead
              UNION ALL SELECT product, day, 0 FROM grid)
            GROUP BY product, day))
        WHERE day >= first + {w - 1} AND day <= last
        """
        for metric, w in WINDOWS.items()
    )
    answer: pa.Table = session.query(
        f"""
        WITH (SELECT min(day) FROM bench.active) AS first,
          (SELECT max(day) FROM bench.active) AS last,
        ahead AS (
          SELECT product, day, leadInFrame(day, 1, toDate('2149-01-01')) OVER (
            PARTITION BY product, unit ORDER BY day
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next
          FROM bench.active),
        grid AS (
          SELECT product, first + arrayJoin(range(toUInt32(last - first + 1))) AS day
          FROM (SELECT DISTINCT product FROM bench.active))
        {parts}
        """,
        "ArrowTable",
    )
    return answer


def retention(
    session: "Session", n_days: tuple[int, ...] = (1, 3, 7, 14, 30), burn_in: int = 55
) -> pa.Table:
    """Rows ``product, cohort_day, kind, n_day, cohort_value, value`` of cohorts with units."""
    shares = " UNION ALL ".join(
        f"""
        SELECT product, days[1] AS cohort_day, 'on' AS kind, {n} AS n_day,
          count() AS cohort_value, avg(has(days, days[1] + {n})) AS value FROM users
        WHERE days[1] >= first + {burn_in} AND days[1] + {n} <= last GROUP BY product, cohort_day
        UNION ALL
        SELECT product, days[1] AS cohort_day, 'unbounded', {n},
          count(), avg(days[-1] >= days[1] + {n}) FROM users
        WHERE days[1] >= first + {burn_in} AND days[1] + {n} <= last GROUP BY product, cohort_day
        UNION ALL
        SELECT product, day AS cohort_day, 'recurring', {n},
          count(), avg(has(days, day + {n})) FROM users ARRAY JOIN days AS day
        WHERE day + {n} <= last GROUP BY product, cohort_day
        """
        for n in n_days
    )
    answer: pa.Table = session.query(
        f"""
        WITH (SELECT min(day) FROM bench.active) AS first,
          (SELECT max(day) FROM bench.active) AS last,
        users AS (
          SELECT product, unit, arraySort(groupArray(day)) AS days
          FROM bench.active GROUP BY product, unit)
        {shares}
        """,
        "ArrowTable",
    )
    return answer


TABLES = {"windows": windows, "retention": retention}
