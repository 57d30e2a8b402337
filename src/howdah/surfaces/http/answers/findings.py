"""Findings with their sentences."""

from typing import TypeAlias, TypedDict

from howdah.core.extent import based_on_text, size_text, sure_text, when_text
from howdah.core.finding import Finding
from howdah.core.phrases import Lang, consequence_text, finding_text, next_step_text, reason_text
from howdah.core.record import Analogue, Record
from howdah.core.track import analogue_text, record_parts, record_text
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import With, Written, extended, without_basis


class RecordSaid(TypedDict):
    """How past findings of a class did, with what surfaces say of it.

    Attributes
    ----------
    text, parts
        In the language asked for: as one sentence, and part by part.
    """

    text: str
    parts: list[str]


class AnalogueSaid(TypedDict):
    """A past finding of the same class, and what became of it, in a sentence."""

    text: str


RecordData: TypeAlias = With[Written[Record], RecordSaid]
AnalogueData: TypeAlias = With[Written[Analogue], AnalogueSaid]


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
    """

    cause_reason: str
    text: str
    consequence: str
    next_step: str
    size: str
    when: str
    sure: str
    based_on: str
    record: RecordData
    analogues: list[AnalogueData]


FindingData: TypeAlias = With[Written[Finding], FindingSaid]


def finding_json(market: Market, finding: Finding, lang: Lang) -> FindingData:
    """A finding with what surfaces say of it, in one language."""
    segment = market.config.find_segment(finding.segment)
    title = "" if segment is None else segment_title(segment.title, segment.title_zh, lang)
    said: FindingSaid = {
        "cause_reason": reason_text(finding.cause_reason, lang),
        "text": finding_text(finding, market.metrics, lang),
        "consequence": consequence_text(finding, title, lang),
        "next_step": next_step_text(finding, lang),
        "size": size_text(finding, lang),
        "when": when_text(finding, lang),
        "sure": sure_text(finding, lang),
        "based_on": based_on_text(finding, lang),
        "record": record_json(finding.record, lang),
        "analogues": [
            extended(without_basis(one), AnalogueSaid(text=analogue_text(one, lang)))
            for one in finding.analogues
        ],
    }
    return extended(without_basis(finding), said)


def record_json(record: Record, lang: Lang) -> RecordData:
    """The record of a class with what surfaces say of it, in one language."""
    said: RecordSaid = {
        "text": record_text(record, lang),
        "parts": list(record_parts(record, lang)),
    }
    return extended(without_basis(record), said)


def segment_title(title: str, title_zh: str, lang: Lang) -> str:
    """Title of a segment in a language; the other where there is none."""
    return title_zh or title if lang == "zh" else title
