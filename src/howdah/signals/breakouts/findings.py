"""Breakouts as findings: the best candidates of a board, and what became of those of the past."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from howdah.core.calendar import Period, add_months
from howdah.core.finding import Finding
from howdah.core.phrases import reason
from howdah.signals.backtesting.bench import FLAGGED, OWN, run_backtest
from howdah.signals.breakouts.boards import HORIZON_MONTHS, Board, board_feed, ranked
from howdah.signals.breakouts.feed import Feed
from howdah.signals.breakouts.outlook import Question, Sources, look_out
from howdah.signals.breakouts.table import breakout_table
from howdah.signals.records.cases import Base, Case, Judged

METHOD = "breakout.1"

#: How candidates are told; their odds do not hang on it.
TELLING = "told.2"

#: Candidates of a board that are told, and of each of its segments besides.
_MOST = 10
_MOST_OF_SEGMENT = 3

#: A chance smaller than this is not told.
_LEAST_CHANCE = 0.05

#: Readings of a candidate that are named as its claims.
_CLAIMS = 12

_MONTH_DAYS = 30.44

SegmentOf = Callable[[str], str]


def find_breakouts(
    observations: pl.DataFrame,
    board: Board,
    as_of: dt.date,
    *,
    segment_of: SegmentOf,
    names: Mapping[str, str],
    prob: float,
) -> list[Finding]:
    """The best candidates of a board, overall and in each segment.

    Parameters
    ----------
    observations
        Known on `as_of`.
    segment_of
        Id of the segment to show an entity under, '' for none.
    """
    question = Question(board.target, HORIZON_MONTHS, prob)
    outlook = look_out(Sources(board_feed(observations, board)), as_of, question)
    # Where nobody can be told from another, nobody is named.
    if outlook.model is None:
        return []
    table = breakout_table(outlook, question).filter(
        (pl.col("probability") >= _LEAST_CHANCE) & pl.col("rank").is_not_null()
    )
    chosen: list[dict[str, object]] = []
    of_segment: dict[str, int] = {}
    for row in table.iter_rows(named=True):
        segment = segment_of(row["entity"])
        n = of_segment.get(segment, 0)
        if len(chosen) < _MOST or (segment and n < _MOST_OF_SEGMENT):
            chosen.append({**row, "segment": segment})
            of_segment[segment] = n + 1
    claims = _claims(observations, board, [str(row["entity"]) for row in chosen])
    return [
        _finding(board, row, names, claims[str(row["entity"])], as_of, prob, outlook.model.n_came)
        for row in chosen
    ]


def _claims(
    observations: pl.DataFrame, board: Board, entities: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    rows = ranked(observations).filter(
        (pl.col("feed") == board.feed)
        & (pl.col("metric") == board.metric)
        & (pl.col("definition") == board.definition)
        & pl.col("entity").is_in(list(entities))
    )
    last = rows.sort("valid_to").group_by("entity").agg(pl.col("claim_id").tail(_CLAIMS))
    return {entity: tuple(ids) for entity, ids in last.iter_rows()}


def _finding(
    board: Board,
    row: Mapping[str, object],
    names: Mapping[str, str],
    claim_ids: tuple[str, ...],
    as_of: dt.date,
    prob: float,
    n_came: int,
) -> Finding:
    entity = str(row["entity"])
    chance, lower, upper = (float(str(row[k])) for k in ("probability", "lower", "upper"))
    months = row["lead_estimate_months"]
    return Finding(
        kind="breakout",
        entity=entity,
        name=names.get(entity, entity),
        metric=board.metric,
        definition=board.definition,
        segment=str(row["segment"]),
        period=Period(as_of, add_months(as_of, HORIZON_MONTHS), "range"),
        value=chance,
        lower=lower,
        upper=upper,
        prob=prob,
        measure="probability",
        probability=chance,
        n=len(claim_ids),
        cause="cannot tell",
        cause_reason=reason("own_past", n=f"{n_came:,}"),
        as_of=as_of,
        method=METHOD,
        claim_ids=claim_ids,
        params={
            "feed": board.feed,
            "n_top": board.target.n,
            "n_listed": board.n_listed,
            "months": HORIZON_MONTHS,
            "rank": int(str(row["rank"])),
            "lead_months": None if months is None else float(str(months)),
            "reasons": str(row["reasons"]),
            "caveats": str(row["caveats"]),
        },
        priority=0.7 * chance * (1.0 if row["segment"] else 0.4),
    )


def judge_breakouts(
    feed: Feed,
    board: Board,
    origins: Sequence[dt.date],
    *,
    segment_of: SegmentOf,
    names: Mapping[str, str],
    prob: float,
) -> Iterator[tuple[dt.date, Judged]]:
    """What became of the first candidates at past origins, by the bench that scores feeds.

    Parameters
    ----------
    feed
        Every print, so that each origin knows its own.
    origins
        A month apart or more, ascending, on the same day of their months.
    """
    if not origins:
        return
    question = Question(board.target, HORIZON_MONTHS, prob)
    found = run_backtest(Sources(feed), origins, question)
    for score in (s for s in found.scores if s["method"] == OWN):
        origin = score["origin"]
        assert isinstance(origin, dt.date)
        judged_on = add_months(origin, HORIZON_MONTHS)
        leads = [x for x in found.leads if x["origin"] == origin and x["method"] == OWN]
        cases = tuple(_case(board, x, judged_on, segment_of, names) for x in leads)
        n, came = int(str(score["n"])), sum(bool(x["came"]) for x in leads)
        right = round(float(str(score["base_rate"])) * n) - came
        is_clean = not score["contaminated"]
        n_others = max(n - FLAGGED, 0) if is_clean else 0
        base = Base("breakout", origin, judged_on, n_others, max(right, 0) if is_clean else 0)
        yield origin, Judged(cases, (base,))


def _case(
    board: Board,
    lead: Mapping[str, object],
    judged_on: dt.date,
    segment_of: SegmentOf,
    names: Mapping[str, str],
) -> Case:
    entity, origin, months = str(lead["entity"]), lead["origin"], lead["lead_months"]
    assert isinstance(origin, dt.date)
    after = None if months is None else float(str(months))
    return Case(
        kind="breakout",
        finding_id="",
        entity=entity,
        name=names.get(entity, entity),
        metric=board.metric,
        segment=segment_of(entity),
        as_of=origin,
        judged_on=judged_on,
        size=float(str(lead["probability"])),
        level=None,
        outcome="right" if lead["came"] else "wrong",
        after=after,
        lead_days=None if after is None else round(after * _MONTH_DAYS),
        is_contaminated=bool(lead["contaminated"]),
        claim_ids=(),
    )
