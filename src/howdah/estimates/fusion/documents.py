"""What was learnt as a document of plain values, to be kept and read by people and programs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.calibration import Calibration, Residuals
from howdah.estimates.fusion.coding import Coding, Names
from howdah.estimates.fusion.learned import Learned, Parts
from howdah.kernels import Model

Floats = NDArray[np.float64]

#: Fields of `Model` that are whole numbers.
_WHOLE = ("family",)


def to_document(learned: Learned) -> dict[str, Any]:
    """Plain lists and numbers; `from_document` makes the same of them.

    The residuals of the hidden truth are not kept, nor the periods of the sample: what is solved
    next has its own.
    """
    coding, calibration = learned.coding, learned.calibration
    return {
        "sources": list(coding.names.sources),
        "segments": list(coding.names.segments),
        "scale": coding.scale,
        "unit": coding.unit,
        "sizes": coding.sizes.tolist(),
        "model": {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in learned.model._asdict().items()
        },
        "original": learned.original.tolist(),
        "bias_sd": learned.bias_sd.tolist(),
        "calibration": {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in calibration._asdict().items()
        },
        "common_var": learned.common_var,
        "n_sample": learned.n_sample,
        "n_anchored": learned.n_anchored,
    }


def from_document(document: dict[str, Any]) -> Learned:
    """What `to_document` was given."""
    none = np.zeros(0)
    nothing = np.zeros(0, np.int64)
    names = Names(tuple(document["sources"]), tuple(document["segments"]), nothing)
    model: dict[str, Any] = {
        name: np.array(value, np.int32 if name in _WHOLE else np.float64)
        if isinstance(value, list)
        else value
        for name, value in document["model"].items()
    }
    calibration: dict[str, Any] = {
        name: np.array(value, np.bool_ if name == "has_truth" else np.float64)
        if isinstance(value, list)
        else value
        for name, value in document["calibration"].items()
    }
    return Learned(
        coding=Coding(names, document["scale"], document["unit"], np.array(document["sizes"])),
        model=Model(**model),
        original=np.array(document["original"], np.int64),
        bias_sd=np.array(document["bias_sd"], np.float64),
        calibration=Calibration(**calibration),
        residuals=Residuals(nothing, none, nothing, nothing, nothing),
        common_var=document["common_var"],
        parts=Parts(),
        n_sample=document["n_sample"],
        n_anchored=document["n_anchored"],
    )
