import datetime as dt
import random
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.core import Identifier, InputError, Judgement, Relation
from howdah.core.errors import UnknownNameError
from howdah.entities import (
    JUDGEMENT_SCHEMA,
    MAPPING_SCHEMA,
    Catalogue,
    Decision,
    Resolver,
    judgement_rows,
    read_catalogue,
)

JUDGED = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)
ROWS = [
    ("name", "豆包"),
    ("name", "字節跳動"),
    ("name", "DeepSeek"),
    ("name", "创业公司"),
    ("name", "Kimi"),
    ("github", "hwchase17/langchain", "langchain"),
    ("github", "langchain-ai/langchain", "langchain"),
    ("github", "Microsoft/vscode"),
    ("github", "microsoft/vscode"),
    ("github", "Bubka/2FAuth"),
    ("selfhosted", "2fauth", "2FAuth"),
    ("app_store", "6459478672", "豆包 - 字节跳动旗下 AI 智能助手"),
    ("app_store", "1", "Chat AI"),
    ("app_store", "2", "Chat AI"),
    ("arena", "glm-4"),
    ("arena", "glm-4-0520"),
    ("arena", "yi-large"),
    ("model_catalogue", "01-ai/yi-large", "Yi Large"),
    ("pypi", "redis"),
    ("npm", "redis"),
    ("isbn", "978-3"),
]


def judged(left: str, right: str, judgement: Judgement, moment: dt.datetime = JUDGED) -> pa.Table:
    return judgement_rows([Decision(left, right, judgement, moment, "an analyst")])


def entity_of(resolver: Resolver, scheme: str, subject: str) -> str:
    found = {
        (row["scheme"], row["subject"]): row["entity"] for row in resolver.mapping().to_pylist()
    }
    return found[scheme, subject]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("doubao", "doubao"),
        ("DOUBAO", "doubao"),
        ("豆包", "doubao"),
        ("豆包app", "doubao"),
        ("字節", "bytedance"),
        ("智譜", "zhipu-ai"),
        ("烏鴉智能說", "烏鴉智能說"),
        ("乌鸦智能说", "烏鴉智能說"),
        ("app_store:6459478672", "doubao"),
        ("6459478672", "doubao"),
        ("github:thudm/chatglm-6b", "chatglm-6b"),
        ("THUDM/ChatGLM-6B", "chatglm-6b"),
        ("DeepSeek", "deepseek"),
        ("deepseek-model-family", "deepseek-model-family"),
        ("hwchase17/langchain", "github:langchain-ai/langchain"),
        ("Kimi", "name:Kimi"),
        ("redis", "pypi:redis"),
        (" yi large ", "arena:yi-large"),
    ],
)
def test_resolve_understands(
    make_resolver: Callable[..., Resolver], text: str, expected: str
) -> None:
    assert make_resolver(ROWS).resolve(text).canonical_id == expected


def test_candidates_are_all_and_the_preferred_comes_first(
    make_resolver: Callable[..., Resolver],
) -> None:
    resolver = make_resolver(ROWS)
    assert [e.canonical_id for e in resolver.candidates("deepseek")] == [
        "deepseek",
        "deepseek-model-family",
    ]
    assert [e.canonical_id for e in resolver.candidates("redis")] == ["pypi:redis", "npm:redis"]
    assert resolver.candidates("nobody at all") == []


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("Byte Danse", "ByteDance"), ("智譜花章", "智谱华章"), ("doubaoo", "Doubao")],
)
def test_unknown_name_comes_with_suggestions(
    make_resolver: Callable[..., Resolver], text: str, suggestion: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"Did you mean.*{suggestion}") as caught:
        make_resolver(ROWS).resolve(text)
    assert caught.value.kind == "entity"
    assert suggestion in caught.value.suggestions
    assert len(caught.value.suggestions) <= 5


