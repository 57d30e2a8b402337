"""Why an estimate is what it is, and why it changed."""

import dataclasses
import datetime as dt
import shlex
from dataclasses import dataclass
from typing import Any, Literal

from howdah.core.estimate import Estimate
from howdah.market.pages.basis import Basis
from howdah.market.pages.passage import Passage
from howdah.market.pages.statement import Statement
from howdah.market.pages.tabular import Tabular

#: What effects are: times the value; times the odds of a share; an amount in the metric's unit.
Measure = Literal["factor", "odds", "amount"]

#: Why a cell has no level that could be taken apart.
NoLevel = Literal["", "bound", "contested", "rank", "zero", "tally"]


@dataclass(frozen=True, slots=True)
class ExplainedClaim:
    """What one claim contributed; effects are in the measure of the explanation.

    Attributes
    ----------
    is_of_cell
        Whether it speaks of the estimate's own period; others bear on it through their source's
        house effect and the steps between periods.
    weight
        By how much the level follows the claim: all weights and that of the prior add up to 1.
    robust
        1 for an ordinary claim, less for one that is far off; None where it was not fused.
    bias, removed
        How much its source is held to show too much of everything; and of this series, the bias
        included: what was taken off.
    residual, residual_sds
        What is left of it then, as an effect and in standard deviations of its noise.
    reason, factor
        Why it was left out, '' if it was not; how many times too large it is then held to be.
    passages
        Of a claim that was read in texts: the sentences, each in its paragraph.
    """

    statement: Statement
    feed: str
    is_of_cell: bool
    weight: float
    robust: float | None
    bias: float | None
    removed: float | None
    residual: float | None
    residual_sds: float | None
    reason: str
    factor: float | None
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangePart:
    """A part of a change and the claims behind it.

    Attributes
    ----------
    kind
        refit, revision, new_claim, break or suspect.
    effect
        In the measure of the explanation; factors multiply, and amounts add up, to the whole.
    replaced
        Earlier prints that revisions replaced.
    breaks
        Breaks of measurement: (feed, snapshot, reason).
    """

    kind: str
    effect: float
    claims: tuple[Statement, ...] = ()
    replaced: tuple[Statement, ...] = ()
    breaks: tuple[tuple[str, dt.date, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OtherSeries:
    """A series of the same metric that was not taken, with its last estimate."""

    estimate_id: str
    definition: str
    unit: str
    currency: str
    period: str
    object: str = ""


@dataclass(frozen=True)
class Explanation(Tabular):
    """What each claim contributed to an estimate, and what changed since a date and why.

    Attributes
    ----------
    no_level
        Why there is nothing to take apart; '' where there is.
    prior_weight
        What is left for the prior.
    trend
        What the usual growth of the metric's series adds to the level.
    since
        The date it is compared with; None when nothing earlier is known.
    before
        The estimate at that date, None when there was none.
    effect
        The whole change of the level, None unless both dates have one.
    parts
        What it consists of, in the order in which they were taken; empty without `effect`.
    came
        Claims of the series that were not known at `since`.
    others
        The metric's other series of the entity, when the choice among them was ours: definition,
        unit or currency, the other party, and the last period of each.
    """

    basis: Basis
    estimate: Estimate
    measure: Measure
    no_level: NoLevel
    prior_weight: float | None
    trend: float | None
    claims: tuple[ExplainedClaim, ...]
    since: dt.date | None
    before: Estimate | None
    effect: float | None
    parts: tuple[ChangePart, ...]
    came: tuple[Statement, ...]
    others: tuple[OtherSeries, ...] = ()

    def command(self, other: OtherSeries) -> str:
        """The command that explains another of the metric's series."""
        definitions = [self.estimate.definition, *(o.definition for o in self.others)]
        if definitions.count(other.definition) > 1:
            # They differ in what is counted or in the other party, which an id tells.
            return f"howdah explain {other.estimate_id}"
        words = ["howdah", "explain", self.estimate.name, self.estimate.metric]
        return shlex.join([*words, "--definition", other.definition])

    def rows(self) -> list[dict[str, Any]]:
        """One row a claim."""
        return [
            {
                **dataclasses.asdict(claim.statement),
                **{
                    field.name: getattr(claim, field.name)
                    for field in dataclasses.fields(claim)
                    if field.name != "statement"
                },
            }
            for claim in self.claims
        ]
