"""Identified, weak or cannot tell: what may be said of each channel, and what is missing."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from howdah.growth.checks import Checks, Contrast
from howdah.growth.fitting import LEAST_FREE, LEAST_OWN, Prepared

Floats = NDArray[np.float64]

Word = Literal["identified", "weak", "cannot_tell"]

#: Variance inflation beyond which two channels cannot be told apart.
_MOST_INFLATION = 10.0

#: p-value below which spend is held to chase growth; of proxies, which hide it, a larger one.
_CHASES, _PROXY_CHASES = 0.01, 0.05

#: Root mean square of placebos beyond which the model is wrong about the noise.
_MOST_PLACEBO = 2.0

#: A share whose interval is wider than this says nothing; an effect known to within half is good.
_MOST_WIDTH, _GOOD_REACH = 0.5, 0.5

#: Share of what is known of a size that may come from the prior.
_MOST_PRIOR = 0.1

#: Correlation from which on a control is the same as a channel.
_SAME = 0.99


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of one channel.

    Attributes
    ----------
    is_fatal
        Whether nothing at all is known of its part: not even a bound.
    """

    word: Word
    reason: str
    is_fatal: bool = False


def unfit(prepared: Prepared, channels: tuple[str, ...]) -> dict[int, Verdict]:
    """Verdicts of channels that cannot take part in a fit."""
    found: dict[int, Verdict] = {}
    for c in range(len(channels)):
        reason = _why_not(prepared, c)
        if reason:
            found[c] = Verdict("cannot_tell", reason, is_fatal=bool(prepared.most[c] > 0.0))
    return found


def _why_not(prepared: Prepared, c: int) -> str:
    spend = prepared.spend[c][prepared.series.is_stated]
    if prepared.most[c] <= 0.0:
        return "nothing was spent in any period, so nothing shows what it would bring"
    n_needed = len(prepared.design.columns) + 3 * len(prepared.spend) + LEAST_FREE
    if prepared.bases.n_known < n_needed:
        noun = "period" if prepared.bases.n_known == 1 else "periods"
        return (
            f"{prepared.bases.n_known} {noun} with an outcome; {n_needed} are needed for "
            f"{len(prepared.spend)} channels and {len(prepared.design.columns)} columns of level, "
            "season and controls"
        )
    if prepared.noise <= 1e-9:  # noqa: PLR2004 - of a mean outcome of 1
        return (
            "the outcome never moves beyond level, season and controls, so it shows no answer to "
            "spend; an outcome that is measured, not filled in, is needed"
        )
    if np.ptp(spend) <= 1e-9:  # noqa: PLR2004 - of a largest spend of 1
        return "spend is the same in all periods; it has to change, best to nothing for some weeks"
    if prepared.own[c] < LEAST_OWN:
        return _explained(prepared, c)
    return ""


def _explained(prepared: Prepared, c: int) -> str:
    is_known = prepared.is_known[: prepared.n_period]
    own, design = prepared.spend[c][is_known], prepared.design
    controls = zip(design.names[design.n_own :], design.columns[design.n_own :], strict=True)
    for name, column in controls:
        if abs(np.corrcoef(own, column[: prepared.n_period][is_known])[0, 1]) > _SAME:
            return f"spend goes with {name!r}; leave that out, or change spend apart from it"
    return (
        f"level, season and controls explain {1 - prepared.own[c]:.0%} of how spend moved; it has "
        "to change apart from them, best to nothing for some weeks"
    )


def judge(
    checks: Checks, c: int, names: tuple[str, ...], *, low: float, high: float, value: float,
    prior_share: float, is_proxy: bool,
) -> Verdict:  # fmt: skip
    """The verdict on one fitted channel.

    Parameters
    ----------
    c
        Its place among the fitted channels.
    names
        Of the fitted channels.
    low, high, value
        Its share of the outcome.
    prior_share
        How much of what is believed of its size comes from the prior.
    """
    why = _doubt(checks, c, names, low, high, is_proxy=is_proxy)
    if why:
        return Verdict("cannot_tell", why)
    weakness = ""
    if low <= 0.0:
        weakness = f"up to {high:.0%} of the outcome; nothing at all fits too"
    elif prior_share > _MOST_PRIOR:
        weakness = f"the prior makes {prior_share:.0%} of it"
    elif high - low > 2 * _GOOD_REACH * value:
        weakness = "the interval reaches beyond half of the value"
    if weakness:
        return Verdict("weak", weakness)
    return Verdict("identified", "spend changed enough apart from level, season and controls")


def _doubt(
    checks: Checks, c: int, names: tuple[str, ...], low: float, high: float, *, is_proxy: bool
) -> str:
    """Why a fitted channel cannot be told, '' where it can."""
    contrast = _told(checks.contrasts[c])
    if checks.inflation[c] > _MOST_INFLATION:
        return (
            f"moves together with {names[checks.partner[c]]!r} (variance inflation "
            f"{min(checks.inflation[c], 9999):,.0f}); change one without the other"
        )
    if checks.chases[c] < (_PROXY_CHASES if is_proxy else _CHASES):
        return (
            "spend follows earlier growth of the outcome "
            f"(p = {checks.chases[c]:.2g}), so growth would be booked as bought; pauses set by a "
            f"calendar or a coin would tell.{contrast}"
        )
    if checks.placebo[c] > _MOST_PLACEBO:
        return (
            "the same spend at other times explains the outcome too (placebos are "
            f"{checks.placebo[c]:.1f} times what noise makes them); a control for what else moved "
            f"it is missing.{contrast}"
        )
    if high - low > _MOST_WIDTH:
        return (
            f"anything from {low:.0%} to {high:.0%} of the outcome fits; more periods, or pauses, "
            f"are needed.{contrast}"
        )
    return ""


def _told(contrast: Contrast | None) -> str:
    if contrast is None:
        return ""
    return (
        f" On against off: {contrast.value:+,.4g} a period ({contrast.lower:,.4g} to "
        f"{contrast.upper:,.4g}; {contrast.n_on} periods on, {contrast.n_off} off)"
    )
