from collections.abc import Callable

import polars as pl
import pytest

from howdah.estimates.revisions import learn_from_claims, revision_table

Vendor = Callable[..., pl.DataFrame]


def test_claims_of_a_stage_have_the_curve_of_their_prints(vendor: Vendor) -> None:
    claims = vendor(n_months=60).select(
        "series", "source", "value", "published_at", period="valid_to"
    )
    table = revision_table(learn_from_claims(claims, scale="log"))
    assert table.columns == [
        "source", "age_days_from", "age_days_to", "n", "bias", "bias_lower", "bias_upper",
        "spread", "final_after_days",
    ]  # fmt: skip
    assert table["bias"].to_list() == pytest.approx([0.12, 0.05], abs=0.02)
    assert table["final_after_days"].to_list() == [66, 66]


def test_claims_that_are_printed_once_have_no_table(vendor: Vendor) -> None:
    once = vendor().group_by("series", "valid_to").first()
    claims = once.select("series", "source", "value", "published_at", period="valid_to")
    assert revision_table(learn_from_claims(claims, scale="log"))["bias"].null_count() == 0
    undated = claims.with_columns(published_at=pl.lit(None, pl.Datetime("us", "UTC")))
    assert revision_table(learn_from_claims(undated, scale="log")).is_empty()
