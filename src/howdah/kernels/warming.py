"""Compiling ahead what would else be compiled by the first append and the first estimate."""

import numpy as np

from howdah.kernels.activity import (
    Frame,
    IdTable,
    Roster,
    Segment,
    Strata,
    Texts,
    TextTable,
    Totals,
    assemble,
    count_days,
    count_observed,
    count_part,
    find_dense,
    keep_observed,
    look_back_days,
    make_counts,
    mark_seen,
    pack,
)
from howdah.kernels.digests import DigestSet
from howdah.kernels.fusion import fuse_panel
from howdah.kernels.panel import Model, Panel
from howdah.kernels.robust import hampel_outliers


def warm_up() -> None:
    """Run each compiled kernel once on a little data, so that its machine code is cached."""
    digits = np.frombuffer(b"".join(b"%032x" % n for n in range(1200)), np.uint8)
    DigestSet().add(digits.reshape(-1, 32))
    hampel_outliers(np.arange(9.0), np.zeros(9, np.int64), floor=0.1)
    zeros, one = np.zeros(1, np.int32), np.ones(1)
    panel = Panel(
        start=np.array([0, 1]), period=zeros, source=zeros, value=one, low=one, high=one,
        own_var=one, segment=zeros, size=zeros, first=zeros, length=zeros + 1, pace=one, gap=one,
    )  # fmt: skip
    model = Model(
        bias=np.zeros((1, 1)), house_var=one, noise_var=np.ones((1, 1)), drift_var=one,
        family=zeros, family_var=one, common_var=one, step_var=1.0, step_shape=1.0, start_var=1.0,
    )  # fmt: skip
    fuse_panel(panel, model)
    _count_one()


def _count_one() -> None:
    """Count the activity of one unit on one day."""
    zeros, one = np.zeros(1, np.int32), np.ones(1, np.int64)
    find_dense(np.zeros(1, np.int64), 0, zeros, zeros.copy())
    IdTable(one).find(one)
    texts = Texts(np.array([0, 1], np.int32), np.zeros(1, np.uint8))
    TextTable(texts).find(texts)
    count_days(zeros, zeros, zeros, one.copy())
    mark_seen(zeros, np.zeros(1, np.uint64))
    keys = pack(zeros, zeros, zeros, 0, 1)
    activity = assemble([Segment(keys.key, keys.layout)], Frame(zeros, 0, 1), 0)
    roster = Roster(zeros, zeros, zeros + 1, np.ones(1))
    keep_observed(activity.words, activity.unit, roster.joined, roster.left)
    look_back = look_back_days(0)
    shape = (len(look_back), 1)
    n = np.zeros(shape, np.int64)
    count_observed(roster.joined, roster.left, look_back, 1, n)
    strata = Strata(
        np.array([0, 1]),
        np.ones(1, np.bool_),
        n[None],
        np.zeros((1, *shape)),
        np.zeros((1, *shape)),
    )
    totals = Totals(
        np.zeros((1, *shape)), np.zeros((1, *shape)), np.zeros((1, *shape), np.int32),
        np.zeros((1, 1)),
    )  # fmt: skip
    count_part(
        activity, roster, strata, np.array([0, 1]), 0, 1, look_back, True,
        make_counts(1, 1, has_partial=False), totals,
    )  # fmt: skip
