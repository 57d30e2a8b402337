"""What `howdah split` answers of an entity of a market: the verdict first, then what carries it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from howdah.core.errors import InputError
from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import number_text
from howdah.market.pages import basis_text
from howdah.market.pages.split import Exposure, Figure, Part, SplitPage, Step, Stopped, Told
from howdah.market.pages.verdict import share_text, spanned_text, verdict_text
from howdah.surfaces.cli.answer import named, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, day_text, id_text

#: Parts of the course that are shown: the last quarters, or as many periods.
_QUARTERS = 6

#: Effect whose power is told, in percent of the outcome.
_TENTH = "10"

_WORDS = {"identified": "told", "weak": "weakly told", "cannot_tell": "cannot tell"}

_LACKING = {
    "impressions": "no source tells its impressions",
    "creatives": "creatives and impressions are not both told",
    "split": "what the ads brought cannot be told",
    "panel": "no panel knows it",
    "cohorts": "too few months of new users are old enough",
    "range": "the share that was bought hardly differs between months",
    "width": "months differ too much",
    "spend": "what was spent is not told, only creatives",
    "kept": "whether bought users stay cannot be told",
    "nobody": "no bought user stays",
}

_STEPS = {
    "impressions": "Impressions a creative",
    "new": "Bought users a thousand impressions",
    "kept": "Bought users still active",
    "cost": "Spent for one who stays",
}


def check(entity: str, out: Path | None) -> None:
    """Refuse what only a file has.

    Raises
    ------
    InputError
        A folder to write is named, or the name is that of a file.
    """
    if out is None and not Path(entity).is_file():
        return
    raise InputError(
        "--channels is missing. A file is split with --outcome COL, --channels A,B and --out DIR; "
        "a product of the market takes none of these but --outcome METRIC."
    )


def run(
    entity: str, outcome: str | None, folder: Path | None, as_of: str | None, *, as_json: bool
) -> None:
    """Answer with what an entity bought and earned."""
    with opened(folder, "reading the market") as (market, progress):
        page = market.split(entity, outcome=outcome, as_of=as_of, progress=progress)
    if as_json:
        data = {key: value for key, value in named(page).items() if key != "basis"}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_split(screen, page, market.metrics)
    screen.write()


def draw_split(screen: Screen, page: SplitPage, metrics: MetricRegistry) -> None:
    """The verdict, the channels, time, what stays, and what stands around it."""
    screen.heading(f"Bought or earned: {page.entity.name}")
    if page.is_simulated:
        screen.text("SIMULATED, nothing of it is real.", style="bold")
    screen.text(verdict_text(page, metrics))
    _draw_read(screen, page)
    if not page.missing:
        _draw_parts(screen, page)
        _draw_course(screen, page)
        _draw_staying(screen, page)
        _draw_experiments(screen, page)
        _draw_stops(screen, page)
        _draw_exposures(screen, page)
    _draw_voices(screen, page)
    if not page.missing:
        _draw_funnel(screen, page)
    screen.blank()
    screen.text(
        f"Intervals hold the truth at {100 * page.prob:.0f} % if the model does: effects add to a "
        "level that drifts. A cause that moves with spend in the same weeks is not seen by it: a "
        "launch, a budget that follows this week's growth.",
        style="dim",
    )
    screen.text(basis_text(page.basis), style="dim")


def percent(figure: Figure) -> str:
    """A share in percent with its interval, or what there is room for."""
    return share_text(figure)


def amount(figure: Figure | None, currency: str = "") -> str:
    """An amount with its interval; '' where there is none."""
    if figure is None:
        return ""
    return spanned_text(figure, number_text, f" {currency}" if currency else "")


def _title(page: SplitPage, part: Part) -> str:
    return " + ".join(page.names.get(c, c) or "all channels" for c in part.channels)


def _draw_read(screen: Screen, page: SplitPage) -> None:
    """Which claims it was read from."""
    pairs = []
    if page.outcome is not None:
        pairs.append(("Outcome", told_text(page.outcome)))
    for told in page.spend:
        label = "Stands for spend" if told.metric == "ad_creatives" else "Spend"
        pairs.append((label, told_text(told)))
    if page.n_periods:
        pairs.append(("Periods", f"{page.n_periods} with both, by {page.rhythm}"))
    screen.fields(pairs, indent=2)


def told_text(told: Told) -> str:
    """Whose claims, of when, and the way to the last of them."""
    what = told.definition or told.metric
    return (
        f"{what}, {told.source}, {day_text(told.first)} to {day_text(told.last)}, "
        f"{counted(len(told.claim_ids), 'claim')}: howdah trail {id_text(told.claim_ids[-1])}"
    )


def _draw_parts(screen: Screen, page: SplitPage) -> None:
    screen.heading("What each channel brought")
    every = [*page.parts, *page.together]
    has_money = any(part.spend is not None for part in every)
    currency = next((part.currency for part in every if part.currency), "")
    columns = [Column("Channel"), Column("Verdict", is_whole=True), Column("Share", is_whole=True)]
    if has_money:
        columns += [
            Column(f"Spent, {currency}", is_number=True),
            Column(f"One costs, {currency}", is_whole=True),
            Column(f"The next, {currency}", is_whole=True),
        ]
    rows = []
    for part in every:
        row = [_title(page, part), _WORDS[part.verdict], percent(part.share)]
        if has_money:
            row += [
                "" if part.spend is None else number_text(part.spend),
                amount(part.cost) if part.cost and part.cost.is_told else "–",
                amount(part.next_cost) if part.next_cost and part.next_cost.is_told else "–",
            ]
        rows.append(row)
    assert page.base is not None
    base = page.base
    rows.append(["(by themselves)", _WORDS[base.verdict], percent(base.share)])
    rows[-1] += [""] * (len(columns) - 3)
    screen.table(columns, rows)
    for part in every:
        if part.verdict != "identified":
            screen.text(f"{_title(page, part)}: {part.reason}", indent=2, hang=2)
    if page.is_proxy:
        screen.text(
            "Creatives stand for spend that nobody tells: intervals allow for what they miss, and "
            "there is no cost.",
            indent=2,
        )


def _draw_course(screen: Screen, page: SplitPage) -> None:
    """Bought and earned by quarter of the year, or by period where they are longer."""
    screen.heading("Over time")
    outcome_noun = page.outcome.metric.replace("_", " ") if page.outcome else "users"
    rows = [
        [label, number_text(outcome), amount(bought), amount(earned)]
        for label, outcome, bought, earned in list(_quarters(page))[-_QUARTERS:]
    ]
    columns = [
        Column("Quarter", is_whole=True),
        Column(outcome_noun.capitalize(), is_number=True),
        Column("Bought", is_whole=True),
        Column("By themselves", is_whole=True),
    ]
    screen.table(columns, rows)
    screen.text(
        "Means a period of the quarter; ends are means of the ends of its periods.", style="dim"
    )


def _quarters(page: SplitPage) -> Iterator[tuple[str, float | None, Figure, Figure]]:
    by: dict[str, list[int]] = {}
    for n, moment in enumerate(page.course):
        label = f"{moment.period.year}-Q{(moment.period.month + 2) // 3}"
        by.setdefault(label, []).append(n)
    for label, places in by.items():
        some = [page.course[n] for n in places]
        yield (
            label,
            _mean([m.outcome for m in some]),
            _mean_figure([m.bought for m in some]),
            _mean_figure([m.earned for m in some]),
        )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if len(known) == len(values) else None


def _mean_figure(figures: Sequence[Figure]) -> Figure:
    return Figure(
        _mean([f.value for f in figures]),
        _mean([f.lower for f in figures]),
        _mean([f.upper for f in figures]),
    )


def _draw_staying(screen: Screen, page: SplitPage) -> None:
    screen.heading("If all ads stop")
    told = [(day, figure) for day, figure in page.survival if figure.upper is not None]
    if not told:
        screen.text("Cannot tell: what comes by itself is not known.")
    else:
        pairs = [(day_text(day), f"{amount(f)} a {page.rhythm}") for day, f in (told[0], told[-1])]
        screen.fields(pairs, indent=2)
    kept = page.kept
    if kept is None:
        screen.text("Whether bought users stay as long cannot be told: no panel knows it.")
    elif kept.bought is None or kept.earned is None:
        screen.text(
            f"Whether bought users stay as long cannot be told: {_LACKING[kept.missing]} "
            f"({counted(kept.n, 'month')})."
        )
    else:
        bought, earned = (Figure(k.value, k.lower, k.upper) for k in (kept.bought, kept.earned))
        screen.text(
            f"On day {page.kept_day} after they came {percent(bought)} of the bought users are "
            f"active and {percent(earned)} of the others ({page.kept_source}, "
            f"{counted(kept.n, 'month')} of new users)."
        )


def _draw_experiments(screen: Screen, page: SplitPage) -> None:
    planned = [part for part in page.parts if part.experiment is not None]
    if not planned:
        return
    screen.heading("The cheapest experiment that would tell")
    pairs = []
    for part in planned:
        plan = part.experiment
        assert plan is not None
        length = counted(plan.n_periods, page.rhythm if page.rhythm != "uneven" else "period")
        times = "" if plan.n_pauses == 1 else f", {plan.n_pauses} times with as much between"
        effect = f"{number_text(plan.detectable)} a {page.rhythm}"
        share = f"{100 * plan.detectable_share:.0f}"
        text = (
            f"stop it for {length}{times}: finds an effect of {effect} "
            f"({share} % of the outcome) with probability 0.80"
        )
        if share != _TENTH:
            text += f", and one of {_TENTH} % with {plan.power:.2f}"
        pairs.append((_title(page, part), text))
    screen.fields(pairs, indent=2)


def _draw_stops(screen: Screen, page: SplitPage) -> None:
    if not page.stops:
        return
    screen.heading("Stops as natural experiments")
    screen.fields([(day_text(s.day), _stop_text(page, s)) for s in page.stops[-4:]], indent=2)
    screen.text(
        "Before against after, other channels taken out, no curve assumed: what else changed just "
        "then is in it, and what carries over counts as earned.",
        style="dim",
    )


def _stop_text(page: SplitPage, stop: Stopped) -> str:
    why = ""
    if stop.claim_ids:
        why = f"; its owner took the ads no more: howdah trail {id_text(stop.claim_ids[0])}"
    return (
        f"{page.names.get(stop.channel, stop.channel)} stopped: the outcome was "
        f"{amount(stop.change)} a {page.rhythm} higher before (n = {stop.n_before} before, "
        f"{stop.n_after} after){why}"
    )


def _draw_exposures(screen: Screen, page: SplitPage) -> None:
    screen.heading("Whose the channels are, and what they could take away")
    rows = [_exposure_row(page, e) for e in page.exposures]
    columns = [
        Column("Owner"),
        Column("Channels"),
        Column("Rival"),
        Column("Share", is_whole=True),
        Column(f"Lately, a {page.rhythm}", is_whole=True),
    ]
    screen.table(columns, rows)
    if any(not e.owner for e in page.exposures):
        screen.text("Owners are named in market.toml: [[channel]] owner.", style="dim")


def _exposure_row(page: SplitPage, e: Exposure) -> list[str]:
    rivals = ", ".join(page.names.get(r, r) for r in e.rivals if r != e.owner)
    return [
        page.names.get(e.owner, e.owner) if e.owner else "not known",
        ", ".join(page.names.get(c, c) or "all channels" for c in e.channels),
        ("yes" + (f", with {rivals}" if rivals else "")) if e.is_rival else "",
        percent(e.share),
        amount(e.lately),
    ]


def _draw_voices(screen: Screen, page: SplitPage) -> None:
    if not page.voices:
        return
    screen.heading("Share of voice: three meanings, never one for another")
    meanings = list(dict.fromkeys(v.meaning for v in page.voices))
    cells = {
        (v.channel, v.meaning): f"{100 * v.share:.1f} % of {v.n_advertisers}" for v in page.voices
    }
    rows = [
        [
            page.names.get(channel, channel) or "all of these",
            *(cells.get((channel, meaning), "–") for meaning in meanings),
        ]
        for channel in dict.fromkeys(v.channel for v in page.voices)
    ]
    columns = [Column("Channel"), *(Column(f"Of {m}", is_whole=True) for m in meanings)]
    screen.table(columns, rows)
    last = {v.meaning: v.told for v in page.voices}
    screen.fields(
        [
            (f"Of {meaning}", f"{told.source}: howdah trail {id_text(told.claim_ids[-1])}")
            for meaning, told in last.items()
        ],
        indent=2,
    )
    told = page.voices[0].told
    screen.text(
        f"{day_text(told.first)} to {day_text(told.last)}, as stated: the entity's share of what "
        'the source tells of so many advertisers ("of 7"); whom it does not know is not in it.',
        style="dim",
    )


def _draw_funnel(screen: Screen, page: SplitPage) -> None:
    screen.heading("From ads to users who stay")
    currency = next((part.currency for part in page.parts if part.currency), "")
    screen.fields([(_STEPS[s.kind], _step_text(s, currency)) for s in page.funnel], indent=2)


def _step_text(step: Step, currency: str) -> str:
    figure = step.figure
    if step.missing and figure.upper is None:
        return f"cannot tell: {_LACKING[step.missing]}"
    text = percent(figure) if step.kind == "kept" else amount(figure)
    if step.kind == "cost":
        text = amount(figure, currency)
    if step.missing:
        return f"{text}; more cannot be told: {_LACKING[step.missing]}"
    if step.before is not None and step.after is not None:
        text += f"; {number_text(step.after)} from {number_text(step.before)}"
    return text
