import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from howdah.core import Identifier, Relation
from howdah.core.errors import FileFormatError, MissingColumnError, SpecError
from howdah.entities import Catalogue, read_catalogue

HEADER = (
    "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,id,identifiers\n"
)
LINK_HEADER = "entity,relation,target,valid_from,valid_to,note\n"


def test_entity_has_its_row(catalogue: Catalogue) -> None:
    doubao = catalogue.entities["doubao"]
    assert (doubao.name, doubao.type, doubao.parent) == ("Doubao", "product", "bytedance")
    assert doubao.aliases == ("Doubao", "豆包", "豆包 App")
    assert doubao.referents == (Identifier("app_store", "6459478672"),)


def test_ids_are_slugs_unless_given(catalogue: Catalogue) -> None:
    assert list(catalogue.entities) == [
        "bytedance",
        "doubao",
        "zhipu-ai",
        "glm",
        "glm-4",
        "chatglm-6b",
        "deepseek",
        "deepseek-model-family",
        "alibaba",
        "alibaba-cloud",
        "01ai",
        "joint-laboratory",
        "llm-start-ups",
        "cv-start-ups",
        "烏鴉智能說",
    ]


def test_order_of_rows_does_not_change_ids(write_entities: Callable[..., Path]) -> None:
    rows = "DeepSeek,model_family,DeepSeek,,,,,\nDeepSeek,company,,,,,,\n"
    found = read_catalogue(write_entities(catalogue=HEADER + rows, links=None))
    assert found.entities["deepseek"].type == "company"
    assert found.entities["deepseek-model-family"].parent == "deepseek"


def test_parents_become_relations(catalogue: Catalogue) -> None:
    stated = {(r.source, r.relation, r.target) for r in catalogue.relations}
    assert {
        ("bytedance", "owns", "doubao"),
        ("zhipu-ai", "makes", "glm"),
        ("glm", "includes", "glm-4"),
        ("zhipu-ai", "publishes", "chatglm-6b"),
        ("alibaba-cloud", "owns", "joint-laboratory"),
        ("01ai", "owns", "joint-laboratory"),
    } <= stated


def test_links_are_relations_or_merges(catalogue: Catalogue) -> None:
    assert (
        Relation("bytedance", "makes", "arena:doubao-pro", dt.date(2024, 5, 15))
        in catalogue.relations
    )
    assert {merge.relation for merge in catalogue.merges} == {"renamed_to", "same_as"}
    assert not {"renamed_to", "same_as"} & {r.relation for r in catalogue.relations}


def test_link_to_a_declared_identifier_is_one_to_its_entity(
    write_entities: Callable[..., Path],
) -> None:
    row = "GLM,includes,arena:glm-4,,,\nAlibaba,owns,github:thudm/chatglm-6b,,,\n"
    found = read_catalogue(write_entities(links=LINK_HEADER + row))
    assert Relation("glm", "includes", "glm-4") in found.relations
    assert Relation("alibaba", "owns", "chatglm-6b") in found.relations


def test_folder_without_files_is_an_empty_catalogue(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path / "nowhere") == Catalogue()


def test_several_catalogues_are_one(write_entities: Callable[..., Path]) -> None:
    more = "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin\n"
    folder = write_entities(more=more + "Kimi,product,ByteDance,,,\n")
    assert read_catalogue(folder).entities["kimi"].parent == "bytedance"


@pytest.mark.parametrize(
    ("rows", "line", "key", "problem"),
    [
        (["Kimi,product,Bytedanse,,,,,"], 3, "parent", "Did you mean 'ByteDance'"),
        (["Kimi,product,Kimi,,,,,"], 3, "parent", "no entity is called 'Kimi'"),
        (["ByteDance,company,,,,,,"], 3, "canonical", "declared already, in catalogue.csv, line 2"),
        (["bytedance,company,,,,,b2,"], 3, "canonical", "is declared already"),
        (["A-B,list,,,,,,", "A.B,list,,,,,,", "A_B,app,,,,,,"], 4, "canonical", "is declared"),
        (["A,list,,,,,one,", "B,list,,,,,one,"], 4, "id", "is declared already"),
        (["Kimi,prodct,,,,,,"], 3, "type", "Did you mean 'product'"),
        ([",product,,,,,,"], 3, "canonical", "is empty"),
        (["Kimi,,,,,,,"], 3, "type", "is empty"),
        (["!!!,product,,,,,,"], 3, "canonical", "no letter or digit"),
        (["Kimi,product,,,,,a b,"], 3, "id", "is no id"),
        (["Kimi,product,,,,,,github"], 3, "identifiers", "cannot read 'github'"),
        (["Kimi,product,,,,,,arena:x"], 3, "identifiers", "is of 'bytedance' already"),
        (["Kimi,product,,,,,,,,more"], 3, "", "10 cells under a header of 8"),
    ],
)
def test_bad_row_is_named(
    write_entities: Callable[..., Path], rows: list[str], line: int, key: str, problem: str
) -> None:
    text = HEADER + "\n".join(["ByteDance,company,,,,,,arena:x", *rows]) + "\n"
    with pytest.raises(SpecError, match=problem) as caught:
        read_catalogue(write_entities(catalogue=text, links=None))
    assert (caught.value.line, caught.value.key) == (line, key)
    assert caught.value.path.name == "catalogue.csv"


def test_ambiguous_parent_names_the_choice(write_entities: Callable[..., Path]) -> None:
    rows = "A,company,,,,,,\nA,product,,,,,,\nB,team,A,,,,,\n"
    with pytest.raises(
        SpecError, match=r"name of 2 entities.*Allowed: the canonical id of one: a, "
    ):
        read_catalogue(write_entities(catalogue=HEADER + rows, links=None))


