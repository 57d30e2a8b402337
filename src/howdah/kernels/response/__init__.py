"""How an outcome answers spend: carry-over, saturation, a drifting level, and the posterior."""

from howdah.kernels.response.adstock import carry_over, respond
from howdah.kernels.response.sampling import N_SHAPE, Draws, Prior, sample_response
from howdah.kernels.response.unfolding import Unfolded, response_to_more, unfold
from howdah.kernels.response.whitening import Bases, placebo_spread, project, whitened_bases

__all__ = [
    "N_SHAPE",
    "Bases",
    "Draws",
    "Prior",
    "Unfolded",
    "carry_over",
    "placebo_spread",
    "project",
    "respond",
    "response_to_more",
    "sample_response",
    "unfold",
    "whitened_bases",
]
