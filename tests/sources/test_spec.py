"""A wrong spec is refused with its file, line, key, what is allowed and what was meant."""

from pathlib import Path

import pytest

from howdah.core.errors import SpecError
from howdah.sources.problems import line_of
from howdah.sources.spec import ColumnRef, read_spec

SPEC = """\
title = "Daily users"
source = "Vendor"
path = "inbox/*.csv"
cadence = "monthly"

[licence]
name = "Contract"

[http]
headers = { Authorization = { env = "VENDOR_TOKEN" } }

[units]
"万" = { unit = "people", factor = 10000 }

[[claim]]
subject = { column = "app" }
metric = "dau"
value = { column = "users", multiplier = 10000 }
period = { column = "month" }

[[claim]]
when = { kind = ["mau"] }
subject = { column = "app" }
metric = "mau_month"
[claim.value]
column = "users"
worded = true
"""


def problem(tmp_path: Path, text: str) -> SpecError:
    path = tmp_path / "vendor.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_spec(path)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return caught.value


def test_a_good_spec_is_read_with_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "vendor.toml"
    path.write_text("\ufeff" + SPEC, encoding="utf-8")
    spec = read_spec(path)
    assert (spec.id, spec.nature, spec.replay, spec.is_url) == ("vendor", "panel", False, False)
    assert len(spec.claim) == 2
    assert isinstance(spec.claim[1].value, ColumnRef)
    assert spec.units["万"].factor == 10000
    assert spec.licence.may_export


def test_one_claim_table_may_stand_alone(tmp_path: Path) -> None:
    path = tmp_path / "vendor.toml"
    path.write_text(
        SPEC.split("[[claim]]\nwhen", maxsplit=1)[0].replace("[[claim]]", "[claim]"), "utf-8"
    )
    assert len(read_spec(path).claim) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        # A key misspelt, at each depth.
        ("cadence", "cadense", 4, "cadense", "unknown key. Did you mean 'cadence'?"),
        # A key of the whole file under a table.
        ("[[claim]]\nsubject", "[[claim]]\nanchor = true\nsubject", 16, "claim.0.anchor",
         "it is of the whole file: write anchor = ... above the first [table] (Trusted truth"),
        ("[[claim]]\nsubject", "[[claim]]\ncost = 3\nsubject", 16, "claim.0.cost",
         "it is a table of the file's own: [cost]"),
        ('name = "Contract"', 'nme = "Contract"', 7, "licence.nme", "Did you mean 'name'?"),
        ("subject = {", "subjekt = {", 16, "claim.0.subjekt", "Did you mean 'subject'?"),
        ("multiplier", "multiplierx", 18, "claim.0.value.multiplierx",
         "Did you mean 'multiplier'?"),
        ("worded", "wordd", 27, "claim.1.value.wordd", "Did you mean 'worded'?"),
        ("factor", "facter", 13, "units.万.facter", "Did you mean 'factor'?"),
        ("env =", "enf =", 10, "http.headers.Authorization.enf", "Allowed: env."),
        ('month" }', 'month", fmt = 1 }', 19, "claim.0.period.fmt", "Allowed: column, default"),
        # A word that is not among the allowed.
        ('"monthly"', '"monthlyy"', 4, "cadence", "mean 'monthly'? Allowed: 'once', 'daily'"),
        ("cadence", 'format = "cvs"\ncadence', 4, "format", "got 'cvs'. Did you mean 'csv'?"),
        ("cadence", 'nature = "x"\ncadence', 4, "nature", "Allowed: 'counter', 'panel'"),
        ('"dau"', '"dau"\nmodality = "planneed"', 18, "claim.0.modality", "mean 'planned'?"),
        ('"dau"', '"dau"\ncomparator = ">"', 18, "claim.0.comparator", "Allowed: 'eq', 'about'"),
        ('"dau"', '"dau"\nsensitivity = "x"', 18, "claim.0.sensitivity", "Allowed: 'public'"),
        # A wrong type.
        ('"Daily users"', "5", 1, "title", "should be text; got 5."),
        ("10000 }\nperiod", '"x" }\nperiod', 18, "claim.0.value.multiplier", "should be a number"),
        ("10000 }\nperiod", "inf }\nperiod", 18, "claim.0.value.multiplier", "a finite number"),
        ('metric = "dau"', "metric = true", 17, "claim.0.metric", "should be text; got True"),
        ("worded = true", 'worded = "maybe"', 27, "claim.1.value.worded", "true or false"),
        ('["mau"]', '"mau"', 22, "claim.1.when.kind", "should be a list, as [...]; got 'mau'"),
        ("cadence", "header_row = 0\ncadence", 4, "header_row", "greater than or equal to 1"),
        ("cadence", 'replay = "perhaps"\ncadence', 4, "replay", "should be true or false"),
        ("value =", "window_days = 0\nvalue =", 18, "claim.0.window_days", "than or equal to 1"),
        # A key missing.
        ('title = "Daily users"\n', "", 0, "title", "is required and missing."),
        ('name = "Contract"', "", 6, "licence.name", "is required and missing."),
        ('metric = "dau"\n', "", 15, "claim.0.metric", "is required and missing."),
        # Values that contradict each other or mean nothing.
        ("period =", 'valid_from = "2024-01-01"\nperiod =', 15, "claim.0", "either 'period' or"),
        ("period =", "window_days = 7\nperiod =", 15, "claim.0", "'window_days' needs 'valid_to'"),
        ("period =", 'window_days = 7\nvalid_from = "2024-01-01"\nx =', 21, "claim.0.x", "unknown"),
        ('{ column = "month" }', '"2024-13"', 19, "claim.0.period", "2024-W36 or 2024-09-30, or"),
        ('month" }', 'month", offset_days = 1 }', 19, "claim.0.period", "shifts days, not periods"),
        ("period = {", 'published_at = "soon"\nperiod = {', 19, "claim.0.published_at",
         "give an ISO date (2025-01-31) or 'pulled'; got 'soon'"),
        ('{ column = "app" }\nmetric = "dau"', '{ column = "a", template = "{b}" }\nmetric = "dau"',
         16, "claim.0.subject", "exactly one of 'column' and 'template'"),
        ('{ column = "app" }\nmetric = "dau"', '{ template = "{b" }\nmetric = "dau"', 16,
         "claim.0.subject.template", "not a template"),
        ('{ column = "app" }\nmetric = "dau"', '{ template = "b" }\nmetric = "dau"', 16,
         "claim.0.subject.template", "write columns as {column}"),
        ("cadence", 'encoding = "utf-9"\ncadence', 4, "encoding", "not an encoding"),
        ("cadence", 'encoding = "hex"\ncadence', 4, "encoding", "not an encoding"),
        ("cadence", 'delimiter = "||"\ncadence', 4, "delimiter", "give one ASCII character"),
        ("title", 'id = "My Feed"\ntitle', 1, "id", "use small letters"),
        ('"inbox/*.csv"', '""', 3, "path", "should have at least 1 character"),
        ("[units]", "[unpivot]\ncolumns = '('\n[units]", 13, "unpivot.columns", "a regular"),
        ("[units]", '[list]\nby = ["shop"]\n[units]', 0, "",
         "'list.by' names 'shop', so each claim's 'definition' must hold it"),
        # No TOML at all.
        ('"Vendor"', '"Vendor', 2, "", "not valid TOML"),
        ('source = "Vendor"', 'title = "again"', 2, "", "not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    tmp_path: Path, old: str, new: str, line: int, key: str, said: str
) -> None:
    assert old in SPEC
    error = problem(tmp_path, SPEC.replace(old, new, 1))
    assert (error.line, error.key) == (line, key)
    assert said in str(error)
    if line:
        assert f"line {line}" in str(error)


