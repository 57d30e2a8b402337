from importlib import resources
from pathlib import Path

import pytest

from howdah.entities import JUDGEMENT_SCHEMA, REGISTER_SCHEMA, Resolver, read_catalogue


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    folder = Path(str(resources.files("howdah") / "markets" / "ai" / "entities"))
    return Resolver(
        read_catalogue(folder), REGISTER_SCHEMA.empty_table(), JUDGEMENT_SCHEMA.empty_table()
    )


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        ("字節跳動", "ByteDance", "company"),
        ("豆包", "Doubao", "product"),
        ("月之暗面", "Moonshot AI", "company"),
        ("智譜華章", "Zhipu AI", "company"),
        ("崑崙萬維", "Kunlun Tech", "company"),
    ],
)
def test_names_in_any_script_are_known(
    resolver: Resolver, text: str, name: str, type_: str
) -> None:
    entity = resolver.resolve(text)
    assert (entity.name, entity.type) == (name, type_)


def test_renamed_repository_is_one_entity(resolver: Resolver) -> None:
    old, new = "github:hwchase17/langchain", "github:langchain-ai/langchain"
    assert resolver.canonical(old) == resolver.canonical(new)


def test_company_leads_to_its_models(resolver: Resolver) -> None:
    below = {
        str(referent)
        for entity, _ in resolver.descendants(resolver.resolve("智谱").canonical_id)
        for referent in entity.referents
    }
    assert "arena:glm-4-0520" in below
