"""Simulated markets whose law is known, which tests of breakouts and back-tests share."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from howdah.core.calendar import add_months
from howdah.signals.breakouts import Feed, code_feed

START = dt.date(2019, 1, 1)


def month(n: int) -> dt.date:
    return add_months(START, n)


@dataclass
class Market:
    """Levels that follow a damped trend, of which a list of some length is published monthly.

    Attributes
    ----------
    level, slope
        (n, n_month) truth, log.
    """

    level: np.ndarray
    slope: np.ndarray
    length: int
    jump: int | None = None

    damping = 0.85
    level_sd = 0.06
    slope_sd = 0.05
    noise_sd = 0.03

    @classmethod
    def draw(
        cls, n: int, n_month: int, length: int, seed: int, jump: int | None = None
    ) -> "Market":
        rng = np.random.default_rng(seed)
        level, slope = np.empty((n, n_month)), np.empty((n, n_month))
        level[:, 0], slope[:, 0] = rng.normal(8, 1.2, n), rng.normal(0, 0.09, n)
        for t in range(1, n_month):
            level[:, t], slope[:, t] = cls.step(level[:, t - 1], slope[:, t - 1], rng)
        return cls(level, slope, length, jump)

    @classmethod
    def step(
        cls, level: np.ndarray, slope: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        # Levels are drawn back a little, so that the market keeps its spread.
        pulled = level - 0.01 * (level - 8)
        return (
            pulled + slope + rng.normal(0, cls.level_sd, level.shape),
            cls.damping * slope + rng.normal(0, cls.slope_sd, level.shape),
        )

    def rows(self, seed: int = 0) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        seen = self.level + rng.normal(0, self.noise_sd, self.level.shape)
        frames = []
        for t in range(seen.shape[1]):
            top = np.sort(np.argsort(-seen[:, t], kind="stable")[: self.length])
            scale = 3.0 if self.jump is not None and t >= self.jump else 1.0
            frames.append(
                pl.DataFrame(
                    {
                        "period": [month(t)] * len(top),
                        "entity": [f"e{i:05d}" for i in top],
                        "value": scale * np.exp(seen[top, t] + 0.01 * t),
                    }
                )
            )
        return pl.concat(frames)

    def feed(self) -> Feed:
        return code_feed(self.rows(), "list")

    def chances(self, column: int, n_top: int, horizon: int, n_draw: int, seed: int) -> np.ndarray:
        """(n,) share of futures drawn from the state at a month in which each enters the top."""
        rng = np.random.default_rng(seed)
        came = np.zeros(len(self.level))
        for _ in range(n_draw):
            level, slope = self.level[:, column], self.slope[:, column]
            inside = np.zeros(len(level), np.bool_)
            for _ in range(horizon):
                level, slope = self.step(level, slope, rng)
                seen = level + rng.normal(0, self.noise_sd, level.shape)
                inside |= seen >= np.partition(seen, -n_top)[-n_top]
            came += inside
        return came / n_draw
