"""Who was active when, as bits: what audience metrics are counted from."""

from howdah.kernels.activity.assembly import (
    Frame,
    Segment,
    assemble,
    days_between,
    first_days,
    keep_observed,
)
from howdah.kernels.activity.bits import count_bits, lowest_bit
from howdah.kernels.activity.counting import DayCounts, make_counts
from howdah.kernels.activity.daily import (
    METRICS,
    STICKINESS,
    Strata,
    Totals,
    count_observed,
    count_part,
    look_back_days,
)
from howdah.kernels.activity.instants import find_days
from howdah.kernels.activity.keys import (
    Keys,
    Layout,
    count_days,
    cut_keys,
    mark_seen,
    mark_within,
    pack,
    rename,
    unpack,
)
from howdah.kernels.activity.merging import (
    Block,
    Joined,
    activity_of,
    cut,
    find_known,
    join,
    renumber,
)
from howdah.kernels.activity.numbering import IdTable, Texts, TextTable, find_dense, shift_ids
from howdah.kernels.activity.power import L28_DAYS, PowerTotals, count_power
from howdah.kernels.activity.variance import Weights, weigh
from howdah.kernels.activity.words import Activity, Roster

__all__ = [
    "L28_DAYS",
    "METRICS",
    "STICKINESS",
    "Activity",
    "Block",
    "DayCounts",
    "Frame",
    "IdTable",
    "Joined",
    "Keys",
    "Layout",
    "PowerTotals",
    "Roster",
    "Segment",
    "Strata",
    "TextTable",
    "Texts",
    "Totals",
    "Weights",
    "activity_of",
    "assemble",
    "count_bits",
    "count_days",
    "count_observed",
    "count_part",
    "count_power",
    "cut",
    "cut_keys",
    "days_between",
    "find_days",
    "find_dense",
    "find_known",
    "first_days",
    "join",
    "keep_observed",
    "look_back_days",
    "lowest_bit",
    "make_counts",
    "mark_seen",
    "mark_within",
    "pack",
    "rename",
    "renumber",
    "shift_ids",
    "unpack",
    "weigh",
]
