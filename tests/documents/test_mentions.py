"""Names of the catalogue in a text, and names that it does not know."""

from pathlib import Path

import pytest

from howdah.core.errors import FileFormatError, MissingColumnError
from howdah.documents.folding import fold
from howdah.documents.mentions import Entity, Gazetteer, read_gazetteer
from howdah.documents.strangers import propose_names
from howdah.documents.tagger import tagged_names

NAMES = Gazetteer(
    {
        "Beacon": Entity("Beacon", "company", "", ("Beacon", "Beacon Labs")),
        "豆花": Entity("豆花", "product", "Beacon", ("豆花App", "豆花")),
        "豆花科技": Entity("豆花科技", "company", "", ("豆花", "豆花科技")),
        "7号站": Entity("7号站", "product", "", ()),
    }
)


def found(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(m.surface, m.entities) for m in NAMES.find(fold(text))]


def test_the_longest_spelling_wins() -> None:
    assert found("豆花科技称，豆花App") == [("豆花科技", ("豆花科技",)), ("豆花App", ("豆花",))]


def test_a_shared_spelling_is_ambiguous_and_the_canonical_comes_first() -> None:
    assert found("豆花增长") == [("豆花", ("豆花", "豆花科技"))]


def test_latin_names_are_whole_words_with_their_capital() -> None:
    assert found("a beacon, Beacons, xBeacon, BEACON and Beacon's") == [
        ("BEACON", ("Beacon",)),
        ("Beacon", ("Beacon",)),
    ]


def test_offsets_are_those_of_the_text_as_received() -> None:
    text = "㎡㎡豆\u200b花ＡＰＰ"
    (mention,) = NAMES.find(fold(text))
    assert text[mention.start : mention.end] == mention.surface == "豆\u200b花ＡＰＰ"


def test_traditional_and_digits() -> None:
    assert [surface for surface, _ in found("7號站與豆花")] == ["7號站", "豆花"]


def test_an_empty_catalogue_finds_nothing() -> None:
    assert Gazetteer().find(fold("豆花")) == ()


def test_unknown_names_are_proposed_and_known_ones_are_not() -> None:
    text = "Beacon Labs and Quill Systems met 榆木科技公司."
    folded = fold(text)
    spans = propose_names(folded, NAMES.find(folded))
    assert [span.surface for span in spans] == ["Quill Systems", "榆木科技公司"]


def test_a_tagger_proposes_chinese_names_that_have_no_ending() -> None:
    folded = fold("禾磬科技去年投資了北槎，公司沒有回應。")
    found = propose_names(folded, ())
    assert [span.surface for span in found] == ["禾磬科技", "北槎"]
    known = Gazetteer({"北槎": Entity("北槎", "company", "", ("北槎",))})
    assert [s.surface for s in propose_names(folded, known.find(folded))] == ["禾磬科技"]


def test_tagged_names_stand_where_they_are_said_to() -> None:
    text = "  北槎、北槎；\n\nPip。 北槎在香港上市"
    assert list(tagged_names(text)) == [(2, 4), (5, 7), (15, 17)]
    assert list(tagged_names("Pip and Zorp")) == []


def test_without_the_tagger_patterns_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("howdah.documents.tagger._tagger", lambda: None)
    assert propose_names(fold("北槎在香港上市"), ()) == ()
    assert [s.surface for s in propose_names(fold("榆木科技公司"), ())] == ["榆木科技公司"]


def write(folder: Path, text: str) -> Path:
    path = folder / "names.csv"
    path.write_text(text, encoding="utf-8")
    return path


HEADER = "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin\n"


def test_two_rows_of_one_name_are_one_entity(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "A,product,P,甲;乙,,\nA,,,,丙,Aye\n,,,,,\n")
    names = read_gazetteer([path, path])
    assert names["A"] == Entity("A", "product", "P", ("A", "甲", "乙", "丙", "Aye"))
    assert len(names.entities) == 1


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError, match="aliases_latin"):
        read_gazetteer(
            write(tmp_path, "canonical,type,parent,aliases_simplified,aliases_traditional\n")
        )


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(b"canonical\n\xff\xfe")
    with pytest.raises(FileFormatError, match="UTF-8"):
        read_gazetteer(path)
    with pytest.raises(FileFormatError, match="no such file"):
        read_gazetteer(tmp_path / "none.csv")
