"""What strata stand for, from their files."""

from pathlib import Path

import numpy as np
import pytest

from howdah.core.errors import InputError, MissingColumnError
from howdah.engines import connect
from howdah.panels.population import PanelFiles, Strata, read_strata

STRATA = "stratum,sex,age,population\na,f,young,10\nb,f,old,10\nc,m,young,10\nd,m,old,10\n"
MARGINS = "variable,level,population\nsex,f,60\nsex,m,40\nage,young,30\nage,old,70\n"
N_UNIT = np.array([3, 2, 4, 1])


def read(
    folder: Path, strata: str, margins: str | None = None, trim: float | None = None
) -> Strata:
    (folder / "strata.csv").write_text(strata)
    if margins is not None:
        (folder / "margins.csv").write_text(margins)
    files = PanelFiles(
        folder / "panel.csv", folder / "strata.csv",
        None if margins is None else folder / "margins.csv", trim,
    )  # fmt: skip
    with connect() as engine:
        return read_strata(engine, files)


def test_strata_without_margins_stand_for_what_their_file_says(tmp_path: Path) -> None:
    population, raked = read(tmp_path, STRATA).settle(N_UNIT)
    assert population.tolist() == [10.0] * 4
    assert raked is None


@pytest.mark.parametrize("has_population", [True, False])
def test_raked_strata_meet_their_margins(tmp_path: Path, has_population: bool) -> None:
    strata = STRATA
    if not has_population:
        strata = "\n".join(line.rpartition(",")[0] for line in STRATA.splitlines()) + "\n"
    population, raked = read(tmp_path, strata, MARGINS).settle(N_UNIT)
    assert population[[0, 1]].sum() == pytest.approx(60)
    assert population[[0, 2]].sum() == pytest.approx(30)
    assert population.sum() == pytest.approx(100)
    assert raked is not None
    assert raked.is_converged
    # Of equal cells the margins are independent; of the numbers of units they are not.
    assert np.allclose(population, [18, 42, 12, 28]) == has_population


def test_persons_are_what_units_are_divided_to(tmp_path: Path) -> None:
    strata = "stratum,population,units_per_person\na,100,2\nb,100,\n"
    population, _ = read(tmp_path, strata).settle(np.array([5, 5]))
    assert population.tolist() == [50.0, 100.0]


def test_a_population_is_needed_where_no_margins_tell_it(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError, match="population"):
        read(tmp_path, "stratum,sex\na,f\n")


@pytest.mark.parametrize(
    ("strata", "margins", "trim", "match"),
    [
        ("stratum,population\na,1\na,2\n", None, None, "population is 1.0 and 2.0"),
        ("stratum,population\na,-1\n", None, None, "negative"),
        ("stratum,population\n", None, None, "no stratum"),
        (STRATA, None, 3.0, "--trim is given without --margins"),
        (STRATA.replace("d,m,old,10", "d,m,old,"), MARGINS, None, "'d' has no population"),
        (STRATA, MARGINS + "sex,f,61\n", None, "two populations"),
        (STRATA, MARGINS.replace("age,", "population,"), None, "cannot be a variable"),
        (STRATA, "variable,level,population\n", None, "no margin"),
    ],
)
def test_files_that_contradict_themselves_are_refused(
    tmp_path: Path, strata: str, margins: str | None, trim: float | None, match: str
) -> None:
    with pytest.raises(InputError, match=match):
        read(tmp_path, strata, margins, trim)


def test_strata_without_a_variable_of_the_margins_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError, match="age"):
        read(tmp_path, "stratum,sex,population\na,f,1\n", MARGINS)
