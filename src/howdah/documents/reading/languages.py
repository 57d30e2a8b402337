"""The language of a text, by its characters."""

import re
from collections.abc import Sequence

from howdah.documents.folding import fold
from howdah.documents.spans import Block, Lang

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SPACE = re.compile(r"\s+")

#: Share of Chinese characters from which a text is Chinese; a name in an English text is less.
_HAN_SHARE = 0.15
#: Share of the text in the other language from which it is noted.
_OTHER_SHARE = 0.2
#: Blocks at least so long count for that, and so many characters for the script.
_LEAST_BLOCK, _SAMPLE = 20, 4000


def tell_language(text: str) -> Lang:
    """Language of a text: Chinese from a share of Chinese characters on, else English.

    Examples
    --------
    >>> tell_language("豆豆App日活760万"), tell_language("Douguo (豆果) has 3 million users")
    ('zh', 'en')
    """
    if text.isascii():
        return "en"
    n_han = len(_HAN.findall(text))
    return (
        "zh"
        if n_han > _HAN_SHARE * max(len(text) - sum(map(len, _SPACE.findall(text))), 1)
        else "en"
    )


def note_languages(blocks: Sequence[Block], lang: Lang) -> list[str]:
    """What is to be noted: a second language, the script of a Chinese text."""
    sizes = {"zh": 0, "en": 0}
    sample: list[str] = []
    n_sampled = 0
    for block in blocks:
        told = tell_language(block.surface)
        if len(block.surface) >= _LEAST_BLOCK:
            sizes[told] += len(block.surface)
        if told == "zh" and n_sampled < _SAMPLE:
            sample.append(block.surface[:_SAMPLE])
            n_sampled += len(sample[-1])
    notes = []
    other = "en" if lang == "zh" else "zh"
    share = sizes[other] / max(sum(sizes.values()), 1)
    if share >= _OTHER_SHARE:
        name = "English" if other == "en" else "Chinese"
        notes.append(f"Two languages: {share:.0%} of the text is {name}.")
    if sample and lang == "zh":
        is_traditional = fold("\n".join(sample)).is_traditional
        notes.append(f"Written in {'traditional' if is_traditional else 'simplified'} characters.")
    return notes
