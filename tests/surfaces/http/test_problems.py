"""An error over HTTP says what is wrong in the API's words, and at which field."""

import ast
import datetime as dt
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from tools_market import open_tools

import howdah
from howdah.core.calendar import parse_period
from howdah.core.errors import InputError, UnknownNameError
from howdah.core.finding import Finding, FindingKind
from howdah.core.phrases import LANGS, next_step_text, reason
from howdah.surfaces.cli.application import SECTIONS, Command
from howdah.surfaces.http.application import create_app
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk
from howdah.surfaces.http.safety import TOKEN_COOKIE, TOKEN_HEADER
from howdah.surfaces.http.wording import in_words_of_api, next_address

SOURCE = Path(howdah.__file__).parent

#: Packages whose errors a request can meet; what the command line alone runs words itself.
REACHED = ("claims", "core", "entities", "growth", "guidance", "market", "sources", "surfaces/http")

#: Options, and commands but those that only a shell has.
COMMAND = re.compile(
    "howdah (?:"
    + "|".join(
        one.name
        for section in SECTIONS.values()
        for one in section
        if isinstance(one, Command) and one.name not in {"demo", "init", "update"}
    )
    + r")\b|(?<!\w)--\w+"
)

DECISION = {
    "about": "tools",
    "what": "Build it",
    "owner": "head of product",
    "expect": "downloads of new 4 at least 1k by 2099-01-01",
    "review": "2098-01-01",
}


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a market of its own, with the token of a write."""
    folder = tmp_path_factory.mktemp("tools") / "market"
    open_tools(folder)
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(folder), 10**12)
    with TestClient(create_app(folder, renderer), base_url="http://127.0.0.1") as made:
        made.get("/health")
        made.headers[TOKEN_HEADER] = made.cookies[TOKEN_COOKIE]
        yield made


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"expect": "nothing of new 4 at least 1k by 2099-01-01"}, "expect"),
        ({"expect": "downloads of nobody at least 1k by 2099-01-01"}, "expect"),
        ({"expect": "downloads of new 4 around 1k by 2099-01-01"}, "expect"),
        ({"definition": "nobody:downloads"}, "definition"),
        ({"about": "f000000000000"}, "about"),
        ({"about": "no-such-direction"}, "about"),
        ({"review": "2001-01-01"}, "review"),
        ({"owner": " "}, "owner"),
    ],
)
def test_a_decision_is_refused_at_its_field(
    writer: TestClient, given: dict[str, str], field: str
) -> None:
    refused = writer.post("/api/v1/decisions", json=DECISION | given)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    told = refused.json()
    assert told["errors"] == [{"at": f"body.{field}", "message": told["detail"]}]
    assert "--" not in told["detail"]
    assert "`howdah" not in told["detail"]
    assert writer.get("/api/v1/decisions").json()["data"]["decisions"] == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("decisions", {"withdraw": "d000000000000"}, "withdraw"),
        (
            "review/pairs/judgements",
            {"left": "new 4", "right": "nobody", "judgement": "same"},
            "right",
        ),
        ("review/claims/judgements", {"claim": "0" * 12, "verdict": "keep"}, "claim"),
        ("review/claims/judgements", {"group": "g000000", "verdict": "keep"}, "group"),
        ("review/passages/judgements", {"passage": "r" * 9, "judgement": "accept"}, "passage"),
    ],
)
def test_what_a_body_names_and_nobody_knows_does_not_fit(
    writer: TestClient, path: str, body: dict[str, str], field: str
) -> None:
    refused = writer.post(f"/api/v1/{path}", json=body)
    assert refused.status_code == 422
    assert [one["at"] for one in refused.json()["errors"]] == [f"body.{field}"]


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("decisions", {**DECISION, "owner": ""}, {"owner"}),
        ("decisions", {**DECISION, "review": "soon", "colour": "red"}, {"review", "colour"}),
        ("decisions", {"about": "tools"}, {"what", "owner", "expect", "review"}),
        ("decisions", {"withdraw": "d1", "about": "tools"}, {"about"}),
        ("decisions", {"withdraw": ""}, {"withdraw"}),
        ("review/claims/judgements", {"claim": "c1", "verdict": "maybe"}, {"verdict"}),
        ("review/claims/judgements", {"group": "g1"}, {"verdict"}),
        ("review/claims/judgements", {"group": "g1", "claim": "c1", "verdict": "keep"}, {"claim"}),
    ],
)
def test_a_body_of_one_of_two_kinds_is_refused_at_its_own_fields(
    writer: TestClient, path: str, body: dict[str, str], fields: set[str]
) -> None:
    refused = writer.post(f"/api/v1/{path}", json=body)
    assert refused.status_code == 422
    assert {one["at"] for one in refused.json()["errors"]} == {f"body.{name}" for name in fields}


@pytest.mark.parametrize("body", [[], "text", None])
def test_a_body_that_is_no_object_is_refused_as_such(writer: TestClient, body: object) -> None:
    refused = writer.post("/api/v1/decisions", json=body)
    assert refused.status_code == 422
    assert [one["at"] for one in refused.json()["errors"]] == ["body"]


@pytest.mark.parametrize("kind", get_args(FindingKind))
def test_the_next_step_of_a_finding_is_an_address_that_there_is(
    writer: TestClient, kind: FindingKind
) -> None:
    finding = Finding(
        kind=kind,
        entity="name:new 4",
        name="new 4",
        metric="downloads",
        definition="registry:downloads",
        segment="tools",
        period=parse_period("2024-11"),
        value=1.2,
        lower=1.1,
        upper=1.3,
        prob=0.9,
        measure="factor",
        probability=0.9,
        n=2,
        cause="cannot tell",
        cause_reason=reason("own_past", n="4"),
        as_of=dt.date(2025, 1, 31),
        method="test.1",
        claim_ids=(),
        params={"loser": "new 3", "loser_entity": "name:new 3"},
    )
    for lang in LANGS:
        step = next_step_text(finding, lang, where=next_address(finding))
        assert not COMMAND.search(step)
        address = step.partition("GET ")[2]
        # A trail is of a finding that was found.
        missing = address.startswith("/api/v1/trail/")
        assert writer.get(address).status_code == (404 if missing else 200), step


def test_what_an_answer_rests_on_names_no_option(writer: TestClient) -> None:
    for lang in LANGS:
        meta = writer.get(f"/api/v1/radar?as_of=2017-06-30&lang={lang}").json()["meta"]
        assert meta["later_feeds"]
        assert "`as_of=today`" in meta["text"]
        assert "--" not in meta["text"]


def test_what_an_address_names_and_nobody_knows_is_not_there(writer: TestClient) -> None:
    missing = writer.get("/api/v1/leagues/nothing")
    assert missing.status_code == 404
    assert "GET /api/v1/market" in missing.json()["detail"]


def test_the_python_api_and_the_command_line_keep_their_words(tmp_path: Path) -> None:
    market = open_tools(tmp_path / "market")
    with pytest.raises(InputError, match="`howdah decisions` lists them"):
        market.withdraw_decision("d000000000000", by="analyst")
    with pytest.raises(UnknownNameError) as unknown:
        market.decide(**DECISION, by="analyst", definition="registry:download")
    assert unknown.value.suggestions == ("registry:downloads",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("see `howdah rank dau --segment ai`.", "see `GET /api/v1/leagues/dau?segment=ai`."),
        ("Give --as-of.", "Give `as_of`."),
        ("(--as-of today shows them).", "(`as_of=today` shows them)."),
        ("Say it: --set subject=NAME.", "Say it: fields.subject=NAME."),
        ("Unknown entity '--as-of'. Try --metric.", "Unknown entity '--as-of'. Try `metric`."),
        ("Run `howdah update`.", "Run `howdah update`."),
        ("the panel's --unit, a feed's --unit", "the panel's `unit`, a feed's `unit`"),
    ],
)
def test_words_of_the_command_line_become_those_of_the_api(text: str, told: str) -> None:
    assert in_words_of_api(text) == told


def _texts(tree: ast.AST) -> Iterator[str]:
    """Texts that code may say, with 0 for what is filled in; no docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    inner: set[Any] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner.update(node.values)
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inner:
            yield node.value


def test_no_error_that_a_request_can_meet_sends_to_a_command_with_an_address() -> None:
    found = 0
    for package in REACHED:
        for path in sorted((SOURCE / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for raised in ast.walk(tree):
                is_said = isinstance(raised, ast.Call) and re.search(
                    r"Error$", ast.unparse(raised.func)
                )
                for text in _texts(raised) if is_said else ():
                    told = in_words_of_api(text)
                    found += told != text
                    left = COMMAND.findall(told)
                    assert not left, f"{path}: {text}"
    assert found
