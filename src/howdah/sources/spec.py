"""The feed spec: a TOML file that says where a feed is and how its rows become claims.

The how-to page docs/how-to/add-a-feed.md teaches the format; docs/reference/feed-spec.md is
generated from the models below.
"""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from howdah.core.errors import SpecError, closest

Format = Literal["csv", "tsv", "xlsx", "parquet", "json", "jsonl"]
Cadence = Literal["once", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"]
Nature = Literal["counter", "panel", "list", "statement", "catalogue"]

#: Days after which a feed of a cadence is late.
CADENCE_DAYS: dict[Cadence, int | None] = {
    "once": None,
    "daily": 3,
    "weekly": 14,
    "monthly": 45,
    "quarterly": 120,
    "yearly": 420,
    "irregular": None,
}

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnRef(_Strict):
    """A value taken from a column of the row, or from several through a template."""

    column: str | None = Field(None, description="Column name; for JSON a dotted path.")
    template: str | None = Field(None, description="Text with {column} in it.")
    missing: tuple[str, ...] = Field((), description="Texts that mean: no value.")
    map: dict[str, str] = Field({}, description="Text found to text meant.")
    default: str | None = Field(None, description="Text to take when the cell is empty.")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.template is None):
            raise ValueError("give exactly one of 'column' and 'template'")
        return self


class NumberRef(ColumnRef):
    """A number taken from a column."""

    multiplier: float = Field(1.0, description="Factor to base units (10000 for 万).")
    worded: bool = Field(False, description="Read cells such as '>100万' or 'over 1.3M'.")
    decimal: Literal[".", ","] = Field(".", description="Decimal sign.")


class DateRef(ColumnRef):
    """A date or period taken from a column."""

    format: str | None = Field(None, description="strptime format when the date is not ISO.")
    offset_days: int = Field(0, description="Days to add.")


def _constant(kind: type[ColumnRef], key: str) -> BeforeValidator:
    def read(value: object) -> object:
        if isinstance(value, dict):
            return kind.model_validate(value)
        if isinstance(value, bool) or not isinstance(value, (str, int, float, dt.date)):
            raise ValueError(f'give a constant, or {{ column = "..." }} as {key}')
        return value.isoformat() if isinstance(value, dt.date) else value

    return BeforeValidator(read)


Text = Annotated[str | ColumnRef, _constant(ColumnRef, "text")]
Number = Annotated[float | NumberRef, _constant(NumberRef, "a number")]
Date = Annotated[str | DateRef, _constant(DateRef, "a date")]


class ClaimMapping(_Strict):
    """How one row becomes one claim: for each field a constant or a column."""

    when: dict[str, tuple[str, ...]] = Field(
        {}, description="Columns and the texts one of which each must hold for the row to count."
    )
    scheme: Text = Field("name", description="Identifier scheme of the subject.")
    subject: Text = Field(description="About whom: the identifier or name.")
    name: Text = Field("", description="Name of the subject, when `subject` is a code.")
    kind: Text = Field("metric", description="metric, or a class of event.")
    metric: Text = Field(description="Id in the metric registry.")
    definition: Text = Field("", description="Whose definition; '' when not stated.")
    unit: Text = Field("", description="Unit; '' takes the metric's own.")
    currency: Text = Field("", description="ISO code of money.")
    value: Number | None = Field(None, description="The number.")
    value_low: Number | None = Field(None, description="Lower end, when the source gives one.")
    value_high: Number | None = Field(None, description="Upper end, when the source gives one.")
    comparator: Text = Field("", description="eq, about, nearly, over, under, at_least, at_most.")
    period: Date | None = Field(None, description="Period by name: 2024, 2024-Q3, 2024-09, a day.")
    valid_from: Date | None = Field(None, description="First day, instead of `period`.")
    valid_to: Date | None = Field(None, description="Last day, instead of `period`.")
    precision: Text = Field("", description="How exactly the period is stated.")
    window_days: int | None = Field(None, ge=1, description="Days counted, ending on `valid_to`.")
    modality: Text = Field("asserted", description="asserted, reported, planned, denied, ...")
    object: Text = Field("", description="The other party, or a value in words.")
    source: Text | None = Field(None, description="Who states it; the feed's source if absent.")
    source_type: Text | None = Field(None, description="Kind of source.")
    publication: Text = Field("", description="Where it was published.")
    sensitivity: Text = Field("public", description="public, rumour, leak or confidential.")
    published_at: Date | None = Field(
        None, description="When the source issued it; 'pulled' takes the day of the pull."
    )

    @model_validator(mode="after")
    def _periods_agree(self) -> Self:
        if self.period is not None and (self.valid_from is not None or self.valid_to is not None):
            raise ValueError("give either 'period' or 'valid_from'/'valid_to', not both")
        if self.window_days is not None and self.valid_from is not None:
            raise ValueError("'window_days' ends on 'valid_to'; drop 'valid_from'")
        if self.window_days is not None and self.valid_to is None:
            raise ValueError("'window_days' needs 'valid_to'")
        return self


