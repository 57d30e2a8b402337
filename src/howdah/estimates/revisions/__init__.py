"""First print to final value: revision curves by age, nowcasts of immature figures, flips."""

from howdah.estimates.revisions.curve import RevisionCurve
from howdah.estimates.revisions.documents import curve_document, curve_from
from howdah.estimates.revisions.evidence import as_evidence, newest_prints
from howdah.estimates.revisions.learning import learn_revisions
from howdah.estimates.revisions.nowcast import nowcast
from howdah.estimates.revisions.prints import read_prints
from howdah.estimates.revisions.readings import find_flips, first_print_and_final
from howdah.estimates.revisions.table import (
    claims_as_prints,
    learn_from_claims,
    revision_table,
)

__all__ = [
    "RevisionCurve",
    "as_evidence",
    "claims_as_prints",
    "curve_document",
    "curve_from",
    "find_flips",
    "first_print_and_final",
    "learn_from_claims",
    "learn_revisions",
    "newest_prints",
    "nowcast",
    "read_prints",
    "revision_table",
]
