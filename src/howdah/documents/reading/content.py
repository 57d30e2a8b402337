"""The main content of a page: what its reader came for, without what every page of a site has.

The content is the innermost element that holds most of the good text: sentences, rows and items
that are not mostly links, outside of menus and footers. A page that marks its content (`main`,
`article`) is believed when most of the good text is in there. Classes and ids that say "sidebar"
are believed only of the smaller part of a page.
"""

from collections.abc import Sequence

from howdah.documents.reading.drafts import Draft
from howdah.documents.reading.pages import Element, Page

#: Share of the good text that the content holds; a table beside it must not be lost.
_MOST = 0.9
#: Share from which a marked region is believed.
_REGION = 0.6
#: Share up to which what classes call beside the content is left out.
_BESIDE = 0.4

#: Elements that sites put the content in; a paragraph or a table is none.
_CONTAINERS = frozenset({"article", "body", "center", "div", "form", "main", "section", "td"})
#: Blocks from the title on to the content, where it begins below.
_MOST_OPENING = 6

#: A paragraph so long that is no link, or ends as a sentence, is good text.
_LONG = 60
_ENDS = frozenset('.!?。！？…"”’」』)）:：;；')
#: Share of links from which a block is for going elsewhere.
_LINKED = 0.6
#: A Chinese character says as much as two letters.
_FIRST_HAN = "\u2e80"


def choose_content(page: Page) -> list[Draft]:
    """Drafts of the page that are its content, in order.

    Examples
    --------
    >>> from howdah.documents.reading.pages import read_page
    >>> page = read_page("<nav><p>Home, sweet home.</p></nav><main><p>It has 3 users.</p></main>")
    >>> [draft.text for draft in choose_content(page)]
    ['It has 3 users.']
    """
    elements, kept = page.elements, page.drafts
    goods = [_mass(draft) for draft in kept]
    masses = _masses(elements, kept, goods)
    beside = _inherited(
        elements,
        [
            element.is_beside and masses[number] <= _BESIDE * masses[0]
            for number, element in enumerate(elements)
        ],
    )
    goods = [0.0 if beside[d.parent] else good for d, good in zip(kept, goods, strict=True)]
    masses = _masses(elements, kept, goods)
    root = _root(elements, masses)
    inside = _inherited(elements, [number == root for number in range(len(elements))])
    chosen = [
        draft for draft in kept
        if inside[draft.parent] and not beside[draft.parent] and not _is_linked(draft)
    ]  # fmt: skip
    return [*_opening(kept, chosen), *chosen]


def _inherited(elements: Sequence[Element], marks: list[bool]) -> list[bool]:
    """Marks of elements, with those of all that they are in."""
    for number, element in enumerate(elements):
        marks[number] = marks[number] or marks[element.parent]
    return marks


def _masses(
    elements: Sequence[Element], drafts: Sequence[Draft], goods: Sequence[float]
) -> list[float]:
    """How much good text each element holds."""
    masses = [0.0] * len(elements)
    for draft, good in zip(drafts, goods, strict=True):
        masses[draft.parent] += good
    for number in range(len(elements) - 1, 0, -1):
        masses[elements[number].parent] += masses[number]
    return masses


def _mass(draft: Draft) -> float:
    text = draft.text
    if draft.kind == "heading" or draft.n_linked > _LINKED * len(text):
        return 0.0
    size = len(text) - draft.n_linked + (text[0] >= _FIRST_HAN) * len(text)
    if draft.kind == "row":
        return float(size)
    return float(size) if size >= _LONG or text[-1] in _ENDS else 0.2 * size


def _root(elements: Sequence[Element], masses: Sequence[float]) -> int:
    """The element that holds the content: marked as such, or the innermost with most good text."""
    if not masses[0]:
        return 0
    root = 0
    for number, element in enumerate(elements):
        # Elements come after those that they are in: the last of the heavy ones is innermost.
        if element.name in _CONTAINERS and masses[number] >= _MOST * masses[0]:
            root = number
    number = root
    while number:
        if elements[number].is_region:
            return number
        number = elements[number].parent
    regions = (
        number
        for number, element in enumerate(elements)
        if element.is_region and masses[number] >= _REGION * masses[0]
    )
    return next(regions, root)


def _is_linked(draft: Draft) -> bool:
    """Whether a block is only for going elsewhere: a list of other pages, a line of tags."""
    text = draft.text
    if draft.kind in {"heading", "row"} or draft.n_linked <= _LINKED * len(text):
        return False
    return text[-1] not in _ENDS


def _opening(kept: Sequence[Draft], chosen: Sequence[Draft]) -> list[Draft]:
    """What stands between the title and a content that begins below it: author, day, a summary."""
    if not chosen or any(draft.kind == "heading" and draft.level == 1 for draft in chosen):
        return []
    first = next(number for number, draft in enumerate(kept) if draft is chosen[0])
    titles = [
        number
        for number, draft in enumerate(kept[:first])
        if draft.kind == "heading" and draft.level == 1
    ]
    between = kept[titles[-1] : first] if titles else []
    return [draft for draft in between[:_MOST_OPENING] if not _is_linked(draft)]
