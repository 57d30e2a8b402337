"""Do growth, sums, shares and places cover as often as they say? See README.md.

python run.py [SEED ...]
"""

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.special import ndtri

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "fusion"))

from run import N_PERIOD, claims_of, truth_of, weeks
from simulator import Simulation, simulate

from bench import keep
from howdah.estimates.aggregates import (
    NO_TRUST,
    Interval,
    Joint,
    Levels,
    Trust,
    growth,
    learn_trust,
    ranks,
    share,
    shares,
    total,
    total_growth,
)
from howdah.estimates.fusion import Options, fuse
from howdah.estimates.fusion.coding import number_claims

N_SERIES = 2_000
SHARE_ANCHORED = 0.05
SEEDS = tuple(range(21, 27))
STARTS = (20, 60, 100)
LAGS = (4, 13, 52)

#: Groups of a size that are drawn in a week, and leagues.
N_GROUPS = 60
N_LEAGUES = 15
LEAGUE = 20

NORMAL = float(ndtri(0.95))

Floats = np.ndarray


class Tally:
    """Whether truth lay inside, and how wide the interval was, by question and way of answering."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[tuple[float, float]]] = {}

    def add(self, what: str, way: str, inside: Floats, width: Floats) -> None:
        """Answers to one question."""
        pairs = zip(np.atleast_1d(inside), np.atleast_1d(width), strict=True)
        self.rows.setdefault((what, way), []).extend((float(i), float(w)) for i, w in pairs)

    def table(self) -> Iterator[dict[str, object]]:
        """Coverage and median width of each question, its ways side by side."""
        for what in dict.fromkeys(key[0] for key in self.rows):
            row: dict[str, object] = {"what": what}
            for (question, way), found in self.rows.items():
                if question == what:
                    inside, width = np.array(found).T
                    row.setdefault("n", len(found))
                    row[way] = round(float(inside.mean()), 3)
                    row[f"{way} width"] = round(float(np.median(width)), 3)
            yield row


def run_simulation(seed: int, tally: Tally, *, has_truth: bool) -> None:
    """Answer all questions about the series of one simulation that were never anchors."""
    simulation = simulate(N_SERIES, N_PERIOD, seed=seed, habits_seed=seed)
    draws = np.random.default_rng(seed)
    anchored = np.sort(draws.choice(N_SERIES, int(N_SERIES * SHARE_ANCHORED), replace=False))
    claims, truth = claims_of(simulation), truth_of(simulation, anchored)
    truth = truth if has_truth else truth.head(0)
    _, run = fuse(claims, truth, Options(seed=seed))
    levels = Levels.of(run, number_claims(claims, truth, run.learned.coding.names))
    trust = learn_trust(levels)
    hidden = {f"p{n:07}" for n in anchored}
    for start in STARTS:
        days = [weeks()[start + lag] for lag in (0, *LAGS)]
        names = [s for s in levels.covering(*days) if s not in hidden]
        joint = levels.join(names, days)
        ask(simulation, joint, trust, days, draws, tally)


def ask(
    simulation: Simulation,
    joint: Joint,
    trust: Trust,
    days: list[dt.date],
    draws: np.random.Generator,
    tally: Tally,
) -> None:
    """All questions about one week and those after it."""
    number = np.array([int(s[1:]) for s in joint.series])
    true = simulation.level[number][:, [weeks().index(day) for day in days]]
    sd = np.sqrt(np.diagonal(joint.own, axis1=1, axis2=2) + (joint.common**2).sum(2))
    for k, lag in enumerate(LAGS, 1):
        known = true[:, k] - true[:, 0]
        what = f"growth over {lag} weeks"
        for way, factors in (("howdah", trust), ("by levels", NO_TRUST)):
            found = growth(joint, days[0], days[k], factors)
            low, high = (np.log1p(found[c].to_numpy() / 100) for c in ("lower", "upper"))
            tally.add(what, way, (low < known) & (known < high), high - low)
        off = joint.mean[:, k] - joint.mean[:, 0] - known
        reach = NORMAL * np.hypot(sd[:, 0], sd[:, k])
        tally.add(what, "instead", np.abs(off) < reach, 2 * reach)
    segment = simulation.segment[number]
    kinds = {
        "10 products": [draws.choice(len(number), 10, replace=False) for _ in range(N_GROUPS)],
        "100 products": [draws.choice(len(number), 100, replace=False) for _ in range(N_GROUPS)],
        "a segment": [np.flatnonzero(segment == g) for g in np.unique(segment)],
        "everything": [np.arange(len(number))],
    }
    for kind, groups in kinds.items():
        for group in map(np.sort, groups):
            part = joint.take(joint.series.gather(group).to_list())
            ask_sums(kind, part, true[group], sd[group], trust, days, tally)
    for g in np.unique(segment):
        of = joint.series.gather(np.flatnonzero(segment == g)).to_list()
        value, own_sd = np.exp(true[:, 0]), np.exp(joint.mean[:, 0]) * sd[:, 0]
        is_own = segment == g
        known = float(100 * value[is_own].sum() / value.sum())
        found = share(joint, of, days[0], trust)
        tally.add("share of a segment", "howdah", inside(found, known), width(found))
        sums = [float(np.exp(joint.mean[w, 0]).sum()) for w in (is_own, ~is_own)]
        sds = [float(np.sqrt((own_sd[w] ** 2).sum())) for w in (is_own, ~is_own)]
        reach = NORMAL * np.hypot(sds[0] / sums[0], sds[1] / sums[1])
        ends = [100 / (1 + sums[1] / sums[0] * np.exp(x)) for x in (reach, -reach)]
        tally.add(
            "share of a segment", "instead", ends[0] < known < ends[1], np.log(ends[1] / ends[0])
        )
    order = np.argsort(true[:, 0])
    for _ in range(N_LEAGUES):
        at = int(draws.integers(0, len(order) - 5 * LEAGUE))
        near = draws.choice(order[at : at + 5 * LEAGUE], LEAGUE, replace=False)
        far = draws.choice(len(order), LEAGUE, replace=False)
        for kind, group in (("places of 20 alike", near), ("places of any 20", far)):
            ask_places(kind, joint.take(joint.series.gather(np.sort(group)).to_list()),
                       true[np.sort(group), 0], sd[np.sort(group), 0], days[0], tally)  # fmt: skip


def ask_sums(
    kind: str,
    part: Joint,
    true: Floats,
    sd: Floats,
    trust: Trust,
    days: list[dt.date],
    tally: Tally,
) -> None:
    """Sum of a group, its growth, and shares in it; instead: independent errors in quadrature."""
    value, own_sd = np.exp(part.mean), np.exp(part.mean) * sd
    known = np.exp(true).sum(0)
    for way, factors in (("howdah", trust), ("by levels", NO_TRUST)):
        found = total(part, days[0], factors)
        tally.add(f"sum of {kind}", way, inside(found, known[0]), width(found))
    sums, sds = value.sum(0), np.sqrt((own_sd**2).sum(0))
    reach = NORMAL * sds[0]
    tally.add(f"sum of {kind}", "instead", abs(sums[0] - known[0]) < reach, 2 * reach / sums[0])
    for k in (1, 3):
        what = f"growth of the sum of {kind}, {LAGS[k - 1]} weeks"
        actual = 100 * (known[k] / known[0] - 1)
        for way, factors in (("howdah", trust), ("by levels", NO_TRUST)):
            found = total_growth(part, days[0], days[k], factors)
            wide = np.log1p(found.upper / 100) - np.log1p(found.lower / 100)
            tally.add(what, way, inside(found, actual), wide)
        reach = NORMAL * np.hypot(sds[0] / sums[0], sds[k] / sums[k])
        off = np.log(sums[k] / sums[0]) - np.log(known[k] / known[0])
        tally.add(what, "instead", abs(off) < reach, 2 * reach)
    if kind != "10 products":
        return
    table = shares(part, days[0], trust)
    part_of = 100 * np.exp(true[:, 0]) / known[0]
    low, high = table["lower"].to_numpy(), table["upper"].to_numpy()
    what = "share of a product in 10"
    tally.add(what, "howdah", (low < part_of) & (part_of < high), np.log(high / low))
    share_of = value[:, 0] / sums[0]
    reach = NORMAL * np.hypot(sd[:, 0], sds[0] / sums[0])
    off = np.abs(np.log(share_of) - np.log(part_of / 100))
    tally.add(what, "instead", off < reach, 2 * reach)


def ask_places(
    kind: str, part: Joint, true: Floats, sd: Floats, day: dt.date, tally: Tally
) -> None:
    """Bands of places; instead: the place by value alone."""
    table = ranks(part, day).sort("series")
    place = np.argsort(np.argsort(-true)) + 1
    low, high = table["lower"].to_numpy(), table["upper"].to_numpy()
    tally.add(kind, "howdah", (low <= place) & (place <= high), high - low + 1)
    # A band of whole places holds more than is asked for: what it says of itself.
    tally.add(kind, "stated", table["mass"].to_numpy(), high - low + 1)
    by_value = np.argsort(np.argsort(-part.mean[:, 0])) + 1
    tally.add(kind, "instead", by_value == place, np.ones(len(place)))
    mean = part.mean[:, 0]
    gap = (mean[None] - mean[:, None]) / np.hypot(sd[None], sd[:, None])
    needed = float(ndtri(part.prob))
    band = ((gap > needed).sum(1) + 1, len(mean) - (gap < -needed).sum(1))
    tally.add(kind, "by pairs", (band[0] <= place) & (place <= band[1]), band[1] - band[0] + 1)


def inside(found: Interval, known: float) -> Floats:
    """Whether truth lies inside."""
    return np.array([found.lower < known < found.upper])


def width(found: Interval) -> Floats:
    """Log of the upper end over the lower."""
    return np.array([np.log(found.upper / found.lower)])


def main() -> None:
    """Answer with truth for one product in twenty, and with none."""
    rows: list[dict[str, object]] = []
    seeds = tuple(int(text) for text in sys.argv[1:]) or SEEDS
    for label, has_truth, chosen in (("anchors", True, seeds), ("no anchors", False, seeds[:2])):
        tally = Tally()
        for seed in chosen:
            run_simulation(seed, tally, has_truth=has_truth)
        rows += [{"truth": label, **row} for row in tally.table()]
    keep(Path(__file__).parent, rows)


if __name__ == "__main__":
    main()
