"""Periods in SQL: names such as 2024, 2024-H2, 2024Q3, 2024-09, 2024年9月 and 2024-W36.

The same names as `core.calendar.parse_period` reads, one text at a time.
"""

#: Macros that every mapping may use; created once a connection.
PERIOD_MACROS = """
CREATE OR REPLACE TEMP MACRO month_end(day) AS (date_trunc('month', day) + INTERVAL 1 MONTH
    - INTERVAL 1 DAY)::DATE;
CREATE OR REPLACE TEMP MACRO period_text(t) AS
    regexp_replace(regexp_replace(regexp_replace(trim(t), '^(\\d{4})年(\\d{1,2})月$', '\\1-\\2'),
        '^(\\d{4})年$', '\\1'), '^(\\d{4})-(\\d)$', '\\1-0\\2');
CREATE OR REPLACE TEMP MACRO period_kind(t) AS CASE
    WHEN regexp_full_match(t, '\\d{4}') THEN 'year'
    WHEN regexp_full_match(t, '\\d{4}-?[Hh][12]') THEN 'half'
    WHEN regexp_full_match(t, '\\d{4}-?[Qq][1-4]') THEN 'quarter'
    WHEN regexp_full_match(t, '\\d{4}-(0[1-9]|1[0-2])') THEN 'month'
    WHEN regexp_full_match(t, '\\d{4}-?[Ww](0[1-9]|[1-4]\\d|5[0-3])') THEN 'week'
    WHEN try_cast(t AS DATE) IS NOT NULL THEN 'day' END;
CREATE OR REPLACE TEMP MACRO period_start(t) AS CASE period_kind(t)
    WHEN 'year' THEN make_date(t[:4]::BIGINT, 1, 1)
    WHEN 'half' THEN make_date(t[:4]::BIGINT, 6 * right(t, 1)::BIGINT - 5, 1)
    WHEN 'quarter' THEN make_date(t[:4]::BIGINT, 3 * right(t, 1)::BIGINT - 2, 1)
    WHEN 'month' THEN make_date(t[:4]::BIGINT, right(t, 2)::BIGINT, 1)
    WHEN 'week' THEN (date_trunc('week', make_date(t[:4]::BIGINT, 1, 4))
        + to_days(7 * (right(t, 2)::INTEGER - 1)))::DATE
    WHEN 'day' THEN try_cast(t AS DATE) END;
CREATE OR REPLACE TEMP MACRO period_end(t) AS CASE period_kind(t)
    WHEN 'year' THEN make_date(t[:4]::BIGINT, 12, 31)
    WHEN 'half' THEN month_end(make_date(t[:4]::BIGINT, 6 * right(t, 1)::BIGINT, 1))
    WHEN 'quarter' THEN month_end(make_date(t[:4]::BIGINT, 3 * right(t, 1)::BIGINT, 1))
    WHEN 'month' THEN month_end(make_date(t[:4]::BIGINT, right(t, 2)::BIGINT, 1))
    WHEN 'week' THEN (period_start(t) + INTERVAL 6 DAY)::DATE
    WHEN 'day' THEN try_cast(t AS DATE) END;
"""
