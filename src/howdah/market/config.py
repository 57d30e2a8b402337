"""The market file: ``market.toml`` read and checked."""

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from howdah.core.errors import NotAMarketError, SpecError
from howdah.sources import line_of, read_toml, spec_problem


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Segment(_Strict):
    """A part of the market: the entities that compete in it."""

    id: str = Field(description="Id, as used in commands.")
    title: str = Field(description="Title for people.")
    title_zh: str = Field("", description="Title in Chinese.")
    headline: str = Field(description="Metric by which its members are ranked.")
    members: tuple[str, ...] = Field((), description="Names or scheme:value identifiers.")
    types: tuple[str, ...] = Field((), description="Also every entity of these types ...")
    simulated: bool = Field(
        False, description="Of what is simulated: it has no real member, and others none of it."
    )
    linked: bool = Field(True, description="... that a catalogued company makes or publishes.")


class Follow(_Strict):
    """What the user follows; radar keeps places for it."""

    segments: tuple[str, ...] = Field((), description="Ids of segments.")
    products: tuple[str, ...] = Field((), description="Names of products, one's own among them.")


class Giants(_Strict):
    """Companies so large that their entering a segment is an event for all others in it."""

    companies: tuple[str, ...] = Field((), description="Names of companies of the catalogue.")


class Channel(_Strict):
    """Where ads run, and whose it is."""

    id: str = Field(description="Id, as shown where there is no title.")
    title: str = Field("", description="Title for people; the id if absent.")
    title_zh: str = Field("", description="Title in Chinese.")
    names: tuple[str, ...] = Field(
        (), description="What feeds call it: the object of their claims; the id if absent."
    )
    owner: str = Field(
        "", description="Company, or product, that it belongs to, by any name of the catalogue."
    )


class Ours(_Strict):
    """What is the user's own: its gaps are looked for."""

    products: tuple[str, ...] = Field((), description="Names of the user's own products.")


class FeatureSettings(_Strict):
    """How the feature matrix is kept."""

    stale_days: int = Field(
        180, ge=1, description="Days without confirmation after which what is known is stale."
    )


class NamedFeature(_Strict):
    """A feature that products have or have not, and the words that name it."""

    id: str = Field(description="Id, as used in answers.")
    title: str = Field(description="Title for people; as a word it names the feature too.")
    title_zh: str = Field("", description="Title in Chinese; it names the feature too.")
    words: tuple[str, ...] = Field((), description="Other words that name it, in any language.")
    metrics: tuple[str, ...] = Field(
        (), description="Counts of it: a product with one or more has the feature."
    )


class MarketConfig(_Strict):
    """The settings of one market."""

    title: str = Field(description="Title for people.")
    title_zh: str = Field("", description="Title in Chinese.")
    currency: str = Field("USD", description="Reporting currency.")
    time_zone: str = Field("UTC", description="Time zone of days.")
    as_of: dt.date | None = Field(None, description="Default knowledge date; today if absent.")
    follow: Follow = Field(Follow(), description="What the user follows.")
    giants: Giants = Field(Giants(), description="Companies that are giants.")
    ours: Ours = Field(Ours(), description="What is the user's own.")
    features: FeatureSettings = Field(
        FeatureSettings(), description="How the feature matrix is kept."
    )
    feature: tuple[NamedFeature, ...] = Field((), description="Features that are looked for.")
    segment: tuple[Segment, ...] = Field((), description="Segments.")
    channel: tuple[Channel, ...] = Field((), description="Channels of ads.")

    def find_segment(self, segment_id: str) -> Segment | None:
        """The segment of that id, None when there is none."""
        return next((s for s in self.segment if s.id == segment_id), None)


def read_config(folder: Path) -> MarketConfig:
    """Read a market's ``market.toml``.

    Raises
    ------
    NotAMarketError
        The folder has none.
    SpecError
        It is not valid.
    """
    path = folder / "market.toml"
    if not path.is_file():
        raise NotAMarketError(folder)
    text, table = read_toml(path)
    try:
        config = MarketConfig.model_validate(table)
    except ValidationError as error:
        raise spec_problem(path, text, error, MarketConfig) from None
    known = [segment.id for segment in config.segment]
    for segment_id in config.follow.segments:
        if segment_id not in known:
            line = line_of(text, ("follow", "segments"))
            problem = f"no segment {segment_id!r}."
            raise SpecError(path, line, "follow.segments", problem, ", ".join(known))
    _refuse_shared_names(path, text, config)
    for n, feature in enumerate(config.feature):
        if feature.id in {other.id for other in config.feature[:n]}:
            line = line_of(text, ("feature", n, "id"))
            problem = f"feature {feature.id!r} is there already."
            raise SpecError(path, line, "feature.id", problem, "an id of its own")
    return config


def _refuse_shared_names(path: Path, text: str, config: MarketConfig) -> None:
    """Refuse a name that two channels go by."""
    owner: dict[str, str] = {}
    for n, channel in enumerate(config.channel):
        for name in channel.names or (channel.id,):
            if name in owner:
                problem = f"{name!r} is the channel {owner[name]!r} already."
                line = line_of(text, ("channel", n, "names"))
                raise SpecError(path, line, f"channel[{n}].names", problem, "another name")
            owner[name] = channel.id
