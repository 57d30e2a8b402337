"""Copies: found when planted, however they are dressed up; not found between honest sources."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from howdah.estimates.fusion.copying import find_copying
from howdah.estimates.fusion.links import Links, find_originals, flag_copies
from howdah.estimates.fusion.spikes import count_windows, differences, grid_step, grid_steps
from howdah.kernels import Panel

Floats = NDArray[np.float64]

N_PERIOD = 60
NOISES = (0.1, 0.15, 0.12, 0.08)


def rounded(log: Floats, digits: int) -> Floats:
    unit = 10.0 ** (np.floor(log / np.log(10)) - digits + 1)
    return np.log(np.round(np.exp(log) / unit) * unit)


def honest(n_series: int = 60, *, seed: int = 0, digits: int = 3) -> list[Floats]:
    """(n_series, N_PERIOD) logs of each source, NaN where it says nothing."""
    draws = np.random.default_rng(seed)
    level = draws.normal(10, 2, (n_series, 1)) + np.cumsum(
        draws.normal(0, 0.03, (n_series, N_PERIOD)), axis=1
    )
    sources = []
    for noise in NOISES:
        log = (
            level + 0.2 * draws.normal(size=(n_series, 1)) + noise * draws.normal(size=level.shape)
        )
        sources.append(np.where(draws.random(level.shape) < 0.9, rounded(log, digits), np.nan))
    return sources


def panel_of(sources: list[Floats]) -> Panel:
    """A panel of the sources; truth, the last by number, has no claims."""
    cube = np.stack(sources, axis=2)
    i, t, s = np.nonzero(np.isfinite(cube))
    n_series, n_period, _ = cube.shape
    nothing = np.full(len(i), np.nan)
    zeros = np.zeros(n_series, np.int32)
    return Panel(
        start=np.searchsorted(i, np.arange(n_series + 1)),
        period=t.astype(np.int32), source=s.astype(np.int32), value=cube[i, t, s],
        low=nothing, high=nothing, own_var=np.zeros(len(i)), segment=zeros, size=zeros,
        first=zeros, length=zeros + np.int32(n_period), gap=np.ones(n_period),
        pace=np.ones(n_series),
    )  # fmt: skip


def links_of(sources: list[Floats]) -> Links:
    return find_copying(panel_of(sources), len(sources) + 1)


def pairs(links: Links) -> list[tuple[int, int]]:
    return list(zip(links.copier.tolist(), links.original.tolist(), strict=True))


def flags_of(sources: list[Floats], links: Links) -> NDArray[np.int64]:
    panel = panel_of(sources)
    return flag_copies(
        panel.start, panel.period, panel.source, panel.value, links,
        len(sources) + 1, N_PERIOD, 0, 1.0,
    )  # fmt: skip


def fewer(log: Floats, share: float = 0.7) -> Floats:
    kept = np.random.default_rng(9).random(log.shape) < share
    return np.where(kept, log, np.nan)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_honest_sources_copy_nobody(seed: int) -> None:
    assert pairs(links_of(honest(seed=seed))) == []


@pytest.mark.parametrize("digits", [1, 2])
def test_rounding_to_the_same_round_numbers_is_no_copy(digits: int) -> None:
    assert pairs(links_of(honest(digits=digits))) == []


def test_two_exact_sources_are_no_copies() -> None:
    draws = np.random.default_rng(3)
    level = draws.normal(10, 2, (60, 1)) + np.cumsum(draws.normal(0, 0.03, (60, N_PERIOD)), axis=1)
    noises = (0.1, 0.15, 0.003, 0.003)
    sources = [rounded(level + s * draws.normal(size=level.shape), 4) for s in noises]
    assert pairs(links_of(sources)) == []


@pytest.mark.parametrize(
    ("dress", "lag", "factor"),
    [
        (lambda log: log, 0, 1.0),
        (lambda log: rounded(log, 2), 0, 1.0),
        (lambda log: rounded(log + np.log(1.3), 4), 0, 1.3),
        (lambda log: log + 0.002 * np.random.default_rng(5).normal(size=log.shape), 0, 1.0),
        (lambda log: np.hstack([np.full((len(log), 2), np.nan), log[:, :-2]]), 2, 1.0),
    ],
    ids=["equal", "rounded", "rescaled", "noisy", "late"],
)
def test_a_copy_is_found_however_it_is_dressed(
    dress: Callable[[Floats], Floats], lag: int, factor: float
) -> None:
    sources = honest()
    sources.append(fewer(dress(sources[1])))
    links = links_of(sources)
    assert pairs(links) == [(4, 1)]
    assert links.is_decided.all()
    assert links.lag.tolist() == [lag]
    assert abs(np.exp(links.shift[0]) / factor - 1) < 0.002
    flags = flags_of(sources, links)
    panel = panel_of(sources)
    assert (flags[panel.source != 4] < 0).all()
    i, t, _ = np.nonzero(np.isfinite(np.stack(sources, axis=2)))
    has_original = (t >= lag) & np.isfinite(sources[1][i, t - lag])
    assert (flags[(panel.source == 4) & has_original] == 0).mean() > 0.98


def test_copying_of_some_series_is_flagged_there() -> None:
    sources = honest(120)
    own = honest(120, seed=0)[2] + 0.3
    own = rounded(own + 0.1 * np.random.default_rng(6).normal(size=own.shape), 3)
    copied = np.arange(120) < 30
    sources.append(np.where(copied[:, None], fewer(sources[0]), fewer(own, 0.6)))
    links = links_of(sources)
    assert pairs(links) == [(4, 0)]
    assert 0.1 < links.share[0] < 0.4
    panel = panel_of(sources)
    series = np.repeat(np.arange(120), np.diff(panel.start))
    flagged = flags_of(sources, links) >= 0
    assert flagged[(panel.source == 4) & ~copied[series]].mean() < 0.03


def test_of_two_that_nothing_tells_apart_each_counts_half() -> None:
    sources = honest()
    sources.append(sources[1].copy())
    links = links_of(sources)
    assert len(links.copier) == 1
    assert not links.is_decided[0]
    panel = panel_of(sources)
    flags = flags_of(sources, links)
    half = find_originals(panel.start, panel.period, panel.source, panel.value, links, flags)
    assert set(panel.source[half]) == {1, 4}
    assert half.sum() == 2 * np.isfinite(sources[1]).sum()


@pytest.mark.parametrize("dress", [lambda log: log, lambda log: rounded(log, 3)])
@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.parametrize("n_series", [6, 60])
def test_two_that_always_agree_are_one_when_nobody_else_can_tell(
    dress: Callable[[Floats], Floats], others: int, n_series: int
) -> None:
    source, *rest = honest(n_series, digits=4)
    links = links_of([source, dress(source), *rest[:others]])
    assert {frozenset(pair) for pair in pairs(links)} == {frozenset({0, 1})}
    assert links.share[0] > 0.95
    assert links.lag.tolist() == [0]


def test_two_that_are_near_each_other_are_not_one() -> None:
    draws = np.random.default_rng(3)
    level = draws.normal(10, 2, (60, 1)) + np.cumsum(draws.normal(0, 0.03, (60, N_PERIOD)), axis=1)
    sources = [rounded(level + 0.003 * draws.normal(size=level.shape), 4) for _ in range(2)]
    assert pairs(links_of(sources)) == []


def test_figures_that_never_move_are_no_copies() -> None:
    still = np.repeat(rounded(np.linspace(8.0, 12.0, 6)[:, None], 3), N_PERIOD, axis=1)
    assert pairs(links_of([still, still.copy()])) == []


def test_a_chain_of_copies_has_no_circle() -> None:
    sources = honest()
    sources.append(fewer(sources[1], 0.8))
    sources.append(fewer(sources[4], 0.7))
    links = links_of(sources)
    assert set(pairs(links)) == {(4, 1), (5, 1), (5, 4)}


def test_windows_are_counted_as_by_hand() -> None:
    draws = np.random.default_rng(4)
    sources = [rounded(draws.normal(5, 0.3, (4, 12)), 2) for _ in range(2)]
    cells = [np.flatnonzero(np.isfinite(log.ravel())) for log in sources]
    values = [log.ravel()[cell] for log, cell in zip(sources, cells, strict=True)]
    steps = [grid_steps(value, 0, 1.0) for value in values]
    lag, shift, spread, width = 1, 0.01, 0.5, 0.02
    off, grid = differences(cells[0], values[0], steps[0], values[1], steps[1], 12, lag)
    found = count_windows(off, grid, shift, spread, np.array([width]))[0]
    used = inside = ring = 0
    smooth = 0.0
    for i, t in itertools.product(range(4), range(lag, 12)):
        one, other = sources[0][i, t], sources[1][i, t - lag]
        half = max(width, 0.5 * max(grid_step(one, 0, 1.0), grid_step(other, 0, 1.0)))
        if half > 0.3 * spread:
            continue
        used += 1
        smooth += min(1.2 * half / spread, 1.0)
        far = abs(one - other - shift)
        inside += far <= half * (1 + 1e-6) + 1e-9
        ring += half * (1 + 1e-6) + 1e-9 < far <= 3 * (half * (1 + 1e-6) + 1e-9)
    np.testing.assert_allclose(found, [used, inside, max(smooth, ring / 2)])


@pytest.mark.parametrize(
    ("value", "step"), [(5_000_000.0, 1e6), (5120.0, 10.0), (0.035, 0.001), (7.0, 1.0)]
)
def test_the_grid_of_a_figure_is_its_last_digit(value: float, step: float) -> None:
    half = np.log(value) - np.log(value - step / 2)
    assert abs(grid_step(np.log(value), 0, 1.0) / (2 * half) - 1) < 1e-9
    assert abs(grid_step(value / 2, 2, 2.0) * 2 / step - 1) < 1e-9


def test_what_has_no_grid() -> None:
    assert grid_step(np.log(np.pi), 0, 1.0) == 0.0
    assert grid_step(0.0, 2, 1.0) == 0.0
    assert grid_steps(np.array([np.nan]), 0, 1.0).tolist() == [0.0]
    assert grid_step(np.inf, 0, 1.0) == 0.0


def test_each_claim_is_compared_once_with_each_source_and_lag() -> None:
    """Cost is linear in claims: the cells that are looked at are counted."""
    for n_series in (10, 20):
        sources = [log[:n_series] for log in honest(60)]
        cells = [np.flatnonzero(np.isfinite(log.ravel())) for log in sources[:2]]
        values = [log.ravel()[cell] for log, cell in zip(sources, cells, strict=False)]
        table = np.full(n_series * N_PERIOD, np.nan)
        table[cells[1]] = values[1]
        steps = np.zeros_like(table)
        off, _ = differences(cells[0], values[0], steps[cells[0]], table, steps, N_PERIOD, 0)
        assert len(off) == len(np.intersect1d(*cells)) <= len(cells[0])


def test_too_few_claims_show_nothing() -> None:
    sources = [log[:1, :20] for log in honest()]
    assert pairs(links_of([*sources, sources[0]])) == []
    assert len(find_copying(panel_of([log[:0] for log in sources]), 5).copier) == 0