class Unpivot(_Strict):
    """Turn a wide table long: one row a cell of the columns that match."""

    columns: str = Field(description="Regular expression that the wide columns match in full.")
    name: str = Field("column", description="New column that holds the wide column's name.")
    value: str = Field("value", description="New column that holds the cell.")

    @field_validator("columns")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return value


class ListFeed(_Strict):
    """The feed publishes lists: what is absent lies below a cut-off."""

    by: tuple[str, ...] = Field((), description="Columns that tell one list from another.")
    cutoff: bool = Field(True, description="Also claim the smallest value listed.")


class UnitRule(_Strict):
    """What a unit in the data stands for."""

    unit: str = Field(description="Unit of the metric registry.")
    factor: float = Field(1.0, description="Factor to that unit.")
    currency: str = Field("", description="ISO code when it is money.")


class Licence(_Strict):
    """Terms that travel with each row and with what is derived from it."""

    name: str = Field(description="Name of the licence or contract.")
    url: str = Field("", description="Where its text is.")
    attribution: str = Field("", description="Words to show with the data.")
    may_export: bool = Field(True, description="Rows may leave the market in an export.")
    may_share: bool = Field(True, description="Rows may be shown outside the organisation.")


class Cost(_Strict):
    """What the feed costs and when the contract renews."""

    amount: float = Field(0.0, ge=0, description="Amount a year.")
    currency: str = Field("USD", description="ISO code.")
    renews_on: dt.date | None = Field(None, description="Next renewal.")


class SecretRef(_Strict):
    """A secret, named by the environment variable that holds it."""

    env: str = Field(description="Name of the environment variable.")


class Http(_Strict):
    """How to ask a server for the feed."""

    headers: dict[str, str | SecretRef] = Field({}, description="Request headers.")


