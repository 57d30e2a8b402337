"""What was learnt as a document of plain values, to be kept and read by people and programs."""

from typing import Any

import numpy as np

from howdah.estimates.fusion.calibration import Calibration, Residuals
from howdah.estimates.fusion.coding import Coding, Names
from howdah.estimates.fusion.learned import Learned, Parts
from howdah.estimates.fusion.links import Links
from howdah.estimates.fusion.solving import Rules
from howdah.kernels import Model

#: Form of the documents: values that were kept with another one are derived anew.
DOCUMENT_FORMAT = 3

#: Type of the arrays that are not of numbers with a point.
_TYPES: dict[str, type[np.generic]] = {
    "family": np.int32,
    "copier": np.int64,
    "original": np.int64,
    "lag": np.int64,
    "is_decided": np.bool_,
    "has_truth": np.bool_,
}


def to_document(learned: Learned) -> dict[str, Any]:
    """Plain lists and numbers; `from_document` makes the same of them.

    The residuals of the hidden truth are not kept.
    """
    coding, rules = learned.coding, learned.rules
    return {
        "sources": list(coding.names.sources),
        "segments": list(coding.names.segments),
        "days": coding.names.days.tolist(),
        "scale": coding.scale,
        "unit": coding.unit,
        "sizes": coding.sizes.tolist(),
        "model": _plain(learned.model._asdict()),
        "links": _plain(rules.links._asdict()),
        "usual_step": rules.usual_step.tolist(),
        "bias_sd": learned.bias_sd.tolist(),
        "bias_held": learned.bias_held.tolist(),
        "bias_share": learned.bias_share.tolist(),
        "calibration": _plain(learned.calibration._asdict()),
        "common_var": learned.common_var,
        "n_sample": learned.n_sample,
        "n_anchored": learned.n_anchored,
    }


def from_document(document: dict[str, Any]) -> Learned:
    """What `to_document` was given."""
    none = np.zeros(0)
    nothing = np.zeros(0, np.int64)
    days = np.array(document["days"], np.int64)
    names = Names(tuple(document["sources"]), tuple(document["segments"]), days)
    scale, unit = document["scale"], document["unit"]
    links = Links(**_arrays(document["links"]))
    return Learned(
        coding=Coding(names, scale, unit, np.array(document["sizes"])),
        model=Model(**_arrays(document["model"])),
        rules=Rules(links, np.array(document["usual_step"]), scale, unit),
        bias_sd=np.array(document["bias_sd"], np.float64),
        bias_held=np.array(document["bias_held"], np.float64),
        bias_share=np.array(document["bias_share"], np.float64),
        calibration=Calibration(**_arrays(document["calibration"])),
        residuals=Residuals(nothing, none, nothing, nothing, nothing),
        common_var=document["common_var"],
        parts=Parts(),
        n_sample=document["n_sample"],
        n_anchored=document["n_anchored"],
    )


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in fields.items()
    }


def _arrays(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: np.array(value, _TYPES.get(name, np.float64)) if isinstance(value, list) else value
        for name, value in fields.items()
    }
