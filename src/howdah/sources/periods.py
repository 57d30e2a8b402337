"""Periods in SQL: names such as 2024, 2024-H2, 2024Q3, 2024-09, 2024年9月 and 2024-W36.

The same names as `core.calendar.parse_period` reads, one cell at a time; tests hold the two
against each other.
"""

#: Macros that every mapping may use; created once a connection. `period_text` brings names into
#: one form, `period_kind` is null where it is no name, and the other two need its answer. Most
#: cells are days as ISO writes them, so those are looked for first.
PERIOD_MACROS = r"""
CREATE OR REPLACE TEMP MACRO month_end(day) AS (date_trunc('month', day) + INTERVAL 1 MONTH
    - INTERVAL 1 DAY)::DATE;
CREATE OR REPLACE TEMP MACRO monday_of(t) AS (date_trunc('week', make_date(t[:4]::BIGINT, 1, 4))
    + to_days(7 * (right(t, 2)::INTEGER - 1)))::DATE;
CREATE OR REPLACE TEMP MACRO day_of(t) AS
    CASE WHEN t < '0001' THEN NULL
    WHEN t LIKE '____-__-__' THEN try_cast(t AS DATE)
    WHEN regexp_full_match(t, '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T][0-9:.,Z+-]*)?')
    THEN try_cast(replace(regexp_extract(t, '^[0-9/-]+'), '/', '-') AS DATE)
    WHEN regexp_full_match(t, '[0-9]{8}')
    THEN try_cast(t[:4] || '-' || t[5:6] || '-' || t[7:8] AS DATE)
    WHEN regexp_full_match(t, '[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日')
    THEN try_cast(regexp_replace(t, '^(\d+)年(\d+)月(\d+)日$', '\1-\2-\3') AS DATE) END;
CREATE OR REPLACE TEMP MACRO period_text(t) AS CASE WHEN t LIKE '____-__-__' THEN t
    ELSE regexp_replace(regexp_replace(regexp_replace(trim(t), '^(\d{4})年(\d{1,2})月$', '\1-\2'),
        '^(\d{4})年$', '\1'), '^(\d{4})-(\d)$', '\1-0\2') END;
CREATE OR REPLACE TEMP MACRO period_kind(t) AS CASE
    WHEN t < '0001' THEN NULL
    WHEN day_of(t) IS NOT NULL THEN 'day'
    WHEN regexp_full_match(t, '[0-9]{4}') THEN 'year'
    WHEN regexp_full_match(t, '[0-9]{4}-?[Hh][12]') THEN 'half'
    WHEN regexp_full_match(t, '[0-9]{4}-?[Qq][1-4]') THEN 'quarter'
    WHEN regexp_full_match(t, '[0-9]{4}-(0[1-9]|1[0-2])') THEN 'month'
    WHEN regexp_full_match(t, '[0-9]{4}-?[Ww](0[1-9]|[1-4][0-9]|5[0-3])')
        AND isoyear(monday_of(t)) = t[:4]::BIGINT
        AND monday_of(t) <= DATE '9999-12-25' THEN 'week' END;
CREATE OR REPLACE TEMP MACRO period_start(t, kind) AS CASE kind
    WHEN 'day' THEN day_of(t)
    WHEN 'year' THEN make_date(t[:4]::BIGINT, 1, 1)
    WHEN 'half' THEN make_date(t[:4]::BIGINT, 6 * right(t, 1)::BIGINT - 5, 1)
    WHEN 'quarter' THEN make_date(t[:4]::BIGINT, 3 * right(t, 1)::BIGINT - 2, 1)
    WHEN 'month' THEN make_date(t[:4]::BIGINT, right(t, 2)::BIGINT, 1)
    WHEN 'week' THEN monday_of(t) END;
CREATE OR REPLACE TEMP MACRO period_end(t, kind) AS CASE kind
    WHEN 'day' THEN day_of(t)
    WHEN 'year' THEN make_date(t[:4]::BIGINT, 12, 31)
    WHEN 'half' THEN month_end(make_date(t[:4]::BIGINT, 6 * right(t, 1)::BIGINT, 1))
    WHEN 'quarter' THEN month_end(make_date(t[:4]::BIGINT, 3 * right(t, 1)::BIGINT, 1))
    WHEN 'month' THEN month_end(make_date(t[:4]::BIGINT, right(t, 2)::BIGINT, 1))
    WHEN 'week' THEN (monday_of(t) + INTERVAL 6 DAY)::DATE END;
"""
