"""Pages of the web, and pieces of them in feeds and mails, as readings."""

from howdah.documents.reading.content import choose_content
from howdah.documents.reading.drafts import Draft, assemble
from howdah.documents.reading.metadata import find_day, find_publication, find_title
from howdah.documents.reading.pages import Page, read_page
from howdah.documents.reading.readings import Reading


def read_web_page(source: str) -> Reading:
    """The main content of a page, and what it says of itself."""
    page = read_page(source)
    if not page.drafts:
        # A page that calls all of itself a menu or a footer.
        page = read_page(source, with_furniture=True)
    drafts = choose_content(page)
    day, place = find_day(page) or (None, "")
    return _reading(
        page, drafts, title=find_title(page), publication=find_publication(page),
        day=day, day_place=place, link=page.metas.get("og:url", ""),
    )  # fmt: skip


def read_piece(source: str) -> Reading:
    """A piece of a page that is content as a whole, such as an entry of a feed."""
    page = read_page(source, with_furniture=True)
    return _reading(page, page.drafts, title=find_title(page))


def _reading(page: Page, drafts: list[Draft], **known: object) -> Reading:
    text, origins, blocks = assemble(page.source, drafts)
    notes = []
    if page.n_hidden:
        notes.append(f"{page.n_hidden} hidden elements were left out.")
    if page.n_struck:
        notes.append(f"{page.n_struck} elements that are struck out were left out.")
    if not blocks:
        notes.append("The page shows no text: it may be made by its scripts in a browser.")
    return Reading(text, blocks, origins, notes=tuple(notes), **known)  # type: ignore[arg-type]
