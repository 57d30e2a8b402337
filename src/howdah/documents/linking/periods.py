"""When a number was true: every period within reach is a candidate, the day of publication too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from howdah.documents.linking.comparisons import comparisons, relation
from howdah.documents.linking.inheritance import Key, inherited, lead_of, told_as, told_before
from howdah.documents.linking.lists import period_alignment
from howdah.documents.linking.sources import find_sources
from howdah.documents.linking.timing import (
    is_of_shares,
    is_of_this_year,
    lengths_meant,
    tense_of,
)
from howdah.documents.numbers import Before, Measure, Number
from howdah.documents.periods.days import MONTHS_OF_YEAR, Days, shifted
from howdah.documents.spans import Period, Span

#: A word within so many characters of the start opens a sentence.
_AT_START = 2

#: Periods of so many passages before are candidates.
_REACH = 5


#: A row of a table that tells of the end of its columns' periods.
_ROW_END = re.compile(r"(?:quarter|half|year|month|period)[- ]end\b|[期年季月]末|年底")


#: Ends of a block that asks.
_ASKS = re.compile(r"[?？]\W*$")

#: Families that are counted on a day: a column of a quarter holds its last.
_STOCKS = frozenset({"staff"})


@dataclass(frozen=True, slots=True)
class PeriodCandidate:
    """A period that a number may be of.

    Attributes
    ----------
    first, last, precision
        As in claims; "" as precision where the text gives no period.
    word
        Where the period stands, None for the day of publication and for none.
    """

    first: date | None
    last: date | None
    precision: str
    word: Span | None
    features: tuple[str, ...]

    @property
    def key(self) -> tuple[date | None, date | None, str]:
        """What tells two candidates apart."""
        return self.first, self.last, self.precision


def period_candidates(number: Number, measure: Measure, before: Before) -> list[PeriodCandidate]:
    """All periods within reach of a number.

    Parameters
    ----------
    measure
        What it measures.
    before
        What the number before was bound to.
    """
    family, metric = measure.family, f"m:{measure.metric}"
    genre = find_sources(number.marked).genre
    found = [
        *_in_sentence(number), *_asked(number), *_before(number), *_heading(number),
        *_table(number, family),
    ]  # fmt: skip
    previous = before.period
    n_periods = before.between(number, number.passage.periods)
    where = before.distance(number)
    found += _again(before, found)
    n_local = min(sum("near" in c.features for c in found), 2)
    is_local = "local" if n_local else "away"
    told, last_told = told_as(number), told_before(number, before)
    kept = inherited(number)
    columns = {c.key for c in found if "column" in c.features}
    is_captioned = any("captioned" in c.features for c in found)
    tense, lengths = tense_of(number), lengths_meant(number)
    shares = ["shares"] if is_of_shares(number) else []
    full = []
    for candidate in found:
        away = candidate.features[0] not in {"sentence", "cumulated", "as_lead"}
        extra = [f"p:{candidate.precision}|{word}" for word in shares]
        if away and tense and not n_local:
            extra.append(f"away|{tense}")
        if away and candidate.precision in lengths:
            extra.append("meant")
        extra += [
            f"p:{candidate.precision}",
            f"p:{candidate.precision}|{family}",
            f"p:{candidate.precision}|{metric}",
            _tense(number, candidate),
        ]
        for why in (why for why, key in kept.items() if candidate.key == key):
            extra += [
                why, f"{why}|local{n_local}", f"{why}|{told}", f"{why}|{metric}",
                f"{why}|{genre}", f"{why}|{genre}|{is_local}",
            ]  # fmt: skip
        if columns:
            extra.append("own_column" if candidate.key in columns else "other_column")
        if candidate.key == previous:
            extra += [
                f"previous|{last_told}>{told}",
                "previous", f"previous|local{n_local}", f"previous|periods{n_periods}|{where}",
                f"previous|{number.block.kind}",
            ]  # fmt: skip
        extra.append(f"{candidate.features[0]}|local{n_local}")
        full.append(_with(candidate, extra))
    common = [*(["other_column"] if columns else []), *(["no_caption"] if is_captioned else [])]
    published = number.marked.document.published_at
    for precision in ("as_of_publication", ""):
        features = [
            f"no:{precision}",
            f"no:{precision}|local{n_local}",
            f"no:{precision}|{family}",
            f"no:{precision}|{metric}",
            f"no:{precision}|{genre}",
            f"no:{precision}|{genre}|{is_local}",
            f"no:{precision}|{number.block.kind}",
            f"no:{precision}|found{min(len(found), 1)}",
            f"no:{precision}|{told}",
            f"no:{precision}|{told}|local{n_local}",
            *(f"no:{precision}|{word}" for word in shares),
            *([f"no:{precision}|{tense}|local{n_local}"] if tense else []),
            *([f"no:{precision}|meant"] if lengths else []),
            *common,
        ]
        if previous is not None and previous[2] == precision:
            features += [
                f"no:{precision}|previous",
                f"no:{precision}|previous|periods{n_periods}|{where}",
            ]
        last = published if precision else None
        full.append(PeriodCandidate(None, last, precision, None, tuple(features)))
    return full


def _again(before: Before, found: list[PeriodCandidate]) -> list[PeriodCandidate]:
    """The period of the number before, where nothing within reach names it."""
    if before.period is None or before.period[2] in {"", "as_of_publication"}:
        return []
    if any(c.key == before.period for c in found):
        return []
    return [PeriodCandidate(*before.period, None, ("again",))]


def _with(candidate: PeriodCandidate, extra: list[str]) -> PeriodCandidate:
    return PeriodCandidate(
        candidate.first, candidate.last, candidate.precision, candidate.word,
        (*candidate.features, *extra),
    )  # fmt: skip


def _ended(candidate: PeriodCandidate) -> PeriodCandidate:
    """The last day of a period: "employees at period end" under "Q2"."""
    return PeriodCandidate(
        candidate.last, candidate.last, "day", candidate.word, candidate.features
    )


def _tense(number: Number, candidate: PeriodCandidate) -> str:
    published = number.marked.document.published_at
    if published is None or candidate.first is None:
        return "tense:open"
    return "tense:future" if candidate.first > published else "tense:past"


def _candidate(period: Period, features: list[str]) -> PeriodCandidate:
    return PeriodCandidate(
        period.first, period.last, period.precision, _word(period), tuple(features)
    )


def _word(period: Period) -> Span:
    return Span(period.start, period.end, period.surface)


def _in_sentence(number: Number) -> Iterator[PeriodCandidate]:
    passage = number.passage
    order = sorted(passage.periods, key=lambda p: abs(p.start - number.quantity.start))
    seen: dict[str, int] = {}
    scopes = comparisons(passage, number.marked.lower)
    for period in order:
        stands = relation(number.quantity, period, scopes)
        side = number.side(period)
        features = ["sentence"]
        if stands != "period":
            rank = min(seen.get(side, 0), 2)
            seen[side] = rank + 1
            features += _nearness(number, period, rank)
        features += [f"compared:{stands}", f"compared:{stands}|{side}"]
        if number.quantity.change:
            features.append(f"compared:{stands}|{number.quantity.change}")
        if aligned := period_alignment(number, period):
            features.append(aligned)
        before = number.before_text(period.start, 8)
        if period.surface.lower().endswith("end"):
            features.append("at_end")
        if before.rstrip().endswith(("(", "（")):
            features.append(f"bracketed|{side}")
        if period.start - passage.sentence.start <= _AT_START:
            features.append("opens_sentence")
        yield _candidate(period, features)
        cumulated = _cumulated(period)
        if cumulated is not None:
            is_yearly = is_of_this_year(number, period)
            year = ["cumulated|this_year", *features] if is_yearly else []
            counted = ("cumulated", f"cumulated|{side}", *year)
            yield PeriodCandidate(*cumulated, _word(period), counted)
        moved = _as_lead(number, period)
        if moved is not None and "bracketed|before" in features:
            yield PeriodCandidate(*moved, _word(period), ("as_lead", *features))


def _cumulated(period: Period) -> Key | None:
    """From the start of the year to the end that a text counts up to: "by September"."""
    last = period.last
    is_part = period.first is None and period.precision in {"day", "month", "quarter"}
    return (date(last.year, 1, 1), last, "range") if is_part and last is not None else None


def _as_lead(number: Number, period: Period) -> Key | None:
    """The document's own half or quarter in the year that a bare year names, None without one.

    In a report on six months "2024" stands for six months of it.
    """
    lead = lead_of(number.marked)
    if period.precision != "year" or period.first is None or period.last is None:
        return None
    if lead is None or lead[0] is None or lead[1] is None or lead[2] == "year":
        return None
    shift = MONTHS_OF_YEAR * (period.first.year - lead[1].year)
    days = shifted(Days(lead[0], lead[1], lead[2]), shift)  # type: ignore[arg-type]
    return days.first, days.last, days.precision


def _asked(number: Number) -> Iterator[PeriodCandidate]:
    """Periods of the question that the number's block answers."""
    block = number.passage.block
    if not block or _ASKS.search(number.marked.document.blocks[block - 1].surface) is None:
        return
    for at in range(number.at - 1, -1, -1):
        passage = number.marked.passages[at]
        if passage.block < block - 1:
            return
        if passage.block == block - 1:
            for period in passage.periods:
                yield _candidate(period, ["asked"])


