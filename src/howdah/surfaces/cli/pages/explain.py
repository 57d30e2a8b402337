"""What `howdah explain` answers: what each claim contributed, and what changed and why."""

import math
from pathlib import Path

from howdah.core.errors import UnknownNameError
from howdah.core.estimate import party_of
from howdah.core.extent import percent_text
from howdah.core.phrases import factor_text, metric_title, number_text
from howdah.market import Market
from howdah.market.pages import (
    ChangePart,
    ExplainedClaim,
    Explanation,
    Statement,
    basis_text,
    said_text,
    said_texts,
)
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.pages.nearest_periods import with_periods
from howdah.surfaces.cli.pages.passages import passage_fields
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import (
    counted,
    day_text,
    definition_cell,
    estimate_text,
    id_text,
    period_text,
    support_text,
    unit_text,
)

#: Weight from which a claim of another period is shown, and how many claims are at most.
_LEAST_WEIGHT = 0.01
_MOST_CLAIMS = 20

#: Claims that are named behind a part of a change.
_MOST_NAMED = 4

#: Effects closer to none than this share are called so: four digits would show it as 1.
_NO_EFFECT = 0.0005

#: A weight nearer to none rounds to 0 %.
_LEAST_SHOWN = 0.005

#: Residuals below this are shown as none.
_LEAST_SDS = 0.05

#: A robust weight below this is worth a note.
_FAR_OFF = 0.5

_NO_LEVEL = {
    "bound": "No level was formed: only bounds are known, and what they allow is shown.",
    "contested": "No level was formed: the statements are further apart than their sources' errors "
    "and biases explain, and no average is taken of what cannot both be right.",
    "rank": "No level was formed: a rank is what its list says.",
    "zero": "No level was formed: the claims give no number that errors add up on, such as a "
    "count of none.",
    "tally": "No level was formed: a tally is what was reported, added up by its source.",
}

_REASONS = {
    "outlier": "left out: far from all others",
    "unit_slip": "left out: of another unit",
    "copied": "left out: a copy of another source",
    "stale": "left out: stale, the level moved on",
    "wrong_entity": "left out: belongs to another series",
    "reviewed": "left out by a reviewer",
    "undecided": "counts for less: one of two units, not known which",
    "own_neighbours": "left out: leaves its own series and comes back",
    "immature": "left out: stated before the period was over",
    "cited": "not in the sum: told in an article, and its source says it itself",
    "not_fused": "not in the sum: said twice, or a bound beside no number",
}

_PARTS = {
    "refit": "models learnt anew",
    "revision": "revised claims",
    "new_claim": "new claims",
    "break": "break of the measurement",
    "suspect": "claims judged otherwise",
}

_ORDER = (
    "Taken in this order: models learnt anew (with the old claims), revised claims, new claims "
    "(breaks of their feeds taken off), those breaks, claims judged otherwise."
)


def run(
    target: str,
    metric: str | None,
    period: str | None,
    definition: str | None,
    since: str | None,
    folder: Path | None,
    as_of: str | None,
    *,
    as_json: bool,
) -> None:
    """Answer with what is behind an estimate."""
    with opened(folder, "explaining") as (market, progress):
        try:
            page = market.explain(
                target,
                metric,
                period=period,
                definition=definition,
                since=since,
                as_of=as_of,
                progress=progress,
            )
        except UnknownNameError as error:
            raise with_periods(error, period, definition) from None
    if as_json:
        data = {key: value for key, value in plain(page).items() if key != "basis"}
        data["others"] = [{**plain(o), "command": page.command(o)} for o in page.others]
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_explanation(screen, market, page)
    screen.write()


