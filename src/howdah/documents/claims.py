"""A claim of a document, as `howdah extract` writes it."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

from howdah.core.wording import Comparator, Modality

Status = Literal["accepted", "review", "rejected"]
ReaderName = Literal["rules", "choice", "proposal"]

#: What a claim is of: by its metric, for those who read one kind only.
KINDS: dict[str, str] = {
    "staff": "headcount", "staff_cut": "layoff", "departments": "layoff",
    "amount_raised": "funding", "rounds": "funding", "round": "funding", "investor": "funding",
    "lead_investor": "funding", "seeking_funding": "funding", "talks": "funding",
    "funding_completed": "funding", "valuation": "valuation", "valuation_pre_money": "valuation",
    "valuation_post_money": "valuation", "stake": "ownership", "owner": "ownership",
    "acquisition_price": "acquisition", "acquired_by": "acquisition", "merged_into": "acquisition",
    "product_release": "launch", "model_release": "launch", "feature_release": "launch",
    "rd_start": "launch", "in_development": "launch", "end_of_life": "shutdown",
    "abandoned": "shutdown", "joins": "move", "leaves": "move", "reports_to": "move",
    "strategic_cooperation": "partnership", "supplier_of": "partnership",
    "uses_model_of": "partnership", "ad_ban": "policy", "policy": "policy",
    "wins_deal": "tender", "deal_count": "tender", "deal_amount": "tender",
    "order_value": "tender", "listed": "listing", "listing_filed": "listing",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentClaim:
    """One claim; fields and their order are the columns of the contract.

    Attributes
    ----------
    subject
        Canonical name, or as the text writes it when the catalogue does not know it.
    subject_start, subject_end, subject_surface
        Where the name stands that was taken for the subject: in `quote`, or before it when
        `subject_inherited`.
    value, value_low, value_high, comparator
        The number as worded, in base units; None for events and for open ends.
    object
        The other party, the base of a growth, or the words of an unclassified number.
    quote, start, end
        The sentence or row that states it.
    confidence
        Probability that all of the claim is right, as calibrated on labelled articles.
    status
        accepted, review, or rejected by the gate.
    reason
        Why it was rejected, "" otherwise.
    stranger
        A name that the catalogue lacks and that the number may be about instead, "" without.
    read_by
        rules; or a model of language, by its choice among what the rules found, or its proposal.
    """

    doc: str = ""
    kind: str = "metric"
    subject: str = ""
    subject_surface: str = ""
    subject_start: int | None = None
    subject_end: int | None = None
    subject_inherited: bool = False
    metric: str = "unclassified"
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    comparator: Comparator = "eq"
    unit: str = ""
    currency: str = ""
    value_surface: str = ""
    value_start: int | None = None
    value_end: int | None = None
    period_start: date | None = None
    period_end: date | None = None
    period_precision: str = ""
    source: str = ""
    source_type: str = "author"
    modality: Modality = "asserted"
    object: str = ""
    quote: str = ""
    start: int = 0
    end: int = 0
    confidence: float = 0.0
    status: Status = "review"
    reason: str = ""
    stranger: str = ""
    read_by: ReaderName = "rules"

    def rejected(self, reason: str) -> "DocumentClaim":
        """The same claim, turned down."""
        return replace(self, status="rejected", reason=reason)

    def row(self) -> dict[str, Any]:
        """The claim as a row."""
        return {column.name: getattr(self, column.name) for column in fields(self)}


def kind_of(metric: str) -> str:
    """What a metric's claims are of; "metric" for most."""
    base = metric.removesuffix("_growth").removesuffix("_change")
    return KINDS.get(base, "metric")
