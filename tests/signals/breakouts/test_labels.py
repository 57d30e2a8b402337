"""Labels and candidates, by loops over one entity at a time."""

import numpy as np
import pytest
from simulated_markets import month

from howdah.core.errors import LookAheadError
from howdah.signals.breakouts import (
    Feed,
    Panel,
    Target,
    are_known,
    build_panel,
    candidates,
    label,
    parse_target,
)

TARGETS = [
    parse_target("top:40"),
    parse_target("top:40", hold=3, newcomer=6),
    parse_target("top:20", beyond=60),
    parse_target("growth:1.3"),
    parse_target("growth:1.2", hold=2, beyond=30),
]


@pytest.fixture(scope="module")
def panel(small_feed: Feed) -> Panel:
    return build_panel(small_feed, month(35))


def is_there(panel: Panel, target: Target, i: int, origin: int, t: int) -> bool:
    if target.kind == "growth":
        return bool(panel.level[i, t] - panel.level[i, origin] >= np.log(target.size))
    return bool(0 < panel.rank[i, t] <= target.size)


@pytest.mark.parametrize("target", TARGETS, ids=range(len(TARGETS)))
def test_labels_are_what_loops_say(panel: Panel, target: Target) -> None:
    origin, horizon = 15, 9
    could = candidates(panel, origin, target)
    found = label(panel, origin, target, horizon)
    for i in range(len(panel.level)):
        before = [is_there(panel, target, i, origin, t)
                  for t in range(origin - max(target.newcomer - 1, 0), origin + 1)]  # fmt: skip
        outside = not any(before) if target.kind == "top" else np.isfinite(panel.level[i, origin])
        deep = not target.beyond or not 0 < panel.rank[i, origin] <= target.beyond
        assert could[i] == (outside and deep)
        after = [is_there(panel, target, i, origin, t) for t in range(16, 25)]
        assert found.came[i] == (sum(after) >= target.hold)
        assert found.months[i] == (after.index(True) + 1 if found.came[i] else 0)
    assert found.came[could].any()


def test_a_label_is_known_when_its_horizon_is_over_and_not_before(panel: Panel) -> None:
    assert are_known(panel, 23, 12)
    assert not are_known(panel, 24, 12)
    label(panel, 23, TARGETS[0], 12)
    with pytest.raises(LookAheadError):
        label(panel, 24, TARGETS[0], 12)
    with pytest.raises(LookAheadError):
        candidates(panel, 36, TARGETS[0])


def test_months_that_an_earlier_snapshot_stands_for_do_not_count(panel: Panel) -> None:
    gone = panel.length.copy()
    gone[16:24] = 0
    hollow = Panel(
        panel.as_of, panel.ends, panel.level, panel.rank, gone, panel.value, panel.events,
        panel.entities, panel.codes, panel.left_out, has_index=True,
    )  # fmt: skip
    held = label(hollow, 15, parse_target("top:40", hold=2), 9)
    assert not held.came.any()
    assert not are_known(hollow, 14, 9)
