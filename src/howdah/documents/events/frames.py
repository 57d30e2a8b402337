r"""Frames: relations between two parties, from verbs and nouns to patterns.

``frames.toml`` says of each relation which words state it, who does it and to whom. The grammar
here makes patterns of them: active ("A buys P"), passive ("P, bought by A"; 被, 由, 获), with the
thing in front (把, 将, 对), nominal ("A's purchase of P"), with a party that was named before ("it
bought P"), and with one that the catalogue does not know, which goes by what the text calls it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from howdah.documents.events.inflection import inflected, participles
from howdah.documents.spans import Lang

_KEYS = frozenset({
    "metric", "doer", "doer_types", "other_types", "modality", "is_intent",
    "verbs_en", "with_en", "nouns_en", "of_en", "verbs_zh", "with_zh", "nouns_zh", "unless_zh",
    "unless_en",
})  # fmt: skip

_AUXILIARIES = (
    r"(?:(?:has|have|had|will|would|shall|is|are|was|were|be|been|being|also|now|since|already|"
    r"recently|just|again|together|jointly|not|never|both|each|itself|first|then|later|\w+ly) )*"
)
_BE = r"(?:is|are|was|were|be|been|being|gets?|got|getting)"
#: Where a clause begins whose subject was named before.
_RESUMED_EN = (
    r"(?:\A|[,;:(–—-] ?|\b(?:it|they|we|she|he|who|which|that|and|but|the (?:[a-z-]+ )?(?:company|"
    r"firm|group|start-?up|business|maker|vendor|lab|publisher|studio|bank|lender|buyer|carmaker|"
    r"retailer|operator|fund|investor|house)) )"
)
_NONE_ZH = r"[^,;。\ue000-\ue005]"
_ACROSS_ZH = r"[^;。\ue000-\ue005]"
_RESUMED_ZH = r"(?:\A|[,;。:]|@it_zh)"
_PASSIVE_ZH = "(?:被|由|遭|获|为)"
#: What an unknown party is looked for in, before or behind.
_WORDS_EN = r"[^,;:()\n\ue000-\ue005]{2,40}"
_WORDS_ZH = r"[^,;。:()\n\ue000-\ue005]{2,20}?"


@dataclass(frozen=True, slots=True)
class Written:
    """A pattern as it would stand in a table of patterns, and what is to be looked for around."""

    expression: str
    subject: str = ""
    object: str = ""
    reads: str = ""


def written_patterns(frame: Mapping[str, object], lang: Lang) -> Iterator[Written]:
    """Patterns that a frame stands for in a language, those that name both parties first.

    Raises
    ------
    ValueError
        A key is unknown, or the doer is neither subject nor object.
    """
    unknown = set(frame) - _KEYS
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r}; allowed: {', '.join(sorted(_KEYS))}.")
    if frame.get("doer") not in {"s", "o"}:
        raise ValueError("the doer must be 's' or 'o': whether it is subject or object.")
    yield from (_english if lang == "en" else _chinese)(_Frame(frame))


class _Frame:
    """A frame's slots and words."""

    def __init__(self, table: Mapping[str, object]) -> None:
        self.table = table
        self.doer_slot = str(table["doer"])
        self.other_slot = "o" if self.doer_slot == "s" else "s"
        self.doer = f"<{self.doer_slot}:{table['doer_types']}>"
        self.other = f"<{self.other_slot}:{table['other_types']}>"

    def words(self, key: str) -> Sequence[str]:
        """Words of a key, none where it is left out."""
        found = self.table.get(key, ())
        return found if isinstance(found, list) else ()

    def text(self, key: str) -> str:
        """A key's expression, "" where it is left out."""
        return str(self.table.get(key, ""))

    def written(self, expression: str, missing: str = "", reads: str = "") -> Written:
        """A pattern; the slot that is missing is looked for around."""
        types = {
            self.doer_slot: str(self.table["doer_types"]),
            self.other_slot: str(self.table["other_types"]),
        }
        return Written(
            expression,
            types["s"] if missing == "s" else "",
            types["o"] if missing == "o" else "",
            reads,
        )


