"""The example market is whole: specs, data, entities and segments fit each other."""

import csv
import datetime as dt
import re
import tomllib
from pathlib import Path
from string import Formatter

import polars as pl
import pytest

from howdah.core.metrics import builtin_metrics
from howdah.core.wording import COMPARATORS, MODALITIES, SENSITIVITIES
from howdah.growth.advertisers import ADVERTISERS
from howdah.panels.simulation import assistants
from howdah.sources.spec import ClaimMapping, ColumnRef, FeedSpec, read_spec

MARKET = Path(__file__).resolve().parents[2] / "src" / "howdah" / "markets" / "ai"
SPECS = {path.stem: path for path in sorted((MARKET / "feeds").glob("*.toml"))}
FEEDS = {
    "arena-ratings",
    "china-ai-news",
    "china-llm-list",
    "github-stars",
    "ios-charts",
    "model-prices",
    "npm-downloads",
    "pypi-downloads",
    "releases",
    "selfhosted-stars",
}

#: Feeds whose file is a log to be counted; the log of the second is made with each copy.
PANELS = {"oss-commits", "simulated-panel"}

#: Feeds of texts, which are made with each copy.
DOCUMENTS = {"simulated-news"}

#: Feeds of tables that are made with each copy.
MADE = {"simulated-ads"}

#: Where the identifiers of a scheme occur in the data.
SCHEMES = {
    "github": ("github_stars", "repo"),
    "pypi": ("pypi_downloads", "project"),
    "arena": ("lmarena_scores", "model"),
    "app_store": ("ios_charts", "app_id"),
    "selfhosted": ("selfhosted_stars", "software"),
}


def frame(name: str) -> pl.DataFrame:
    path = MARKET / "data" / name
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema_length=0)
    return pl.read_parquet(path)


def rows(name: str) -> list[dict[str, str]]:
    with (MARKET / "entities" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names_in(cell: str) -> list[str]:
    return [name for name in cell.split(";") if name]


def columns_of(ref: object) -> list[str]:
    if not isinstance(ref, ColumnRef):
        return []
    if ref.column is not None:
        return [ref.column]
    return [name for _, name, _, _ in Formatter().parse(ref.template or "") if name]


def columns_named(mapping: ClaimMapping) -> set[str]:
    refs = [getattr(mapping, key) for key in ClaimMapping.model_fields]
    return {column for ref in refs for column in columns_of(ref)} | set(mapping.when)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, dict[str, str]]:
    return {row["canonical"]: row for row in rows("catalogue.csv")}


@pytest.fixture(scope="module")
def identifiers() -> set[str]:
    found = {
        f"{scheme}:{value}"
        for scheme, (file, column) in SCHEMES.items()
        for value in frame(f"{file}.parquet")[column].unique()
    }
    return found | {f"github:{product}" for product in frame("oss_commits.parquet")["product"]}


@pytest.fixture(scope="module")
def market() -> dict:
    return tomllib.loads((MARKET / "market.toml").read_text(encoding="utf-8"))


def test_every_feed_has_a_spec() -> None:
    assert set(SPECS) == FEEDS | PANELS | DOCUMENTS | MADE


@pytest.mark.parametrize("feed", sorted(FEEDS | PANELS | DOCUMENTS | MADE))
def test_a_spec_reads_and_says_how_to_credit_its_source(feed: str) -> None:
    spec = read_spec(SPECS[feed])
    assert spec.id == feed
    assert spec.licence.attribution
    assert spec.licence.may_export


@pytest.mark.parametrize("feed", sorted(FEEDS))
def test_a_specs_file_exists_and_has_the_columns_it_names(feed: str) -> None:
    spec = read_spec(SPECS[feed])
    columns = set(frame(Path(spec.path).name).columns)
    assert spec.path.startswith("data/")
    for mapping in spec.claim:
        assert columns_named(mapping) <= columns
    if spec.list:
        assert set(spec.list.by) <= columns


def test_every_data_file_belongs_to_one_feed() -> None:
    specs = [read_spec(path) for path in SPECS.values()]
    named = sorted(spec.path for spec in specs if not spec.simulated)
    assert named == sorted(f"data/{path.name}" for path in (MARKET / "data").iterdir())


@pytest.mark.parametrize("feed", sorted(FEEDS - {"china-ai-news"}))
def test_a_specs_metrics_and_units_are_in_the_registry(feed: str) -> None:
    metrics = builtin_metrics()
    for mapping in read_spec(SPECS[feed]).claim:
        assert isinstance(mapping.metric, str)
        assert isinstance(mapping.unit, str)
        assert mapping.unit in {"", *metrics[mapping.metric].units}


