import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from howdah.core.metrics import builtin_metrics
from howdah.estimates.fusion import fuse
from howdah.estimates.revisions import as_evidence, learn_revisions, newest_prints, nowcast
from howdah.estimates.revisions.nowcast import CANNOT_TELL

Vendor = Callable[..., pl.DataFrame]

AS_OF = dt.date(2021, 3, 20)


def test_a_young_value_is_brought_to_its_final_one(vendor: Vendor) -> None:
    prints = vendor()
    told = nowcast(newest_prints(prints, as_of=AS_OF), learn_revisions(prints, as_of=AS_OF))
    final = prints.group_by("series", "valid_to").agg(
        pl.col("value").sort_by("published_at").last().alias("final")
    )
    both = told.filter(pl.col("status") == "nowcast").join(final, on=["series", "valid_to"])
    assert both.height == 8
    off = (both["nowcast"] / both["final"]).log().abs().mean()
    assert off < 0.6 * (both["value"] / both["final"]).log().abs().mean()
    assert ((both["final"] > both["lower"]) & (both["final"] < both["upper"])).mean() > 0.6
    assert both["factor"].to_list() == pytest.approx((both["nowcast"] / both["value"]).to_list())


def test_a_final_value_stays_as_it_is(vendor: Vendor) -> None:
    prints = vendor()
    told = nowcast(prints, learn_revisions(prints)).filter(pl.col("age_days") >= 66)
    assert told["status"].unique().to_list() == ["final"]
    assert told["nowcast"].to_list() == pytest.approx(told["value"].to_list())
    assert told["sd"].max() == 0


def test_what_nothing_supports_is_not_told(vendor: Vendor) -> None:
    prints = vendor()
    curve = learn_revisions(prints)
    stranger = prints.head(1).with_columns(source=pl.lit("stranger"))
    aged = prints.head(1).with_columns(pl.col("valid_to") + dt.timedelta(days=5 - 20))
    early = prints.head(1).with_columns(published_at=pl.col("valid_to") - dt.timedelta(days=3))
    told = nowcast(pl.concat([stranger, aged, early]), curve)
    assert told["status"].unique().to_list() == ["cannot tell"]
    assert told["reason"].unique().to_list() == [CANNOT_TELL]
    assert told.select(pl.col("nowcast", "lower", "upper", "sd", "shift").null_count()).row(0) == (
        (3,) * 5
    )


def test_a_running_count_is_scaled_by_its_elapsed_share(vendor: Vendor) -> None:
    prints = vendor(early=True)
    shapes = builtin_metrics().metrics
    flows = [name for name, metric in shapes.items() if metric.shape == "flow"]
    assert "downloads" in flows
    curve = learn_revisions(prints, flows=flows)
    young = pl.col("age_days") < 0
    told = nowcast(prints, curve).filter(young)
    gone = (told["published_at"] - told["valid_from"]).dt.total_days()
    length = told["valid_to"].dt.day()
    assert told["factor"].to_numpy() == pytest.approx((length / gone).to_numpy(), rel=0.05)
    # Its prints vary by a twentieth; without the share, months of 28 and 31 days blur it.
    as_stock = nowcast(prints, learn_revisions(prints)).filter(young)
    assert told["sd"][0] == pytest.approx(0.05, rel=0.3)
    assert as_stock["sd"][0] > told["sd"][0]


def test_a_share_stays_between_its_ends(vendor: Vendor) -> None:
    shares = vendor(scale="linear").with_columns(
        (100 / (1 + (-pl.col("value") + 6).exp())).alias("value"), scale=pl.lit("logit")
    )
    told = nowcast(shares, learn_revisions(shares))
    assert told.select(pl.col("lower", "upper").is_between(0, 100).all()).row(0) == (True, True)


def test_a_move_that_does_not_last_is_not_carried_forward(vendor: Vendor) -> None:
    prints = vendor(n_months=24)
    final = pl.col("value").last().over("series", "valid_to", order_by="published_at")
    calm = pl.when(pl.col("valid_to") < dt.date(2019, 1, 1)).then("value").otherwise(final)
    curve = learn_revisions(prints.with_columns(calm.alias("value")))
    first = curve.curves["vendor", "downloads"].classes[0]
    assert first.link.mean > 0
    assert first.shift == 0
    assert first.sd > first.link.mean
    low, high = first.move_ends(0.9)
    assert low <= 0 < high