def _nearness(number: Number, period: Period, rank: int) -> list[str]:
    """Where a period stands to the number; `rank` counts nearer ones on its side."""
    side = number.side(period)
    apart = min(number.clauses_to(period), 3)
    n_numbers = min(number.between(period, number.passage.quantities), 2)
    features = [
        "near",
        f"{side}|apart{apart}",
        f"{side}|rank{rank}",
        f"{side}|apart{apart}|rank{rank}",
        f"{side}|numbers{n_numbers}",
        f"{side}|near{number.distance(period)}",
    ]
    if number.quantity.change:
        features.append(f"{side}|rank{rank}|{number.quantity.change}")
    return features


def _before(number: Number) -> Iterator[PeriodCandidate]:
    passages = number.marked.passages
    back = 0
    for at in range(number.at - 1, max(number.at - 14, -1), -1):
        passage = passages[at]
        if not passage.periods:
            continue
        back += 1
        if back > _REACH:
            break
        same = "same_block" if passage.block == number.passage.block else "other_block"
        for n, period in enumerate(passage.periods):
            place = "first" if n == 0 else "last" if n == len(passage.periods) - 1 else "middle"
            rank = min(back, 3)
            features = ["earlier", f"back{rank}|{same}", f"back{rank}|{same}|{place}"]
            yield _candidate(period, features)