def test_the_logs_of_panels_have_their_columns_and_units_of_the_registry() -> None:
    metrics = builtin_metrics()
    for spec in (read_spec(SPECS[feed]) for feed in PANELS):
        assert spec.panel is not None
        for claim in spec.panel.claims:
            units = metrics[claim.metric].units
            assert spec.panel.counts in units or units == ("percent",)
        assert spec.simulated == (not spec.path.startswith("data/"))
        if not spec.simulated:
            data = frame(Path(spec.path).name)
            assert {spec.panel.unit, spec.panel.product, spec.panel.day} == set(data.columns)
            assert data.height == data.unique().height
            assert data.null_count().sum_horizontal().item() == 0


def test_the_metrics_and_units_of_the_news_are_in_the_registry() -> None:
    metrics = builtin_metrics()
    for row in frame("china_ai_claims.csv").fill_null("").iter_rows(named=True):
        assert row["unit"] in {"", *metrics[row["metric"]].units}, row
        # Money without a unit is an amount of a currency.
        if row["currency"] and not row["unit"]:
            assert "currency" in metrics[row["metric"]].units, row


def test_the_words_of_the_news_are_known() -> None:
    news = frame("china_ai_claims.csv").fill_null("")
    assert set(news["modality"]) <= set(MODALITIES)
    assert set(news["comparator"]) <= {"", *COMPARATORS}


def test_the_intervals_and_periods_of_the_news_are_in_order() -> None:
    news = frame("china_ai_claims.csv").with_columns(
        pl.col("value_low", "value_high").cast(pl.Float64),
        pl.col("period_start", "period_end").str.to_date(),
    )
    assert news.filter(pl.col("value_low") > pl.col("value_high")).is_empty()
    assert news.filter(pl.col("period_start") > pl.col("period_end")).is_empty()


def test_rumours_and_insiders_are_not_public() -> None:
    sensitivity = read_spec(SPECS["china-ai-news"]).claim[0].sensitivity
    assert isinstance(sensitivity, ColumnRef)
    assert sensitivity.map == {"rumour": "rumour", "insider": "leak"}
    assert sensitivity.default == "public"
    assert {*sensitivity.map.values(), sensitivity.default} <= set(SENSITIVITIES)
    assert set(sensitivity.map) <= set(frame("china_ai_claims.csv")["source_type"])


def test_only_the_undated_feed_stays_out_of_replays() -> None:
    specs = [read_spec(path) for path in SPECS.values()]
    assert {spec.id for spec in specs if not spec.replay} == {"model-prices"}
    for spec in specs:
        for mapping in spec.claim:
            assert (mapping.published_at is not None) == spec.replay


def test_no_published_day_is_missing() -> None:
    for spec in (read_spec(path) for path in SPECS.values()):
        if not spec.replay or spec.panel is not None or spec.documents is not None:
            continue
        if spec.id in MADE:
            continue
        data = frame(Path(spec.path).name)
        for mapping in spec.claim:
            (column,) = columns_of(mapping.published_at)
            # Reading a text as a day fails where it is none.
            days = data[column].str.to_date() if data[column].dtype == pl.String else data[column]
            assert days.dtype == pl.Date
            assert days.null_count() == 0, spec.id


def keys(spec: FeedSpec) -> list[str]:
    mapping = spec.claim[0]
    parts = ("subject", "definition", "object", "source", "published_at")
    found = [column for part in parts for column in columns_of(getattr(mapping, part))]
    return sorted(set(found) | (set(spec.list.by) if spec.list else set()))


@pytest.mark.parametrize("feed", sorted(FEEDS - {"china-ai-news"}))
def test_no_feed_says_two_things_about_one_subject_on_one_day(feed: str) -> None:
    spec = read_spec(SPECS[feed])
    data = frame(Path(spec.path).name)
    assert data.height == data.select(keys(spec)).unique().height


@pytest.mark.parametrize("feed", sorted(FEEDS))
def test_no_subject_is_blank_or_padded(feed: str) -> None:
    spec = read_spec(SPECS[feed])
    data = frame(Path(spec.path).name)
    for column in columns_of(spec.claim[0].subject):
        assert data[column].null_count() == 0
        assert data.filter(pl.col(column).str.strip_chars() != pl.col(column)).is_empty()
        assert data.filter(pl.col(column) == "").is_empty()


