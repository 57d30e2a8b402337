"""Names: folding them for comparison, and the words and version numbers in them.

Two spellings that fold to the same text are the same name. Folding forgets what writers vary
without meaning anything by it (case, width, traditional or simplified characters, white space,
hyphens) and keeps what tells names apart: ``+`` and ``#`` (C, C++, C#), a dot inside a word
(01.AI), a slash inside a word (owner/name), and the border between two numbers, however it is
drawn (qwen2.5 is qwen2-5 but not qwen25, glm-4-0520 is not glm-40520).
"""

import re
import unicodedata
from functools import cache, lru_cache

import opencc

#: Distinct names kept folded; a market of 50,000 entities has about twice as many spellings.
_CACHE_SIZE = 1 << 18

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SEPARATORS = re.compile(r"(?:[^\w+#]|_)+")
_TOKEN = re.compile(rf"[{_HAN}]+|\d+(?:\.\d+)*|(?:(?![{_HAN}])[^\W\d_])+|[+#]+")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_VERSION = re.compile(r"\d+(?:\.\d+)*(?:[a-z](?![a-z]))?")
_HEAD = re.compile(rf"\s+-\s+|:\s+|\s*[|｜—–：]\s*|(?<=[{_HAN}])\s*[-:]|\s*[-:](?=[{_HAN}])")

#: Marks of trade and style that NFKC would turn into letters ("TM") or that draw an emoji.
_DROPPED = dict.fromkeys([*map(ord, "™®©℠"), 0x20E3, *range(0xFE00, 0xFE10)])

#: Passes after which a text no longer changes; two suffice for all but contrived texts.
_MAX_PASSES = 4


@lru_cache(_CACHE_SIZE)
def fold(text: str) -> str:
    """Fold a name for comparison.

    A name of nothing but punctuation keeps it, so that such names do not all become one.

    Examples
    --------
    >>> fold("華為 雲") == fold("华为云")
    True
    >>> fold("GPT 4o"), fold("gpt-4"), fold("C++"), fold("01.AI"), fold("glm-4-0520")
    ('gpt4o', 'gpt4', 'c++', '01.ai', 'glm4.0520')
    """
    if text.isascii() and text.isalnum():
        return text.lower()
    plain = normalise(text)
    folded = _SEPARATORS.sub(_joint, plain) or plain
    # Without its separator a mark may join the letter before it, and make another letter.
    return folded if folded in (plain, text) or folded.isascii() else fold(folded)


@lru_cache(_CACHE_SIZE)
def normalise(text: str) -> str:
    """Fold case, width and script of a text, and leave its separators where they are.

    Traditional characters become simplified one by one, whatever stands beside them: for
    comparison it matters only that both spellings end at the same text.

    Examples
    --------
    >>> normalise(" 豆包　ＡＰＰ ")
    '豆包 app'
    """
    if text.isascii():
        return text.lower().strip()
    for _ in range(_MAX_PASSES):
        before = text
        text = unicodedata.normalize("NFKC", text.translate(_DROPPED)).translate(_simplified())
        text = unicodedata.normalize("NFKC", text.casefold()).strip()
        if text == before:
            break
    return text


@lru_cache(_CACHE_SIZE)
def tokens(text: str) -> tuple[str, ...]:
    """Words, numbers and ``+``, ``#`` of a name, in order; Chinese characters run into one word.

    Examples
    --------
    >>> tokens("Qwen1.5-72B-Chat")
    ('qwen', '1.5', '72', 'b', 'chat')
    >>> tokens("豆包 App")
    ('豆包', 'app')
    """
    return tuple(_TOKEN.findall(normalise(text)))


@lru_cache(_CACHE_SIZE)
def versions(text: str) -> tuple[str, ...]:
    """Numbers of a name, sorted, each with the one letter that may follow it.

    ``3.5`` and ``3-5`` are the same numbers; ``4`` and ``4o`` are not.

    Examples
    --------
    >>> versions("qwen1.5-7b-chat")
    ('1', '5', '7b')
    >>> versions("Claude 3.5 Sonnet") == versions("claude-3-5-sonnet")
    True
    """
    found = _VERSION.findall(normalise(text))
    return tuple(sorted(part for number in found for part in number.split(".")))


def head(text: str) -> str:
    """Part of a name before its slogan, folded; '' when it has none.

    Examples
    --------
    >>> head("豆包 - 你的AI智能助手"), head("BOSS直聘-招聘求职找工作神器"), head("gpt-4")
    ('豆包', 'boss直聘', '')
    """
    parts = _HEAD.split(normalise(text), maxsplit=1)
    return fold(parts[0]) if len(parts) > 1 and parts[0] else ""


def bigrams(text: str) -> tuple[str, ...]:
    """Neighbouring pairs of characters of a Chinese word; () for a word in another script.

    Examples
    --------
    >>> bigrams("月之暗面"), bigrams("kimi")
    (('月之', '之暗', '暗面'), ())
    """
    if not _HAN_RUN.fullmatch(text):
        return ()
    return tuple(text[i : i + 2] for i in range(len(text) - 1)) or (text,)


def has_han(text: str) -> bool:
    """Whether a text has a Chinese character.

    Examples
    --------
    >>> has_han("豆包 App"), has_han("Doubao")
    (True, False)
    """
    return _HAN_RUN.search(text) is not None


def slug(text: str) -> str:
    """Readable id of a name: letters and digits of any script, joined by hyphens.

    Examples
    --------
    >>> slug("Zhipu AI"), slug("01.AI"), slug("C++"), slug("烏鴉智能說")
    ('zhipu-ai', '01-ai', 'c-plus-plus', '烏鴉智能說')
    """
    text = unicodedata.normalize("NFKC", text.translate(_DROPPED)).casefold()
    text = text.replace("+", " plus ").replace("#", " sharp ")
    text = text.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    kept = (char if char.isalnum() or _is_mark(char) else " " for char in text)
    return "-".join("".join(kept).split())


def _joint(match: re.Match[str]) -> str:
    """Keep of a run of separators what tells names apart, mostly nothing."""
    run, text = match[0], match.string
    left = text[match.start() - 1] if match.start() else ""
    right = text[match.end()] if match.end() < len(text) else ""
    if not run.isascii() and (marks := "".join(filter(_is_mark, run))):
        # Vowel signs of Indic scripts are no word characters to the pattern, but they spell.
        return marks
    if not left or not right:
        return ""
    if "/" in run:
        return "/"
    return "." if run == "." or (left.isdigit() and right.isdigit()) else ""


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


@cache
def _simplified() -> dict[int, str]:
    """Traditional to simplified, character by character, made on first use."""
    converter = opencc.OpenCC("t2s")
    ranges = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
    chars = [chr(code) for first, stop in ranges for code in range(first, stop)]
    converted = converter.convert("\n".join(chars)).split("\n")
    table = {char: to for char, to in zip(chars, converted, strict=True) if char != to}
    # A few characters lead to a second traditional one: follow them to the end.
    return {ord(char): table.get(to, to) for char, to in table.items()}
