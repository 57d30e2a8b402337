"""Scorecards: the report card of every source, how its figures move, and the feeds, as grids."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from howdah.market.pages import FeedReport
from howdah.surfaces.reports.grids import Cell, Grid, Heading, grid_of
from howdah.surfaces.reports.words import Words

#: Sources that stand alone follow truth, which needs no comparison.
_ORDER = {"truth": 0, "others": 0, "anchor": 1, "": 2}


def card_grids(cards: Sequence[Mapping[str, Any]], words: Words) -> tuple[Grid, ...]:
    """Report cards: those that can be compared with something, then the others."""
    parts = {
        words.t("sources.compared"): [c for c in cards if c["n_overlap"]],
        words.t("sources.alone"): [c for c in cards if not c["n_overlap"]],
    }
    return tuple(card_grid(part, words, label) for label, part in parts.items() if part)


def card_grid(cards: Sequence[Mapping[str, Any]], words: Words, label: str) -> Grid:
    """Some report cards."""
    t = words.t
    headings = [
        Heading(t("sources.source")),
        Heading(t("sources.metric")),
        Heading(t("sources.claims"), "number"),
        Heading(t("sources.lag"), "number"),
        Heading(t("sources.against")),
        Heading(t("sources.bias"), "number"),
        Heading(t("sources.noise"), "number"),
        Heading(t("sources.coverage"), "number"),
        Heading(t("sources.revised"), "number"),
        Heading(t("sources.suspects"), "number"),
        Heading(t("sources.calibration")),
    ]
    ordered = sorted(cards, key=lambda card: _ORDER[card["against"]])
    return grid_of(label, headings, [_card(card, words) for card in ordered])


def _card(c: Mapping[str, Any], w: Words) -> list[Cell]:
    t = w.t
    compared = (t("sources.series", n=c["n_overlap"]),) if c["n_overlap"] else ()
    revised = (t("sources.by", share=w.share(c["revision_size"])),) if c["n_revised"] else ()
    coverage = Cell()
    if c["coverage"] is not None:
        lower, upper = (w.share(c[f"coverage_{end}"]) for end in ("lower", "upper"))
        of = t("sources.of", n=f"{c['n_coverage']:,}")
        coverage = Cell(w.share(c["coverage"]), (t("page.to", start=lower, end=upper), of))
    return [
        Cell(c["source"], _copying(c, w)),
        Cell(w.metric(c["metric"]), (t.name("nature", c["nature"]),)),
        Cell(f"{c['n_claims']:,}", (t("sources.entities", n=c["n_entities"]),)),
        Cell("" if c["lag_days"] is None else f"{c['lag_days']:.0f}"),
        Cell(t.name("against", c["against"]) if c["against"] else "", compared),
        _measured(c["bias"], c["bias_lower"], c["bias_upper"], w),
        _measured(c["noise_sd"], c["noise_lower"], c["noise_upper"], w),
        coverage,
        Cell(f"{c['n_revised']:,}", revised),
        Cell(f"{c['n_suspect']:,}"),
        Cell(w.calibration(c["calibration"])),
    ]


def _copying(c: Mapping[str, Any], w: Words) -> tuple[str, ...]:
    """Whom a source repeats, and in how much of what both say."""
    if not c["copies"]:
        return ()
    t, name = w.t, c["copies"]
    is_all = c["n_copied"] == c["n_claims"]
    repeats = t("sources.only_copies", name=name) if is_all else t("sources.copies", name=name)
    share = w.share(c["copied_share"])
    return (repeats, t("sources.copied", share=share, n=c["n_copied"]))


def _measured(value: float | None, lower: float | None, upper: float | None, words: Words) -> Cell:
    if value is None:
        return Cell()
    form = "{:.3f}"
    ends = words.ends(lower, upper, form=form)
    return Cell(form.format(value), (ends,) if ends else ())


def revision_grid(revisions: Iterable[Mapping[str, Any]], words: Words) -> Grid:
    """How far figures of each age still move."""
    t = words.t
    headings = [
        Heading(t("sources.source")),
        Heading(t("sources.metric")),
        Heading(t("sources.age"), "number"),
        Heading(t("sources.end"), "number"),
        Heading(t("sources.spread"), "number"),
        Heading(t("sources.seen"), "number"),
        Heading(t("sources.final"), "number"),
    ]
    rows = [
        [
            Cell(r["source"]),
            Cell(words.metric(r["metric"]), (t.name("nature", r["nature"]),)),
            Cell(
                str(r["age_from"])
                if r["age_from"] == r["age_to"]
                else t("sources.age_span", first=r["age_from"], last=r["age_to"])
            ),
            Cell(words.move(r)),
            Cell(f"{r['spread']:.3f}"),
            Cell(f"{r['n']:,}"),
            Cell("" if r["final_after_days"] is None else str(r["final_after_days"])),
        ]
        for r in revisions
    ]
    return grid_of(t("sources.moves"), headings, rows)


def feed_grid(feeds: Iterable[FeedReport], words: Words) -> Grid:
    """State, reach and terms of the feeds."""
    t = words.t
    headings = [
        Heading(t("feeds.feed")),
        Heading(t("feeds.state"), "whole"),
        Heading(t("feeds.published"), "whole"),
        Heading(t("feeds.claims"), "number"),
        Heading(t("feeds.coverage"), "number"),
        Heading(t("feeds.licence")),
        Heading(t("feeds.attribution"), "long"),
    ]
    rows = [
        [
            Cell(f.title, (f.feed,)),
            Cell(
                t.name("state", f.state),
                (t("feeds.late", n=f.days_late),) if f.days_late and f.state == "late" else (),
            ),
            Cell(
                f.last_published_at.isoformat() if f.last_published_at else t("page.none"),
                (t.name("cadence", f.cadence),),
            ),
            Cell(
                f"{f.n_claims:,}",
                (t("feeds.quarantined", n=f.n_quarantined),) if f.n_quarantined else (),
            ),
            Cell(words.share(f.coverage)),
            Cell(f.licence, (t("feeds.yes") if f.may_export else t("feeds.no"),)),
            Cell(f.attribution),
        ]
        for f in feeds
    ]
    return grid_of(t("feeds.heading"), headings, rows)
