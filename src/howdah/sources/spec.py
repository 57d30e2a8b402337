"""The feed spec: a TOML file that says where a feed is and how its rows become claims.

The how-to page docs/how-to/add-a-feed.md teaches the format; docs/reference/feed-spec.md is
generated from the models below.
"""

import codecs
import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from howdah.core.calendar import parse_period
from howdah.core.errors import BadDateError
from howdah.core.wording import COMPARATORS, MODALITIES, SENSITIVITIES
from howdah.sources.articles import Articles
from howdah.sources.columns import (
    PULLED,
    ColumnRef,
    Date,
    DateRef,
    Number,
    NumberRef,
    SecretRef,
    Strict,
    Text,
    branch_of,
)
from howdah.sources.panels import SIMULATED, PanelLog
from howdah.sources.problems import CONSTANT, REFERENCE, read_toml, spec_problem

__all__ = [
    "CADENCE_DAYS",
    "FORMATS",
    "ClaimMapping",
    "ColumnRef",
    "DateRef",
    "FeedSpec",
    "Format",
    "NumberRef",
    "read_spec",
]

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


_CHOICES = {
    "comparator": ("", *COMPARATORS),
    "modality": MODALITIES,
    "sensitivity": SENSITIVITIES,
}


class ClaimMapping(Strict):
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
    stderr: Number | None = Field(
        None, description="Standard error of the number, when the source gives one."
    )
    comparator: Text = Field("", description="eq, about, nearly, over, under, at_least, at_most.")
    period: Date | None = Field(
        None, description="Period by name: 2024, 2024-Q3, 2024-09, a day, or 'pulled'."
    )
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

    @field_validator("comparator", "modality", "sensitivity")
    @classmethod
    def _is_allowed(cls, value: Text, info: ValidationInfo) -> Text:
        allowed = _CHOICES[info.field_name or ""]
        if isinstance(value, str) and value not in allowed:
            expected = ", ".join(repr(name) for name in allowed if name)
            raise PydanticCustomError("literal_error", "is unknown", {"expected": expected})
        return value

    @field_validator("valid_from", "valid_to", "published_at")
    @classmethod
    def _is_day(cls, value: Date | None) -> Date | None:
        if isinstance(value, str) and value != PULLED:
            try:
                dt.date.fromisoformat(value)
            except ValueError:
                raise ValueError("give an ISO date (2025-01-31) or 'pulled'") from None
        return value

    @field_validator("period")
    @classmethod
    def _is_period(cls, value: Date | None) -> Date | None:
        if isinstance(value, str) and value != PULLED:
            try:
                parse_period(value)
            except BadDateError as error:
                raise ValueError(f"give {error.allowed}, or 'pulled'") from None
        if isinstance(value, DateRef) and value.offset_days and value.format is None:
            raise ValueError("'offset_days' shifts days, not periods; use 'valid_from'/'valid_to'")
        return value

    @model_validator(mode="after")
    def _periods_agree(self) -> Self:
        if self.period is not None and (self.valid_from is not None or self.valid_to is not None):
            raise ValueError("give either 'period' or 'valid_from'/'valid_to', not both")
        if self.window_days is not None and self.valid_from is not None:
            raise ValueError("'window_days' ends on 'valid_to'; drop 'valid_from'")
        if self.window_days is not None and self.valid_to is None:
            raise ValueError("'window_days' needs 'valid_to'")
        return self


class Unpivot(Strict):
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


class ListFeed(Strict):
    """The feed publishes lists: what is absent lies below a cut-off."""

    by: tuple[str, ...] = Field(
        (), description="Columns that tell one list from another; the definition must hold them."
    )
    cutoff: bool = Field(True, description="Also claim the smallest value listed.")


class UnitRule(Strict):
    """What a unit in the data stands for."""

    unit: str = Field(description="Unit of the metric registry.")
    factor: float = Field(1.0, description="Factor to that unit.")
    currency: str = Field("", description="ISO code when it is money.")


class Licence(Strict):
    """Terms that travel with each row and with what is derived from it."""

    name: str = Field(description="Name of the licence or contract.")
    url: str = Field("", description="Where its text is.")
    attribution: str = Field("", description="Words to show with the data.")
    may_export: bool = Field(True, description="Rows may leave the market in an export.")
    may_share: bool = Field(True, description="Rows may be shown outside the organisation.")


class Cost(Strict):
    """What the feed costs and when the contract renews."""

    amount: float = Field(0.0, ge=0, description="Amount a year.")
    currency: str = Field("USD", description="ISO code.")
    renews_on: dt.date | None = Field(None, description="Next renewal.")


Header = Annotated[
    Annotated[str, Tag(CONSTANT)] | Annotated[SecretRef, Tag(REFERENCE)], Discriminator(branch_of)
]


class Http(Strict):
    """How to ask a server for the feed."""

    headers: dict[str, Header] = Field({}, description="Request headers.")
    private: bool = Field(
        False,
        description="Whether its server may be on this machine or in a private network; otherwise "
        "such an address is refused, also behind a redirect.",
    )


#: Columns of a claim that may say that it is trusted truth.
AnchorColumn = Literal["source", "source_type", "publication", "metric", "definition"]