def test_a_beginning_is_suggested_with_its_type(
    make_resolver: Callable[..., Resolver],
) -> None:
    resolver = make_resolver([*ROWS, ("pypi", "doublex"), ("pypi", "zoubao")])
    for text in ("Dou", "Doub"):
        with pytest.raises(UnknownNameError) as caught:
            resolver.resolve(text)
        # What the market declares comes before what a registry lists; resemblance alone is noise.
        assert caught.value.suggestions[:2] == ("Doubao", "doublex")
        assert "zoubao" not in caught.value.suggestions
        assert "'Doubao' (product), 'doublex' (package)" in str(caught.value)
    with pytest.raises(UnknownNameError, match="'ChatGLM'"):
        resolver.resolve("chatg")


def test_unknown_name_like_nothing_has_no_suggestion(
    make_resolver: Callable[..., Resolver],
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        make_resolver().resolve("ζζζζζζ")
    assert caught.value.suggestions == ()


def test_ambiguous_name_is_not_guessed(make_resolver: Callable[..., Resolver]) -> None:
    resolver = make_resolver(ROWS)
    with pytest.raises(UnknownNameError, match="2 entities go by this name") as caught:
        resolver.resolve("Chat AI")
    assert caught.value.suggestions == ("app_store:1", "app_store:2")
    assert entity_of(resolver, "name", "创业公司") == "name:创业公司"
    assert Identifier("name", "创业公司") in resolver.unresolved()


def test_mapping_covers_every_row_once(make_resolver: Callable[..., Resolver]) -> None:
    mapping = make_resolver([*ROWS, *ROWS]).mapping()
    assert mapping.schema == MAPPING_SCHEMA
    keys = list(zip(mapping["scheme"].to_pylist(), mapping["subject"].to_pylist(), strict=True))
    assert sorted(keys) == sorted({row[:2] for row in ROWS})
    assert None not in mapping["entity"].to_pylist()


@pytest.mark.parametrize(
    ("scheme", "subject", "entity", "name", "type_"),
    [
        ("name", "豆包", "doubao", "Doubao", "product"),
        ("name", "DeepSeek", "deepseek", "DeepSeek", "company"),
        ("name", "Kimi", "name:Kimi", "Kimi", "unknown"),
        (
            "github",
            "hwchase17/langchain",
            "github:langchain-ai/langchain",
            "langchain",
            "repository",
        ),
        ("github", "microsoft/vscode", "github:Microsoft/vscode", "Microsoft/vscode", "repository"),
        ("selfhosted", "2fauth", "github:Bubka/2FAuth", "Bubka/2FAuth", "repository"),
        ("app_store", "6459478672", "doubao", "Doubao", "product"),
        ("app_store", "2", "app_store:2", "Chat AI", "app"),
        ("arena", "glm-4", "glm-4", "GLM-4", "model"),
        ("arena", "glm-4-0520", "arena:glm-4-0520", "glm-4-0520", "model"),
        ("model_catalogue", "01-ai/yi-large", "arena:yi-large", "yi-large", "model"),
        ("npm", "redis", "npm:redis", "redis", "package"),
        ("isbn", "978-3", "isbn:978-3", "978-3", "thing"),
    ],
)
def test_mapping_row(
    make_resolver: Callable[..., Resolver],
    scheme: str,
    subject: str,
    entity: str,
    name: str,
    type_: str,
) -> None:
    assert {
        "scheme": scheme,
        "subject": subject,
        "entity": entity,
        "entity_name": name,
        "entity_type": type_,
    } in make_resolver(ROWS).mapping().to_pylist()


def test_order_of_the_register_does_not_matter(make_resolver: Callable[..., Resolver]) -> None:
    shuffled = ROWS[:]
    random.Random(5).shuffle(shuffled)
    assert make_resolver(ROWS).mapping() == make_resolver(shuffled).mapping()


def test_order_of_links_does_not_matter(
    write_entities: Callable[..., Path], make_resolver: Callable[..., Resolver], links_text: str
) -> None:
    header, *rows = links_text.splitlines()
    turned = "\n".join([header, *reversed(rows)]) + "\n"
    over = read_catalogue(write_entities(links=turned))
    assert make_resolver(ROWS, over=over).mapping() == make_resolver(ROWS).mapping()


@given(order=st.permutations(range(4)))
def test_last_name_of_a_rename_chain_names_the_cluster(
    register_of: Callable[..., pa.Table], order: list[int]
) -> None:
    names = [f"github:o{number}/name" for number in range(5)]
    chain = [Relation(names[n], "renamed_to", names[n + 1]) for n in range(4)]
    over = Catalogue(merges=tuple(chain[place] for place in order))
    resolver = Resolver(over, register_of([("github", "o1/name")]), JUDGEMENT_SCHEMA.empty_table())
    assert {resolver.canonical(name) for name in names} == {"github:o4/name"}
    assert [str(one) for one in resolver.entity("github:o0/name").referents] == names


def test_circle_of_renames_takes_the_smallest_identifier(
    make_resolver: Callable[..., Resolver],
) -> None:
    pairs = [("pypi:b", "github:b/b"), ("github:b/b", "pypi:b")]
    over = Catalogue(merges=tuple(Relation(a, "renamed_to", b) for a, b in pairs))
    assert make_resolver(over=over).canonical("pypi:b") == "github:b/b"


def test_later_of_two_renames_names_the_cluster(make_resolver: Callable[..., Resolver]) -> None:
    over = Catalogue(
        merges=(
            Relation("github:a/x", "renamed_to", "github:z/x", dt.date(2020, 1, 1)),
            Relation("github:a/x", "renamed_to", "github:b/x", dt.date(2022, 1, 1)),
        )
    )
    assert make_resolver(over=over).canonical("github:z/x") == "github:b/x"


def test_entity_gathers_what_its_cluster_is_called(make_resolver: Callable[..., Resolver]) -> None:
    doubao = make_resolver(ROWS).entity("doubao")
    assert doubao.parent == "bytedance"
    assert doubao.referents == (Identifier("app_store", "6459478672"), Identifier("name", "豆包"))
    assert {"Doubao", "豆包", "豆包 - 字节跳动旗下 AI 智能助手"} <= set(doubao.aliases)


def test_entity_is_found_by_an_id_it_had_before(make_resolver: Callable[..., Resolver]) -> None:
    resolver = make_resolver(ROWS)
    assert resolver.entity("github:hwchase17/langchain") is resolver.entity(
        "github:langchain-ai/langchain"
    )


@pytest.mark.parametrize("id_", ["nobody", "github:no/body", "ByteDance"])
def test_id_that_nothing_has_is_refused(make_resolver: Callable[..., Resolver], id_: str) -> None:
    resolver = make_resolver(ROWS)
    for method in (resolver.entity, resolver.canonical, resolver.relations, resolver.descendants):
        with pytest.raises(UnknownNameError):
            method(id_)


def test_name_given_for_an_id_suggests_the_id(make_resolver: Callable[..., Resolver]) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'bytedance'"):
        make_resolver().entity("ByteDance")


def test_automatic_merges_keep_their_reasons(make_resolver: Callable[..., Resolver]) -> None:
    [pair] = make_resolver(ROWS).automatic_merges
    assert (pair.left, pair.right) == ("arena:yi-large", "model_catalogue:01-ai/yi-large")
    assert any(reason.startswith("equal_name") for reason in pair.score.reasons)


@pytest.mark.parametrize("judgement", [Judgement.DIFFERENT, Judgement.UNSURE])
def test_judgement_stops_an_automatic_merge(
    make_resolver: Callable[..., Resolver], judgement: Judgement
) -> None:
    rows = judged("model_catalogue:01-ai/yi-large", "arena:yi-large", judgement)
    resolver = make_resolver(ROWS, rows)
    assert resolver.automatic_merges == ()
    assert resolver.canonical("model_catalogue:01-ai/yi-large") == "model_catalogue:01-ai/yi-large"


def test_judgement_stops_a_name(make_resolver: Callable[..., Resolver]) -> None:
    resolver = make_resolver(ROWS, judged("name:豆包", "doubao", Judgement.DIFFERENT))
    assert Identifier("name", "豆包") in resolver.unresolved()


def test_judgement_does_not_undo_what_the_catalogue_declares(
    make_resolver: Callable[..., Resolver],
) -> None:
    rows = judged("selfhosted:2fauth", "github:Bubka/2FAuth", Judgement.DIFFERENT)
    assert make_resolver(ROWS, rows).canonical("selfhosted:2fauth") == "github:Bubka/2FAuth"


def test_same_merges_and_settles_the_ambiguous(make_resolver: Callable[..., Resolver]) -> None:
    resolver = make_resolver(ROWS, judged("name:创业公司", "llm-start-ups", Judgement.SAME))
    assert entity_of(resolver, "name", "创业公司") == "llm-start-ups"
    assert Identifier("name", "创业公司") not in resolver.unresolved()


def test_same_holds_through_an_identifier_that_no_feed_names(
    make_resolver: Callable[..., Resolver],
) -> None:
    rows = judgement_rows(
        [
            Decision("pypi:redis", "docker:redis", Judgement.SAME, JUDGED, "x"),
            Decision("docker:redis", "npm:redis", Judgement.SAME, JUDGED, "x"),
        ]
    )
    resolver = make_resolver(ROWS, rows)
    assert resolver.canonical("npm:redis") == "pypi:redis"
    with pytest.raises(UnknownNameError):
        resolver.canonical("docker:redis")


def test_judgement_holds_from_the_day_it_was_recorded(
    make_resolver: Callable[..., Resolver],
) -> None:
    rows = judged("name:Kimi", "doubao", Judgement.SAME)
    before = make_resolver(ROWS, rows, as_of=JUDGED - dt.timedelta(seconds=1))
    assert entity_of(before, "name", "Kimi") == "name:Kimi"
    assert entity_of(make_resolver(ROWS, rows, as_of=JUDGED), "name", "Kimi") == "doubao"


def test_register_rows_of_later_days_are_not_seen(make_resolver: Callable[..., Resolver]) -> None:
    rows = [("arena", "yi-large", "", "1"), ("model_catalogue", "01-ai/yi-large", "", "9")]
    resolver = make_resolver(rows, as_of=dt.datetime(2024, 1, 5, tzinfo=dt.UTC))
    assert resolver.automatic_merges == ()
    assert resolver.mapping()["subject"].to_pylist() == ["yi-large"]


def test_as_of_needs_a_time_zone(make_resolver: Callable[..., Resolver]) -> None:
    with pytest.raises(InputError, match="has no time zone"):
        make_resolver(as_of=dt.datetime(2024, 1, 1))  # noqa: DTZ001 - the mistake under test


def test_relations_run_both_ways_and_end_in_canonical_ids(
    make_resolver: Callable[..., Resolver],
) -> None:
    resolver = make_resolver(ROWS)
    found = {(r.source, r.relation, r.target) for r in resolver.relations("zhipu-ai")}
    assert found == {
        ("zhipu-ai", "makes", "glm"),
        ("zhipu-ai", "publishes", "chatglm-6b"),
        ("zhipu-ai", "publishes", "github:THUDM/ChatGLM2-6B"),
    }
    [source] = resolver.relations("pypi:langchain")
    assert (source.source, source.relation) == ("github:langchain-ai/langchain", "is_source_of")


def test_dated_relations_hold_inside_their_dates(make_resolver: Callable[..., Resolver]) -> None:
    resolver = make_resolver()

    def owned(day: dt.date | None) -> bool:
        return any(r.source == "alibaba" for r in resolver.relations("llm-start-ups", as_of=day))

    assert owned(dt.date(2021, 6, 1))
    assert not owned(dt.date(2022, 6, 1))
    assert owned(None)


def test_resolver_of_a_date_takes_its_day_for_relations(
    make_resolver: Callable[..., Resolver],
) -> None:
    resolver = make_resolver(as_of=dt.datetime(2022, 6, 1, tzinfo=dt.UTC))
    assert resolver.relations("llm-start-ups") == ()
    assert resolver.entity("llm-start-ups").parent == ""
    assert make_resolver().entity("llm-start-ups").parent == "alibaba"


def test_descendants_lead_from_a_company_to_its_models(
    make_resolver: Callable[..., Resolver],
) -> None:
    found = make_resolver(ROWS).descendants("zhipu-ai")
    assert [(entity.canonical_id, path) for entity, path in found] == [
        ("glm", ("makes",)),
        ("chatglm-6b", ("publishes",)),
        ("github:THUDM/ChatGLM2-6B", ("publishes",)),
        ("glm-4", ("makes", "includes")),
        ("arena:glm-4-0520", ("makes", "includes")),
    ]


def test_queue_leaves_out_what_was_judged(make_resolver: Callable[..., Resolver]) -> None:
    rows = [("name", "Moonshot"), ("name", "Moonshot AI Ltd"), ("name", "Zhipu AI Ltd")]
    [first, *rest] = make_resolver(rows).review_queue()
    judgement = judged(first.left, first.right, Judgement.UNSURE)
    after = make_resolver(rows, judgement).review_queue()
    assert [(p.left, p.right) for p in after] == [(p.left, p.right) for p in rest]
    assert ("name:Zhipu AI Ltd", "zhipu-ai") in {(p.left, p.right) for p in (first, *rest)}


def test_ambiguous_name_is_queued_with_those_it_may_mean(
    make_resolver: Callable[..., Resolver],
) -> None:
    pairs = {(p.left, p.right) for p in make_resolver(ROWS).review_queue()}
    assert ("llm-start-ups", "name:创业公司") in pairs
    assert ("cv-start-ups", "name:创业公司") in pairs


def test_unresolved_are_the_names_only(make_resolver: Callable[..., Resolver]) -> None:
    assert make_resolver(ROWS).unresolved() == (
        Identifier("name", "Kimi"),
        Identifier("name", "创业公司"),
    )


@given(subject=st.text(min_size=1, max_size=6).filter(lambda text: "\ud800" not in text))
def test_any_subject_has_an_entity_that_its_id_leads_to(
    register_of: Callable[..., pa.Table], subject: str
) -> None:
    rows = register_of([("name", subject), ("list", subject)])
    resolver = Resolver(Catalogue(), rows, JUDGEMENT_SCHEMA.empty_table())
    for id_ in resolver.mapping()["entity"].to_pylist():
        assert resolver.entity(id_).canonical_id == id_


@pytest.mark.slow
def test_large_register_is_resolved_quickly(
    register_of: Callable[..., pa.Table], catalogue: Catalogue
) -> None:
    rng = random.Random(11)
    schemes = ["github", "pypi", "npm", "arena", "list", "selfhosted"]
    rows = [
        (rng.choice(schemes), f"o{rng.random():.9f}/n{rng.random():.9f}") for _ in range(40_000)
    ]
    register = register_of(rows)
    start = time.perf_counter()
    resolver = Resolver(catalogue, register, JUDGEMENT_SCHEMA.empty_table())
    assert resolver.mapping().num_rows == 40_000
    # A third of a second on a quiet machine; the margin is for a busy one.
    assert time.perf_counter() - start < 2
    with pytest.raises(UnknownNameError):
        resolver.resolve("warm the index")
    start = time.perf_counter()
    with pytest.raises(UnknownNameError):
        resolver.resolve("byte danse")
    assert time.perf_counter() - start < 0.5
