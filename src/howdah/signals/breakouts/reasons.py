"""Reasons and caveats: what speaks for an entity, in words with figures, and what to be wary of."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.signals.breakouts.absent import KINDS
from howdah.signals.breakouts.features import NEAR
from howdah.signals.breakouts.outlook import Outlook
from howdah.signals.breakouts.target import Target
from howdah.signals.breakouts.training import breaks_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Reasons of an entity, and what one has to add to the log odds to be told.
_MOST_REASONS = 3
_LEAST_ODDS = 0.1

#: Months of history below which it is short, and those in which a break counts.
_SHORT = 12
_LOOKED_BACK = 12


def _fold(values: Floats) -> pl.Series:
    return pl.Series(np.exp(np.abs(values)).round(2)).cast(pl.String)


def _growth(months: int) -> Callable[[Floats], pl.Series]:
    def told(values: Floats) -> pl.Series:
        words = np.where(values >= 0, "grew", "shrank")
        span = "a month" if months == 1 else f"{months} months"
        return _joined(pl.Series(words), " ", _fold(values), f"-fold against the market in {span}")

    return told


def _joined(*parts: pl.Series | str) -> pl.Series:
    columns = {f"c{n}": part for n, part in enumerate(parts) if isinstance(part, pl.Series)}
    exprs = [pl.col(f"c{n}") if f"c{n}" in columns else pl.lit(p) for n, p in enumerate(parts)]
    return pl.DataFrame(columns).select(pl.concat_str(exprs)).to_series()


def _percent(values: Floats) -> pl.Series:
    return _joined(pl.Series((100 * values).round()).cast(pl.Int64).cast(pl.String), " %")


def _months_of(values: Floats) -> pl.Series:
    return pl.Series(np.expm1(values).round()).cast(pl.Int64).cast(pl.String)


def _crossing(values: Floats) -> pl.Series:
    away = pl.Series(np.abs(values).round(1)).cast(pl.String)
    side = pl.Series(np.where(values >= 0, "beyond", "short of"))
    return _joined("its trend ends ", away, " standard deviations ", side, " the target")


def _seasonal(values: Floats) -> pl.Series:
    side = pl.Series(np.where(values >= 0, "reach", "miss"))
    return _joined("its path of a year ago would ", side, " the target by ", _fold(values), "-fold")


def _acceleration(values: Floats) -> pl.Series:
    words = pl.Series(np.where(values >= 0, "more", "less"))
    return _joined("grew ", _fold(values), "-fold ", words, " in 3 months than in the 3 before")


def _best(values: Floats) -> pl.Series:
    side = pl.Series(np.where(values >= 0, "no better", "better"))
    times = pl.Series(np.exp(values).round(2)).cast(pl.String)
    return _joined(
        "stood ", side, " in the 12 months before: at best at ", times, " times its rank"
    )


#: What each feature is in words; of a companion after its number.
_WORDS: dict[str, Callable[[Floats], pl.Series]] = {
    "crossing": _crossing,
    "seasonal": _seasonal,
    **{f"growth_{months}": _growth(months) for months in (1, 3, 6, 12)},
    "acceleration": _acceleration,
    "volatility": lambda v: _joined("moves ", _fold(v), "-fold in a usual month"),
    "rises": lambda v: _joined("rose in ", _percent(v), " of the last 12 months"),
    "listed": lambda v: _joined("in the list in ", _percent(v), " of the last 12 months"),
    "best": _best,
    "age": lambda v: _joined("first seen ", _months_of(v), " months ago"),
    "family_growth_3": lambda v: _joined("others of its name: ", _growth(3)(v)),
    "family_growth_12": lambda v: _joined("others of its name: ", _growth(12)(v)),
    "family_top": lambda v: _joined(_percent(v), " of the others of its name are in the top"),
}  # fmt: skip

_COMPANION_WORDS: dict[str, Callable[[Floats], pl.Series]] = {
    "growth_3": _growth(3),
    "growth_12": _growth(12),
    "place": lambda v: _joined("among the first ", _percent(np.minimum(np.exp(v), 1.0))),
    "age": lambda v: _joined("first seen ", _months_of(v), " months ago"),
}


def tell_reasons(outlook: Outlook, chosen: Ints, target: Target) -> pl.Series:
    """What speaks for candidates, the weightiest first.

    Parameters
    ----------
    chosen
        (k,) positions among the candidates.

    Returns
    -------
    Series
        Texts; of one that is not in the list why not, and that its kind's past rate is all that
        is known.
    """
    texts = np.full((len(chosen), _MOST_REASONS), "", object)
    kinds = outlook.kinds[chosen]
    for n, kind in enumerate(KINDS):
        texts[kinds == n, 0] = f"not in the list, {kind}: the rate of its kind"
    if outlook.model is not None and len(chosen):
        values = outlook.features.values[chosen]
        parts = outlook.model.contributions(values)
        parts[kinds >= 0] = 0.0
        # What is not known speaks for nobody.
        parts[~np.isfinite(values)] = 0.0
        ranked = np.argsort(-parts, axis=1, kind="stable")[:, :_MOST_REASONS]
        for place in range(ranked.shape[1]):
            feature = ranked[:, place]
            weight = parts[np.arange(len(chosen)), feature]
            for f in np.unique(feature[weight >= _LEAST_ODDS]):
                rows = np.flatnonzero((feature == f) & (weight >= _LEAST_ODDS))
                told = _told(outlook, int(f), values[rows, f], target)
                texts[rows, place] = told.to_numpy()
    return pl.Series("reasons", ["; ".join(t for t in row if t) for row in texts], pl.String)


def _told(outlook: Outlook, feature: int, values: Floats, target: Target) -> pl.Series:
    name = outlook.features.names[feature]
    number, _, part = name.rpartition(":")
    if number:
        companion = outlook.companions[int(number)].name
        return _joined(f"{companion}: ", _COMPANION_WORDS[part](values))
    if name == "near":
        within = f"among the first {int(NEAR * target.n)} in "
        return _joined(within, _percent(values), " of the last 12 months")
    if name == "place":
        if target.kind == "top":
            rank = pl.Series((target.n * np.exp(values)).round()).cast(pl.Int64).cast(pl.String)
            return _joined("rank ", rank, f", where {target.n} is wanted")
        return _joined("among the first ", _percent(np.exp(values)), " of the list")
    return _WORDS[name](values)


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
