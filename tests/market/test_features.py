"""The feature matrix of a market: from a feed's rows to gaps of ours, as of any date."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tools_market import MONTHS, write_tools

import howdah
from howdah.core.errors import InputError, UnknownNameError
from howdah.market import Market

_OURS = """
[ours]
products = ["old 0"]

[features]
stale_days = 400

[[feature]]
id = "plugins"
title = "Plug-ins"
title_zh = "插件"

[[feature]]
id = "offline"
title = "Offline mode"
words = ["离线"]
"""

_FEED = """\
title = "Features"
source = "Reviewer"
nature = "statement"
path = "data/features.csv"
replay = true
[licence]
name = "contract"
[[claim]]
subject = { column = "product" }
kind = "feature"
object = { column = "feature" }
valid_from = { column = "day" }
valid_to = { column = "day" }
published_at = { column = "told" }
[claim.metric]
column = "state"
map = { new = "feature_release", gone = "feature_removed" }
default = "feature"
[claim.modality]
column = "state"
map = { planned = "planned", lacks = "negated" }
default = "asserted"
"""

_ROWS = """\
product,feature,state,day,told
new 4,插件,new,2022-03-01,2022-03-02
old 1,plug-ins,new,2022-06-01,2022-06-10
new 3,Plug-ins,new,2022-09-01,2022-09-01
old 2,plug in store,has,2022-09-01,2022-09-01
old 0,plug-ins,lacks,2024-06-01,2024-06-02
new 0,offline mode,has,2021-01-01,2021-01-02
new 0,离线,gone,2024-05-01,2024-05-01
old 3,Offline-mode,planned,2024-12-01,2024-12-01
"""


def open_features(folder: Path) -> Market:
    """The market of tools with features of its products."""
    write_tools(folder)
    config = folder / "market.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("\n[giants]", f"{_OURS}\n[giants]"), encoding="utf-8")
    (folder / "feeds" / "features.toml").write_text(_FEED, encoding="utf-8")
    (folder / "data" / "features.csv").write_text(_ROWS, encoding="utf-8")
    market = howdah.open(folder)
    market.update()
    return market


@pytest.fixture(scope="module")
def market(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Market:
    return howdah.open(made_once("tools-features", open_features))


def test_a_feed_of_rows_becomes_the_matrix(market: Market) -> None:
    page = market.features("tools")
    states = {
        (product, feature): cell.state
        for product, row in page.matrix.items()
        for feature, cell in row.items()
        if cell.state != "unknown"
    }
    assert states == {
        ("new-4", "plugins"): "has",
        ("old-1", "plugins"): "has",
        ("new-3", "plugins"): "has",
        ("old-0", "plugins"): "denied",
        ("new-0", "offline"): "had",
        ("old-3", "offline"): "announced",
    }
    assert [(u.product, u.words) for u in page.unnamed] == [("old-2", "plug in store")]
    assert page.spreads["plugins"].row == ("new-4", "old-1", "new-3")
    assert len(page.rows()) == len(page.products) * 2


def test_gaps_of_ours_stand_against_risers_by_their_estimates(market: Market) -> None:
    page = market.features("tools")
    (gap,) = page.gaps
    assert (gap.own.product, gap.own.feature, gap.sure) == ("old-0", "plugins", "stale")
    risers = {h.cell.product for h in gap.holders if h.is_riser}
    # The truth's monthly growth is 0.01 a step of its place: old 1 stands still.
    assert risers == {"new-3", "new-4"}
    growth = page.growths["new-4"]
    assert growth.lower < growth.value < growth.upper
    assert growth.n == 1
    assert growth.claim_ids


def test_an_earlier_date_knows_nothing_of_what_was_told_later(market: Market) -> None:
    page = market.features("tools", as_of="2022-06-05")
    assert page.matrix["new-4"]["plugins"].state == "has"
    # Brought out by then, but told five days later.
    assert page.matrix["old-1"]["plugins"].state == "unknown"
    assert market.features("tools", as_of="2024-04-30").matrix["new-0"]["offline"].state == "has"


def test_every_cell_leads_to_its_row(market: Market) -> None:
    cell = market.features("tools").matrix["new-4"]["plugins"]
    raw = json.loads(market.trail(cell.claim_ids[0]).claims[0].raw_text)
    assert raw["feature"] == "插件"


def test_entities_are_asked_for_by_name_and_ours_may_be_others(market: Market) -> None:
    page = market.features("new 4", "old 2", ours=["old 2"])
    assert page.products == ("new-4", "old-2")
    assert [g.own.feature for g in page.gaps] == ["plugins"]
    frame = market.features("new 4", "old 2").to_polars()
    assert frame.filter(pl.col("state") == "has")["product"].to_list() == ["new-4"]


@pytest.mark.parametrize(
    ("targets", "ours", "missing"),
    [
        (("new 4",), (), "products"),
        (("old 2", "new 1"), (), "claims"),
        (("new 4", "new 3"), (), "ours"),
    ],
)
def test_what_is_missing_is_said(
    market: Market, targets: tuple[str, ...], ours: tuple[str, ...], missing: str
) -> None:
    page = market.features(*targets, ours=ours)
    assert (page.gaps_missing, page.gaps) == (missing, ())


def test_a_wrong_name_says_which_segments_there_are(market: Market) -> None:
    with pytest.raises(UnknownNameError, match=r"segments: tools, pair, nobody"):
        market.features("tols")
    with pytest.raises(InputError, match="to come"):
        market.features("tools", as_of="2100-01-01")


def test_a_market_without_a_vocabulary_says_so(tmp_path: Path) -> None:
    write_tools(tmp_path / "m")
    page = howdah.open(tmp_path / "m").features("tools", as_of=MONTHS[-1])
    assert (page.gaps_missing, page.features) == ("vocabulary", ())
