"""The metrics of a census as a competent analyst writes them in DuckDB's SQL.

`expanded` is how trailing windows are mostly written: each row stands for each day whose window
it is in, and distinct units are counted. `daily` is how they are written by someone who has waited
for that: a unit is present from an active day until the window has passed, so its stretches of
presence are merged, and counted by where they begin and end.

All functions take a connection with a table or view ``log (unit, product, day)`` and give the
mature cells of a table of `howdah audience`, without standard errors.
"""

from collections.abc import Iterator

import duckdb
import pyarrow as pa

WINDOWS = {"dau": 1, "wau": 7, "mau28": 28, "mau30": 30}
LIFECYCLE = {"1d": 1, "7d": 7, "28d": 28}

#: Days in which a unit was active, each once, and the days and products of the log.
_PREPARED = """
CREATE OR REPLACE TEMP TABLE active AS SELECT DISTINCT product, unit, day FROM log;
CREATE OR REPLACE TEMP TABLE span AS SELECT min(day) AS first, max(day) AS last FROM active;
CREATE OR REPLACE TEMP TABLE grid AS
  SELECT product, unnest(generate_series(first, last, INTERVAL 1 DAY))::DATE AS day
  FROM (SELECT DISTINCT product FROM active), span
"""


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what all tables begin with; to be counted into the cost of any."""
    for statement in _PREPARED.split(";"):
        connection.execute(statement).fetchall()


def expanded(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Rows ``product, day, metric, value`` of dau, wau, mau28 and mau30 by a calendar join."""
    return connection.sql(
        " UNION ALL ".join(
            f"""
            SELECT product, ends AS day, '{metric}' AS metric, count(DISTINCT unit) AS value
            FROM (SELECT product, unit, unnest(generate_series(day, day + {w - 1}, INTERVAL 1 DAY))
                    ::DATE AS ends FROM active), span
            WHERE ends BETWEEN first + {w - 1} AND last GROUP BY ALL
            """
            for metric, w in WINDOWS.items()
        )
    ).to_arrow_table()


def daily(connection: duckdb.DuckDBPyConnection, burn_in: int = 55) -> pa.Table:
    """Rows ``product, day, metric, value`` of all metrics, cells of nobody included."""
    parts = [_present(metric, w) for metric, w in WINDOWS.items()]
    parts += [part for suffix, w in LIFECYCLE.items() for part in _lifecycle(suffix, w, burn_in)]
    return connection.sql(
        f"""
        WITH counts AS ({" UNION ALL ".join(parts)})
        SELECT * FROM counts
        UNION ALL
        SELECT product, day, 'stickiness28', days / 28 / nullif(mau, 0) FROM (
          SELECT product, day,
            sum(value) FILTER (metric = 'dau') OVER month AS days,
            CASE WHEN metric = 'mau28' THEN value END AS mau
          FROM counts WHERE metric IN ('dau', 'mau28')
          WINDOW month AS (PARTITION BY product ORDER BY day
            RANGE BETWEEN INTERVAL 27 DAYS PRECEDING AND CURRENT ROW))
        WHERE mau IS NOT NULL
        """
    ).to_arrow_table()


def _counted(stretches: str, metric: str, lookback: int) -> str:
    """Units by day from stretches ``product, s, e`` in which each is counted, both ends in it."""
    return f"""
    SELECT product, day, '{metric}' AS metric, value FROM (
      SELECT product, day, sum(coalesce(step, 0)) OVER (PARTITION BY product ORDER BY day) AS value
      FROM grid LEFT JOIN (
        SELECT product, day, sum(step) AS step FROM (
          SELECT product, s AS day, 1 AS step FROM ({stretches}) WHERE s <= e
          UNION ALL SELECT product, e + 1, -1 FROM ({stretches}) WHERE s <= e)
        GROUP BY ALL) USING (product, day)), span
    WHERE day >= first + {lookback}
    """


