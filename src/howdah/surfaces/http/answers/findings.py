"""Findings with their sentences."""

from typing import Any

from howdah.core.extent import based_on_text, size_text, sure_text, when_text
from howdah.core.finding import Finding
from howdah.core.leads import lead_texts, odds_text
from howdah.core.phrases import Lang, consequence_text, finding_text, next_step_text, reason_text
from howdah.core.plain import plain
from howdah.core.record import Odds, Record
from howdah.core.track import analogue_text, record_parts, record_text, standing_of, standing_text
from howdah.market.market import Market


def finding_json(market: Market, finding: Finding, lang: Lang) -> dict[str, Any]:
    """A finding with what surfaces say of it, in one language."""
    segment = market.config.find_segment(finding.segment)
    title = "" if segment is None else segment_title(segment.title, segment.title_zh, lang)
    return {
        **plain(finding),
        "cause_reason": reason_text(finding.cause_reason, lang),
        "text": finding_text(finding, market.metrics, lang),
        "consequence": consequence_text(finding, title, lang),
        "next_step": next_step_text(finding, lang),
        "size": size_text(finding, lang),
        "when": when_text(finding, lang),
        "sure": sure_text(finding, lang),
        "based_on": based_on_text(finding, lang),
        "reasons": lead_texts(str(finding.params.get("reasons") or ""), "hit_reason", lang),
        "caveats": lead_texts(str(finding.params.get("caveats") or ""), "hit_caveat", lang),
        "record": record_json(finding.record, lang),
        "analogues": [
            {**plain(one), "text": analogue_text(one, lang)} for one in finding.analogues
        ],
    }


def record_json(record: Record, lang: Lang) -> dict[str, Any]:
    """The record of a class with what surfaces say of it, in one language."""
    return {
        **plain(record),
        "text": record_text(record, lang),
        "standing": standing_of(record),
        "standing_text": standing_text(record, lang),
        "parts": list(record_parts(record, lang)),
    }


def odds_json(odds: Odds | None, lang: Lang) -> dict[str, Any]:
    """What became of past odds like these, with the sentence in one language."""
    return {**({} if odds is None else plain(odds)), "text": odds_text(odds, lang)}


def segment_title(title: str, title_zh: str, lang: Lang) -> str:
    """Title of a segment in a language; the other where there is none."""
    return title_zh or title if lang == "zh" else title