def _english(frame: _Frame) -> Iterator[Written]:
    doer, other, slots = frame.doer, frame.other, (frame.doer_slot, frame.other_slot)
    link, of = frame.text("with_en"), frame.text("of_en") or "of"
    link = f" (?:{link})" if link else ""
    unless = frame.text("unless_en")
    unless = f"(?!{unless})" if unless else ""
    verbs, nouns = frame.words("verbs_en"), "|".join(frame.words("nouns_en"))
    if verbs:
        every, done = "|".join(inflected(verbs)), "|".join(participles(verbs))
        act = (
            rf"\b<={every}>(?! (?:itself|themselves)\b)(?: [^,;:\ue000-\ue005]{{0,40}}?)?{link}"
            if link
            else rf"\b<={every}>"
        )
        yield frame.written(f"{doer}@aside? {_AUXILIARIES}{act}^{other}{unless}")
        yield frame.written(f"{doer}@aside?~{act}^{other}{unless}")
        if not link:
            yield frame.written(rf"{other}@aside?~\b{_BE} (?:\w+ly )?<={done}>~ by ^{doer}")
            yield frame.written(rf"{other},? (?:which was )?<={done}>~ by ^{doer}")
            yield frame.written(
                rf"{_RESUMED_EN}{_AUXILIARIES}<={done}> (?:[^,;\ue000-\ue005]{{0,30}} )?by ^{doer}",
                slots[1],
            )
        yield frame.written(f"{_RESUMED_EN}{_AUXILIARIES}{act}^{other}{unless}", slots[0])
        if frame.doer_slot == "o" and not link:
            named = rf"{other}@aside?~\b{_BE} (?:\w+ly )?<={done}>~ by <o={_WORDS_EN}>"
            yield frame.written(named, reads="name")
        if frame.doer_slot == "s":
            yield frame.written(
                rf"{doer}@aside? {_AUXILIARIES}{act} <o={_WORDS_EN}>{unless}", reads="name"
            )
    if nouns:
        noun = rf"\b<={nouns}>\b"
        yield frame.written(f"{doer}’s? (?:[a-z-]+ ){{0,3}}?{noun} (?:{of}) ^{other}")
        yield frame.written(f"{noun} (?:{of}) ^{other} by ^{doer}")
        yield frame.written(f"{other}’s? (?:[a-z-]+ ){{0,3}}?{noun} by ^{doer}")
        yield frame.written(f"{doer}@aside?~{noun} (?:{of}) ^{other}")
        yield frame.written(f"{noun} (?:{of}) ^{other}", slots[0])


def _chinese(frame: _Frame) -> Iterator[Written]:
    doer, other, slots = frame.doer, frame.other, (frame.doer_slot, frame.other_slot)
    verbs, nouns = "|".join(frame.words("verbs_zh")), "|".join(frame.words("nouns_zh"))
    link = frame.text("with_zh")
    unless = frame.text("unless_zh")
    unless = f"(?!{unless})" if unless else ""
    if verbs and not link:
        act = f"<={verbs}>(?:了|过|完)?(?:其|旗下|另一家|同行|对手)?"
        yield frame.written(f"{doer}{_ACROSS_ZH}{{0,24}}?{act}{_NONE_ZH}{{0,10}}?{other}{unless}")
        yield frame.written(
            f"{other}{_NONE_ZH}{{0,14}}?{_PASSIVE_ZH}{doer}{_NONE_ZH}{{0,12}}?<={verbs}>"
        )
        yield frame.written(
            f"{doer}{_ACROSS_ZH}{{0,20}}?(?:将|把|对|就){other}{_NONE_ZH}{{0,12}}?<={verbs}>"
        )
        yield frame.written(
            f"{_RESUMED_ZH}{_NONE_ZH}{{0,8}}?{_PASSIVE_ZH}{doer}{_NONE_ZH}{{0,12}}?<={verbs}>",
            slots[1],
        )
        yield frame.written(
            f"{_RESUMED_ZH}{_NONE_ZH}{{0,10}}?{act}{_NONE_ZH}{{0,6}}?{other}{unless}", slots[0]
        )
        if frame.doer_slot == "o":
            named = f"{other}{_NONE_ZH}{{0,14}}?{_PASSIVE_ZH}<o={_WORDS_ZH}><={verbs}>"
            yield frame.written(named, reads="name")
        else:
            yield frame.written(
                f"{doer}{_ACROSS_ZH}{{0,24}}?{act}<o={_WORDS_ZH}>(?=[,;。、]|$)", reads="name"
            )
    if verbs and link:
        yield frame.written(
            f"{doer}{_ACROSS_ZH}{{0,30}}?(?:{link}){other}{_NONE_ZH}{{0,14}}?<={verbs}>{unless}"
        )
        yield frame.written(f"(?:{link}){other}{_NONE_ZH}{{0,14}}?<={verbs}>{unless}", slots[0])
        if frame.doer_slot == "s":
            yield frame.written(
                f"{doer}{_ACROSS_ZH}{{0,30}}?(?:{link})<o={_WORDS_ZH}><={verbs}>{unless}",
                reads="name",
            )
    if nouns:
        yield frame.written(f"{doer}{_NONE_ZH}{{0,6}}?(?:对|就|向|为|是|与|和){other}的?<={nouns}>")
        yield frame.written(
            f"{other}{_NONE_ZH}{{0,4}}?的{_NONE_ZH}{{0,8}}?<={nouns}>(?:为|是|系|:){doer}"
        )
