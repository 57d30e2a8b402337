"""What the elements of a page are: blocks or not, hidden or not, content or furniture."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from howdah.documents.reading.markup import read_attributes

_WORDS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(
        files(__package__).joinpath("elements.toml").read_text("utf-8")
    ).items()
}

#: Names of elements that hold nothing, run on in the line, or are blocks.
VOID, INLINE, BLOCKS = _WORDS["void"], _WORDS["inline"], _WORDS["blocks"]
#: Elements whose text is no part of the text that holds.
STRUCK = _WORDS["struck"]
LEFT_OUT = STRUCK | _WORDS["left_out"]

#: Classes that show at some width what another one hides.
_SHOWING = re.compile(r"(?:sm|md|lg|xl|2xl):(?!hidden)|d-(?:sm|md|lg|xl|xxl)-(?!none)")

_HIDING_STYLE = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])|color\s*:\s*transparent"
    r"|text-indent\s*:\s*-\d{3,}|(?<!-)(?:left|top|right)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*(?:0(?:px)?|1px)|(?<!-)(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$|!))",
    re.IGNORECASE,
)
#: What attributes have in them that tell anything, and that hide anything without a style sheet.
_TELLING = re.compile(r"class|id|role|style|hidden|itemprop", re.IGNORECASE)
_HIDING = re.compile(r"hid|style|sr-only|reader|invisible|d-none|offscreen|assist", re.IGNORECASE)

_AT_RULE = re.compile(r"@[^{};]++\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}")
_RULE = re.compile(r"([^{}]++)\{([^{}]*+)\}")
_SIMPLE = re.compile(r"\s*(?:[a-z]+)?([.#][\w-]+)\s*", re.IGNORECASE)

_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*")


@dataclass(frozen=True, slots=True)
class Nature:
    """What an element is by its name and attributes.

    Attributes
    ----------
    is_hidden
        Nobody sees what is in it.
    is_furniture
        Its name says that it is no content: a menu, a footer.
    is_beside
        Its class says so; classes are not always to be trusted.
    is_region
        It says that it holds the content.
    """

    is_hidden: bool = False
    is_furniture: bool = False
    is_beside: bool = False
    is_region: bool = False


class Natures:
    """Natures of the elements of one page, with what its styles hide."""

    def __init__(self) -> None:
        self._hiding: set[str] = set()
        self._known: dict[tuple[str, str], Nature] = {}

    def add_style(self, style: str) -> None:
        """Learn which classes and ids a style sheet in the page hides, at any width."""
        for selectors, rule in _RULE.findall(_AT_RULE.sub("", style)):
            if _HIDING_STYLE.search(rule):
                for selector in selectors.split(","):
                    if simple := _SIMPLE.fullmatch(selector):
                        self._hiding.add(simple[1])
        self._known.clear()

    def of(self, name: str, attributes: str) -> Nature:
        """Nature of an element."""
        if _TELLING.search(attributes) is None or (
            name in INLINE and not self._hiding and _HIDING.search(attributes) is None
        ):
            attributes = ""
        key = (name, attributes)
        nature = self._known.get(key)
        if nature is None:
            nature = self._known[key] = self._tell(name, read_attributes(attributes))
        return nature

    def _tell(self, name: str, attributes: dict[str, str]) -> Nature:
        classes = attributes.get("class", "").split()
        ident = attributes.get("id", "")
        role = attributes.get("role", "").lower()
        words = {word.lower() for word in _WORD.findall(" ".join([*classes, ident]))}
        return Nature(
            "hidden" in attributes
            or attributes.get("aria-hidden", "").lower() == "true"
            or _HIDING_STYLE.search(attributes.get("style", "")) is not None
            or self._is_hidden_by_class(classes)
            or not self._hiding.isdisjoint([*("." + one for one in classes), "#" + ident]),
            name in _WORDS["furniture"] or role in _WORDS["furniture_roles"],
            name not in {"body", "html"}
            and (name == "header" or not _WORDS["beside"].isdisjoint(words)),
            name in {"main", "article"}
            or role in {"main", "article"}
            or attributes.get("itemprop", "").lower() == "articlebody",
        )

    def _is_hidden_by_class(self, classes: list[str]) -> bool:
        return not _WORDS["hiding_classes"].isdisjoint(classes) and not any(
            _SHOWING.match(one) for one in classes
        )