class FeedSpec(Strict):
    """One feed: where it is, what it is, how its rows become claims."""

    id: str = Field("", description="Id; the file's name if absent.")
    title: str = Field(description="Title for people.")
    source: str = Field(
        description="Who states what the feed holds; of documents, the publication of those that "
        "name none, and may be absent."
    )
    source_type: str = Field("data_provider", description="Kind of source.")
    nature: Nature = Field("panel", description="counter, panel, list, statement or catalogue.")
    path: str = Field(
        min_length=1,
        description="File, glob or http(s) URL, of documents a folder too; relative to the "
        "market's folder.",
    )
    format: Format | None = Field(None, description="csv, tsv, xlsx, parquet, json or jsonl.")
    encoding: str | None = Field(None, description="Text encoding when it is not UTF-8.")
    delimiter: str | None = Field(None, description="Field delimiter when it is not a comma.")
    header_row: int = Field(1, ge=1, description="Row of a table that holds the column names.")
    sheet: str | None = Field(None, description="Sheet of a workbook; the first if absent.")
    records: str = Field("", description="Dotted path to the list of records in a JSON file.")
    cadence: Cadence = Field("irregular", description="How often it is published.")
    replay: bool = Field(False, description="Old files: recorded_at is set to published_at.")
    anchor: bool | dict[AnchorColumn, tuple[str, ...]] = Field(
        False, description="Trusted truth: all figures, or those with these values in a column."
    )
    licence: Licence = Field(description="Licence terms.")
    cost: Cost = Field(Cost(), description="Cost and renewal.")
    http: Http = Field(Http(), description="HTTP options.")
    unpivot: Unpivot | None = Field(None, description="For wide tables.")
    units: dict[str, UnitRule] = Field({}, description="Units in the data and their meaning.")
    list: ListFeed | None = Field(None, description="For list feeds.")
    simulated: bool = Field(
        False, description="Nothing of it is real: kept apart from all that is, and labelled."
    )
    panel: PanelLog | None = Field(None, description="For the log of a device panel or a census.")
    documents: Articles | None = Field(
        None, description="For texts, which are read for what they claim."
    )
    claim: tuple[ClaimMapping, ...] = Field(
        (), description="One or more mappings; none for a panel or documents, which say themselves."
    )

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

    @field_validator("encoding")
    @classmethod
    def _is_codec(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                codecs.getincrementaldecoder(value)
                b"a".decode(value)
        except UnicodeDecodeError:
            return value
        except LookupError:
            raise ValueError("not an encoding; give a name such as 'cp1252', 'shift_jis'") from None
        return value

    @field_validator("delimiter")
    @classmethod
    def _is_one_sign(cls, value: str | None) -> str | None:
        if value is not None and (len(value) != 1 or not value.isascii() or value in '"\r\n'):
            raise ValueError("give one ASCII character, such as ';' or '|'")
        return value

    @model_validator(mode="after")
    def _lists_are_told_apart(self) -> Self:
        for name in self.list.by if self.list else ():
            for mapping in self.claim:
                definition = mapping.definition
                if not isinstance(definition, ColumnRef) or name not in definition.columns:
                    raise ValueError(
                        f"'list.by' names {name!r}, so each claim's 'definition' must hold it, "
                        f'as in {{ template = "{self.id}:{{{name}}}" }}'
                    )
        return self

    @model_validator(mode="after")
    def _has_claims(self) -> Self:
        if self.documents is not None:
            for name in ("claim", "panel", "list", "unpivot", "units", "format", "records"):
                if getattr(self, name):
                    raise ValueError(f"[documents] have no {name!r}: texts say what they claim")
            # Of a simulation they are about what is simulated, else about what has a name.
            return self
        if self.panel is None:
            if not self.claim:
                raise ValueError("give one or more [[claim]] tables, a [panel] or [documents]")
            schemes = [mapping.scheme for mapping in self.claim]
        else:
            schemes = [self.panel.scheme]
            for name in ("claim", "list", "unpivot", "units", "anchor"):
                if getattr(self, name):
                    raise ValueError(
                        f"a [panel] has no {name!r}: [[panel.claim]] says what it claims"
                    )
            if self.is_url:
                raise ValueError("the log of a panel is read from files: give a local 'path'")
        is_simulated = [scheme == SIMULATED for scheme in schemes]
        if not all(found == self.simulated for found in is_simulated):
            raise ValueError(
                f"what a feed with 'simulated = true' speaks of has the scheme {SIMULATED!r}, and "
                "nothing else has: so that nobody takes it for real"
            )
        return self

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
    text, table = read_toml(path)
    if isinstance(table.get("claim"), dict):
        table["claim"] = [table["claim"]]
    table.setdefault("id", path.stem)
    if "documents" in table:
        # Who states something stands in the text; where it says nobody, its publication does.
        for key, usual in (("source", ""), ("source_type", "media"), ("nature", "statement")):
            table.setdefault(key, usual)
    try:
        return FeedSpec.model_validate(table)
    except ValidationError as error:
        raise spec_problem(path, text, error, FeedSpec) from None
