"""How far each claim is from the level, and from what its source would say of its series."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels import Model, Panel, Posterior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Standard deviations off from which a claim may belong to another series, and spreads of house
#: effects from which all claims of a source about a series may.
_OFF_SDS = 6.0
_OFF_HOUSE_SDS = 5.0

#: Standard deviations within which a claim may well be of its own series.
_OFF_FIT_SDS = 4.0


class Off(NamedTuple):
    """Claims far from their own series, as flat arrays."""

    row: Ints  # (n,) place in the panel
    series: Ints
    source: Ints
    period: Ints
    value: Floats
    expected: Floats  # what the source would say of its own series in that period
    sd: Floats


@nb.njit(cache=True, nogil=True)
def off_level(panel: Panel, model: Model, posterior: Posterior) -> Floats:
    """Each claim less the level and less its source's bias, (n,), NaN for intervals."""
    off = np.empty(len(panel.value))
    for i in range(len(panel.segment)):
        segment = panel.segment[i]
        level = posterior.level_start[i] - panel.first[i]
        for k in range(panel.start[i], panel.start[i + 1]):
            mean = posterior.mean[level + panel.period[k]]
            off[k] = panel.value[k] - mean - model.bias[panel.source[k], segment]
    return off


def find_far(panel: Panel, model: Model, posterior: Posterior, off: Floats) -> Off:
    """Claims far from what their source would say of their series.

    Parameters
    ----------
    off
        Of `off_level`.
    """
    row, series, expected, sd = _find_far(panel, model, posterior, off)
    return Off(
        row, series, panel.source[row].astype(np.int64), panel.period[row].astype(np.int64),
        panel.value[row], expected, sd,
    )  # fmt: skip


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _find_far(
    panel: Panel, model: Model, posterior: Posterior, off: Floats
) -> tuple[Ints, Ints, Floats, Floats]:
    truth = len(model.noise_var) - 1
    is_whole = np.zeros(truth + 1, np.bool_)
    rows, owners = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    expected, sds = [0.0 for _ in range(0)], [0.0 for _ in range(0)]
    for i in range(len(panel.segment)):
        segment, size = panel.segment[i], panel.size[i]
        for h in range(posterior.house_start[i], posterior.house_start[i + 1]):
            s = posterior.house_source[h]
            apart = abs(posterior.house_mean[h] - model.bias[s, segment])
            is_whole[s] = apart > _OFF_HOUSE_SDS * np.sqrt(model.house_var[s])
        level = posterior.level_start[i] - panel.first[i]
        for k in range(panel.start[i], panel.start[i + 1]):
            s = panel.source[k]
            if s == truth or np.isnan(off[k]):
                continue
            sure = model.noise_var[s, size] + panel.own_var[k]
            sure += posterior.variance[level + panel.period[k]]
            # What the level owes to house effects moves it and what the source would say alike: a
            # claim that the fit rejects is far off, however unsure the level is.
            is_rejected = not is_whole[s] and posterior.weight[k] == 0.0
            near = posterior.residual[k] ** 2 <= _OFF_SDS**2 * sure
            if near and not is_whole[s] and not is_rejected:
                continue
            # What a source that is far off throughout would say is told by its bias, else by its
            # effect.
            shift = 0.0 if is_whole[s] else off[k] - posterior.residual[k]
            sd = np.sqrt(sure + model.house_var[s]) if is_whole[s] else np.sqrt(sure)
            # Of a source that is far off for the most part, the rest may be right.
            if is_rejected or abs(off[k] - shift) > _OFF_FIT_SDS * sd:
                rows.append(np.int64(k))
                owners.append(np.int64(i))
                expected.append(panel.value[k] - off[k] + shift)
                sds.append(sd)
    return (
        np.array(rows, np.int64), np.array(owners, np.int64), np.array(expected), np.array(sds)
    )  # fmt: skip
