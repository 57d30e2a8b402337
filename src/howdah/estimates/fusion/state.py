"""What a state says besides its series: what was learnt, with which options, what came since."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from howdah.core.errors import InputError
from howdah.estimates.fusion.aging import REFIT_PERIODS, Tested
from howdah.estimates.fusion.calibration import LEAST_SERIES, Residuals
from howdah.estimates.fusion.coding import Ints
from howdah.estimates.fusion.documents import from_document, to_document
from howdah.estimates.fusion.fusing import Options
from howdah.estimates.fusion.learned import Learned, Parts

#: Inputs that are remembered, so that none is taken in twice.
_MOST_INPUTS = 1_000


@dataclass(frozen=True, slots=True)
class History:
    """What happened since everything was learnt.

    Attributes
    ----------
    sources, segments
        Names that joined: nothing was learnt of them.
    inputs
        Digests of the claims that were taken in, the latest last.
    """

    n_updates: int = 0
    sources: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tested: Tested = field(default_factory=Tested)
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What a folder holds besides the series.

    Attributes
    ----------
    learnt_days
        Periods that it was learnt from; those of `learned` have since become more.
    learnt_tested
        How the last truth of each series did when it was learnt.
    groups
        First series of each group of the table of series.
    """

    learned: Learned
    options: Options
    as_of: str | None
    learnt_days: Ints
    learnt_tested: Tested
    history: History
    table: str = ""
    groups: tuple[str, ...] = ()

    def reasons_to_refit(self) -> list[str]:
        """Why everything should be learnt anew, in words."""
        n_new = int((self.learned.coding.names.days > self.learnt_days.max(initial=0)).sum())
        tested, prob = self.history.tested, self.options.prob
        reasons = [
            f"{kind} {name!r} was not there when it was learnt"
            for kind, joined in (
                ("source", self.history.sources),
                ("segment", self.history.segments),
            )
            for name in joined
        ]
        if n_new > REFIT_PERIODS:
            reasons.append(f"{n_new} periods are later than those it was learnt from")
        calibration = self.learned.calibration
        if not calibration.is_calibrated and tested.n_series >= LEAST_SERIES:
            reasons.append(f"there is truth of {tested.n_series} series more, enough to calibrate")
        if calibration.is_calibrated and tested.fails(prob, self.learnt_tested):
            reasons.append(
                f"intervals of {prob:.0%} held the new truth of {tested.n_series_inside} of "
                f"{tested.n_series} series"
            )
        return reasons

    def require(self, options: Options, as_of: str | None) -> None:
        """Raise when a run asks for something else than the state was made with."""
        wanted = {
            "--prob": (self.options.prob, options.prob),
            "--scale": (self.options.scale, options.scale),
            "--loss": (self.options.loss, options.loss),
            "--as-of": (self.as_of, as_of),
        }
        for name, (mine, given) in wanted.items():
            if mine != given:
                raise InputError(
                    f"The state was made with {name} {mine}, and this run has {given}. "
                    f"Give the same, or run with all claims and a new --state."
                )


def take_input(history: History, digest: str) -> History:
    """History with one more input, unless it has been taken in.

    Raises
    ------
    InputError
        These very claims are in the state: they would count twice.
    """
    if digest in history.inputs:
        raise InputError(
            "These claims are in the state already; nothing was changed. "
            "An update takes claims that are new; to fuse all of them again, give a new --state."
        )
    return replace(history, inputs=(*history.inputs, digest)[-_MOST_INPUTS:])


def state_as_json(state: State) -> dict[str, Any]:
    """The state as plain values, for a person to read."""
    learned, options = state.learned, state.options
    return {
        "table": state.table,
        "groups": list(state.groups),
        "options": {
            "prob": options.prob, "scale": options.scale, "loss": options.loss,
            "seed": options.seed, "as_of": state.as_of, "parts": asdict(learned.parts),
        },
        "learnt_tested": asdict(state.learnt_tested),
        "history": asdict(state.history),
        "learnt_days": state.learnt_days.tolist(),
        "learned": to_document(learned),
    }  # fmt: skip


def state_from_json(found: Mapping[str, Any], residuals: Residuals) -> State:
    """The state that `state_as_json` gave."""
    options, history = found["options"], found["history"]
    parts = Parts(**options["parts"])
    learned = from_document(found["learned"])
    learned = replace(learned, residuals=residuals, parts=parts)
    return State(
        learned=learned,
        options=Options(
            prob=float(options["prob"]),
            scale=options["scale"],
            loss=options["loss"],
            seed=int(options["seed"]),
            parts=parts,
        ),
        as_of=options["as_of"],
        learnt_days=np.array(found["learnt_days"], np.int64),
        learnt_tested=Tested(**found["learnt_tested"]),
        history=History(
            n_updates=int(history["n_updates"]),
            sources=tuple(history["sources"]),
            segments=tuple(history["segments"]),
            tested=Tested(**history["tested"]),
            inputs=tuple(history["inputs"]),
        ),
        table=str(found["table"]),
        groups=tuple(found["groups"]),
    )
