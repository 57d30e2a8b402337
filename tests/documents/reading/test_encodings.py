import pytest

from howdah.core.errors import FileFormatError
from howdah.documents.reading.encodings import decode

_SIMPLIFIED = "砚田数据显示，去年12月日活跃用户约760万，环比增长5%。公司没有回应置评请求。" * 3
_TRADITIONAL = "研調機構指出，電動機車6月掛牌2,940輛，較上月成長四成，市占率也創下新高。" * 3
_WESTERN = "Revenue was £212.6m, “up 27%” – a record for the café chain, it said on Monday. " * 3


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (_SIMPLIFIED, "utf-8", "utf-8"),
        (_SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (_SIMPLIFIED, "utf-16", "utf-16"),
        (_SIMPLIFIED, "gbk", "gb18030"),
        (_SIMPLIFIED, "gb18030", "gb18030"),
        (_TRADITIONAL, "gb18030", "gb18030"),
        (_TRADITIONAL, "big5", "big5hkscs"),
        (_WESTERN, "cp1252", "cp1252"),
        ("Foo 融资 3 million. " + "Plain English text goes on here. " * 9, "gbk", "gb18030"),
    ],
)
def test_usual_encodings_are_told_without_a_declaration(
    text: str, encoding: str, told: str
) -> None:
    decoded = decode(text.encode(encoding, errors="ignore"), "a.txt")
    assert decoded.encoding == told
    assert decoded.text == text.encode(encoding, errors="ignore").decode(encoding)
    assert bool(decoded.notes) == (not told.startswith("utf"))


def test_a_declared_encoding_is_believed_when_it_fits() -> None:
    data = _TRADITIONAL.encode("big5", errors="ignore")
    assert decode(data, "a", "Big5").encoding == "big5hkscs"
    assert decode(data, "a", "no-such-encoding").encoding == "big5hkscs"
    assert decode(_SIMPLIFIED.encode("gbk"), "a", "gb2312").notes == ()
    # Pages say latin-1 where they are UTF-8.
    assert decode(_SIMPLIFIED.encode(), "a", "iso-8859-1").text == _SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_broken_bytes_are_replaced_and_named(encoding: str) -> None:
    data = _SIMPLIFIED.encode(encoding)
    at = len(_SIMPLIFIED[:40].encode(encoding))
    decoded = decode(data[:at] + b"\xff" + data[at:], "a.txt")
    assert decoded.text.count("\ufffd") >= 1
    assert any(f"first byte 0xff at offset {at}" in note for note in decoded.notes)


def test_bytes_that_are_no_text_are_refused_with_the_first_of_them() -> None:
    with pytest.raises(FileFormatError, match=r"utf-8, gb18030.*byte 0x80 at offset 0"):
        decode(bytes(range(128, 256)) * 5, "a.txt")
