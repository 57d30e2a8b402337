"""The same data beside pymc-marketing: answers and time, in one run. See README.md."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from presets import channels_of, names_of, read_preset, score

from howdah.growth import Options, split

Row = dict[str, object]

#: Draws of pymc-marketing, after as many to tune its steps, in one chain.
N_DRAWS = 500


def peer_rows(folder: Path) -> Iterator[Row]:
    """Both on the shop with four channels, each with a yearly season and the controls."""
    read = read_preset(folder, "small_business")
    if read is None:
        return
    rows, truth = read
    # Compiled before the clock starts.
    split(rows.head(40), names_of(rows), Options())
    started = time.process_time()
    found = split(rows, names_of(rows), Options())
    yield {
        "what": "howdah split", **score(found.contributions, truth),
        "CPU s": time.process_time() - started,
    }  # fmt: skip
    try:
        from pymc_marketing.mmm import (  # noqa: PLC0415 - the other sections do without
            GeometricAdstock,
            LogisticSaturation,
        )
        from pymc_marketing.mmm.multidimensional import MMM  # noqa: PLC0415
    except ImportError:
        sys.stderr.write("left out: pymc-marketing is not installed (see README.md)\n")
        return
    names = names_of(rows)
    data = rows.select("date", *names.channels, *names.controls).to_pandas()
    model = MMM(
        date_column="date", channel_columns=list(names.channels), target_column="y",
        control_columns=list(names.controls), adstock=GeometricAdstock(l_max=8),
        saturation=LogisticSaturation(), yearly_seasonality=2,
    )  # fmt: skip
    started = time.process_time()
    model.build_model(data, rows["y"].to_pandas())
    model.add_original_scale_contribution_variable(["channel_contribution"])
    model.fit(
        data, rows["y"].to_pandas(), chains=1, cores=1, draws=N_DRAWS, tune=N_DRAWS,
        random_seed=1, progressbar=False,
    )  # fmt: skip
    cost = time.process_time() - started
    said = model.idata["posterior"]["channel_contribution_original_scale"]
    draws = said.stack(sample=("chain", "draw")).transpose("sample", "date", "channel").to_numpy()
    yield {
        "what": "pymc-marketing", **score(_as_contributions(rows, draws), truth), "CPU s": cost,
    }  # fmt: skip


def _as_contributions(rows: pl.DataFrame, draws: np.ndarray) -> pl.DataFrame:
    channels = channels_of(rows)
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    return pl.concat(
        [
            rows.select(
                group="geo", period="date", channel=pl.lit(name),
                value=pl.Series(draws[:, :, c].mean(0)), lower=pl.Series(low[:, c]),
                upper=pl.Series(high[:, c]),
            )
            for c, name in enumerate(channels)
        ]
    )  # fmt: skip