def draw_explanation(screen: Screen, market: Market, page: Explanation) -> None:
    """The explanation as text."""
    e = page.estimate
    title = metric_title(market.metrics, e.metric)
    screen.heading(f"{e.name}, {title[:1].lower()}{title[1:]}")
    whose = f"{party}: " if (party := party_of(e.note)) else ""
    told = f"{whose}{estimate_text(e)}, {period_text(e.period.label)}"
    screen.text(told, indent=2, style="bold")
    unit = unit_text(e.unit, e.currency)
    screen.text(f"definition {definition_cell(e.definition)}; {unit}", indent=4)
    screen.text(support_text(e), indent=4)
    screen.text(f"howdah trail {e.estimate_id}", indent=4)
    _draw_others(screen, page)
    _draw_claims(screen, page)
    _draw_sentences(screen, page)
    _draw_change(screen, page)
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _draw_others(screen: Screen, page: Explanation) -> None:
    """The series that were not taken, each with the command that explains it."""
    if not page.others:
        return
    party = party_of(page.estimate.note)
    several = "series" if party or any(o.object for o in page.others) else "definitions"
    this = f"that of {party}" if party else "this one"
    screen.text(
        f"{len(page.others) + 1} {several} are known, and {this} was taken for its latest "
        "period, or for the most claims of that. The others:",
        indent=2,
    )
    for other in page.others:
        unit = unit_text(other.unit, other.currency)
        whose = f"{other.object}: " if other.object else ""
        screen.text(
            f"{whose}{definition_cell(other.definition)}, {unit}, {period_text(other.period)}: "
            f"{page.command(other)}",
            indent=4,
            hang=2,
        )


def _draw_sentences(screen: Screen, page: Explanation) -> None:
    """The sentences that claims of the period were read from."""
    read = [(c, p) for c in page.claims if c.is_of_cell for p in c.passages][:_MOST_CLAIMS]
    if read:
        screen.heading("What the documents say")
    for claim, passage in read:
        screen.text(
            f"{claim.statement.source}, {said_text(claim.statement)}", indent=2, style="bold"
        )
        screen.fields(passage_fields(passage), indent=4)


def _draw_claims(screen: Screen, page: Explanation) -> None:
    screen.heading("What each claim contributed")
    if page.no_level:
        screen.text(_NO_LEVEL[page.no_level], indent=2)
    # Those of the period itself first: what was left out of it is what a reader looks for.
    shown = [c for c in page.claims if c.is_of_cell]
    heavy = [
        c
        for c in page.claims
        if not c.is_of_cell and (c.reason == "undecided" or abs(c.weight) >= _LEAST_WEIGHT)
    ]
    shown += heavy[: max(_MOST_CLAIMS - len(shown), 0)]
    has_level = not page.no_level
    texts = said_texts([c.statement for c in shown], with_object=False)
    screen.table(
        [
            Column("Source"),
            Column("Said", is_number=True),
            Column("Period", is_whole=True),
            Column("Weight", is_number=True),
            Column("House effect", is_number=True),
            Column("Residual", is_number=True),
            Column("Note"),
        ],
        [
            [
                c.statement.source,
                text,
                period_text(c.statement.period),
                _weight_text(c.weight) if has_level else "",
                _removed_text(c.removed, page) if has_level else "",
                _sds_text(c.residual_sds) if has_level else "",
                _note_text(c),
            ]
            for c, text in zip(shown, texts, strict=True)
        ],
        indent=2,
    )
    if not has_level:
        return
    others = [c for c in page.claims if not any(c is s for s in shown)]
    if others:
        weight = sum(c.weight for c in others)
        out = sum(c.reason not in {"", "undecided"} for c in others)
        is_one = len(others) == 1
        where = "another period" if is_one else "other periods"
        text = f"{counted(len(others), 'more claim')} of {where}"
        if out == len(others):
            text += ", not in the sum."
        else:
            text += f": {_weight_text(weight)}{'' if is_one else ' together'}"
            text += f", {out:,} not in the sum." if out else "."
        screen.text(text, indent=2)
    prior = _weight_text(page.prior_weight or 0.0)
    screen.text(f"The prior, what would be expected without any claim: {prior}.", indent=2)
    if page.trend is not None and not _is_none(page.trend, page):
        screen.text(
            f"What series of this metric usually grow by adds {_effect_text(page.trend, page)}.",
            indent=2,
        )
    counting = [c for c in page.claims if not c.reason and abs(c.weight) >= _LEAST_WEIGHT]
    if len(counting) == 1:
        screen.text(
            "It rests on one claim alone: no other source has checked it, and its residual "
            "says nothing.",
            indent=2,
        )
    below = (
        " One below zero tells how much its source always overstates, which is taken off."
        if any(c.weight < 0 for c in shown)
        else ""
    )
    screen.text(
        "Weight: by how much the estimate follows the claim; all add up to 100 %, the prior's "
        f"included.{below} House effect: what the source is held to overstate in this series, "
        "taken off the claim. Residual: how far the claim then is from the estimate, in standard "
        "deviations of its source.",
        indent=2,
        style="dim",
    )


