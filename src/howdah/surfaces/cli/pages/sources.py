"""What `howdah sources` answers: the report card of every source."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from howdah.core.extent import percent_text
from howdah.core.phrases import metric_title
from howdah.market import Market
from howdah.market.pages import SourceCards, basis_text
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen


def run(metric: str | None, folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the cards, of one metric when it is named."""
    with opened(folder, "comparing the sources") as (market, _):
        wanted = None if metric is None else market.metrics[metric].id
        page = market.sources(as_of)
    cards = [card for card in page.cards if wanted is None or card["metric"] == wanted]
    if as_json:
        write_json(cards, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_cards(screen, market, page, cards)
    screen.write()


def draw_cards(
    screen: Screen, market: Market, page: SourceCards, cards: Sequence[dict[str, Any]]
) -> None:
    """The cards as text: those that can be compared with others first."""
    compared = [card for card in cards if card["n_overlap"]]
    alone = [card for card in cards if not card["n_overlap"]]
    if compared:
        screen.heading("Compared with other sources of the same thing")
        rows = [
            [
                card["source"],
                metric_title(market.metrics, card["metric"]),
                _factor(card["bias_factor"]),
                _share(card["noise_sd"]),
                f"{card['n_overlap']:,}",
                percent_text(card["coverage"]),
                *_record(card),
            ]
            for card in compared
        ]
        columns = [
            Column("Source"),
            Column("Metric"),
            Column("Bias", is_number=True),
            Column("Noise", is_number=True),
            Column("Shared", is_number=True),
            Column("Inside", is_number=True),
            *_record_columns(),
        ]
        screen.table(columns, rows)
        screen.text(
            "Bias is a factor against the others (1: none), Noise its spread on the log scale, "
            "Shared how many figures were compared, Inside the share within the others' interval.",
            style="dim",
        )
    if alone:
        screen.heading("Standing alone: bias cannot be told")
        rows = [
            [
                card["source"],
                metric_title(market.metrics, card["metric"]),
                f"{card['n_entities']:,}",
                f"{card['n_claims']:,}",
                *_record(card),
            ]
            for card in alone
        ]
        columns = [
            Column("Source"),
            Column("Metric"),
            Column("Entities", is_number=True),
            Column("Claims", is_number=True),
            *_record_columns(),
        ]
        screen.table(columns, rows)
    if cards:
        screen.text(
            "Lag: median days from the end of a period to its publication. Revised: periods that "
            "were restated. Outliers: figures set aside.",
            style="dim",
        )
    else:
        screen.text("No source states that. `howdah metrics` lists what may be asked for.")
    screen.blank()
    if cards:
        screen.text(f"Calibration: {cards[0]['calibration']}.", style="dim")
    screen.text(basis_text(page.basis), style="dim")


def _record_columns() -> list[Column]:
    titles = ("Lag", "Revised", "Outliers")
    return [Column(title, is_number=True) for title in titles]


def _record(card: dict[str, Any]) -> list[str]:
    lag = card["lag_days"]
    return [
        "–" if lag is None else f"{lag:,.0f}",
        f"{card['n_revised']:,}",
        f"{card['n_suspect']:,}",
    ]


def _factor(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
