"""What an entity bought and earned, in a report: verdict, channels, time, and what is around it."""

from collections.abc import Sequence
from typing import Any

from howdah.market.pages.split import Exposure, Figure, Part, SplitPage, Step
from howdah.market.pages.verdict import bought_share
from howdah.surfaces.reports.audiences import AudienceView, Rows
from howdah.surfaces.reports.axes import axis_of
from howdah.surfaces.reports.charts import Chart
from howdah.surfaces.reports.curves import split_spec
from howdah.surfaces.reports.drawing import draw
from howdah.surfaces.reports.marks import SQUARE, Look
from howdah.surfaces.reports.words import Words, visible

#: Periods of the course that are listed below their chart, and stops.
_LISTED, _STOPS = 8, 4

#: Colours of what was bought and what came by itself.
BOUGHT, EARNED = "var(--s2)", "var(--band)"


class Splits:
    """Makes the views of splits in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._n = 0

    def view(self, name: str, page: SplitPage) -> AudienceView:
        """The view of one split: set as an audience is, with a chart and tables."""
        self._n += 1
        t = self._words.t
        chart = self._course(page)
        tables = [
            self._parts(page),
            self._experiments(page),
            self._staying(page),
            self._stops(page),
            self._exposures(page),
            self._voices(page),
            self._funnel(page),
        ]
        return AudienceView(
            uid=f"split-{self._n}",
            heading=t("page.colon", label=name, text=self._verdict(page)),
            caption=self._caption(page),
            warning=t("split.simulated") if page.is_simulated else "",
            charts=() if chart is None else (chart,),
            tables=tuple(table for table in tables if table is not None),
        )

    def _verdict(self, page: SplitPage) -> str:
        t, base = self._words.t, page.base
        assert base is not None
        if base.verdict == "cannot_tell":
            return t("split.not_told")
        key = "split.weakly" if base.verdict == "weak" else "split.told"
        return t(key, bought=self._percent(bought_share(page)), earned=self._percent(base.share))

    def _caption(self, page: SplitPage) -> str:
        w, t = self._words, self._words.t
        outcome, spend = page.outcome, page.spend[0]
        assert outcome is not None
        return t(
            "split.proxy_caption" if page.is_proxy else "split.caption",
            outcome=w.metric(outcome.metric), source=outcome.source, spender=spend.source,
            first=outcome.first, last=outcome.last, n=page.n_periods,
            claims=w.joined(told.claim_ids[-1][:10] for told in (outcome, spend)),
        )  # fmt: skip

    def _percent(self, figure: Figure) -> str:
        return self._spanned(figure, lambda x: f"{100 * x:.0f} %")

    def _amount(self, figure: Figure | None) -> str:
        return "" if figure is None else self._spanned(figure, self._words.number)

    def _spanned(self, figure: Figure, text: Any) -> str:  # noqa: ANN401 - number to text
        t = self._words.t
        if figure.value is None:
            if figure.upper is None:
                return t("split.cannot_tell")
            if figure.lower:
                return t("split.from_to", low=text(figure.lower), high=text(figure.upper))
            return t("split.at_most", high=text(figure.upper))
        low, high = ("∞" if x is None else text(x) for x in (figure.lower, figure.upper))
        return t("split.figure", value=text(figure.value), low=low, high=high)

    def _title(self, page: SplitPage, channels: Sequence[str]) -> str:
        names = page.names if self._words.lang == "en" else {**page.names, **page.names_zh}
        named = [names.get(c, c) or self._words.t("split.all_channels") for c in channels]
        return " + ".join(named) or self._words.t("split.by_themselves")

    def _why(self, part: Part | Exposure) -> str:
        if self._words.lang == "en":
            return part.reason
        return self._words.t.name("split_why", part.code or part.verdict)

    def _parts(self, page: SplitPage) -> Rows:
        w, t = self._words, self._words.t
        assert page.base is not None
        every = [*page.parts, *page.together, page.base]
        currency = next((part.currency for part in every if part.currency), "")
        rows = [
            (
                self._title(page, part.channels),
                t.name("split_verdict", part.verdict),
                self._percent(part.share),
                "" if part.spend is None else w.number(part.spend),
                self._amount(part.cost) if part.cost and part.cost.is_told else "",
                self._amount(part.next_cost) if part.next_cost and part.next_cost.is_told else "",
            )
            for part in every
        ]
        columns = (
            t("split.channel"), t("split.verdict"), t("split.share"),
            t("split.spent", currency=currency), t("split.cost", currency=currency),
            t("split.next", currency=currency),
        )  # fmt: skip
        note = t("split.between").join(
            t("page.colon", label=self._title(page, part.channels), text=self._why(part))
            for part in every
            if part.verdict != "identified"
        )
        return _without_blanks(Rows(t("split.parts"), columns, tuple(rows), note))

    def _course(self, page: SplitPage) -> Chart | None:
        w, t = self._words, self._words.t
        told = [m for m in page.course if m.bought.is_told and m.earned.is_told]
        if len(told) < 2:  # noqa: PLR2004 - a point is no course
            return None
        assert page.outcome is not None
        numbers = [0.0]
        for m in told:
            numbers += [x for x in (m.bought.upper, m.earned.upper, m.outcome) if x is not None]
        axis = axis_of(numbers, "linear", page.outcome.unit, w.lang)
        heading, uid = t("split.course"), f"split-{self._n}-course"
        listed = told[-_LISTED:]
        return Chart(
            uid=uid,
            heading=heading,
            caption=t("split.course_caption", prob=w.share(page.prob)),
            svg=draw(
                split_spec(told, axis, w.metric(page.outcome.metric), (BOUGHT, EARNED)),
                title=visible(heading),
                description=visible(f"{heading}: {page.entity.name}"),
                uid=uid,
            ),
            looks=(
                Look(t("split.bought"), BOUGHT, SQUARE),
                Look(t("split.by_themselves"), EARNED, SQUARE),
            ),
            columns=(t("split.period"), t("split.bought"), t("split.by_themselves")),
            rows=tuple(
                (m.period.isoformat(), self._amount(m.bought), self._amount(m.earned))
                for m in listed
            ),
            table_note=t("chart.last_figures", n=len(listed), total=len(told)),
        )

    def _experiments(self, page: SplitPage) -> Rows | None:
        w, t = self._words, self._words.t
        planned = [(part, part.experiment) for part in page.parts if part.experiment is not None]
        if not planned:
            return None
        rows = [
            (
                self._title(page, part.channels),
                t(
                    "split.pauses", n=plan.n_pauses, length=plan.n_periods,
                    rhythm=t.name("rhythm" if plan.n_periods == 1 else "rhythms", page.rhythm),
                ),
                f"{w.number(plan.detectable)} ({100 * plan.detectable_share:.0f} %)",
                f"{plan.power:.2f}",
            )
            for part, plan in planned
        ]  # fmt: skip
        columns = t("split.channel"), t("split.stop_it"), t("split.finds"), t("split.power")
        return Rows(t("split.experiments"), columns, tuple(rows))

    def _staying(self, page: SplitPage) -> Rows | None:
        t = self._words.t
        told = [(day, f) for day, f in page.survival if f.upper is not None]
        if not told:
            return None
        rows = [(day.isoformat(), self._amount(f)) for day, f in (told[0], told[-1])]
        note, kept = t("split.no_panel"), page.kept
        if kept is not None and kept.bought is not None and kept.earned is not None:
            bought, earned = (Figure(k.value, k.lower, k.upper) for k in (kept.bought, kept.earned))
            note = t(
                "split.kept", day=page.kept_day, bought=self._percent(bought),
                earned=self._percent(earned), source=page.kept_source, n=kept.n,
            )  # fmt: skip
        elif kept is not None:
            note = t("split.kept_not_told", why=t.name("split_lacking", kept.missing))
        return Rows(t("split.staying"), (t("split.period"), t("split.left")), tuple(rows), note)

    def _stops(self, page: SplitPage) -> Rows | None:
        t = self._words.t
        if not page.stops:
            return None
        rows = [
            (
                stop.day.isoformat(),
                self._title(page, (stop.channel,)),
                self._amount(stop.change),
                f"{stop.n_before} / {stop.n_after}",
                t("split.ban", claim=stop.claim_ids[0][:10]) if stop.claim_ids else "",
            )
            for stop in page.stops[-_STOPS:]
        ]
        columns = (
            t("split.day"), t("split.channel"), t("split.higher_before"), t("split.n"),
            t("split.why"),
        )  # fmt: skip
        table = Rows(t("split.stops"), columns, tuple(rows), t("split.stops_note"))
        return _without_blanks(table)

    def _exposures(self, page: SplitPage) -> Rows:
        t = self._words.t
        rows = [
            (
                self._words.called(page.names.get(e.owner, e.owner))
                if e.owner
                else t("split.owner_unknown"),
                self._title(page, e.channels),
                t("split.is_rival") if e.is_rival else "",
                self._percent(e.share),
                self._amount(e.lately),
            )
            for e in page.exposures
        ]
        columns = (
            t("split.owner"), t("split.channel"), t("split.rival"), t("split.share"),
            t("split.lately", rhythm=t.name("rhythm", page.rhythm)),
        )  # fmt: skip
        return _without_blanks(Rows(t("split.exposure"), columns, tuple(rows)))

    def _voices(self, page: SplitPage) -> Rows | None:
        t = self._words.t
        if not page.voices:
            return None
        meanings = list(dict.fromkeys(v.meaning for v in page.voices))
        cells = {
            (v.channel, v.meaning): t(
                "split.voice_of", share=f"{100 * v.share:.1f} %", n=v.n_advertisers
            )
            for v in page.voices
        }
        rows = [
            (
                self._title(page, (channel,)) if channel else t("split.all_of_these"),
                *(cells.get((channel, meaning), "") for meaning in meanings),
            )
            for channel in dict.fromkeys(v.channel for v in page.voices)
        ]
        told = page.voices[0].told
        note = t(
            "split.voice_note", first=told.first, last=told.last,
            sources=self._words.joined(dict.fromkeys(v.told.source for v in page.voices)),
            claims=self._words.joined(
                dict.fromkeys(v.told.claim_ids[-1][:10] for v in page.voices)
            ),
        )  # fmt: skip
        columns = (t("split.channel"), *(t.name("split_meaning", m) for m in meanings))
        return Rows(t("split.voice"), columns, tuple(rows), note)

    def _funnel(self, page: SplitPage) -> Rows:
        t = self._words.t
        rows = [(t.name("split_step", s.kind), self._step(s)) for s in page.funnel]
        return Rows(t("split.funnel"), (t("split.step"), t("split.value")), tuple(rows))

    def _step(self, step: Step) -> str:
        t = self._words.t
        text = self._percent(step.figure) if step.kind == "kept" else self._amount(step.figure)
        if not step.missing:
            return text
        lacking = t.name("split_lacking", step.missing)
        return t("page.colon", label=text, text=lacking)


def _without_blanks(table: Rows) -> Rows:
    """A table without the columns that say nothing in any row."""
    kept = [n for n in range(len(table.columns)) if n == 0 or any(row[n] for row in table.rows)]
    return Rows(
        table.heading,
        tuple(table.columns[n] for n in kept),
        tuple(tuple(row[n] for n in kept) for row in table.rows),
        table.note,
    )
