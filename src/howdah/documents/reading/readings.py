"""What a format gives of a document, and the document that is made of it."""

from dataclasses import dataclass
from datetime import date

from howdah.documents.origins import Origins
from howdah.documents.reading.datelines import find_dateline
from howdah.documents.reading.languages import note_languages, tell_language
from howdah.documents.spans import Block, Document, Lang

NO_DATE = (
    "No date of publication was given or found: periods such as 'last month' cannot be told. "
    "Give one with --published-at."
)


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller says of the documents in a file; unset it is looked for in them.

    Attributes
    ----------
    lang
        None tells it from the characters.
    """

    lang: Lang | None = None
    published_at: date | None = None
    publication: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as its format gives it.

    Attributes
    ----------
    day, day_place
        Day of publication that the format gives, and where.
    link
        Address that the document gives of itself, "" none.
    """

    text: str
    blocks: tuple[Block, ...]
    origins: Origins | None = None
    title: str = ""
    publication: str = ""
    day: date | None = None
    day_place: str = ""
    notes: tuple[str, ...] = ()
    link: str = ""


def make_document(doc: str, reading: Reading, options: Options) -> Document:
    """The document of a reading, with its language and day and what must be noted of them."""
    notes = list(reading.notes)
    lang = options.lang or tell_language("\n".join(block.surface for block in reading.blocks))
    notes += note_languages(reading.blocks, lang)
    day = options.published_at
    if day is None:
        day, note = _found_day(reading)
        notes.append(note)
    title = next((b.surface for b in reading.blocks if b.kind == "heading" and b.level == 1), "")
    return Document(
        doc,
        reading.text,
        reading.blocks,
        lang,
        " ".join(title.split()) or reading.title,
        options.publication or reading.publication,
        day,
        tuple(notes),
        reading.origins,
        reading.link,
    )


def _found_day(reading: Reading) -> tuple[date | None, str]:
    written = find_dateline(reading.blocks)
    if reading.day is None:
        if written is None:
            return None, NO_DATE
        return written, f"Published on {written}, by its dateline."
    note = f"Published on {reading.day}, by {reading.day_place}."
    if written is not None and abs((written - reading.day).days) > 1:
        note += f" Its dateline says {written}."
    return reading.day, note
