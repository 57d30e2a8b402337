"""One log that touches every table, and more units than bytes and tallies hold; by brute force."""

import datetime as dt

import numpy as np
import pyarrow as pa
from cutting import counted, exchanged, survey_of
from oracle import Member, Oracle, Panel, Row, assert_same

from howdah.panels.daily import DailyTable
from howdah.panels.l28 import L28Table
from howdah.panels.migration import Migration
from howdah.panels.overlap import Overlap
from howdah.panels.retention import Retention

START = dt.date(2024, 1, 1)
N_UNIT, N_PRODUCT, N_DAY, BURN_IN = 1600, 3, 70, 10
RETENTION_DAYS = (1, 7, 30)

#: Nearly all units are in one stratum, which is cut within the first tally and after it.
SIZES = (1560, 39, 1)
CUTS = (300, 1500, 1570)


def crowd() -> Panel:
    """Units that come and go, most of which enter the first product on one day."""
    rng = np.random.default_rng(11)
    entry = rng.integers(0, N_DAY, (N_UNIT, N_PRODUCT))
    entry[: N_UNIT // 2, 0] = 20
    is_user = rng.random((N_UNIT, N_PRODUCT)) < (0.98, 0.5, 0.3)
    zeal = rng.beta(0.3, 3.0, N_UNIT)
    last = entry + rng.integers(1, N_DAY, entry.shape)
    log = []
    for u, p in np.argwhere(is_user).tolist():
        days = np.arange(entry[u, p], min(last[u, p], N_DAY))
        active = days[(rng.random(len(days)) < zeal[u]) | (days == entry[u, p])]
        log += [(u, p, START + dt.timedelta(days=d)) for d in active.tolist()]
    log += [(0, 0, START), (0, 0, START + dt.timedelta(days=N_DAY - 1))]
    members = {}
    for u, h in enumerate(np.repeat(np.arange(len(SIZES)), SIZES).tolist()):
        joined = left = None
        # One alone is there all the time, so that its stratum can be told of.
        if h < 2 and rng.random() < 0.2:
            joined = START + dt.timedelta(days=int(rng.integers(0, 40)))
        if h < 2 and rng.random() < 0.2:
            left = (joined or START) + dt.timedelta(days=int(rng.integers(20, 90)))
        members[u] = Member(f"stratum {h}", joined, left)
    # And stands for itself, so that there are standard errors.
    population = {f"stratum {h}": 7.5 * n if n > 1 else 1.0 for h, n in enumerate(SIZES)}
    return Panel(log, members, population)


def compare_all() -> None:
    """Check every table, counted by one process and by several, against the oracle."""
    panel = crowd()
    survey, oracle = survey_of(panel, burn_in=BURN_IN), Oracle(panel, burn_in=BURN_IN)
    l28 = L28Table(survey)
    counted(l28, panel, survey)
    shown = {row["day"] for row in l28.finish().read_all().to_pylist()}
    flows = [
        row | {name: str(row[name]) for name in ("from_product", "to_product")}
        for row in oracle.migration()
    ]
    for make, key, expected in (
        (DailyTable, ("product", "day", "metric"), oracle.daily()),
        (L28Table, ("product", "day", "days_active"),
         (row for row in oracle.l28() if row["day"] in shown)),
        (lambda of: Retention(of, RETENTION_DAYS), ("product", "cohort_day", "kind", "n_day"),
         oracle.retention(RETENTION_DAYS)),
        (Overlap, ("product_a", "product_b", "period_end"), oracle.overlap()),
        (Migration, ("period", "from_product", "to_product"), flows),
    ):  # fmt: skip
        wanted = list(expected)
        table = make(survey)
        counted(table, panel, survey, CUTS)
        for one in (table, exchanged(make, panel, survey, CUTS)):
            made = one.finish()
            rows = (made if isinstance(made, pa.Table) else made.read_all()).to_pylist()
            assert any(row.get("stderr", row.get("stderr_share_a")) for row in rows)
            assert_same(rows, wanted, key, is_of_nobody)


def is_of_nobody(row: Row) -> bool:
    """Whether a table need not have a row: no unit that can be told of is in it."""
    return not row["mature"] or not row.get("cohort_n_raw", row.get("n_raw"))
