"""Reasons and caveats: what speaks for or against an entity, and what to be wary of."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.leads import AGAINST
from howdah.signals.breakouts.absent import KINDS
from howdah.signals.breakouts.features import NEAR
from howdah.signals.breakouts.outlook import Outlook
from howdah.signals.breakouts.target import Target
from howdah.signals.breakouts.training import breaks_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Reasons for and against an entity, and what one has to add to, or take from, the log odds to be
#: told.
_MOST_FOR = 3
_MOST_AGAINST = 2
_LEAST_ODDS = 0.1

#: Months of history below which it is short, and those in which a break counts.
_SHORT = 12
_LOOKED_BACK = 12


def _fold(values: Floats) -> pl.Series:
    return pl.Series(np.exp(np.abs(values)).round(2)).cast(pl.String)


#: A feature's values in words, and whether they are told as a reason for the entity.
Telling = Callable[[Floats, bool], pl.Series]


def _only(is_for: bool) -> str:
    """Where a shortfall raises the odds: it is smaller than that of the usual candidate."""
    return "only " if is_for else ""


def _growth(months: int) -> Telling:
    def told(values: Floats, is_for: bool) -> pl.Series:
        words = np.where(values >= 0, "grew ", f"shrank {_only(is_for)}")
        span = "a month" if months == 1 else f"{months} months"
        return _joined(pl.Series(words), _fold(values), f"-fold against the market in {span}")

    return told


def _joined(*parts: pl.Series | str) -> pl.Series:
    columns = {f"c{n}": part for n, part in enumerate(parts) if isinstance(part, pl.Series)}
    exprs = [pl.col(f"c{n}") if f"c{n}" in columns else pl.lit(p) for n, p in enumerate(parts)]
    return pl.DataFrame(columns).select(pl.concat_str(exprs)).to_series()


def _percent(values: Floats) -> pl.Series:
    return _joined(pl.Series((100 * values).round()).cast(pl.Int64).cast(pl.String), " %")


def _months_of(values: Floats) -> pl.Series:
    return pl.Series(np.expm1(values).round()).cast(pl.Int64).cast(pl.String)


def _crossing(values: Floats, is_for: bool) -> pl.Series:
    away = pl.Series(np.abs(values).round(1)).cast(pl.String)
    side = pl.Series(np.where(values >= 0, "beyond", "short of"))
    only = pl.Series(np.where(values >= 0, "", _only(is_for)))
    return _joined("its trend ends ", only, away, " standard deviations ", side, " the target")


def _seasonal(values: Floats, is_for: bool) -> pl.Series:
    side = pl.Series(np.where(values >= 0, "reach", "miss"))
    only = pl.Series(np.where(values >= 0, "", _only(is_for)))
    by = _joined(" the target by ", only, _fold(values), "-fold")
    return _joined("its path of a year ago would ", side, by)


def _acceleration(values: Floats, is_for: bool) -> pl.Series:
    words = pl.Series(np.where(values >= 0, "more", "less"))
    only = pl.Series(np.where(values >= 0, "", _only(is_for)))
    return _joined(
        "grew ", only, _fold(values), "-fold ", words, " in 3 months than in the 3 before"
    )


def _best(values: Floats, _: bool) -> pl.Series:
    side = pl.Series(np.where(values >= 0, "no better", "better"))
    times = pl.Series(np.exp(values).round(2)).cast(pl.String)
    return _joined(
        "stood ", side, " in the 12 months before: at best at ", times, " times its rank"
    )


#: What each feature is in words; of a companion after its number.
_WORDS: dict[str, Telling] = {
    "crossing": _crossing,
    "seasonal": _seasonal,
    **{f"growth_{months}": _growth(months) for months in (1, 3, 6, 12)},
    "acceleration": _acceleration,
    "volatility": lambda v, _: _joined("moves ", _fold(v), "-fold in a usual month"),
    "rises": lambda v, _: _joined("rose in ", _percent(v), " of the last 12 months"),
    "listed": lambda v, _: _joined("in the list in ", _percent(v), " of the last 12 months"),
    "best": _best,
    "age": lambda v, _: _joined("first seen ", _months_of(v), " months ago"),
    "family_growth_3": lambda v, is_for: _joined("others of its name: ", _growth(3)(v, is_for)),
    "family_growth_12": lambda v, is_for: _joined("others of its name: ", _growth(12)(v, is_for)),
    "family_top": lambda v, _: _joined(_percent(v), " of the others of its name are in the top"),
}  # fmt: skip

_COMPANION_WORDS: dict[str, Telling] = {
    "growth_3": _growth(3),
    "growth_12": _growth(12),
    "place": lambda v, _: _joined("among the first ", _percent(np.minimum(np.exp(v), 1.0))),
    "age": lambda v, _: _joined("first seen ", _months_of(v), " months ago"),
}


#: Features that read as good news where they are positive.
_GOOD_NEWS = re.compile(r"crossing|seasonal|acceleration|(family_)?growth_\d+|\d+:growth_3")


def tell_reasons(outlook: Outlook, chosen: Ints, target: Target) -> pl.Series:
    """What raises the odds of candidates beside the usual one, and what lowers them.

    Parameters
    ----------
    chosen
        (k,) positions among the candidates.

    Returns
    -------
    Series
        Texts, those for it first, the weightiest first, then those against; of one that is not in
        the list why not, and that its kind's past rate is all that is known.
    """
    texts = np.full((len(chosen), _MOST_FOR + _MOST_AGAINST), "", object)
    kinds = outlook.kinds[chosen]
    for n, kind in enumerate(KINDS):
        texts[kinds == n, 0] = f"not in the list, {kind}: the rate of its kind"
    if outlook.model is not None and len(chosen):
        values = outlook.features.values[chosen]
        parts = outlook.model.contributions(values)
        parts[kinds >= 0] = 0.0
        # What is not known speaks for nobody, nor against.
        parts[~np.isfinite(values)] = 0.0
        # Good news that lowers the odds would read as a reason for: what weighs is how little of
        # it there is, or what goes along with it, and neither is what the sentence says.
        names = outlook.features.names
        good = np.array([_GOOD_NEWS.fullmatch(name) is not None for name in names])
        parts[(parts < 0) & (values >= 0) & good] = 0.0
        wanted = (True,) * _MOST_FOR + (False,) * _MOST_AGAINST
        rising, falling = (np.argsort(sign * parts, axis=1, kind="stable") for sign in (-1, 1))
        for place, is_for in enumerate(wanted):
            ranked = rising[:, place] if is_for else falling[:, place - _MOST_FOR]
            weight = np.abs(parts[np.arange(len(chosen)), ranked])
            is_so = (weight >= _LEAST_ODDS) & (
                (parts[np.arange(len(chosen)), ranked] > 0) == is_for
            )
            for f in np.unique(ranked[is_so]):
                rows = np.flatnonzero((ranked == f) & is_so)
                told = _told(outlook, int(f), values[rows, f], target, is_for=is_for)
                texts[rows, place] = told.to_numpy()
    return pl.Series("reasons", ["; ".join(t for t in row if t) for row in texts], pl.String)


def _told(
    outlook: Outlook, feature: int, values: Floats, target: Target, *, is_for: bool
) -> pl.Series:
    told = _sentence(outlook, outlook.features.names[feature], values, target, is_for)
    return told if is_for else _joined(AGAINST, told)


def _sentence(
    outlook: Outlook, name: str, values: Floats, target: Target, is_for: bool
) -> pl.Series:
    number, _, part = name.rpartition(":")
    if number:
        companion = outlook.companions[int(number)].name
        return _joined(f"{companion}: ", _COMPANION_WORDS[part](values, is_for))
    if name == "near":
        within = f"among the first {int(NEAR * target.n)} in "
        return _joined(within, _percent(values), " of the last 12 months")
    if name == "place":
        if target.kind == "top":
            rank = pl.Series((target.n * np.exp(values)).round()).cast(pl.Int64).cast(pl.String)
            at = "already at rank " if is_for else "rank "
            return _joined(at, rank, f", where {target.n} is wanted")
        return _joined("among the first ", _percent(np.exp(values)), " of the list")
    return _WORDS[name](values, is_for)


def tell_caveats(outlook: Outlook, chosen: Ints, target: Target) -> pl.Series:
    """What to be wary of, of each candidate."""
    panel = outlook.panel
    common = _common_caveats(outlook, target)
    own: list[tuple[str, NDArray[np.bool_]]] = []
    if panel.ends:
        rows = outlook.rows[chosen]
        months = np.isfinite(panel.level[rows]).sum(axis=1)
        in_list = outlook.kinds[chosen] < 0
        for n in range(1, _SHORT):
            text = f"short history: {n} months" if n > 1 else "short history: one month"
            own.append((text, in_list & (months == n)))
        covered = np.zeros(len(panel.codes), np.bool_)
        for companion in outlook.companions:
            covered |= companion.covers(panel.ends[-1])
        own.append(("no second source", ~covered[rows]))
    texts = np.full(len(chosen), "; ".join(common), object)
    for text, is_so in own:
        texts[is_so] = np.array([f"{t}; {text}" if t else text for t in texts[is_so]], object)
    return pl.Series("caveats", texts.tolist(), pl.String)


def _common_caveats(outlook: Outlook, target: Target) -> Sequence[str]:
    panel = outlook.panel
    if not panel.ends:
        return ["cannot tell: no reading by this date"]
    told = []
    if panel.ends[-1] < panel.as_of:
        told.append(f"the last reading is of {panel.ends[-1]}")
    if panel.left_out is not None:
        told.append(f"the snapshot of {panel.left_out} is not complete and is left out")
    if not panel.has_index:
        told.append("no market index: levels are not relative to a market")
    first = max(panel.last - _LOOKED_BACK + 1, 0)
    broken = np.flatnonzero(breaks_of(panel, target)[first:]) + first
    if len(broken):
        event = panel.events.filter(pl.col("column").is_in(broken.tolist())).row(-1, named=True)
        told.append(f"break in window: {event['kind'].replace('_', ' ')} of {event['period']}")
    if not outlook.origins.columns:
        told.append("cannot tell: no past origin has its horizon over")
    elif outlook.model is None:
        told.append("too few past cases to tell one from another: the rate of all")
    elif outlook.origins.has_breaks:
        told.append("learnt from horizons with a break in them, for want of others")
    return told
