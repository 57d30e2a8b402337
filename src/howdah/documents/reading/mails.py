"""Mails and mailboxes: the text of each, its day, and its sender as publication.

Attachments are named and never opened: what is packed in them stays packed.
"""

import re
from datetime import date
from email import policy
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.parser import BytesParser

from howdah.core.errors import FileFormatError
from howdah.documents.reading.encodings import declared_encoding, decode
from howdah.documents.reading.plain import read_plain
from howdah.documents.reading.readings import Reading
from howdah.documents.reading.web import read_piece

#: Parts of a mail that are looked at, and attachments that are named.
_MOST_PARTS, _MOST_NAMED = 200, 10
#: A plain part that says so much less than the page beside it only points to it.
_LEAST_PLAIN = 0.5

#: What the parser of the standard library raises for broken headers.
_BROKEN = (HeaderParseError, ValueError, LookupError, TypeError, AttributeError)

_SEPARATOR = re.compile(rb"(?m)^From \S+.*\r?\n(?=[\w-]+:)")
_SUFFIX = re.compile(r"^(?:www|mail|news|newsletter|info|e|email)\.")


def read_mailbox(data: bytes, name: str) -> list[Reading]:
    """Mails of a mailbox in the mbox format that have text.

    Raises
    ------
    FileFormatError
        None of them can be read.
    """
    starts = [match.end() for match in _SEPARATOR.finditer(data)]
    ends = [*(match.start() for match in _SEPARATOR.finditer(data)), len(data)][1:]
    readings = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        mail = re.sub(rb"(?m)^>(>*From )", rb"\1", data[start:end])
        reading = read_mail(mail, f"{name}#{number}")
        if reading.blocks:
            readings.append(reading)
    return readings


def read_mail(data: bytes, name: str) -> Reading:
    """The text of a mail: its plain part, or its page where that says more.

    The file of a mail, for the places of quotations, is that part, decoded.

    Raises
    ------
    FileFormatError
        Its parts are nested too deeply, or its text is in an unknown encoding.
    """
    try:
        mail = BytesParser(policy=policy.default).parsebytes(data)
        plain, page, attached = _parts(mail)
    except RecursionError:
        raise FileFormatError(name, "is a mail whose parts are nested too deeply.") from None
    readings = [
        reading
        for part, is_page in ((plain, False), (page, True))
        if part is not None and (reading := _part(part, name, is_page=is_page)).blocks
    ]
    notes = _notes(attached)
    if not readings:
        return Reading("", (), notes=notes)
    best = readings[0]
    if len(readings) > 1 and len(best.text) < _LEAST_PLAIN * len(readings[1].text):
        best = readings[1]
    day = _day(mail)
    return Reading(
        best.text, best.blocks, best.origins, _header(mail, "subject"), _sender(mail), day,
        "the mail's Date header" if day else "", (*notes, *best.notes),
    )  # fmt: skip


def _parts(mail: EmailMessage) -> tuple[EmailMessage | None, EmailMessage | None, list[str]]:
    """The plain part, the page, and the names of what is attached."""
    plain = page = None
    attached = []
    for number, part in enumerate(mail.walk()):
        if number >= _MOST_PARTS:
            attached.append(f"further parts after {_MOST_PARTS}")
            break
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        filename = _filename(part)
        if filename or part.get_content_disposition() == "attachment":
            attached.append(filename or kind)
        elif kind == "text/plain" and plain is None:
            plain = part
        elif kind == "text/html" and page is None:
            page = part
        elif not kind.startswith("text/"):
            attached.append(kind)
    return plain, page, attached


def _part(part: EmailMessage, name: str, *, is_page: bool) -> Reading:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return Reading("", ())
    declared = part.get_content_charset() or (declared_encoding(data) if is_page else "")
    decoded = decode(data, name, declared)
    reading = (
        read_piece(decoded.text) if is_page else Reading(decoded.text, read_plain(decoded.text))
    )
    return Reading(
        reading.text, reading.blocks, reading.origins, notes=(*decoded.notes, *reading.notes)
    )


def _notes(attached: list[str]) -> tuple[str, ...]:
    if not attached:
        return ()
    named = ", ".join(repr(one) for one in attached[:_MOST_NAMED])
    more = f" and {len(attached) - _MOST_NAMED} more" if len(attached) > _MOST_NAMED else ""
    return (f"Attachments were not read: {named}{more}.",)


def _filename(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except _BROKEN:
        return "one whose name is broken"


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(mail[name] or "").split())
    except _BROKEN:
        return ""


def _sender(mail: EmailMessage) -> str:
    """Name of the sender, or the domain it writes from."""
    try:
        addresses = mail["from"].addresses if mail["from"] else ()
    except _BROKEN:
        return ""
    if not addresses:
        return ""
    return addresses[0].display_name or _SUFFIX.sub("", addresses[0].domain)


def _day(mail: EmailMessage) -> date | None:
    """Day of the mail, where it was sent."""
    try:
        sent = mail["date"].datetime if mail["date"] else None
    except _BROKEN:
        return None
    return sent.date() if sent else None
