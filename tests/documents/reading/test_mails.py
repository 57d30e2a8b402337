import io
import zipfile
from datetime import date
from email.message import EmailMessage

import pytest

from howdah.core.errors import FileFormatError
from howdah.documents.reading.mails import read_mail, read_mailbox


def _mail(
    plain: str = "", page: str = "", subject: str = "S", sender: str = "Gazette <news@g.example>"
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["Subject"] = subject
    mail["Date"] = "Tue, 04 Mar 2025 23:30:00 -0800"
    if plain:
        mail.set_content(plain)
    if page and plain:
        mail.add_alternative(page, subtype="html")
    elif page:
        mail.set_content(page, subtype="html")
    return mail


def test_a_mail_gives_its_text_day_and_sender() -> None:
    reading = read_mail(_mail("榫问日活760万。\n", subject="周报").as_bytes(), "a.eml")
    assert reading.text == "榫问日活760万。\n"
    assert (reading.title, reading.publication) == ("周报", "Gazette")
    assert (reading.day, reading.day_place) == (date(2025, 3, 4), "the mail's Date header")


def test_the_page_is_read_where_the_plain_part_only_points_to_it() -> None:
    page = "<p style='display:none'>Preview 9</p><p>Pellamy had <b>&pound;3m</b> in May.</p>" * 9
    reading = read_mail(_mail("See online.", page).as_bytes(), "a.eml")
    assert reading.blocks[0].surface == "Pellamy had £3m in May."
    assert reading.origins.is_spelled(reading.text)
    plain = "Pellamy had 3 million users in May.\n" * 9
    assert read_mail(_mail(plain, page).as_bytes(), "a.eml").origins is None


def test_a_sender_without_a_name_is_its_domain() -> None:
    mail = _mail("It had 3 users.", sender="news@newsletter.gazette.example")
    assert read_mail(mail.as_bytes(), "a.eml").publication == "gazette.example"


def test_attachments_are_named_and_not_opened() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    mail = _mail("It had 3 users.")
    mail.add_attachment(bomb.getvalue(), "application", "zip", filename="数据 figures.zip")
    mail.add_attachment("It had 9 users.", filename="old.txt")
    reading = read_mail(mail.as_bytes(), "a.eml")
    assert "9" not in reading.text
    assert reading.notes == ("Attachments were not read: '数据 figures.zip', 'old.txt'.",)


def test_a_mail_of_attachments_alone_has_no_text() -> None:
    mail = _mail()
    mail.add_attachment(b"x", "application", "pdf", filename="a.pdf")
    reading = read_mail(mail.as_bytes(), "a.eml")
    assert (reading.blocks, len(reading.notes)) == ((), 1)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: text/plain; charset=no-such\n",
        b"Content-Type: text/plain; charset=gb2312\n",
        b'Date: yesterday\nFrom: "broken <x@y\n',
        b"From: =?utf-8?b?!!!?= <>\nDate: 99 Foo 2025\nSubject: =?x?q?\n",
        b"Content-Type: ;;;\nContent-Disposition: inline; filename*=x''%ff%\n",
    ],
)
def test_broken_headers_are_lived_with(header: bytes) -> None:
    reading = read_mail(header + b"Subject: S\n\nIt had 3 users.\n", "a.eml")
    assert reading.day is None
    assert reading.publication == "" or "broken" in reading.publication


def test_parts_nested_too_deeply_are_refused() -> None:
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1500)
    )
    with pytest.raises(FileFormatError, match="nested too deeply"):
        read_mail(f"Subject: S\n{parts}\nIt had 3 users.\n".encode(), "a.eml")


def test_a_mailbox_gives_its_mails_in_order() -> None:
    mails = [
        _mail(f"It had {n} users.\n>From May on.\n", subject=f"S{n}").as_bytes() for n in range(3)
    ]
    box = b"".join(b"From g@g.example Tue Mar  4 09:00:00 2025\n%s\n" % mail for mail in mails)
    readings = read_mailbox(box, "a.mbox")
    assert [reading.title for reading in readings] == ["S0", "S1", "S2"]
    assert "From May on." in readings[0].text
    assert ">From" not in readings[0].text