def _stretches(w: int) -> str:
    """Stretches of days on whose trailing window of w days a unit was active."""
    return f"""
    SELECT product, unit, min(day) AS s, max(day) + {w - 1} AS e FROM (
      SELECT *, sum(CASE WHEN day - before <= {w} THEN 0 ELSE 1 END)
          OVER (PARTITION BY product, unit ORDER BY day) AS island
      FROM (SELECT *, lag(day) OVER (PARTITION BY product, unit ORDER BY day) AS before
        FROM active))
    GROUP BY product, unit, island
    """


def _present(metric: str, w: int) -> str:
    return _counted(_stretches(w), metric, w - 1)


def _lifecycle(suffix: str, w: int, burn_in: int) -> Iterator[str]:
    here = _stretches(w)
    both = f"""
    SELECT a.product, greatest(a.s, b.s + {w}) AS s, least(a.e, b.e + {w}) AS e
    FROM ({here}) AS a JOIN ({here}) AS b USING (product, unit)
    WHERE greatest(a.s, b.s + {w}) <= least(a.e, b.e + {w})
    """
    fresh = (
        f"SELECT product, min(day) AS s, min(day) + {w - 1} AS e FROM active GROUP BY product, unit"
    )
    before = f"SELECT product, s + {w} AS s, e + {w} AS e FROM ({here})"
    pair, history = 2 * w - 1, max(2 * w - 1, burn_in)
    counted = {
        "now": _counted(here, "now", pair),
        "before": _counted(before, "before", pair),
        "both": _counted(both, "both", pair),
        "fresh": _counted(fresh, "fresh", history),
    }
    yield counted["both"].replace("'both'", f"'retained_{suffix}'")
    yield counted["fresh"].replace("'fresh'", f"'new_{suffix}'")
    yield f"""
    SELECT product, day, 'churned_{suffix}' AS metric, b.value - r.value AS value
    FROM ({counted["before"]}) AS b JOIN ({counted["both"]}) AS r USING (product, day)
    """
    yield f"""
    SELECT product, day, 'resurrected_{suffix}' AS metric, n.value - r.value - f.value AS value
    FROM ({counted["now"]}) AS n JOIN ({counted["both"]}) AS r USING (product, day)
    JOIN ({counted["fresh"]}) AS f USING (product, day)
    """


def retention(
    connection: duckdb.DuckDBPyConnection,
    n_days: tuple[int, ...] = (1, 3, 7, 14, 30),
    burn_in: int = 55,
) -> pa.Table:
    """Rows ``product, cohort_day, kind, n_day, cohort_value, value`` of cohorts with units."""
    listed = ", ".join(map(str, n_days))
    return connection.sql(
        f"""
        WITH entry AS (
          SELECT product, unit, min(day) AS day, max(day) AS latest FROM active GROUP BY ALL),
        asked AS (SELECT unnest([{listed}]) AS n_day),
        first_time AS (
          SELECT e.product, e.day, n_day, count(*) AS cohort_value,
            count(a.unit) / count(*) AS on_day,
            count(*) FILTER (latest >= e.day + n_day) / count(*) AS unbounded
          FROM entry AS e CROSS JOIN asked CROSS JOIN span
          LEFT JOIN active AS a
            ON a.product = e.product AND a.unit = e.unit AND a.day = e.day + n_day
          WHERE e.day + n_day <= last AND e.day >= first + {burn_in}
          GROUP BY ALL),
        again AS (
          SELECT e.product, e.day, n_day, count(*) AS cohort_value,
            count(a.unit) / count(*) AS value
          FROM active AS e CROSS JOIN asked CROSS JOIN span
          LEFT JOIN active AS a
            ON a.product = e.product AND a.unit = e.unit AND a.day = e.day + n_day
          WHERE e.day + n_day <= last
          GROUP BY ALL)
        SELECT product, day AS cohort_day, 'on' AS kind, n_day, cohort_value, on_day AS value
        FROM first_time
        UNION ALL SELECT product, day, 'unbounded', n_day, cohort_value, unbounded FROM first_time
        UNION ALL SELECT product, day, 'recurring', n_day, cohort_value, value FROM again
        """
    ).to_arrow_table()


