"""Findings with their sentences."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict

from howdah.core.extent import based_on_text, size_text, sure_text, when_text
from howdah.core.finding import Finding
from howdah.core.leads import caveats_of, odds_text, reasons_of
from howdah.core.phrases import Lang, consequence_text, finding_text, next_step_text, reason_text
from howdah.core.record import Analogue, Odds, Record
from howdah.core.track import (
    Standing,
    analogue_text,
    record_parts,
    record_text,
    standing_of,
    standing_text,
)
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import With, Written, extended, without_basis
from howdah.surfaces.http.wording import next_address


class RecordSaid(TypedDict):
    """How past findings of a class did, with what surfaces say of it.

    Attributes
    ----------
    text, parts
        In the language asked for: as one sentence, and part by part.
    standing, standing_text
        How the class did beside comparable others, and the same in words; None and '' where
        nothing is compared.
    """

    text: str
    standing: Standing | None
    standing_text: str
    parts: list[str]


class AnalogueSaid(TypedDict):
    """A past finding of the same class, and what became of it, in a sentence."""

    text: str


RecordData: TypeAlias = With[Written[Record], RecordSaid]
AnalogueData: TypeAlias = With[Written[Analogue], AnalogueSaid]


class LeadData(TypedDict):
    """Why a candidate's odds are higher, or lower, than those of the usual one of its list."""

    text: str
    speaks: Literal["for", "against"]


class FindingSaid(TypedDict):
    """A change worth a reader's minute, with what surfaces say of it in the language asked for.

    Attributes
    ----------
    cause_reason
        Why it is held to be market or measurement.
    text
        What was found.
    consequence, next_step
        What follows for whoever follows the segment, and what to do.
    size, when, sure, based_on
        How large, of which period, how sure, and on what it rests.
    reasons, caveats
        What speaks for or against a candidate, and what to be wary of; empty for any other finding.
    """

    cause_reason: str
    text: str
    consequence: str
    next_step: str
    size: str
    when: str
    sure: str
    based_on: str
    reasons: Sequence[LeadData]
    caveats: Sequence[str]
    record: RecordData
    analogues: list[AnalogueData]


class OddsData(TypedDict):
    """What became of past candidates of the same list that were told odds alike.

    Attributes
    ----------
    metric, low, high
        Of which list, and the ends of the band in which their odds lay, in [0, 1]; not there where
        no record of such odds was kept, as the record is not.
    record
        Of those candidates alone; without a rate where they are too few.
    text
        The same as a sentence, in the language asked for.
    """

    metric: NotRequired[str]
    low: NotRequired[float]
    high: NotRequired[float]
    record: NotRequired[Record]
    text: str


class HitSaid(TypedDict):
    """A candidate of a ranked list, with what surfaces say of it in the language asked for.

    Attributes
    ----------
    odds
        What became of past candidates alike.
    """

    odds: OddsData


FindingData: TypeAlias = With[Written[Finding], FindingSaid]
HitData: TypeAlias = With[FindingData, HitSaid]


def finding_json(market: Market, finding: Finding, lang: Lang) -> FindingData:
    """A finding with what surfaces say of it, in one language."""
    segment = market.config.find_segment(finding.segment)
    names = market.names(lang)
    title = "" if segment is None else segment_title(segment.title, segment.title_zh, lang)
    said: FindingSaid = {
        "cause_reason": reason_text(finding.cause_reason, lang),
        "text": finding_text(finding, market.metrics, lang, names),
        "consequence": consequence_text(finding, title, lang),
        "next_step": next_step_text(finding, lang, where=next_address(finding)),
        "size": size_text(finding, lang),
        "when": when_text(finding, lang),
        "sure": sure_text(finding, lang),
        "based_on": based_on_text(finding, lang),
        "reasons": [
            LeadData(text=lead.text, speaks=lead.speaks)
            for lead in reasons_of(str(finding.params.get("reasons") or ""), lang)
        ],
        "caveats": caveats_of(str(finding.params.get("caveats") or ""), lang),
        "record": record_json(finding.record, lang),
        "analogues": [
            extended(without_basis(one), AnalogueSaid(text=analogue_text(one, lang, names)))
            for one in finding.analogues
        ],
    }
    return extended(without_basis(finding), said)


def record_json(record: Record, lang: Lang) -> RecordData:
    """The record of a class with what surfaces say of it, in one language."""
    said: RecordSaid = {
        "text": record_text(record, lang),
        "standing": standing_of(record),
        "standing_text": standing_text(record, lang),
        "parts": list(record_parts(record, lang)),
    }
    return extended(without_basis(record), said)


def odds_json(odds: Odds | None, lang: Lang) -> OddsData:
    """What became of past odds like these, with the sentence in one language."""
    text = odds_text(odds, lang)
    if odds is None:
        return {"text": text}
    return {
        "metric": odds.metric,
        "low": odds.low,
        "high": odds.high,
        "record": odds.record,
        "text": text,
    }


def segment_title(title: str, title_zh: str, lang: Lang) -> str:
    """Title of a segment in a language; the other where there is none."""
    return title_zh or title if lang == "zh" else title
