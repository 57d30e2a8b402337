"""What `howdah sources` answers: the report card of every source."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from howdah.core.errors import InputError
from howdah.core.estimate import CALIBRATED, UNCALIBRATED
from howdah.core.extent import percent_text
from howdah.core.phrases import metric_title
from howdah.market import Market
from howdah.market.pages import SourceCards, basis_text
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted

#: Cells of a card.
RowOf: TypeAlias = Callable[[Mapping[str, Any]], list[str]]

#: Rows of a list that tell little each, beyond which those of few claims are counted alone.
_MOST_ROWS = 20

#: What cards may be split by.
GROUPS = ("segment", "size")


def run(
    metric: str | None, group: str | None, folder: Path | None, as_of: str | None, *, as_json: bool
) -> None:
    """Answer with the cards, of one metric when it is named, by segment or size when asked."""
    if group is not None and group not in GROUPS:
        raise InputError(f"--by is {group!r}; give {' or '.join(GROUPS)}.")
    with opened(folder, "comparing the sources") as (market, _):
        wanted = None if metric is None else market.metrics[metric].id
        page = market.sources(as_of)
        charts = page.silent_charts_of(wanted, market.metrics)
    cards = [
        card
        for card in page.cards
        if (wanted is None or card["metric"] == wanted) and card["group"] == (group or "all")
    ]
    if as_json:
        write_json(cards, market=market.folder, basis=page.basis)
        return
    if group and not cards and page.cards:
        raise InputError(
            f"No source has figures of enough series in one {group} to be compared there. "
            "Leave --by out to compare them over all."
        )
    screen = Screen()
    draw_cards(screen, market, page, cards, charts)
    screen.write()


def draw_cards(
    screen: Screen,
    market: Market,
    page: SourceCards,
    cards: Sequence[Mapping[str, Any]],
    charts: Sequence[Mapping[str, Any]],
) -> None:
    """The cards as text: those that can be compared with something first."""
    compared = [card for card in cards if card["n_overlap"]]
    anchors = [card for card in cards if card["against"] == "anchor"]
    alone = [card for card in cards if not card["n_overlap"] and card["against"] != "anchor"]
    titles = {segment.id: segment.title for segment in market.config.segment}
    named = any(card["name"] for card in cards)
    first = [Column("Source"), Column("Metric"), *([Column("Group")] if named else [])]

    def who(card: Mapping[str, Any]) -> list[str]:
        group = [titles.get(card["name"], card["name"])] if named else []
        return [card["source"], metric_title(market.metrics, card["metric"]), *group]

    if compared:
        screen.heading("Compared with truth, or with other sources of the same thing")
        rows = [
            [
                *who(card),
                card["against"],
                f"{card['n_overlap']:,}",
                _with_ends(card, "bias", "{:.3g}"),
                _with_ends(card, "noise_sd", "{:.2g}"),
                _with_ends(card, "coverage", "{:.0%}"),
                f"{card['n_coverage']:,}",
            ]
            for card in compared
        ]
        columns = [
            *first,
            Column("Against"),
            *(
                Column(title, is_number=True)
                for title in ("Series", "Bias", "Noise", "Inside", "of")
            ),
        ]
        screen.table(columns, rows)
        screen.text(
            "Bias is a factor (1: none), a difference for what is not counted; Noise its spread "
            "on the log scale; Inside the share of known numbers within the interval that is "
            "given without them or, where there are none, of its figures within the others'. "
            "Each with its interval.",
            style="dim",
        )
    copies = [card for card in compared if card["copies"] and card["group"] == "all"]
    for card in copies:
        screen.text(_copies_text(card, metric_title(market.metrics, card["metric"])))
    if anchors:
        screen.heading("Trusted truth")
        for source in sorted({card["source"] for card in anchors}):
            own = [card for card in anchors if card["source"] == source]
            names = ", ".join(sorted({metric_title(market.metrics, c["metric"]) for c in own}))
            screen.text(f"{source}: {names}")
    if alone:
        screen.heading("Standing alone: bias cannot be told")
        columns = [*first, Column("Entities", is_number=True), Column("Claims", is_number=True)]
        _draw_largest(
            screen, columns, alone,
            lambda card: [*who(card), f"{card['n_entities']:,}", f"{card['n_claims']:,}"],
        )  # fmt: skip
    _draw_silent(screen, market, charts)
    if cards:
        _draw_records(screen, first, cards, who)
    else:
        screen.text("No source states that. `howdah metrics` lists what may be asked for.")
    screen.blank()
    tested = sorted(
        {
            metric_title(market.metrics, card["metric"])
            for card in cards
            if card["calibration"] == CALIBRATED
        }
    )
    if tested:
        screen.text(f"Intervals were tested on truth: {', '.join(tested)}.", style="dim")
    if any(card["calibration"] == UNCALIBRATED for card in cards):
        screen.text("Where there is no truth: uncalibrated here.", style="dim")
    screen.text(basis_text(page.basis), style="dim")


def _copies_text(card: Mapping[str, Any], title: str) -> str:
    """Whom a source copies, how much of what both say, and what comes of it."""
    only = "only repeats" if card["n_copied"] == card["n_claims"] else "repeats"
    share = card["copied_share"]
    part = "" if share is None else f" in {share:.0%} of what both say"
    left_out = counted(card["n_copied"], "claim")
    return (
        f"{title}: {card['source']} {only} {card['copies']}{part}; {left_out} left out as copies, "
        "which are no witnesses of their own."
    )


def _draw_silent(screen: Screen, market: Market, charts: Sequence[Mapping[str, Any]]) -> None:
    """One line for charts of a source that tell no level for one reason."""
    if not charts:
        return
    screen.heading("Charts whose places tell no level")
    groups = Counter((c["source"], c["metric"], c["reason"]) for c in charts)
    for (source, metric, reason), n in sorted(groups.items()):
        lists = f", {n} lists" if n > 1 else ""
        title = metric_title(market.metrics, metric)
        screen.text(f"{source}, {title}{lists}: {reason}", indent=2, hang=2)


def _draw_largest(
    screen: Screen, columns: Sequence[Column], cards: Sequence[Mapping[str, Any]], row_of: RowOf
) -> None:
    """A list of cards; of a long one those that restated or erred and those of the most claims."""
    by_weight = sorted(
        range(len(cards)),
        key=lambda n: (not _has_fault(cards[n]), -cards[n]["n_claims"], n),
    )
    screen.table(columns, [row_of(cards[n]) for n in sorted(by_weight[:_MOST_ROWS])])
    left_out = by_weight[_MOST_ROWS:]
    if left_out:
        most = counted(max(cards[n]["n_claims"] for n in left_out), "claim")
        screen.text(
            f"and {counted(len(left_out), 'other source')}, none of more than {most}; "
            "--metric shows those of a metric, --json all"
        )


def _has_fault(card: Mapping[str, Any]) -> bool:
    return bool(card["n_revised"] or card["n_suspect"])


def _draw_records(
    screen: Screen, first: Sequence[Column], cards: Sequence[Mapping[str, Any]], who: RowOf
) -> None:
    """How late sources are, what they restated and what was set aside; zeros alone are counted."""
    screen.heading("Punctual, restated, held wrong")
    told = [card for card in cards if card["lag_days"] or _has_fault(card)]
    if told:
        _draw_largest(
            screen, [*first, *_record_columns()], told, lambda card: [*who(card), *_record(card)]
        )
        screen.text(
            "Lag: median days from the end of a period to its publication. Revised: periods that "
            "were restated, and by how much in the middle. Held wrong: figures set "
            "aside, by their own series or beside other sources; copies are not among them.",
            style="dim",
        )
    if quiet := len(cards) - len(told):
        more = f"{quiet:,} more" if told else f"{quiet:,}"
        screen.text(f"Of {more} there is nothing to tell: no lag, restatement or error.")


def _record_columns() -> list[Column]:
    titles = ("Lag", "Revised", "By", "Held wrong")
    return [Column(title, is_number=True) for title in titles]


def _record(card: Mapping[str, Any]) -> list[str]:
    lag = card["lag_days"]
    return [
        "–" if lag is None else f"{lag:,.0f}",
        f"{card['n_revised']:,}",
        percent_text(card["revision_size"]),
        f"{card['n_suspect']:,}",
    ]


def _with_ends(card: Mapping[str, Any], name: str, form: str) -> str:
    """A value with its interval: "1.02 (0.99 to 1.05)"."""
    value = card[name]
    stem = name.removesuffix("_sd")
    lower, upper = card[f"{stem}_lower"], card[f"{stem}_upper"]
    if value is None:
        return "–"
    if lower is None or upper is None:
        return form.format(value)
    return f"{form.format(value)} ({form.format(lower)} to {form.format(upper)})"
