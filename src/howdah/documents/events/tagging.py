"""Tagged text: a sentence in which each name is one sign of its kind, at the offsets of the text.

The first character of a name becomes the sign of its type and the others a filler, so that a
pattern can say "a company, then 'acquired', then a product" and cite what it found by offset.
Marks around names ("《》", quotation marks, tags of HTML) become a sign that patterns step over,
and there is one apostrophe (’).
"""

import re

from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Mention

#: Letter of a type in a pattern, its name in the catalogue and its sign.
SIGNS = {
    "c": ("company", "\ue000"),
    "p": ("product", "\ue001"),
    "m": ("model", "\ue002"),
    "o": ("organisation", "\ue003"),
    "i": ("investor", "\ue004"),
    "u": ("", "\ue005"),
}
#: Names of parts of a market take part in nothing.
SEGMENT = "segment"
FILLER = "\ue00f"
AROUND = "\ue00e"

#: What may stand in no gap of a clause: any name.
ANY_NAME = "\ue000-\ue005\ue00f"

#: Marks beside a name that a pattern steps over: a tag of HTML and a few of punctuation.
_MOST_AROUND = 48

#: What stands in brackets right behind a name is another name of it, or what it is.
_ASIDE = r"(?:\s?\([^()\n]{1,40}\))?"

_SIGN_OF = dict(SIGNS.values())
_UNTYPED = SIGNS["u"][1]
_MARKS = re.compile(r"[《》〈〉「」『』“”\"]|</?[a-z][^<>\n]{0,40}>")


def tagged(marked: Marked, passage: Passage) -> str:
    """Folded lower-case text of a sentence with its names as signs; as long as the sentence."""
    start, end = passage.sentence.start, passage.sentence.end
    text = _MARKS.sub(lambda m: AROUND * len(m[0]), marked.lower[start:end]).replace("'", "’")
    pieces, place = [], 0
    for mention in passage.mentions:
        if marked.gazetteer[mention.entities[0]].type == SEGMENT:
            continue
        first, last = mention.start - start, min(mention.end, end) - start
        pieces += [text[place:first], sign_of(marked, mention), FILLER * (last - first - 1)]
        place = last
    return "".join([*pieces, text[place:]])


def sign_of(marked: Marked, mention: Mention) -> str:
    """Sign of the likeliest entity that a name stands for."""
    return _SIGN_OF.get(marked.gazetteer[mention.entities[0]].type, _UNTYPED)


def types_of(letters: str) -> frozenset[str]:
    """Types of the catalogue by their letters in a pattern.

    Raises
    ------
    ValueError
        A letter stands for no type.

    Examples
    --------
    >>> sorted(types_of("ci"))
    ['company', 'investor']
    """
    unknown = set(letters) - set(SIGNS)
    if unknown:
        raise ValueError(
            f"{''.join(sorted(unknown))!r} is no type of names; allowed: {''.join(SIGNS)}."
        )
    return frozenset(SIGNS[letter][0] for letter in letters)


def name_pattern(letters: str) -> str:
    """Regular expression of a name of some types, with the marks around it."""
    types_of(letters)
    signs = "".join(SIGNS[letter][1] for letter in letters)
    around = f"{AROUND}{{0,{_MOST_AROUND}}}"
    return f"{around}[{signs}]{FILLER}*{around}{_ASIDE}"
