"""Identified, weak or cannot tell: what may be said of each channel, and what is missing."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from howdah.growth.checks import Checks, Contrast
from howdah.growth.fitting import LEAST_FREE, LEAST_OWN, Prepared

Floats = NDArray[np.float64]

Word = Literal["identified", "weak", "cannot_tell"]

#: Why: what a surface that does not speak the reason's language tells instead.
Code = Literal[
    "", "nothing_spent", "few_periods", "no_noise", "constant", "control", "explained",
    "collinear", "chases", "placebo", "wide", "lacking", "zero", "prior", "half",
]  # fmt: skip

#: Variance inflation beyond which two channels cannot be told apart.
MOST_INFLATION = 10.0

#: p-value below which spend is held to chase growth; of proxies, which hide it, a larger one.
_CHASES, _PROXY_CHASES = 0.01, 0.05

#: Root mean square of placebos beyond which the model is wrong about the noise.
_MOST_PLACEBO = 2.0

#: A share whose interval is wider than this says nothing; an effect known to within half is good.
_MOST_WIDTH, _GOOD_REACH = 0.5, 0.5

#: Share of what is known of a size that may come from the prior.
_MOST_PRIOR = 0.1

_NOTHING_SPENT = "nothing was spent in any period, so nothing shows what it would bring"

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
    code: Code = ""


def unfit(prepared: Prepared, channels: tuple[str, ...]) -> dict[int, Verdict]:
    """Verdicts of channels that cannot take part in a fit."""
    found: dict[int, Verdict] = {}
    for c in range(len(channels)):
        code, reason = _why_not(prepared, c)
        if code:
            is_fatal = bool(prepared.most[c] > 0.0)
            found[c] = Verdict("cannot_tell", reason, is_fatal=is_fatal, code=code)
    return found


def _why_not(prepared: Prepared, c: int) -> tuple[Code, str]:
    spend = prepared.spend[c][prepared.series.is_stated]
    if prepared.most[c] <= 0.0:
        return "nothing_spent", _NOTHING_SPENT
    n_needed = len(prepared.design.columns) + 3 * len(prepared.spend) + LEAST_FREE
    if prepared.bases.n_known < n_needed:
        noun = "period" if prepared.bases.n_known == 1 else "periods"
        return "few_periods", (
            f"{prepared.bases.n_known} {noun} with an outcome; {n_needed} are needed for "
            f"{len(prepared.spend)} channels and {len(prepared.design.columns)} columns of level, "
            "season and controls"
        )
    if prepared.noise <= 1e-9:  # noqa: PLR2004 - of a mean outcome of 1
        return "no_noise", (
            "the outcome never moves beyond level, season and controls, so it shows no answer to "
            "spend; an outcome that is measured, not filled in, is needed"
        )
    if np.ptp(spend) <= 1e-9:  # noqa: PLR2004 - of a largest spend of 1
        return "constant", (
            "spend is the same in all periods; it has to change, best to nothing for some weeks"
        )
    if prepared.own[c] < LEAST_OWN:
        return _explained(prepared, c)
    return "", ""


def _explained(prepared: Prepared, c: int) -> tuple[Code, str]:
    is_known = prepared.is_known[: prepared.n_period]
    own, design = prepared.spend[c][is_known], prepared.design
    controls = zip(design.names[design.n_own :], design.columns[design.n_own :], strict=True)
    for name, column in controls:
        if abs(np.corrcoef(own, column[: prepared.n_period][is_known])[0, 1]) > _SAME:
            text = f"spend goes with {name!r}; leave that out, or change spend apart from it"
            return "control", text
    return "explained", (
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
    code, why = _doubt(checks, c, names, low, high, is_proxy=is_proxy)
    if code:
        return Verdict("cannot_tell", why, code=code)
    code, why = _weakness(low, high, value, prior_share)
    if code:
        return Verdict("weak", why, code=code)
    return Verdict("identified", "spend changed enough apart from level, season and controls")


def judge_sum(
    checks: Checks, at: list[int], lacking: list[str], *, low: float, high: float, value: float,
    is_proxy: bool,
) -> Verdict:  # fmt: skip
    """The verdict on what some channels brought together.

    Parameters
    ----------
    at
        Their places among the fitted channels.
    lacking
        Names of those that were spent on and could not be fitted.
    low, high, value
        Their share of the outcome.
    """
    if lacking:
        named = ", ".join(repr(name) for name in lacking)
        reason = f"not known without {named}"
        return Verdict("cannot_tell", reason, is_fatal=True, code="lacking")
    if not at:
        return Verdict("cannot_tell", _NOTHING_SPENT, is_fatal=True, code="nothing_spent")
    whys = [found for c in at if (found := _doubt_of_moves(checks, c, is_proxy=is_proxy))[0]]
    code, why = whys[0] if whys else _doubt_of_width(low, high, "")
    if code:
        return Verdict("cannot_tell", why, code=code)
    code, why = _weakness(low, high, value, 0.0)
    if code:
        return Verdict("weak", why, code=code)
    return Verdict("identified", "together they changed enough apart from level and season")


def _weakness(low: float, high: float, value: float, prior_share: float) -> tuple[Code, str]:
    """Why what is told of a share is not known well, '' where it is."""
    if low <= 0.0:
        return "zero", f"up to {high:.0%} of the outcome; nothing at all fits too"
    if prior_share > _MOST_PRIOR:
        return "prior", f"the prior makes {prior_share:.0%} of it"
    if high - low > 2 * _GOOD_REACH * value:
        return "half", "the interval reaches beyond half of the value"
    return "", ""


def _doubt(
    checks: Checks, c: int, names: tuple[str, ...], low: float, high: float, *, is_proxy: bool
) -> tuple[Code, str]:
    """Why a fitted channel cannot be told, '' where it can."""
    if checks.inflation[c] > MOST_INFLATION:
        return "collinear", (
            f"moves together with {names[checks.partner[c]]!r} (variance inflation "
            f"{min(checks.inflation[c], 9999):,.0f}); change one without the other"
        )
    code, why = _doubt_of_moves(checks, c, is_proxy=is_proxy)
    return (code, why) if code else _doubt_of_width(low, high, _told(checks.contrasts[c]))


def _doubt_of_moves(checks: Checks, c: int, *, is_proxy: bool) -> tuple[Code, str]:
    """Why what moved a channel speaks against it."""
    contrast = _told(checks.contrasts[c])
    if checks.chases[c] < (_PROXY_CHASES if is_proxy else _CHASES):
        return "chases", (
            "spend follows earlier growth of the outcome "
            f"(p = {checks.chases[c]:.2g}), so growth would be booked as bought; pauses set by a "
            f"calendar or a coin would tell.{contrast}"
        )
    if checks.placebo[c] > _MOST_PLACEBO:
        return "placebo", (
            "the same spend at other times explains the outcome too (placebos are "
            f"{checks.placebo[c]:.1f} times what noise makes them); a control for what else moved "
            f"it is missing.{contrast}"
        )
    return "", ""


def _doubt_of_width(low: float, high: float, contrast: str) -> tuple[Code, str]:
    if high - low > _MOST_WIDTH:
        return "wide", (
            f"anything from {low:.0%} to {high:.0%} of the outcome fits; more periods, or pauses, "
            f"are needed.{contrast}"
        )
    return "", ""


def _told(contrast: Contrast | None) -> str:
    if contrast is None:
        return ""
    return (
        f" On against off: {contrast.value:+,.4g} a period ({contrast.lower:,.4g} to "
        f"{contrast.upper:,.4g}; {contrast.n_on} periods on, {contrast.n_off} off)"
    )