def test_there_is_one_package_list_a_month_and_its_length_changes_as_documented() -> None:
    lists = frame("pypi_downloads.parquet").group_by("snapshot_date").len().sort("snapshot_date")
    months = lists["snapshot_date"].dt.truncate("1mo")
    assert months.n_unique() == lists.height == 81
    assert lists["len"].unique(maintain_order=True).to_list() == [5000, 4000, 8000]
    assert lists["len"].rle().struct.field("value").to_list() == [5000, 4000, 5000, 8000]
    assert dt.date(2020, 2, 1) not in months.to_list()


def test_the_market_holds_about_a_million_claims() -> None:
    claims = 0
    for spec in (read_spec(SPECS[feed]) for feed in FEEDS):
        data = frame(Path(spec.path).name)
        for mapping in spec.claim:
            held = data
            for column, texts in mapping.when.items():
                held = held.filter(pl.col(column).is_in(texts))
            if spec.id != "china-ai-news" and mapping.value is not None:
                held = held.drop_nulls(columns_of(mapping.value))
            claims += held.height
    assert 1_000_000 < claims < 1_500_000


def test_each_kind_of_npm_list_is_read_by_one_mapping() -> None:
    mappings = read_spec(SPECS["npm-downloads"]).claim
    wanted = [text for mapping in mappings for text in mapping.when["metric"]]
    assert sorted(wanted) == sorted(frame("npm_downloads.parquet")["metric"].unique())


def test_catalogue_names_are_unique(catalogue: dict) -> None:
    assert len(catalogue) == len(rows("catalogue.csv"))


def test_no_name_stands_for_two_entities(catalogue: dict) -> None:
    owners: dict[str, set[str]] = {}
    for name, row in catalogue.items():
        aliases = (row[key] for key in row if key.startswith("aliases_"))
        for alias in [name, *(alias for cell in aliases for alias in names_in(cell))]:
            owners.setdefault(alias.casefold(), set()).add(name)
    assert {alias: who for alias, who in owners.items() if len(who) > 1} == {}


def test_parents_are_in_the_catalogue_and_no_entity_is_its_own_ancestor(catalogue: dict) -> None:
    for name in catalogue:
        seen = [name]
        while parent := catalogue[seen[-1]]["parent"]:
            assert parent in catalogue, name
            assert parent not in seen, name
            seen.append(parent)


def test_families_of_the_links_are_families_in_the_catalogue(catalogue: dict) -> None:
    made = {row["target"] for row in rows("links.csv") if row["relation"] == "makes"}
    assert {"Qwen", "Llama", "DeepSeek models"} <= made
    assert {catalogue[name]["type"] for name in made} == {"model_family"}


def test_identifiers_of_the_catalogue_occur_in_the_data(catalogue: dict, identifiers: set) -> None:
    stated = {name for row in catalogue.values() for name in names_in(row["identifiers"])}
    assert stated
    assert stated <= identifiers


def test_subjects_of_the_news_are_in_the_catalogue(catalogue: dict) -> None:
    assert set(frame("china_ai_claims.csv")["subject"]) <= set(catalogue)


def test_links_join_what_the_catalogue_or_the_data_hold(catalogue: dict, identifiers: set) -> None:
    sides = {row[side] for row in rows("links.csv") for side in ("entity", "target")}
    assert sides - set(catalogue) - identifiers == set()


def test_the_self_hosted_entries_occur_in_their_feed(identifiers: set) -> None:
    links = rows("selfhosted.csv")
    assert len(links) == len({row["entity"] for row in links}) > 800
    for row in links:
        assert row["relation"] == "same_as"
        assert row["entity"] in identifiers
        assert re.fullmatch(r"github:[\w.-]+/[\w.-]+", row["target"])


def test_repositories_of_the_self_hosted_entries_are_spelt_as_in_the_stars() -> None:
    spelt = {}
    stars = frame("github_stars.parquet").group_by("repo").agg(pl.col("date").max())
    for repo in stars.sort("date")["repo"]:
        spelt[repo.lower()] = repo
    targets = [row["target"].removeprefix("github:") for row in rows("selfhosted.csv")]
    shared = [repo for repo in targets if repo.lower() in spelt]
    assert len(shared) == 129
    assert [repo for repo in shared if spelt[repo.lower()] != repo] == []