def _heading(number: Number) -> Iterator[PeriodCandidate]:
    marked = number.marked
    under = marked.headings.get(number.passage.block)
    first = next((n for n, b in enumerate(marked.document.blocks) if b.kind == "heading"), None)
    for passage in marked.passages:
        origin = "heading" if passage.block == under else "title" if passage.block == first else ""
        if origin:
            for period in passage.periods:
                yield _candidate(
                    period, ["headed", f"from:{origin}", f"from:{origin}|{number.block.kind}"]
                )


def _table(number: Number, family: str) -> Iterator[PeriodCandidate]:
    """Of the caption of the number's table and of its column."""
    marked, cell = number.marked, number.cell
    if cell is None:
        return
    is_end = _ROW_END.search(" ".join(cell.row).lower()) is not None
    for passage in marked.passages:
        if passage.block >= number.passage.block:
            break
        block = marked.document.blocks[passage.block]
        if number.block.caption and block.surface.strip() == number.block.caption.strip():
            for period in passage.periods:
                yield _candidate(period, ["captioned", "from:caption"])
        for head in (head for head in block.cells if head.surface.strip() in cell.column):
            for period in passage.periods:
                if head.start <= period.start < head.end:
                    yield from _in_column(number, period, family, is_end=is_end)


def _in_column(
    number: Number, period: Period, family: str, *, is_end: bool
) -> Iterator[PeriodCandidate]:
    """What the period in the head of a column may mean for a cell of it."""
    named = _candidate(period, ["column", "from:column"])
    if is_end:
        yield _ended(named)
        return
    moved = _as_lead(number, period)
    if moved is not None:
        yield PeriodCandidate(*moved, _word(period), ("column", "from:column", "as_lead"))
    yield named
    if family in _STOCKS and period.precision in {"quarter", "half"}:
        yield _ended(_candidate(period, ["column", "from:column", "stock"]))