def _draw_change(screen: Screen, page: Explanation) -> None:
    if page.since is None:
        screen.heading("What changed")
        screen.text(_without_earlier(page), indent=2)
        return
    screen.heading(f"Since {page.since}")
    if page.effect is None:
        _draw_without_parts(screen, page)
        return
    parts = [p for p in page.parts if p.claims or not _is_none(p.effect, page)]
    if not parts:
        screen.text("Nothing changed: the same claims, and models that say the same.", indent=2)
        return
    assert page.before is not None
    before, after = estimate_text(page.before), estimate_text(page.estimate)
    screen.text(f"{before} became {after}: {_effect_text(page.effect, page)}.", indent=2)
    parts.sort(key=lambda p: -abs(_size(p.effect, page)))
    for part in parts:
        text = f"{_effect_text(part.effect, page)}: {_PARTS[part.kind]}{_behind_text(part)}"
        screen.text(text, indent=4, hang=2)
    whole = "add up" if page.measure == "amount" else "multiply"
    screen.text(f"The parts {whole} to the whole. {_ORDER}", indent=2, style="dim")


def _without_earlier(page: Explanation) -> str:
    """Why there is no earlier state to compare with."""
    days = page.basis.vintages
    day = f" on one day, {day_text(days[0])}" if len(days) == 1 else " on one day"
    n = len(page.claims)
    which = {1: "its one claim", 2: "both claims of this series"}.get(
        n, f"all {n:,} claims of this series"
    )
    return f"There is nothing earlier to compare with: {which} became known{day}."


def _draw_without_parts(screen: Screen, page: Explanation) -> None:
    if page.before is None:
        screen.text(
            f"{period_text(page.estimate.period.label)} had no estimate on {page.since}: nothing "
            "was known of it yet.",
            indent=2,
        )
    elif page.before == page.estimate or not page.came:
        screen.text("Nothing changed: the same claims.", indent=2)
    else:
        screen.text(
            f"It was {estimate_text(page.before)}. Without a level on both dates its change has no "
            "parts.",
            indent=2,
        )
    if page.came:
        screen.text(f"New claims: {_named(page.came)}.", indent=2)


def _behind_text(part: ChangePart) -> str:
    texts = [_named(part.claims)] if part.claims else []
    if part.replaced:
        texts.append(f"in place of {_named(part.replaced)}")
    texts += [f"feed {feed}, {reason} of {day}" for feed, day, reason in part.breaks]
    return f": {'; '.join(texts)}" if texts else ""


def _named(claims: tuple[Statement, ...]) -> str:
    named = [
        f"{s.source} {said_text(s, with_object=False)} of {period_text(s.period)} "
        f"({id_text(s.claim_id)})"
        for s in claims[:_MOST_NAMED]
    ]
    left = len(claims) - len(named)
    return ", ".join(named) + (f" and {counted(left, 'other claim')}" if left else "")


def _note_text(c: ExplainedClaim) -> str:
    if c.reason:
        text = _REASONS[c.reason]
        has_size = c.reason in {"outlier", "unit_slip", "wrong_entity"} and c.factor
        return f"{text}, {factor_text(c.factor)} too large" if has_size else text
    if c.robust is not None and c.robust < _FAR_OFF:
        return "counts for less: far off"
    return "" if c.is_of_cell else "another period"


def _weight_text(weight: float) -> str:
    if -_LEAST_SHOWN < weight < 0:
        return "over -1 %"
    return f"-{percent_text(-weight)}" if weight < 0 else percent_text(weight)


def _removed_text(effect: float | None, page: Explanation) -> str:
    if effect is None:
        return "–"
    return "none" if _is_none(effect, page) else _effect_text(effect, page)


def _sds_text(sds: float | None) -> str:
    if sds is None:
        return "–"
    # A residual that rounds to none has no sign.
    return f"{sds:+.1f} sd" if abs(sds) >= _LEAST_SDS else "0 sd"


def _size(effect: float, page: Explanation) -> float:
    return effect if page.measure == "amount" else math.log(effect)


def _is_none(effect: float, page: Explanation) -> bool:
    size = abs(_size(effect, page))
    if page.measure == "amount":
        size /= max(abs(page.estimate.value or 0.0), 1e-300)
    return size < _NO_EFFECT


def _effect_text(effect: float, page: Explanation) -> str:
    if _is_none(effect, page):
        return "no effect"
    if page.measure == "amount":
        return f"{'+' if effect > 0 else ''}{number_text(effect)}"
    return factor_text(effect) + (" the odds" if page.measure == "odds" else "")
