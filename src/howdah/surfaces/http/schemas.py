"""Schemas of all answers, from the types that they return.

They are made ahead, by ``docs/generate.py``, into ``schemas.json``: the process that serves must
not load what the types of answers come with.
"""

from typing import Any, get_args, get_origin, get_type_hints

from howdah import guidance
from howdah.guidance import decisions, expectations, ranking, record
from howdah.market.documents.judging import PassageJudged
from howdah.market.pages import audience, league, split
from howdah.surfaces.http.answers import ANSWERS, entities, findings, judging, leagues, markets
from howdah.surfaces.http.answers import guidance as guiding
from howdah.surfaces.http.answers.judging import WRITES
from howdah.surfaces.http.formats import Answer, Download, Meta
from howdah.surfaces.http.shapes import Schema, Shapes

#: Components that are not called as their class, where several classes are called alike.
NAMES: dict[type, str] = {
    audience.Growth: "GrowthAccounting",
    audience.Measure: "CountedMeasure",
    findings.AnalogueSaid: "Analogue",
    findings.FindingSaid: "Finding",
    findings.HitSaid: "Candidate",
    findings.OddsData: "Odds",
    findings.RecordSaid: "TrackRecord",
    guiding.BriefSaid: "Brief",
    guiding.CellClaims: "FeatureCell",
    guiding.GapSure: "FeatureGap",
    guiding.HolderClaims: "FeatureHolder",
    guiding.LineSaid: "Decided",
    guiding.SpreadSeen: "FeatureSpread",
    guiding.SplitSaid: "Split",
    guidance.Answer: "EntryAnswer",
    guidance.Outcome: "EntryOutcome",
    expectations.Outcome: "DecisionOutcome",
    record.Record: "DirectionsRecord",
    ranking.Place: "DirectionPlace",
    leagues.Spark: "LeaguePlace",
    entities.CourseFaults: "Course",
    markets.ChangedFindings: "Changes",
    markets.TrailFinding: "Trail",
    markets.Unplaced: "Directions",
    judging.VerdictId: "ClaimJudged",
    judging.DecisionId: "DecisionRecorded",
    decisions.Decision: "DecisionTaken",
    decisions.Withdrawal: "DecisionWithdrawn",
    league.LeagueRow: "BriefMember",
    split.Experiment: "PauseExperiment",
    split.Moment: "SplitPeriod",
    split.Part: "SplitPart",
    split.Step: "FunnelStep",
    split.Stopped: "StoppedChannel",
    split.Told: "SplitSource",
    split.Voice: "ShareOfVoice",
}

#: Types of answers that their modules load only when they are needed.
_LATE = {"PassageJudged": PassageJudged}


def schemas() -> Schema:
    """The shape of every answer: ``answers`` by name, ``meta``, and their ``components``.

    Raises
    ------
    TypeError
        An answer does not say what its data is.
    """
    shapes = Shapes(NAMES)
    answers: dict[str, Schema | None] = {}
    for name, function in (ANSWERS | WRITES).items():
        told = get_type_hints(function, localns=_LATE)["return"]
        if told is Download:
            answers[name] = None
            continue
        kind = get_args(told)[0] if get_origin(told) is Answer else told
        if kind in {Answer, Any}:
            raise TypeError(
                f"The answer {name!r} does not say what its data is. Let {function.__name__} "
                "return Answer[...] of a TypedDict, or of what answers/asked.py has, and run "
                "python docs/generate.py."
            )
        answers[name] = shapes.of(kind)
    meta = shapes.of(Meta)
    components = dict(sorted(shapes.components.items()))
    return {"answers": answers, "meta": meta, "components": components}