class FeedSpec(_Strict):
    """One feed: where it is, what it is, how its rows become claims."""

    id: str = Field("", description="Id; the file's name if absent.")
    title: str = Field(description="Title for people.")
    source: str = Field(description="Who states what the feed holds.")
    source_type: str = Field("data_provider", description="Kind of source.")
    nature: Nature = Field("panel", description="counter, panel, list, statement or catalogue.")
    path: str = Field(description="File, glob or http(s) URL; relative to the market's folder.")
    format: Format | None = Field(None, description="csv, tsv, xlsx, parquet, json or jsonl.")
    encoding: str | None = Field(None, description="Text encoding when it is not UTF-8.")
    delimiter: str | None = Field(None, description="Field delimiter when it is not a comma.")
    header_row: int = Field(1, ge=1, description="Row of a spreadsheet that holds the names.")
    sheet: str | None = Field(None, description="Sheet of a workbook; the first if absent.")
    records: str = Field("", description="Dotted path to the list of records in a JSON file.")
    cadence: Cadence = Field("irregular", description="How often it is published.")
    replay: bool = Field(False, description="Old files: recorded_at is set to published_at.")
    anchor: bool = Field(False, description="Trusted truth: audited or first-party figures.")
    licence: Licence = Field(description="Licence terms.")
    cost: Cost = Field(Cost(), description="Cost and renewal.")
    http: Http = Field(Http(), description="HTTP options.")
    unpivot: Unpivot | None = Field(None, description="For wide tables.")
    units: dict[str, UnitRule] = Field({}, description="Units in the data and their meaning.")
    list: ListFeed | None = Field(None, description="For list feeds.")
    claim: tuple[ClaimMapping, ...] = Field(min_length=1, description="One or more mappings.")

    @field_validator("id")
    @classmethod
    def _plain_id(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", value):
            raise ValueError("use small letters, digits, '-', '_' and '.'")
        return value

    @field_validator("path")
    @classmethod
    def _no_secret_in_url(cls, value: str) -> str:
        if re.match(r"https?://[^/]*@", value) or re.search(
            r"[?&](api_?key|token|auth_token|access_token|key|secret)=", value, re.IGNORECASE
        ):
            raise ValueError("a URL must not carry a secret; send it as a header from [http]")
        return value

    @property
    def is_url(self) -> bool:
        """Whether the feed is pulled from a server."""
        return self.path.startswith(("http://", "https://"))


def read_spec(path: Path) -> FeedSpec:
    """Read and check a feed spec.

    Raises
    ------
    SpecError
        Names the file, the line, the key, what is wrong and what is allowed.
    """
    text = path.read_text(encoding="utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+)", str(error))
        line = int(match[1]) if match else 0
        raise SpecError(path, line, "", f"not valid TOML: {error}.") from None
    if isinstance(table.get("claim"), dict):
        table["claim"] = [table["claim"]]
    table.setdefault("id", path.stem)
    try:
        return FeedSpec.model_validate(table)
    except ValidationError as error:
        raise _first_problem(path, text, error) from None


def _first_problem(path: Path, text: str, error: ValidationError) -> SpecError:
    details = error.errors(include_url=False)
    # An unknown key explains more than the missing one it was meant to be.
    detail = next((d for d in details if d["type"] == "extra_forbidden"), details[0])
    location = tuple(part for part in detail["loc"] if _is_key(part))
    key = ".".join(str(part) for part in location)
    line = line_of(text, location)
    if detail["type"] == "extra_forbidden":
        known = _known_keys(location[:-1])
        near = closest(str(location[-1]), known)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return SpecError(path, line, key, f"unknown key.{hint}", ", ".join(sorted(known)))
    if detail["type"] == "missing":
        return SpecError(path, line, key, "is required and missing.")
    allowed = str(detail.get("ctx", {}).get("expected", ""))
    message = detail["msg"].removeprefix("Value error, ").rstrip(".")
    return SpecError(path, line, key, f"{message}; got {detail['input']!r}.", allowed)


def _is_key(part: Any) -> bool:
    # pydantic names the branch of a union ("str", "ColumnRef") between keys; readers have no
    # such thing in their file.
    return isinstance(part, int) or bool(re.fullmatch(r"[a-z_][\w-]*", part) and part != "str")


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = FeedSpec
    nested: dict[str, type[BaseModel]] = {
        "claim": ClaimMapping,
        "licence": Licence,
        "cost": Cost,
        "http": Http,
        "unpivot": Unpivot,
        "list": ListFeed,
        "value": NumberRef,
        "value_low": NumberRef,
        "value_high": NumberRef,
        "period": DateRef,
        "valid_from": DateRef,
        "valid_to": DateRef,
        "published_at": DateRef,
    }
    for part in location:
        if isinstance(part, str):
            fallback = UnitRule if "units" in location else ColumnRef
            model = nested.get(part, fallback)
    return list(model.model_fields)


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """1-based line of a key in TOML text, the nearest enclosing table's when it is not there.

    Examples
    --------
    >>> line_of('title = "x"\\n[[claim]]\\nmetric = "dau"\\n', ("claim", 0, "metric"))
    3
    """
    lines = text.splitlines()
    start, found = 0, 0
    remaining = list(location)
    while remaining:
        part = remaining.pop(0)
        if isinstance(part, int):
            continue
        index = remaining[0] if remaining and isinstance(remaining[0], int) else 0
        pattern = re.compile(
            rf"\s*(\[\[?\s*(?:[\w.-]+\.)?{re.escape(part)}\s*\]\]?|['\"]?{re.escape(part)}['\"]?\s*=)"
        )
        hits = [n for n in range(start, len(lines)) if pattern.match(lines[n])]
        if not hits:
            inline = [
                n
                for n in range(max(found - 1, 0), len(lines))
                if re.search(rf"[{{,]\s*{re.escape(part)}\s*=", lines[n])
            ]
            return inline[0] + 1 if inline and found else found
        start = hits[min(index, len(hits) - 1)] if isinstance(index, int) else hits[0]
        found = start + 1
    return found
