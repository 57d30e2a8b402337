"""What an entity bought and what it earned, as pages show it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from howdah.core.entity import Entity
from howdah.growth.keeping import Kept
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its interval.

    Attributes
    ----------
    value
        None where it cannot be told; the ends then are what there is room for.
    lower, upper
        None where there is no end.
    """

    value: float | None
    lower: float | None
    upper: float | None

    @property
    def is_told(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Told:
    """Which claims something was read from: one source's, under one definition.

    Attributes
    ----------
    feeds
        That brought them.
    claim_ids
        In order of time; a trail leads from each to its record.
    """

    metric: str
    definition: str
    unit: str
    currency: str
    source: str
    first: dt.date
    last: dt.date
    feeds: tuple[str, ...]
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Experiment:
    """The cheapest pauses of a channel that would tell what it brings.

    Attributes
    ----------
    n_pauses, n_periods
        How often it stops, and for how many periods each time.
    detectable, detectable_share
        Effect a period that is found with probability .8, and as a share of the mean outcome.
    power
        Probability that an effect of a tenth of the mean outcome is found.
    """

    n_pauses: int
    n_periods: int
    detectable: float
    detectable_share: float
    power: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """A natural experiment: a channel stopped, and by how much the outcome was higher before.

    Attributes
    ----------
    day
        First day without spend.
    claim_ids
        Of a ban that the channel's owner is said to have put on it about then.
    """

    channel: str
    day: dt.date
    change: Figure
    n_before: int
    n_after: int
    claim_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one channel brought, some together, or (channel '') what came by itself.

    Attributes
    ----------
    channels
        What feeds call them; one, but for parts that are told together.
    verdict, reason, code
        identified, weak or cannot_tell, and why: in words, and by the code of growth.verdicts.
    total, share
        In the outcome's unit over all periods, and of the whole.
    spend, currency
        None where what is told stands for spend without being it.
    cost, next_cost
        Spend a unit bought, and for a little more spend everywhere.
    contrast
        How much higher the outcome was in periods with spend than in others.
    claim_ids
        Of the channel's spend, in order of time.
    """

    channels: tuple[str, ...]
    verdict: str
    reason: str
    code: str
    total: Figure
    share: Figure
    spend: float | None = None
    currency: str = ""
    cost: Figure | None = None
    next_cost: Figure | None = None
    contrast: Figure | None = None
    experiment: Experiment | None = None
    claim_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A period: what was bought in all channels, and what came by itself."""

    period: dt.date
    outcome: float | None
    bought: Figure
    earned: Figure


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the owner of channels could take away.

    Attributes
    ----------
    owner
        Canonical id; '' where market.toml names none.
    is_rival
        Whether it, or something of it, is in a segment of the entity.
    share
        Of the outcome over all periods.
    lately
        A period, over the last ones.
    rivals
        Of the owner's, those that compete with the entity, itself among them.
    verdict, reason, code
        As of a part.
    """

    owner: str
    is_rival: bool
    rivals: tuple[str, ...]
    channels: tuple[str, ...]
    verdict: str
    reason: str
    code: str
    share: Figure
    lately: Figure


@dataclass(frozen=True, slots=True)
class Voice:
    """One of the three shares of voice, in one channel or (channel '') in all that are told.

    Attributes
    ----------
    meaning
        "impressions", "spend" or "creatives".
    share
        Of all that the source tells of in the same channels and days; as stated.
    n_advertisers
        Whom the source tells of, the entity among them.
    """

    meaning: str
    channel: str
    share: float
    own: float
    all: float
    n_advertisers: int
    told: Told


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel from ads to users who stay.

    Attributes
    ----------
    kind
        "impressions" (for each creative and period), "new" (bought, for a thousand impressions),
        "kept" (of bought users on day `n_day`) or "cost" (spend for a bought user who stays).
    before, after
        Amounts between which the step is, where they are counts.
    missing
        Code of what is lacking, '' where it is told.
    """

    kind: str
    figure: Figure
    before: float | None = None
    after: float | None = None
    missing: str = ""


@dataclass(frozen=True)
class SplitPage(Tabular):
    """What an entity bought and what it earned.

    Attributes
    ----------
    missing, detail
        Why nothing can be split, '' where something is: "outcome", "spend", "periods".
    is_proxy
        Creatives stand for spend that nobody tells.
    rhythm
        Of the periods: day, week, month, ...
    parts, base, together
        Channels, what came by itself, and channels that are told together.
    course, survival
        By period; and the outcome after every channel has stopped.
    kept, kept_day, kept_source
        How many bought and earned users a panel still sees on a day, None where no panel knows
        the entity; whose.
    names, names_zh
        For people, of owners, rivals and channels that are in the page; in Chinese where it has
        another.
    """

    entity: Entity
    basis: Basis
    is_simulated: bool
    prob: float
    missing: str = ""
    detail: str = ""
    outcome: Told | None = None
    is_proxy: bool = False
    spend: tuple[Told, ...] = ()
    n_periods: int = 0
    rhythm: str = ""
    parts: tuple[Part, ...] = ()
    base: Part | None = None
    together: tuple[Part, ...] = ()
    course: tuple[Moment, ...] = ()
    survival: tuple[tuple[dt.date, Figure], ...] = ()
    kept: Kept | None = None
    kept_day: int = 0
    kept_source: str = ""
    stops: tuple[Stopped, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    voices: tuple[Voice, ...] = ()
    funnel: tuple[Step, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    names_zh: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> dict[str, int]:
        """How many channels have each verdict."""
        found = [part.verdict for part in self.parts]
        return {word: found.count(word) for word in dict.fromkeys(found)}

    @property
    def feeds(self) -> frozenset[str]:
        """Feeds that it was read from."""
        every = [*self.spend, *(v.told for v in self.voices)]
        every += [] if self.outcome is None else [self.outcome]
        return frozenset(feed for told in every for feed in told.feeds)

    def rows(self) -> list[dict[str, Any]]:
        """One row a part."""
        every = [*self.parts, *self.together, *([] if self.base is None else [self.base])]
        return [
            {
                "channel": " + ".join(part.channels) or "(base)",
                "verdict": part.verdict,
                "reason": part.reason,
                "total": part.total.value,
                "total_lower": part.total.lower,
                "total_upper": part.total.upper,
                "share": part.share.value,
                "share_lower": part.share.lower,
                "share_upper": part.share.upper,
                "spend": part.spend,
                "currency": part.currency,
                "cost": None if part.cost is None else part.cost.value,
                "next_cost": None if part.next_cost is None else part.next_cost.value,
                "claims": list(part.claim_ids),
            }
            for part in every
        ]