def test_no_link_is_given_twice() -> None:
    for name in ("links.csv", "selfhosted.csv"):
        given = [(row["entity"], row["relation"], row["target"]) for row in rows(name)]
        assert len(given) == len(set(given))


def test_renames_are_dated_by_the_first_day_of_the_new_name() -> None:
    stars = frame("github_stars.parquet")
    renames = [row for row in rows("links.csv") if row["relation"] == "renamed_to"]
    assert len(renames) == 8
    for row in renames:
        old, new = (
            stars.filter(pl.col("repo") == row[side].removeprefix("github:"))["date"]
            for side in ("entity", "target")
        )
        assert row["valid_from"] == new.min().isoformat()
        assert old.max() < new.min()


def test_spellings_of_one_repository_differ_in_case_only() -> None:
    same = [row for row in rows("links.csv") if row["relation"] == "same_as"]
    repos = frame("github_stars.parquet")["repo"].unique()
    assert len(same) == len(repos) - repos.str.to_lowercase().n_unique()
    for row in same:
        assert row["entity"] != row["target"]
        assert row["entity"].lower() == row["target"].lower()


def test_members_of_segments_exist(market: dict, catalogue: dict, identifiers: set) -> None:
    for segment in market["segment"]:
        assert segment["members"] or segment.get("linked"), segment["id"]
        if segment.get("simulated"):
            made = {f"simulated:{product.name}" for product in assistants().products}
            made |= {f"simulated:{name}" for name in ADVERTISERS}
            assert set(segment["members"]) <= made
            continue
        assert set(segment["members"]) <= set(catalogue) | identifiers
        assert len(segment["members"]) == len(set(segment["members"]))


def test_segments_are_ranked_by_known_metrics_and_have_both_titles(market: dict) -> None:
    metrics = builtin_metrics()
    ids = [segment["id"] for segment in market["segment"]]
    assert len(ids) == len(set(ids))
    assert {"assistants", "companions", "model-makers", "open-source-ai", "models"} <= set(ids)
    for segment in market["segment"]:
        assert segment["headline"] in metrics
        assert segment["title"]
        assert re.search(r"[一-鿿]", segment["title_zh"])


def test_the_headline_of_each_listed_segment_has_claims(market: dict) -> None:
    news = frame("china_ai_claims.csv")
    for segment in market["segment"]:
        # Those of identifiers have figures of feeds that are no news.
        if segment["members"] and ":" not in segment["members"][0]:
            claims = news.filter(
                pl.col("subject").is_in(segment["members"]),
                pl.col("metric") == segment["headline"],
            )
            assert claims["subject"].n_unique() >= 2, segment["id"]


def test_linked_types_are_those_of_the_links(market: dict) -> None:
    schemes = {"repository": "github", "package": "pypi", "model": "arena"}
    targets = [row["target"] for row in rows("links.csv")]
    for segment in market["segment"]:
        for kind in segment.get("types", []):
            assert any(target.startswith(f"{schemes[kind]}:") for target in targets)


def test_what_the_market_follows_exists(market: dict, catalogue: dict) -> None:
    assert set(market["follow"]["segments"]) <= {segment["id"] for segment in market["segment"]}
    assert set(market["follow"]["products"]) <= set(catalogue)
    assert market["as_of"] == dt.date(2025, 1, 31)


def test_the_data_sets_are_all_credited_with_their_true_length() -> None:
    text = (MARKET / "ATTRIBUTION.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `([\w.]+)` \|.*?\| ([\d,]+) \|", text, re.MULTILINE))
    held = {path.name: f"{frame(path.name).height:,}" for path in (MARKET / "data").iterdir()}
    assert stated == held


def test_the_market_is_under_ten_megabytes() -> None:
    size = sum(path.stat().st_size for path in MARKET.rglob("*") if path.is_file())
    assert 1_000_000 < size < 10_000_000


def test_no_text_names_a_machines_path_or_a_download_host() -> None:
    texts = [path for path in MARKET.rglob("*") if path.suffix in {".csv", ".md", ".toml"}]
    assert len(texts) > len(FEEDS)
    for path in texts:
        text = path.read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([^/\s\"'>]+)", text))
        assert hosts <= {"creativecommons.org"}, path.name
        assert not re.search(r"(?<![\w.])/(work|home|root|tmp|Users|mnt|var)/", text), path.name
        assert not re.search(r"pythonhosted|npmjs|pypi\.org|github\.com|huggingface\.co", text)