def test_no_claim_at_all(tmp_path: Path) -> None:
    text = SPEC.split("[[claim]]", maxsplit=1)[0].replace("cadence", "claim = []\ncadence")
    error = problem(tmp_path, text)
    assert "give one or more [[claim]] tables, a [panel] or [documents]" in str(error)


def test_a_spec_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "vendor.toml"
    path.write_bytes(SPEC.encode("gb18030"))
    with pytest.raises(SpecError, match="not UTF-8 text"):
        read_spec(path)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cret@example.org/a.csv",
        "https://example.org/a.csv?token=s3cret",
        "https://example.org/a.csv?x=1&api_key=s3cret",
        "https://example.org/a.csv?ACCESS_TOKEN=s3cret",
    ],
)
def test_a_secret_in_a_url_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    error = problem(tmp_path, SPEC.replace("inbox/*.csv", url))
    assert error.key == "path"
    assert "send it as a header from [http]" in str(error)
    assert "s3cret" not in str(error)


def test_a_secret_in_a_header_is_not_repeated(tmp_path: Path) -> None:
    error = problem(tmp_path, SPEC.replace('{ env = "VENDOR_TOKEN" }', '["s3cret"]'))
    assert "s3cret" not in str(error)
    assert error.key == "http.headers.Authorization"


def test_lines_of_keys_in_tables_and_inline() -> None:
    assert line_of(SPEC, ("claim", 1, "metric")) == 24
    assert line_of(SPEC, ("claim", 1, "value", "worded")) == 27
    assert line_of(SPEC, ("units", "万", "factor")) == 13
    assert line_of(SPEC, ("http", "headers", "Authorization")) == 10
    assert line_of(SPEC, ("nothing",)) == 0
