"""What `howdah review --documents` and `howdah judge` of a sentence answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from howdah.core import Period
from howdah.core.errors import InputError
from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import metric_title
from howdah.market import Market
from howdah.market.pages import Passage, PassagesToReview, against_text, basis_text
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import counted, day_text, id_text, period_text

if TYPE_CHECKING:
    from howdah.market.documents.telling import WordReach

#: Judgements of a sentence; others are of claims and of pairs.
JUDGEMENTS = ("accept", "correct", "reject")

#: Sentences that an entity's page shows in text.
_MOST_SHOWN = 12

#: Names that are proposed in text.
_MOST_NAMES = 8


def run(folder: Path | None, as_of: str | None, *, limit: int | None, as_json: bool) -> None:
    """Answer with the first `limit` sentences that wait."""
    with opened(folder, "reading the documents") as (market, _):
        page = market.passages(as_of, limit=limit)
    if as_json:
        data = {
            "n_waiting": page.n_waiting,
            "n_judged": page.n_judged,
            "counts": page.counts,
            "passages": page.rows(),
            "unknown_names": [
                {"name": n.name, "n_documents": n.n_documents, "quote": n.quote} for n in page.names
            ],
        }
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_queue(screen, market, page)
    screen.write()


def draw_queue(screen: Screen, market: Market, page: PassagesToReview) -> None:
    """The queue as text."""
    judged = f"; {counted(page.n_judged, 'sentence')} judged already" if page.n_judged else ""
    waiting = counted(page.n_waiting, "sentence") + " to judge"
    screen.heading((waiting if page.n_waiting else "No sentence waits") + judged)
    for n, passage in enumerate(page.passages, start=1):
        screen.blank()
        screen.text(_read_text(market.metrics, passage), indent=4, first=f"{n}.", style="bold")
        screen.fields(passage_fields(passage), indent=4)
    if page.passages:
        screen.blank()
        if len(page.passages) < page.n_waiting:
            more = page.n_waiting - len(page.passages)
            screen.text(f"and {more:,} more; --limit 0 shows all")
        first = page.passages[0].passage_id
        screen.text(f"Decide with: howdah judge {first} accept, or reject", hang=2)
        screen.text(f"Mend with: howdah judge {first} correct --set metric=mau_month", hang=2)
        screen.text(
            "What is accepted or corrected becomes a claim from now on. A later judgement takes "
            "it back.",
            style="dim",
        )
    if page.names:
        screen.heading("Names that carry claims and that the market does not know")
    for name in page.names[:_MOST_NAMES]:
        screen.text(f"{name.name}, in {counted(name.n_documents, 'document')}", indent=2)
        screen.fields([("Says", _plain(name.quote)), ("To know it", str(name.naming))], indent=4)
    if len(page.names) > _MOST_NAMES:
        screen.text(f"and {len(page.names) - _MOST_NAMES:,} more (--json shows all)", indent=2)
    if page.counts:
        screen.heading("What became of all that the documents say")
        screen.fields([(f"{n:,}", outcome) for outcome, n in page.counts.items()], indent=2)
        screen.text(
            "Only what waits is asked about: a number of no metric of the market could make no "
            "claim, and events are told as they are read.",
            indent=2,
            style="dim",
        )
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def draw_passages(
    screen: Screen, metrics: MetricRegistry, passages: Sequence[Passage], n_waiting: int
) -> None:
    """What documents say of an entity, and how much of it waits for a reviewer."""
    if not passages and not n_waiting:
        return
    screen.heading("In documents")
    for passage in passages[:_MOST_SHOWN]:
        screen.text(_read_text(metrics, passage), indent=2, hang=2, style="bold")
        screen.fields(passage_fields(passage), indent=4)
    if len(passages) > _MOST_SHOWN:
        left = len(passages) - _MOST_SHOWN
        screen.text(f"and {counted(left, 'earlier sentence')} (--json shows all)", indent=2)
    if n_waiting:
        wait = "waits" if n_waiting == 1 else "wait"
        screen.text(
            f"{counted(n_waiting, 'sentence')} about it {wait} for review: howdah review "
            "--documents",
            indent=2,
            hang=2,
        )


def passage_fields(passage: Passage) -> list[tuple[str, str]]:
    """A sentence marked in its paragraph, and what bears on it, as labelled lines."""
    where = ", ".join(p for p in (passage.title, passage.publication) if p)
    said = f" by {passage.judged_by}" if passage.judged_by else ""
    note = f": {passage.note}" if passage.note else ""
    judged = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}
    return [
        ("Sentence", marked_text(passage)),
        ("Document", f"{_plain(where)}, {day_text(passage.published_at)}"),
        (
            "Stands in",
            f"{passage.link or passage.place}, characters {passage.start:,} to {passage.end:,}",
        ),
        ("Stated by", f"{passage.source}; {passage.modality}"),
        ("Confidence", f"{passage.confidence:.2f}, {passage.outcome}"),
        (
            "May be of",
            f"{passage.stranger}, whom the market does not know" if passage.stranger else "",
        ),
        (
            "Judged",
            f"{judged[passage.judgement]}{said}{note}" if passage.judgement else "",
        ),
        ("Told by", ", ".join(passage.told_by)),
        *(("Against", against_text(against)) for against in passage.against),
        ("Id", passage.passage_id),
    ]


def marked_text(passage: Passage) -> str:
    """The paragraph with the sentence between » and «, on one line."""
    before, quote, after = (_plain(t) for t in (passage.before, passage.quote, passage.after))
    return " ".join(part for part in (before, f"»{quote}«", after) if part)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _read_text(metrics: MetricRegistry, passage: Passage) -> str:
    """What was read: "Pip, Daily active users, 8.2M, 2024-10"."""
    period = period_text(Period(*passage.period, passage.precision or "range").label)  # type: ignore[arg-type]
    title = metric_title(metrics, passage.metric) if passage.metric in metrics else passage.metric
    parts = (passage.name or "nobody known", title, passage.said(), period.replace("–", ""))
    return ", ".join(part for part in parts if part)


def judge(
    passage: str,
    judgement: str,
    by: str,
    note: str,
    fields: Sequence[str],
    word: str,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Record a judgement of a sentence and say what follows from it."""
    from howdah.market.documents.judging import PassageJudgement  # noqa: PLC0415 - reads texts

    told = dict(_pair(text, "--set") for text in fields)
    with opened(folder, "recording the judgement") as (market, _):
        said = market.judge_passage(
            passage.strip().lower(),
            PassageJudgement(judgement),
            by=by,
            note=note,
            fields=told or None,
            word=_pair(word, "--word") if word else None,
        )
        answered = market.as_of()
    is_seen = said.recorded_at.date() <= answered
    if as_json:
        data = {
            "judgement_id": said.judgement_id,
            "passage_id": said.passage_id,
            "judgement": said.judgement,
            "claim_id": said.claim_id,
            "outcome": said.outcome,
            "judged_by": by,
            "note": note,
            "word": plain(said.reach),
            "recorded_at": said.recorded_at,
            "is_seen": is_seen,
        }
        write_json(data, market=market.folder)
        return
    screen = Screen()
    done = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}[judgement]
    screen.text(f"Recorded {said.judgement_id}: {said.passage_id} is {done}, by {by}.")
    if said.claim_id:
        screen.text(f"It makes claim {id_text(said.claim_id)}.")
    else:
        screen.text(f"It makes no claim: {said.outcome}.")
    if said.reach is not None:
        _draw_reach(screen, said.reach)
    if not is_seen:
        screen.text(
            f"The market answers as of {answered}, before this judgement. To see it: "
            "--as-of today.",
            hang=2,
        )
    screen.write()


def _draw_reach(screen: Screen, reach: "WordReach") -> None:
    """Where words that were pointed out stand, and what changes with them."""
    where = f"{counted(reach.n_sentences, 'sentence')} of {counted(reach.n_documents, 'document')}"
    screen.text(
        f"The words stand in {where}. They are read so in all texts from the next update on."
    )
    if reach.otherwise:
        told = ", ".join(f"{what} ({n:,})" for what, n in reach.otherwise.items())
        screen.text(f"What is read otherwise there by now: {told}.", hang=2)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise InputError(f"{option} {text!r}: give FIELD=VALUE, as {option} metric=mau_month.")
    return name.strip(), value.strip()
