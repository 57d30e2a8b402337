"""Logs of a simulated market: rows in the order in which they arrive, with the usual faults."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from howdah.panels.simulation.membership import Membership
from howdah.panels.simulation.population import Population

_ROWS_PER_GROUP = 1_000_000

#: Units are known by numbers of 31 bits; an odd factor makes each number once.
_ID_BITS, _ID_FACTOR = 31, 2654435761


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a log.

    Attributes
    ----------
    repeated
        Share of rows that come twice.
    late
        Share of rows that come some days late.
    max_late_days
        Days that they come late at most.
    """

    repeated: float = 0.01
    late: float = 0.005
    max_late_days: int = 3


class Delivery(NamedTuple):
    """Rows that arrive on a day, most of them of that day."""

    unit: NDArray[np.int32]
    product: NDArray[np.uint16]
    day: NDArray[np.int32]


def deliveries(
    population: Population,
    membership: Membership,
    faults: Faults,
    watch: Callable[[int, NDArray[np.int64]], None] = lambda *_: None,
) -> Iterator[Delivery]:
    """Rows of members while they are in the panel, by day of arrival; late ones at the end.

    Parameters
    ----------
    watch
        Is told the number of each day and the places of the population's active relations.
    """
    draws = np.random.default_rng([population.seed, 2])
    relations, n_day = population.relations, population.market.n_day
    is_always = bool((membership.joined < 0).all() and (membership.left >= n_day).all())
    waiting: dict[int, list[Delivery]] = {}
    for day, active in enumerate(population.days()):
        watch(day, active)
        unit = relations.unit[active]
        if not is_always:
            there = (membership.joined[unit] <= day) & (day < membership.left[unit])
            active, unit = active[there], unit[there]  # noqa: PLW2901 - the same, fewer
        product = relations.product[active]
        again = draws.integers(0, max(len(unit), 1), round(len(unit) * faults.repeated))
        unit = np.concatenate([unit, unit[again]])
        product = np.concatenate([product, product[again]])
        is_late = np.zeros(len(unit), bool)
        is_late[draws.integers(0, max(len(unit), 1), round(len(unit) * faults.late))] = True
        wait = draws.integers(1, faults.max_late_days + 1, int(is_late.sum()))
        for n in range(1, faults.max_late_days + 1):
            rows = np.flatnonzero(is_late)[wait == n]
            late = Delivery(unit[rows], product[rows], np.full(len(rows), day, np.int32))
            waiting.setdefault(day + n, []).append(late)
        on_time = ~is_late
        todays = Delivery(
            unit[on_time], product[on_time], np.full(int(on_time.sum()), day, np.int32)
        )
        yield _joined([todays, *waiting.pop(day, ())])
    for day in sorted(waiting):
        yield _joined(waiting[day])


def _joined(parts: list[Delivery]) -> Delivery:
    return Delivery(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def scattered(n_unit: int) -> NDArray[np.int64]:
    """Numbers for units that leave gaps, as hashed device ids do."""
    return np.asarray(np.arange(n_unit, dtype=np.int64) * _ID_FACTOR % 2**_ID_BITS, np.int64)


def write_log(
    folder: Path,
    population: Population,
    membership: Membership,
    *,
    ids: NDArray[np.int64] | None = None,
    faults: Faults | None = None,
    named: bool = False,
    days_per_file: int = 28,
    watch: Callable[[int, NDArray[np.int64]], None] = lambda *_: None,
) -> int:
    """Write ``unit, product, day`` as Parquet files ``part-000.parquet``, in order of arrival.

    Memory is that of the population and of one day's rows.

    Parameters
    ----------
    ids
        (n_unit,) what the log calls each unit; their places if absent.
    named
        Products by name instead of by place.
    watch
        As `deliveries` has it.

    Returns
    -------
    int
        Rows written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    market = population.market
    epoch = (market.first_day - dt.date(1970, 1, 1)).days
    names = pa.array([product.name for product in market.products])
    known = np.arange(len(population.stratum)) if ids is None else ids
    schema = pa.schema(
        [
            ("unit", pa.int32()),
            ("product", names.type if named else pa.int32()),
            ("day", pa.date32()),
        ]
    )
    n_row, writer = 0, None
    try:
        for n, rows in enumerate(deliveries(population, membership, faults or Faults(), watch)):
            if n % days_per_file == 0 and n < market.n_day:
                if writer is not None:
                    writer.close()
                writer = pq.ParquetWriter(
                    folder / f"part-{n // days_per_file:03}.parquet",
                    schema,
                    compression="zstd",
                    compression_level=1,
                )
            product = pa.array(rows.product.astype(np.int32))
            columns = [
                pa.array(known[rows.unit].astype(np.int32)),
                names.take(product) if named else product,
                pa.array(rows.day + np.int32(epoch)).cast(pa.date32()),
            ]
            assert writer is not None
            writer.write_table(pa.table(columns, schema=schema), row_group_size=_ROWS_PER_GROUP)
            n_row += len(rows.unit)
    finally:
        if writer is not None:
            writer.close()
    return n_row
