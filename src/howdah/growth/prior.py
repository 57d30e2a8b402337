r"""What is believed of channels before a series is seen, and what groups tell about one another.

Without other groups: about a quarter of an effect carries over into the next period (6 % to 70 %),
saturation is anything from almost none to strong, and the effect in the channel's largest period
may be up to some thirty times the noise. A tighter size halves answers.

With several groups each is fitted alone, then what is common is learnt: every group's posterior
over its prior is a likelihood, taken as normal with mean $m_g$ and variance $v_g$; the groups'
values are $N(m, \tau^2)$, and $(m, \tau^2)$ follow by EM. It is the prior of a second pass, with
the uncertainty of $m$ added. Sizes are compared as shares of each group's mean outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.response import Prior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Drifts of the level that are weighed: variance of its step over that of the noise.
DRIFTS = np.array([1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0])

#: Of logit rate, log saturation and log power.
_SHAPE_MEAN = np.array([-1.0, np.log(2.0), 0.0])
_SHAPE_SD = np.array([0.9, 0.9, 0.5])

#: Size of an effect before the series is seen, in standard deviations of the noise.
SIZE_SDS = 30.0

#: Groups from which on what they have in common is learnt.
LEAST_GROUPS = 3

#: Least spread between groups, in the unit of each parameter; of sizes as a share of their mean.
_LEAST_SPREAD = np.array([0.15, 0.15, 0.05])
_LEAST_SIZE_SPREAD = 0.1

#: A posterior that is this near its prior says nothing.
_LEARNT = 0.98

_N_ROUNDS = 60


def first_prior(n_channel: int, noise: float) -> Prior:
    """The prior of a series on its own.

    Parameters
    ----------
    noise
        Standard deviation of the outcome's noise, roughly.
    """
    return Prior(
        np.tile(_SHAPE_MEAN, (n_channel, 1)),
        np.tile(_SHAPE_SD, (n_channel, 1)),
        np.zeros(n_channel),
        np.full(n_channel, (SIZE_SDS * noise) ** 2),
        np.zeros(len(DRIFTS)),
    )


@dataclass(frozen=True, slots=True)
class Common:
    """What groups have in common; NaN where too few tell.

    Attributes
    ----------
    shape_mean, shape_sd
        (n_channel, 3) of one more group.
    size_mean, size_sd
        (n_channel,) of one more group, as shares of its mean outcome.
    """

    shape_mean: Floats
    shape_sd: Floats
    size_mean: Floats
    size_sd: Floats

    def prior(self, before: Prior, channels: Ints) -> Prior:
        """The prior of a group's second pass.

        Parameters
        ----------
        before
            That of the first pass.
        channels
            Places of the channels that it is of.
        """
        shape_sd, size_sd = self.shape_sd[channels], self.size_sd[channels]
        is_learnt = np.isfinite(shape_sd) & (shape_sd < before.shape_sd)
        has_size = np.isfinite(size_sd)
        return before._replace(
            shape_mean=np.where(is_learnt, self.shape_mean[channels], before.shape_mean),
            shape_sd=np.where(is_learnt, shape_sd, before.shape_sd),
            size_mean=np.where(has_size, self.size_mean[channels], before.size_mean),
            size_var=np.where(has_size, size_sd**2, before.size_var),
        )


def learn_common(
    shapes: Floats, sizes: Floats, shape_vars: Floats, size_vars: Floats, priors: Sequence[Prior]
) -> Common:
    """Learn from what a first pass found in every group.

    Parameters
    ----------
    shapes, shape_vars
        (n_group, n_channel, 3) posterior means and variances; NaN where a channel took no part.
    sizes, size_vars
        (n_group, n_channel) the same of sizes over each group's mean outcome.
    priors
        Of the first pass, of all channels.
    """
    n_channel = shapes.shape[1]
    found = Common(
        np.full((n_channel, 3), np.nan), np.full((n_channel, 3), np.nan),
        np.zeros(n_channel), np.full(n_channel, np.nan),
    )  # fmt: skip
    before_mean = np.array([p.shape_mean for p in priors])
    before_var = np.array([p.shape_sd**2 for p in priors])
    first_var = np.array([p.size_var for p in priors])
    for c in range(n_channel):
        for k in range(shapes.shape[2]):
            told = _likelihood(
                shapes[:, c, k], shape_vars[:, c, k], before_mean[:, c, k], before_var[:, c, k]
            )
            found.shape_mean[c, k], found.shape_sd[c, k] = _common(*told, _LEAST_SPREAD[k])
        is_told = (size_vars[:, c] > 0.0) & (size_vars[:, c] < _LEARNT * first_var[:, c])
        if is_told.sum() >= LEAST_GROUPS:
            least = _LEAST_SIZE_SPREAD * float(sizes[is_told, c].mean())
            found.size_mean[c], found.size_sd[c] = _common(
                sizes[is_told, c], size_vars[is_told, c], least
            )
    return found


def _likelihood(
    mean: Floats, var: Floats, before_mean: Floats, before_var: Floats
) -> tuple[Floats, Floats]:
    """Means and variances of what the series said, their prior divided out."""
    is_told = np.isfinite(mean) & (var < _LEARNT * before_var) & (var > 0.0)
    mean, var = mean[is_told], var[is_told]
    before_mean, before_var = before_mean[is_told], before_var[is_told]
    precision = 1 / var - 1 / before_var
    return (mean / var - before_mean / before_var) / precision, 1 / precision


def _common(mean: Floats, var: Floats, least: float) -> tuple[float, float]:
    """Mean of the groups, and the spread of one more group around what is known of it."""
    if len(mean) < LEAST_GROUPS:
        return np.nan, np.nan
    middle, between = float(np.average(mean, weights=1 / var)), max(float(mean.var()), least**2)
    for _ in range(_N_ROUNDS):
        weight = 1 / (var + between)
        middle = float(np.average(mean, weights=weight))
        own = (mean / var + middle / between) / (1 / var + 1 / between)
        left = 1 / (1 / var + 1 / between)
        between = max(float(((own - middle) ** 2 + left).mean()), least**2)
    return middle, float(np.sqrt(between + 1 / (1 / (var + between)).sum()))
