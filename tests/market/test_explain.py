"""Why a number is what it is, and why it changed: a small story, and the example market."""

import datetime as dt
import math
from pathlib import Path

import pytest

import howdah
from howdah.core.errors import BadDateError, InputError, UnknownNameError
from howdah.market import Market
from howdah.market.pages import Explanation

APPS = ("Oolong", "Sencha", "Matcha", "Assam", "Chai", "Mate")

_SPEC = """\
title = "{title}"
source = "{source}"
nature = "panel"
anchor = {anchor}
path = "inbox/{name}.csv"
replay = true

[licence]
name = "Own"

[[claim]]
subject = {{ column = "app" }}
metric = "dau"
definition = "tea:dau"
value = {{ column = "users" }}
period = {{ column = "month" }}
published_at = {{ column = "published" }}
"""


def level(app: int, month: int) -> float:
    return 1e6 * (app + 1) * 1.06**month


def lines(factor: float, months: range, apps: range = range(len(APPS))) -> list[str]:
    return [
        f"{APPS[a]},{factor * level(a, m) * (1 + 0.01 * ((3 * a + 5 * m) % 7 - 3)):.0f},"
        f"2024-{m:02d},2024-{m + 1:02d}-08"
        for m in months
        for a in apps
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two vendors, one of which sees half as much again, and what the makers themselves publish.

    After 2024-10-31 the first revises its August of Oolong and the second publishes September.
    """
    folder = tmp_path_factory.mktemp("explain") / "tea"
    feeds = {
        "vendor-a": [*lines(1.0, range(1, 9)), "Oolong,2000000,2024-08,2024-11-20"],
        "vendor-b": [*lines(1.5, range(1, 9)), "Oolong,2600000,2024-09,2024-11-25"],
        # Truth is known of all but Oolong, and not of the last months.
        "truth": lines(1.0, range(1, 7), range(1, len(APPS))),
    }
    for name, rows in feeds.items():
        spec = _SPEC.format(title=name, source=name, name=name, anchor=str(name == "truth").lower())
        texts = {f"feeds/{name}.toml": spec, f"inbox/{name}.csv": "app,users,month,published\n"}
        texts[f"inbox/{name}.csv"] += "\n".join(rows) + "\n"
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    (folder / "market.toml").write_text('title = "Tea"\nas_of = 2024-12-31\n')
    (folder / "entities").mkdir()
    (folder / "entities" / "catalogue.csv").write_text(
        "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,identifiers,"
        "notes\n" + "".join(f"{app},product,,,,,,\n" for app in APPS)
    )
    howdah.open(folder).update()
    return folder


@pytest.fixture(scope="module")
def market(folder: Path) -> Market:
    return howdah.open(folder)


@pytest.fixture(scope="module")
def august(market: Market) -> Explanation:
    return market.explain("Oolong", "dau", period="2024-08", since="2024-10-31")


def test_the_vendor_that_sees_more_has_that_taken_off(august: Explanation) -> None:
    removed = {c.statement.source: c.removed for c in august.claims if c.is_of_cell}
    assert removed["vendor-b"] == pytest.approx(1.5, rel=0.1)
    assert removed["vendor-a"] == pytest.approx(1.0, rel=0.1)


def test_the_weights_add_up_to_one(august: Explanation) -> None:
    assert august.prior_weight is not None
    total = august.prior_weight + sum(c.weight for c in august.claims)
    assert total == pytest.approx(1.0, abs=1e-9)
    own = [c for c in august.claims if c.is_of_cell]
    assert sum(c.weight for c in own) > 0.4


def test_the_parts_of_the_change_multiply_to_it(market: Market, august: Explanation) -> None:
    assert august.effect is not None
    assert math.prod(p.effect for p in august.parts) == pytest.approx(august.effect, rel=1e-12)
    assert august.before is not None
    assert august.before.value is not None
    assert august.estimate.value is not None
    # Estimates of people are whole numbers.
    ratio = august.estimate.value / august.before.value
    assert august.effect == pytest.approx(ratio, rel=1e-5)
    shown = market.show("Oolong").estimate("dau", period="2024-08")
    assert shown == august.estimate
    earlier = market.show("Oolong", "2024-10-31").estimate("dau", period="2024-08")
    assert earlier == august.before


def test_each_part_names_its_claims(august: Explanation) -> None:
    parts = {p.kind: p for p in august.parts}
    revision, new = parts["revision"], parts["new_claim"]
    assert [(s.value, s.period) for s in revision.claims] == [(2_000_000, "2024-08")]
    assert [s.source for s in revision.replaced] == ["vendor-a"]
    assert revision.effect > 1.05
    assert [(s.value, s.period) for s in new.claims] == [(2_600_000, "2024-09")]
    assert parts["break"].claims == ()
    assert parts["break"].effect == 1.0
    assert {s.claim_id for s in august.came} == {
        s.claim_id for part in (revision, new) for s in part.claims
    }


def test_an_estimate_that_is_new_has_no_parts(market: Market) -> None:
    page = market.explain("Oolong", "dau", since="2024-10-31")
    assert page.estimate.period.label == "2024-09"
    assert page.before is None
    assert page.effect is None
    assert page.parts == ()
    assert len(page.came) == 2


def test_an_id_and_a_name_explain_the_same(market: Market, august: Explanation) -> None:
    page = market.explain(august.estimate.estimate_id.upper(), since="2024-10-31")
    assert page == august
    assert page.to_polars().height == len(page.claims)


def test_without_a_date_the_vintage_before_is_compared_with(market: Market) -> None:
    assert market.explain("Oolong", "dau", period="2024-08").since == dt.date(2024, 11, 20)
    first = market.explain("Oolong", "dau", period="2024-01", as_of="2024-02-08")
    assert first.since is None
    assert first.parts == ()


def test_with_a_kept_derivation_its_date_is_compared_with(folder: Path, tmp_path: Path) -> None:
    import shutil  # noqa: PLC0415 - of this test alone

    copy = Path(shutil.copytree(folder, tmp_path / "tea"))
    text = (copy / "market.toml").read_text()
    (copy / "market.toml").write_text(text.replace("2024-12-31", "2025-02-28"))
    page = howdah.open(copy).explain("Oolong", "dau", period="2024-08")
    assert page.since == dt.date(2024, 12, 31)
    assert page.effect == pytest.approx(1.0)
    assert all(part.claims == () for part in page.parts)


def test_bad_input_says_what_to_do(market: Market) -> None:
    with pytest.raises(InputError, match="is no id of an estimate"):
        market.explain("Oolong")
    with pytest.raises(InputError, match="No estimate e0123456789ab"):
        market.explain("e0123456789ab")
    with pytest.raises(UnknownNameError, match="Unknown metric 'nope'"):
        market.explain("Oolong", "nope")
    with pytest.raises(UnknownNameError, match=r"Unknown metric of Oolong 'stars'\. Known: 'dau'"):
        market.explain("Oolong", "stars")
    with pytest.raises(UnknownNameError, match="dau of Oolong '1999'"):
        market.explain("Oolong", "dau", period="1999")
    with pytest.raises(UnknownNameError):
        market.explain("Nobody", "dau")
    with pytest.raises(InputError, match="give --since a date before"):
        market.explain("Oolong", "dau", since="2025-01-01")
    with pytest.raises(InputError, match="give --since a date before"):
        market.explain("Oolong", "dau", since="2024-12-31")
    with pytest.raises(BadDateError):
        market.explain("Oolong", "dau", since="soon")


def test_daily_users_of_doubao_on_two_dates(example_market: Path) -> None:
    market = howdah.open(example_market)
    page = market.explain("豆包", "dau", since="2024-12-31", as_of="2025-01-31")
    assert page.since == dt.date(2024, 12, 31)
    assert page.estimate.value == pytest.approx(9_450_000)
    # Nothing came in January: the models alone may differ, and one claim alone is the level.
    assert page.effect == pytest.approx(1.0, abs=1e-6)
    assert page.came == ()
    (own,) = (c for c in page.claims if c.is_of_cell)
    assert own.weight == pytest.approx(1.0, abs=1e-6)
    earlier = market.explain("豆包", "dau", period="2024-09", as_of="2024-12-31")
    assert earlier.estimate == market.show("豆包", "2024-12-31").estimate("dau", period="2024-09")
    assert earlier.since is None


def test_bounds_and_contested_cells_say_that_no_level_was_formed(example_market: Path) -> None:
    market = howdah.open(example_market)
    bound = market.explain("豆包", "dau", period="2023-11", since="2024-12-31")
    assert bound.no_level == "bound"
    assert bound.prior_weight is None
    assert [c.weight for c in bound.claims] == [0.0]
    contested = market.explain("百川智能", "staff_cut")
    assert contested.no_level == "contested"
    assert len(contested.claims) == 2
    tally = market.explain("阿里云", "deal_count", period="2024-11")
    assert tally.no_level == "tally"
