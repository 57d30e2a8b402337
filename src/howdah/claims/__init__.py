"""The append-only, bitemporal claim store: append, read as of, revisions, quarantine, archive."""

from howdah.claims.lock import write_lock
from howdah.claims.quarantine import Fault
from howdah.claims.reading import claims_query, read_claims
from howdah.claims.store import Appended, ClaimStore
from howdah.claims.tables import AppendOnlyTable
from howdah.claims.verdicts import ClaimVerdict, Verdict, VerdictTable

__all__ = [
    "AppendOnlyTable",
    "Appended",
    "ClaimStore",
    "ClaimVerdict",
    "Fault",
    "Verdict",
    "VerdictTable",
    "claims_query",
    "read_claims",
    "write_lock",
]
