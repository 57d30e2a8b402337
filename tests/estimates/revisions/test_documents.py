"""A curve as a document: the same curve comes back, and the same nowcasts."""

import json
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from howdah.estimates.revisions import (
    RevisionCurve,
    curve_document,
    curve_from,
    learn_revisions,
    newest_prints,
    nowcast,
)

Vendor = Callable[..., pl.DataFrame]


def there_and_back(curve: RevisionCurve) -> RevisionCurve:
    # Strict: NaN is no JSON, and other programs read these.
    return curve_from(json.loads(json.dumps(curve_document(curve), allow_nan=False)))


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("n_months", [3, 14, 40])
def test_what_is_read_is_what_was_written(vendor: Vendor, scale: str, n_months: int) -> None:
    prints = vendor(n_series=2, n_months=n_months, scale=scale, early=scale == "log")
    curve = learn_revisions(prints, flows=["downloads"])
    back = there_and_back(curve)
    assert back.frame.equals(curve.frame)
    assert back.set_aside.equals(curve.set_aside)
    assert (back.prob, back.flows) == (curve.prob, curve.flows)
    for key, one in curve.curves.items():
        assert back.curves[key].settling == one.settling
        assert back.curves[key].since == one.since
        assert back.curves[key].steps.equals(one.steps)
    young = newest_prints(prints)
    assert nowcast(young, back).equals(nowcast(young, curve), null_equal=True)


def test_of_many_moves_the_quantiles_are_kept(vendor: Vendor) -> None:
    prints = vendor(n_series=30, n_months=40)
    curve = learn_revisions(prints)
    back = there_and_back(curve)
    (old,), (new,) = curve.curves.values(), back.curves.values()
    for a, b in zip(old.classes, new.classes, strict=True):
        assert (a.shift, a.sd) == (b.shift, b.sd)
        assert len(b.moves) <= 400
        width = np.ptp(a.move_ends(0.9))
        assert np.abs(np.subtract(a.move_ends(0.9), b.move_ends(0.9))).max() < 0.02 * width


def test_an_empty_curve_stays_empty(vendor: Vendor) -> None:
    back = there_and_back(learn_revisions(vendor(n_months=3).head(0)))
    assert back.curves == {}
    assert back.frame.height == 0
