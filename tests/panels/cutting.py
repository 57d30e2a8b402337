"""A panel of the oracle as what tables are counted from: a survey, and parts cut anywhere."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from oracle import Member, Panel

from howdah.kernels.activity import Activity, Roster
from howdah.panels.strata import pieces
from howdah.panels.tables import Part, PartTable, Survey


def survey_of(panel: Panel, *, burn_in: int = 55, min_n: int = 0) -> Survey:
    """What holds for all parts; days are those of the members' rows."""
    members, population = _members(panel), _population(panel)
    log = [row for row in panel.log if row[0] in members]
    start = min(day for _, _, day in log)
    strata = sorted(population, key=str)
    return Survey(
        products=pa.array(sorted({product for _, product, _ in log}, key=str)),
        start=start,
        n_day=(max(day for _, _, day in log) - start).days + 1,
        strata=tuple(str(h) for h in strata),
        population=np.array([population[h] for h in strata], np.float64),
        burn_in=burn_in,
        min_n=min_n,
    )


def parts_of(panel: Panel, survey: Survey, cuts: Sequence[int] = ()) -> Iterator[Part]:
    """Parts that end before the units of these numbers, in order."""
    members = _members(panel)
    strata = sorted(_population(panel), key=str)
    units = sorted(members, key=lambda unit: (str(members[unit].stratum), str(unit)))
    stratum = np.array([strata.index(members[u].stratum) for u in units], np.int32)
    stops = sorted({cut for cut in cuts if 0 < cut < len(units)} | {len(units)})
    for start, stop in zip([0, *stops[:-1]], stops, strict=True):
        goes_on = stop < len(units) and stratum[stop] == stratum[stop - 1]
        yield _part(panel, survey, units[start:stop], stratum[start:stop], goes_on=bool(goes_on))


def counted(table: PartTable, panel: Panel, survey: Survey, cuts: Sequence[int] = ()) -> None:
    """Add all parts."""
    for part in parts_of(panel, survey, cuts):
        table.add(part)


def exchanged(
    make: Callable[[Survey], PartTable], panel: Panel, survey: Survey, cuts: Sequence[int] = ()
) -> PartTable:
    """A table of counts that others made, part by part and stratum by stratum, in any order."""
    parts = list(parts_of(panel, survey, cuts))
    counts: dict[int, list[Mapping[str, np.ndarray]]] = {}
    for part in parts:
        other = make(survey)
        for stratum, piece in pieces(part):
            other.add(piece)
            counts.setdefault(stratum, []).append(other.take())
    stratum = np.concatenate([part.roster.stratum for part in parts])
    ends = np.flatnonzero(np.diff(stratum)) + 1
    table = make(survey)
    for whole in parts_of(panel, survey, ends.tolist()):
        for found in reversed(counts[int(whole.roster.stratum[0])]):
            table.put(found)
        nothing = np.empty(0, np.int32)
        words = whole.activity.words[:0]
        table.add(whole._replace(activity=Activity(nothing, nothing, words, nothing)))
    return table


def _members(panel: Panel) -> dict[Hashable, Member]:
    if panel.members is not None:
        return dict(panel.members)
    return {unit: Member("all") for unit, _, _ in panel.log}


def _population(panel: Panel) -> dict[Hashable, float]:
    return dict(panel.population or {"all": float(len(_members(panel)))})


def _part(
    panel: Panel,
    survey: Survey,
    units: Sequence[Hashable],
    stratum: np.ndarray,
    *,
    goes_on: bool,
) -> Part:
    members = _members(panel)

    def number(day: dt.date | None, absent: int) -> int:
        return absent if day is None else (day - survey.start).days

    joined = [max(number(members[u].joined, 0), 0) for u in units]
    left = [min(number(members[u].left, survey.n_day), survey.n_day) for u in units]
    products = survey.products.to_pylist()
    at = {unit: n for n, unit in enumerate(units)}
    rows: dict[tuple[int, int], set[int]] = {}
    for unit, product, day in panel.log:
        if unit in at:
            key = (products.index(product), at[unit])
            rows.setdefault(key, set()).add(number(day, 0))
    words = np.zeros((len(rows), -(-survey.n_day // 64)), np.uint64)
    keys = sorted(rows)
    for n, (product, unit) in enumerate(keys):
        for day in rows[product, unit]:
            if joined[unit] <= day < left[unit]:
                words[n, day // 64] |= np.uint64(1) << np.uint64(day % 64)
    activity = Activity(
        np.array([p for p, _ in keys], np.int32),
        np.array([u for _, u in keys], np.int32),
        words,
        np.array([min(rows[key]) for key in keys], np.int32),
    )
    roster = Roster(
        stratum,
        np.array(joined, np.int32),
        np.array(left, np.int32),
        survey.population,
    )
    return Part(activity, roster, goes_on)