def test_circle_of_parents_is_shown(write_entities: Callable[..., Path]) -> None:
    rows = "A,company,C,,,,,\nB,company,A,,,,,\nC,company,B,,,,,\nD,company,A,,,,,\n"
    with pytest.raises(SpecError, match="is a circle: a < c < b < a"):
        read_catalogue(write_entities(catalogue=HEADER + rows, links=None))


def test_two_parents_of_one_owner_are_no_circle(write_entities: Callable[..., Path]) -> None:
    rows = "A,company,,,,,,\nB,company,A,,,,,\nC,company,A,,,,,\nD,team,B;C,,,,,\n"
    found = read_catalogue(write_entities(catalogue=HEADER + rows, links=None))
    assert found.entities["d"].parent == "b"


@pytest.mark.parametrize(
    ("row", "key", "problem"),
    [
        ("Bytedanse,owns,Doubao,,,", "entity", "Did you mean 'ByteDance'"),
        ("创业公司,owns,Doubao,,,", "entity", "name of 2 entities"),
        ("DeepSeek,makes,GLM,,,", "entity", "name of 2 entities"),
        ("Doubao,owns,豆包,,,", "target", "is the entity itself"),
        ("ByteDance,rename_to,Doubao,,,", "relation", "Did you mean 'renamed_to'"),
        ("ByteDance,,Doubao,,,", "relation", "is empty"),
        ("ByteDance,owns,,,,", "target", "is empty"),
        ("ByteDance,owns,Doubao,1.5.2024,,", "valid_from", "cannot read '1.5.2024'"),
        ("ByteDance,owns,Doubao,2024-02-01,2024-01-01,", "valid_to", "is before valid_from"),
    ],
)
def test_bad_link_is_named(
    write_entities: Callable[..., Path], row: str, key: str, problem: str
) -> None:
    with pytest.raises(SpecError, match=problem) as caught:
        read_catalogue(write_entities(links=f"{LINK_HEADER}GLM,owns,GLM-4,,,\n\n{row}\n"))
    assert (caught.value.line, caught.value.key) == (4, key)
    assert caught.value.path.name == "links.csv"


def test_canonical_id_settles_an_ambiguous_link(write_entities: Callable[..., Path]) -> None:
    row = "deepseek,makes,deepseek-model-family,,,\n"
    found = read_catalogue(write_entities(links=LINK_HEADER + row))
    assert Relation("deepseek", "makes", "deepseek-model-family") in found.relations


def test_new_relation_words_are_welcome(write_entities: Callable[..., Path]) -> None:
    found = read_catalogue(write_entities(links=f"{LINK_HEADER}Alibaba,invests_in,Zhipu AI,,,\n"))
    assert Relation("alibaba", "invests_in", "zhipu-ai") in found.relations


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("canonical,type\nKimi,product\n", "parent"),
        ("entity,relation\nGLM,owns\n", "target"),
        ("name,kind\nKimi,product\n", "canonical"),
        ("", "canonical"),
    ],
)
def test_missing_column_is_named(
    write_entities: Callable[..., Path], text: str, missing: str
) -> None:
    with pytest.raises(MissingColumnError) as caught:
        read_catalogue(write_entities(catalogue=text, links=None))
    assert caught.value.missing[0] == missing


def test_misspelt_optional_column_is_refused(write_entities: Callable[..., Path]) -> None:
    text = HEADER.replace("identifiers", "identifers")
    with pytest.raises(SpecError, match="Did you mean 'identifiers'"):
        read_catalogue(write_entities(catalogue=text, links=None))


def test_foreign_column_is_no_harm(write_entities: Callable[..., Path]) -> None:
    text = HEADER.replace("\n", ",founded\n") + "Kimi,product,,,,,,,2023\n"
    assert "kimi" in read_catalogue(write_entities(catalogue=text, links=None)).entities


def test_column_named_twice_is_refused(write_entities: Callable[..., Path]) -> None:
    with pytest.raises(SpecError, match="name of two columns"):
        read_catalogue(write_entities(catalogue=HEADER.replace("type", "canonical"), links=None))


def test_line_of_an_error_counts_lines_inside_cells(write_entities: Callable[..., Path]) -> None:
    text = HEADER + '"A\n(1)",company,,,,,,\nB,company,nobody at all,,,,,\n'
    with pytest.raises(SpecError) as caught:
        read_catalogue(write_entities(catalogue=text, links=None))
    assert caught.value.line == 4


@pytest.mark.parametrize("content", [b"canonical\n\xff\xfe", b'canonical\n"unended'])
def test_file_that_is_no_csv_is_refused(
    write_entities: Callable[..., Path], content: bytes
) -> None:
    folder = write_entities(links=None)
    (folder / "catalogue.csv").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"catalogue\.csv"):
        read_catalogue(folder)


def test_byte_order_mark_is_no_part_of_the_header(write_entities: Callable[..., Path]) -> None:
    folder = write_entities(links=None)
    text = folder / "catalogue.csv"
    text.write_text("\ufeff" + text.read_text(encoding="utf-8"), encoding="utf-8")
    assert "doubao" in read_catalogue(folder).entities


def test_lines_that_begin_with_a_hash_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin\n"
        "# ours, all of them, and more than six cells, as text has, many, commas, in, it\n"
        "Our app,product,,,,C#;#1 app\n",
        encoding="utf-8",
    )
    [entity] = read_catalogue(tmp_path).entities.values()
    assert entity.aliases == ("Our app", "C#", "#1 app")
