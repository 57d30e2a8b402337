"""Families: who is in one, and what the others did, by loops."""

import numpy as np
from simulated_markets import month

from howdah.signals.breakouts import Feed, build_panel
from howdah.signals.breakouts.families import FAMILY, family_features, name_families


def test_a_family_begins_alike_and_has_four_members() -> None:
    names = ["Tea-a", "tea_b", "tea.c", "tea/d", "tea", "teapot-x", "milk-a", "milk-b", "-tea", ""]
    assert name_families(names).tolist() == [0, 0, 0, 0, 0, -1, -1, -1, -1, -1]
    assert name_families(["@o/a", "@o/b", "@o/c", "@o/d"]).tolist() == [0, 0, 0, 0]
    assert name_families([]).tolist() == []


def test_what_the_others_did_is_what_loops_say(small_feed: Feed) -> None:
    panel = build_panel(small_feed, month(35))
    families = np.arange(len(panel.level)) % 60 - 5
    families[families < 0] = -1
    for c in (1, 20):
        got = family_features(panel, families, c, 50)
        for i in range(len(families)):
            others = [j for j in np.flatnonzero(families == families[i]) if j != i]
            want = {}
            for lag in (3, 12):
                rise = [panel.level[j, c] - panel.level[j, c - lag] for j in others if c >= lag]
                known = [float(np.clip(g, -1.5, 1.5)) for g in rise if np.isfinite(g)]
                want[f"family_growth_{lag}"] = np.mean(known) if known else np.nan
            listed = [panel.rank[j, c] <= 50 for j in others if panel.rank[j, c] > 0]
            want["family_top"] = np.mean(listed) if listed else np.nan
            if families[i] < 0:
                want = dict.fromkeys(FAMILY, np.nan)
            np.testing.assert_allclose(got[i], [want[k] for k in FAMILY], rtol=1e-5, atol=1e-6)
