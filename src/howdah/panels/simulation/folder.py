"""A simulated market as files: the log and panel that a vendor would sell, and the truth."""

import datetime as dt
from pathlib import Path

from howdah.panels.simulation.articles import write_articles
from howdah.panels.simulation.logs import Faults, scattered, write_log
from howdah.panels.simulation.membership import draw_members
from howdah.panels.simulation.population import populate
from howdah.panels.simulation.scenarios import FIRST_DAY, assistants
from howdah.panels.simulation.truth import Truth

#: Units of the population; of these some four thousand are in the panel.
N_UNIT = 240_000

#: Share of members that join during the log, and of those that leave.
_MOVING = 0.1

_NOTICE = """\
Everything here is simulated. No product, unit or figure is real.

log/            unit, product, day: what a panel saw, by arrival, with repeated and late rows
panel.csv       unit, stratum, joined, left: members of the panel and their days in it
strata.csv      stratum, population: units of the population
articles/       what a press would write of it, in true figures
truth/          what is true of the whole population, for comparison: daily and retention

    howdah audience log/*.parquet --panel panel.csv --strata strata.csv --out audience
"""


def write_assistants(
    folder: Path,
    *,
    n_unit: int = N_UNIT,
    seed: int = 1,
    first_day: dt.date = FIRST_DAY,
    sampling: float = 1.0,
) -> int:
    """Write the market of `assistants` into a folder, and say how many rows its log has.

    Parameters
    ----------
    folder
        Is made; what it holds under the names of this market is replaced.
    n_unit
        Units of the population.
    first_day, sampling
        As of `assistants`.
    """
    population = populate(assistants(first_day, sampling=sampling), n_unit, seed)
    membership = draw_members(population, seed, moving=_MOVING)
    truth, ids = Truth(population), scattered(n_unit)
    n_row = write_log(
        folder / "log", population, membership,
        ids=ids, faults=Faults(), named=True, days_per_file=91, watch=truth.watch,
    )  # fmt: skip
    (folder / "truth").mkdir(exist_ok=True)
    membership.panel(ids).write_csv(folder / "panel.csv")
    membership.strata().write_csv(folder / "strata.csv")
    daily = truth.daily()
    daily.write_parquet(folder / "truth" / "daily.parquet")
    write_articles(folder / "articles", daily)
    truth.retention().write_parquet(folder / "truth" / "retention.parquet")
    (folder / "SIMULATED.txt").write_text(_NOTICE, encoding="utf-8")
    return n_row
