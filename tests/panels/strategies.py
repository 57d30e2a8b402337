"""Small random panels for Hypothesis: what real ones do that breaks an engine.

Gaps and ties, products that nobody of the panel uses or that are used once, strata of one unit,
strata that are wholly in the panel or of which nobody is there on some days, members who join and
leave or whose rows lie outside their membership, strangers, repeats, and rows in any order.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st
from oracle import Member, Panel

#: Its months have 31, 29 and 31 days.
START = dt.date(2024, 1, 1)

#: Zones whose clocks change: one in spring, one at midnight, one by half an hour, and one never.
ZONES = ("Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Shanghai")


def _activity(
    draws: np.random.Generator, n_unit: int, n_product: int, n_day: int
) -> list[tuple[int, int, int]]:
    """Who was active when: spells with gaps, of units that differ in zeal, in any order."""
    rows = []
    zeal = draws.beta(0.6, 1.5, n_unit)
    taste = draws.beta(0.5, 1.0, n_product)
    for unit in range(n_unit):
        for product in range(n_product):
            if draws.random() > 0.2 + 0.8 * taste[product]:
                continue
            begin, end = sorted(draws.integers(0, n_day + 1, 2).tolist())
            gap = sorted(draws.integers(begin, end + 1, 2).tolist())
            for day in range(begin, end):
                if draws.random() < zeal[unit] and not gap[0] <= day < gap[1]:
                    rows += [(unit, product, day)] * (2 if draws.random() < 0.1 else 1)
    # A product that one unit tries once.
    rows.append((int(draws.integers(n_unit)), n_product, int(draws.integers(n_day))))
    return [rows[n] for n in draws.permutation(len(rows))]


@st.composite
def censuses(draw: st.DrawFn, *, max_units: int = 12, max_days: int = 100) -> Panel:
    """A log of which every unit counts one."""
    draws = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_unit = draw(st.integers(1, max_units))
    n_day = draw(st.integers(1, max_days))
    start = START + dt.timedelta(days=draw(st.integers(0, 40)))
    rows = _activity(draws, n_unit, draw(st.integers(1, 3)), n_day)
    return Panel([(1000 + u, p, start + dt.timedelta(days=d)) for u, p, d in rows])


@st.composite
def panels(
    draw: st.DrawFn,
    *,
    max_units: int = 20,
    max_days: int = 100,
    moving: bool = True,
    strangers: bool = True,
) -> Panel:
    """A panel in strata; ``moving`` members join and leave, ``strangers`` are not in it."""
    log = draw(censuses(max_units=max_units, max_days=max_days)).log
    draws = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    units = sorted({unit for unit, _, _ in log}, key=str)
    members = {unit: Member(f"stratum {draws.integers(4)}") for unit in units}
    if strangers and len(units) > 1 and draw(st.booleans()):
        del members[units[0]]
    first, last = min(day for _, _, day in log), max(day for _, _, day in log)
    span = (last - first).days + 1
    for unit, member in members.items():
        joined = left = None
        if moving and draws.random() < 0.3:
            joined = first + dt.timedelta(days=int(draws.integers(-30, span)))
        if moving and draws.random() < 0.3:
            left = (joined or first) + dt.timedelta(days=int(draws.integers(1, span + 30)))
        members[unit] = Member(member.stratum, joined, left)
    # Silent members tell as much as others.
    for n in range(draw(st.integers(0, 4))):
        members[5000 + n] = Member(f"stratum {draws.integers(4)}")
    population = {}
    for stratum in {member.stratum for member in members.values()}:
        n = sum(member.stratum == stratum for member in members.values())
        population[stratum] = float(n if draws.random() < 0.2 else n * draws.integers(1, 50))
    return Panel(log, members, population)


@st.composite
def instants(draw: st.DrawFn) -> tuple[list[dt.datetime], str]:
    """Moments about the days on which a zone's clocks change, and the zone."""
    zone = draw(st.sampled_from(ZONES))
    changes = [dt.datetime(2024, month, 1, tzinfo=ZoneInfo(zone)) for month in (3, 4, 9, 10)]
    minutes = st.integers(0, 45 * 24 * 60)
    moments = [
        (draw(st.sampled_from(changes)).astimezone(dt.UTC) + dt.timedelta(minutes=draw(minutes)))
        for _ in range(draw(st.integers(1, 60)))
    ]
    return moments, zone
