"""References from a feed spec to the columns of a row, or to a secret; or a constant instead."""

import datetime as dt
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from howdah.sources.problems import CONSTANT, REFERENCE


class Strict(BaseModel):
    """A table of a spec: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SecretRef(Strict):
    """A secret, named by the environment variable that holds it."""

    env: str = Field(description="Name of the environment variable.")


class ColumnRef(Strict):
    """A value taken from a column of the row, or from several through a template."""

    column: str | None = Field(None, description="Column name; for JSON a dotted path.")
    template: str | None = Field(None, description="Text with {column} in it.")
    missing: tuple[str, ...] = Field((), description="Texts that mean: no value.")
    map: dict[str, str] = Field({}, description="Text found to text meant.")
    default: str | None = Field(
        None, description="Text to take when the cell is empty or not in `map`."
    )

    @field_validator("template")
    @classmethod
    def _names_columns(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = [part for part in Formatter().parse(value) if part[1] is not None]
        except ValueError as error:
            raise ValueError(f"not a template: {error}") from None
        if not parts or any(not name or form or turned for _, name, form, turned in parts):
            raise ValueError("write columns as {column}, and braces as {{ and }}")
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.template is None):
            raise ValueError("give exactly one of 'column' and 'template'")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that it reads."""
        if self.column is not None:
            return (self.column,)
        return tuple(name for _, name, _, _ in Formatter().parse(self.template or "") if name)


class NumberRef(ColumnRef):
    """A number taken from a column."""

    multiplier: float = Field(1.0, description="Factor to base units (10000 for 万).")
    worded: bool = Field(False, description="Read cells such as '>100万' or 'over 1.3M'.")
    decimal: Literal[".", ","] = Field(".", description="Decimal sign.")


class DateRef(ColumnRef):
    """A date or period taken from a column."""

    format: str | None = Field(None, description="strptime format when the date is not ISO.")
    offset_days: int = Field(0, description="Days to add.")


def branch_of(value: object) -> str:
    """Whether a value is a constant or a table that refers to something."""
    return REFERENCE if isinstance(value, (dict, Strict)) else CONSTANT


def _as_text(value: object) -> object:
    # TOML has numbers and dates of its own: `period = 2024` means the text.
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if type(value) in {int, float} else value


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "should be a number")
    return value


_TextConstant = Annotated[str, BeforeValidator(_as_text), Tag(CONSTANT)]
_NumberConstant = Annotated[float, BeforeValidator(_no_bool), Tag(CONSTANT)]

Text = Annotated[_TextConstant | Annotated[ColumnRef, Tag(REFERENCE)], Discriminator(branch_of)]
Number = Annotated[_NumberConstant | Annotated[NumberRef, Tag(REFERENCE)], Discriminator(branch_of)]
Date = Annotated[_TextConstant | Annotated[DateRef, Tag(REFERENCE)], Discriminator(branch_of)]

#: Constant of a date that stands for the day of the pull.
PULLED = "pulled"