def test_nothing_published_later_changes_a_nowcast(vendor: Vendor) -> None:
    prints = vendor()
    known = prints.filter(pl.col("published_at") <= AS_OF)
    then, now = (
        nowcast(newest_prints(p, as_of=AS_OF), learn_revisions(p, as_of=AS_OF))
        for p in (known, prints)
    )
    assert_frame_equal(then, now)


def test_a_wider_band_holds_more(vendor: Vendor) -> None:
    prints = vendor()
    curve = learn_revisions(prints)
    narrow, wide = (nowcast(prints, curve, prob=p) for p in (0.5, 0.9))
    assert (wide["lower"] <= narrow["lower"]).all()
    assert (wide["upper"] >= narrow["upper"]).all()


def test_no_claims_have_no_nowcasts(vendor: Vendor) -> None:
    prints = vendor()
    assert nowcast(prints.clear(), learn_revisions(prints)).is_empty()


def test_newest_prints_keep_what_has_no_order(vendor: Vendor) -> None:
    prints = vendor(n_series=1, n_months=1)
    undated = prints.head(2).with_columns(published_at=pl.lit(None, pl.Date))
    kept = newest_prints(pl.concat([prints, prints.tail(1), undated]))
    assert kept["published_at"].to_list() == [*[prints["published_at"].max()] * 2, None, None]
    early = newest_prints(prints, as_of=prints["published_at"].min())
    assert early["published_at"].to_list() == [prints["published_at"].min()]


def test_evidence_has_one_claim_a_period_with_a_variance_of_its_own(vendor: Vendor) -> None:
    prints = vendor()
    evidence = as_evidence(prints, learn_revisions(prints, as_of=AS_OF), as_of=AS_OF)
    assert evidence.select("series", "valid_to").is_unique().all()
    own = evidence.sort("valid_to")["own_var"]
    assert own[0] == 0
    assert own[-1] > 0
    unknown = as_evidence(prints, learn_revisions(prints.head(1)), as_of=AS_OF)
    assert unknown["own_var"].null_count() == unknown.height
    assert unknown["value"].is_not_null().all()


def test_fusing_the_newest_print_is_nearer_than_fusing_all_prints(vendor: Vendor) -> None:
    first = vendor(0, n_series=30)
    # A second vendor of the same truth: what the first ends at, with noise of its own.
    final = first.filter((pl.col("published_at") - pl.col("valid_to")).dt.total_days() == 97)
    noise = np.random.default_rng(2).normal(0.0, 0.1, final.height)
    second = final.with_columns(pl.col("value") * pl.Series(np.exp(noise)), source=pl.lit("b"))
    second = second.with_columns(published_at=pl.col("valid_to") + dt.timedelta(days=10))
    prints = pl.concat([first, second])
    curve = learn_revisions(prints, as_of=AS_OF)
    as_seen = prints.filter(pl.col("published_at") <= AS_OF)
    recent = final.filter(pl.col("valid_to") > dt.date(2020, 12, 31))
    truth = recent.select("series", "valid_to", true="value")
    errors = []
    for claims in (as_seen, as_evidence(prints, curve, as_of=AS_OF)):
        said = claims.select(
            "series", "source", "value", period="valid_to",
            value_low=pl.lit(None, pl.Float64), value_high=pl.lit(None, pl.Float64),
            segment=pl.lit(""), listed=pl.lit(None, pl.Boolean), cutoff=pl.lit(None, pl.Float64),
        )  # fmt: skip
        none = pl.DataFrame(schema={"series": pl.String, "period": pl.Date, "value": pl.Float64})
        fused, _ = fuse(said, none)
        both = truth.join(fused, left_on=["series", "valid_to"], right_on=["series", "period"])
        assert both.height == 60
        errors.append((both["value"] / both["true"]).log().abs().mean())
    assert errors[1] < 0.85 * errors[0]


@pytest.mark.slow
def test_bands_hold_nine_tenths_of_final_values(vendor: Vendor) -> None:
    inside = []
    for seed in range(60):
        prints = vendor(seed, n_series=1, n_months=42)
        as_of = dt.date(2021, 6, 10)
        told = nowcast(newest_prints(prints, as_of=as_of), learn_revisions(prints, as_of=as_of))
        row = told.filter(pl.col("status") == "nowcast").tail(1)
        final = prints.filter(pl.col("valid_to") == row["valid_to"][0]).tail(1)["value"][0]
        inside.append(row["lower"][0] <= final <= row["upper"][0])
    # Three standard deviations of a binomial share of 60.
    assert np.mean(inside) == pytest.approx(0.9, abs=3 * np.sqrt(0.9 * 0.1 / 60))
