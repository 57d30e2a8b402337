"""Small PDF files written by hand: texts at places on pages."""

from collections.abc import Sequence

#: A text with its left edge, its foot and its size, in points; "**" before it makes it bold.
Shown = tuple[float, float, float, str]

_FONTS = {
    3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    4: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
    b" /DescendantFonts [5 0 R] >>",
    5: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    b" /FontDescriptor 6 0 R >>",
    6: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
    b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    7: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
}


def write_pdf(
    pages: Sequence[Sequence[Shown]], *, info: str = "", has_password: bool = False
) -> bytes:
    """The bytes of a PDF; Chinese texts are in a font that is not embedded."""
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 8: b"<< " + info.encode() + b" >>"}
    objects |= _FONTS
    numbers = range(10, 10 + 2 * len(pages), 2)
    for number, page in zip(numbers, pages, strict=True):
        stream = "\n".join(_shown(*text) for text in page).encode()
        objects[number] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
        objects[number + 1] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 7 0 R >> >> >>" % number
        )
    kids = b" ".join(b"%d 0 R" % (number + 1) for number in numbers)
    objects[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
    trailer = b"/Size %d /Root 1 0 R /Info 8 0 R" % (max(objects) + 1)
    if has_password:
        objects[9] = b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <%s> /U <%s> >>" % (
            b"11" * 32,
            b"22" * 32,
        )
        trailer += b" /Encrypt 9 0 R /ID [<%s> <%s>]" % (b"00" * 16, b"00" * 16)
    return _file(objects, trailer)


def _shown(left: float, foot: float, size: float, text: str) -> str:
    font = "F3" if text.startswith("**") else "F1" if text.isascii() else "F2"
    text = text.removeprefix("**")
    if font == "F2":
        string = f"<{text.encode('utf-16-be').hex()}>"
    else:
        escaped = text.replace("(", r"\(").replace(")", r"\)")
        string = f"({escaped})"
    return f"BT /{font} {size} Tf 1 0 0 1 {left} {foot} Tm {string} Tj ET"


def _file(objects: dict[int, bytes], trailer: bytes) -> bytes:
    out = b"%PDF-1.4\n"
    places = {}
    for number in sorted(objects):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    size = max(objects) + 1
    entries = b"".join(
        b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
        for number in range(size)
    )
    return out + b"xref\n0 %d\n%strailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, entries, trailer, len(out),
    )  # fmt: skip