#: Days whose month ends in the log.
_MONTH_ENDS = "SELECT DISTINCT day AS ends FROM grid WHERE day = last_day(day)"


def l28(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Rows ``product, day, days_active, value`` of every 7th day and of month ends."""
    return connection.sql(
        """
        WITH days AS (
          SELECT DISTINCT day AS ends FROM grid, span
          WHERE day >= first + 27 AND ((day - first) % 7 = 6 OR day = last_day(day)))
        SELECT product, ends AS day, days_active, count(*) AS value FROM (
          SELECT product, unit, ends, count(*) AS days_active
          FROM active JOIN days ON day BETWEEN ends - 27 AND ends GROUP BY ALL)
        GROUP BY ALL
        """
    ).to_arrow_table()


def overlap(connection: duckdb.DuckDBPyConnection, window: int = 28) -> pa.Table:
    """Rows ``product_a, product_b, period_end, both_value, share_a, lift, jaccard``."""
    return connection.sql(
        f"""
        WITH used AS (
          SELECT DISTINCT ends, unit, product FROM active
          JOIN ({_MONTH_ENDS}) ON day BETWEEN ends - {window - 1} AND ends, span
          WHERE ends >= first + {window - 1}),
        sizes AS (SELECT ends, product, count(*) AS size FROM used GROUP BY ALL),
        pairs AS (
          SELECT ends, a.product AS product_a, b.product AS product_b, count(*) AS both_value
          FROM used AS a JOIN used AS b USING (ends, unit) WHERE a.product <> b.product
          GROUP BY ALL),
        everybody AS (SELECT count(DISTINCT unit) AS units FROM active)
        SELECT product_a, product_b, pairs.ends AS period_end, both_value,
          both_value / a.size AS share_a,
          both_value / a.size
            / nullif((b.size - both_value) / nullif(units - a.size, 0), 0) AS lift,
          both_value / (a.size + b.size - both_value) AS jaccard
        FROM pairs JOIN sizes AS a ON a.ends = pairs.ends AND a.product = product_a
        JOIN sizes AS b ON b.ends = pairs.ends AND b.product = product_b, everybody
        """
    ).to_arrow_table()


def migration(connection: duckdb.DuckDBPyConnection, burn_in: int = 55) -> pa.Table:
    """Rows ``period, from_product, to_product, value``; products as text."""
    return connection.sql(
        f"""
        WITH used AS (SELECT DISTINCT date_trunc('month', day)::DATE AS month, unit, product
          FROM active),
        months AS (
          SELECT date_trunc('month', ends)::DATE AS month FROM ({_MONTH_ENDS}), span
          WHERE least(date_trunc('month', date_trunc('month', ends) - INTERVAL 1 DAY)::DATE,
                      ends - {burn_in}) >= first),
        gone AS (
          SELECT months.month, unit, product FROM months
          JOIN used ON used.month = months.month - INTERVAL 1 MONTH
          ANTI JOIN used AS now
            ON now.month = months.month AND now.unit = used.unit AND now.product = used.product),
        joined AS (
          SELECT date_trunc('month', min(day))::DATE AS month, unit, product
          FROM active GROUP BY unit, product),
        sharing AS (
          SELECT *, count(*) OVER (PARTITION BY month, unit) AS among FROM joined
          SEMI JOIN months USING (month))
        SELECT month AS period, g.product::VARCHAR AS from_product,
          coalesce(s.product::VARCHAR, '(none)') AS to_product, sum(1 / coalesce(among, 1)) AS value
        FROM gone AS g LEFT JOIN sharing AS s USING (month, unit) GROUP BY ALL
        UNION ALL
        SELECT month, '(none)', product::VARCHAR, count(*)
        FROM sharing ANTI JOIN gone USING (month, unit) GROUP BY ALL
        """
    ).to_arrow_table()


TABLES = {
    "expanded": expanded,
    "daily": daily,
    "retention": retention,
    "l28": l28,
    "overlap": overlap,
    "migration": migration,
}
