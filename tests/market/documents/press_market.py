"""A market that is fed with articles, and what tests ask of it; all names are made up."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl

from howdah.core.calendar import Period
from howdah.core.wording import ACHIEVED
from howdah.estimates import CLAIM_INPUT
from howdah.market import Market
from howdah.market.documents.judging import PassageJudgement
from howdah.market.pages import Passage, Trail

ACCEPT, CORRECT, REJECT = PassageJudgement.ACCEPT, PassageJudgement.CORRECT, PassageJudgement.REJECT

CATALOGUE = """\
canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,identifiers,notes
Larkwise,company,,,,Larkwise Labs,,
Pip,product,Larkwise,皮普,,,,
Fern,product,,,,,,
"""
SPEC = """\
title = "News"
{source}
path = "{path}"
{more}
[licence]
name = "contract"
may_export = {may_export}
[documents]
{documents}
"""
#: What the reader is sure of, and what it is not.
SURE = "Pip had 8.2 million daily active users in October 2024."
UNSURE = "Fern had 3 million daily active users in October 2024."


class Clock:
    """A clock that tests set; it goes on a little at each look."""

    def __init__(self) -> None:
        self.now = dt.datetime(2025, 1, 10, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(milliseconds=1)
        return self.now

    def pass_days(self, n: int) -> None:
        self.now += dt.timedelta(days=n)


MakeMarket = Callable[..., Market]


def write(folder: Path, texts: dict[str, str | bytes]) -> None:
    for name, text in texts.items():
        data = text.encode() if isinstance(text, str) else text
        (folder / "articles" / name).write_bytes(data)


def dau(market: Market, name: str, as_of: dt.date | None = None) -> list[tuple[str, float | None]]:
    """Periods and lower ends of the claims that count, which is quicker than estimating."""
    ws = market._ws
    entity = ws.resolve(name).canonical_id
    claims = ws.claims(market.as_of(as_of), metrics=["dau"], columns=CLAIM_INPUT).filter(
        (pl.col("entity") == entity) & pl.col("modality").is_in(ACHIEVED)
    )
    return [
        (Period(first, last, precision).label, low)
        for first, last, precision, low in claims.sort("valid_to")
        .select("valid_from", "valid_to", "precision", "value_low")
        .iter_rows()
    ]


def waiting(market: Market) -> dict[str, Passage]:
    """Passages that wait, by their number as worded."""
    page = market.passages()
    return {p.pieces()[1]: p for p in page.passages}


def trail_of(market: Market, name: str) -> Trail:
    return market.trail(market.show(name).estimate("dau").estimate_id)


def page_of(text: str, *, day: str = "2024-11-14", head: str = "") -> str:
    meta = f'<meta property="article:published_time" content="{day}">{head}'
    return f"<html><head><title>News</title>{meta}</head><body><article>{text}</article></body>"


def read_passages(market: Market) -> list[dict[str, object]]:
    """Everything that was read, by the export that training data is made of."""
    target = market.folder / "readings.parquet"
    market.export(target, what="readings", force=True)
    return pl.read_parquet(target).to_dicts()  # type: ignore[no-any-return, unused-ignore]
