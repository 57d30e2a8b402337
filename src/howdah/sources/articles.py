"""The documents table of a feed spec: texts that are read for what they claim."""

from typing import Literal, Self

from pydantic import Field, model_validator

from howdah.sources.columns import SecretRef, Strict

#: Types of entities that texts are about. Packages and repositories are called like words.
_TYPES = (
    "product", "company", "model", "model_family", "app", "organisation", "investor", "segment",
    "team", "unknown",
)  # fmt: skip


class StatedDefinition(Strict):
    """Whose definition the figures of a source are, when texts tell them."""

    source: str = Field(min_length=1, description="Who states the figures, as texts name it.")
    metric: str = Field(min_length=1, description="Id in the metric registry.")
    definition: str = Field(min_length=1, description="Definition of these figures.")
    unit: str = Field("", description="What they count, when texts do not say it as exactly.")


class LanguageModel(Strict):
    """A language model that reads beside the rules. It is sent the texts of the feed."""

    url: str = Field(
        description="Base of its interface of chat completions, as http://localhost:8080/v1."
    )
    model: str = Field(min_length=1, description="Name of the model there.")
    key: SecretRef = Field(
        SecretRef(env="HOWDAH_LLM_KEY"),
        description="Key; none is sent where the variable is not set.",
    )


class Articles(Strict):
    """Texts that are read for claims: plain, HTML, PDF, mails, RSS and Atom."""

    lang: Literal["auto", "zh", "en"] = Field(
        "auto", description="Language of the texts: auto, zh or en."
    )
    accept: float = Field(
        0.75,
        gt=0,
        le=1,
        description="Claims at least so likely to be read right are taken without review.",
    )
    types: tuple[str, ...] = Field(
        _TYPES, description="Types of the market's entities whose names are looked for."
    )
    llm: LanguageModel | None = Field(
        None, description="A language model to ask too; none is asked if absent."
    )
    definition: tuple[StatedDefinition, ...] = Field(
        (), description="Definitions of sources that texts cite; '' where none is given."
    )

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        keys = {(d.source, d.metric) for d in self.definition}
        if len(keys) < len(self.definition):
            raise ValueError("a source and metric have two [[documents.definition]]")
        return self
