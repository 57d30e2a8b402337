"""The commands that come before all else: `howdah demo`, `howdah init` and `howdah warm`.

Command groups hold what may be asked and its help; `pages` answers. A page is imported when its
command runs, so that the help need not load an engine.
"""

from pathlib import Path
from typing import Annotated

import typer

from howdah.surfaces.cli.options import JsonOption


def demo(
    folder: Annotated[
        Path | None,
        typer.Option("--dir", metavar="DIR", help="Where to put it; ./howdah-demo if absent."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Build the example market and show its radar.

    Real data about Chinese AI products and the open-source AI around them, copied out of the
    package; nothing is downloaded. What is there already is kept, so running it again is quick.
    """
    from howdah.surfaces.cli.pages import start  # noqa: PLC0415 - see the module

    start.demo(folder, as_json=as_json)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty folder.")],
    as_json: JsonOption = False,
) -> None:
    """Make an empty market.

    The folder gets market.toml, feeds/, entities/ and inbox/. Nothing of the market lives outside
    it: copying the folder copies the market.
    """
    from howdah.surfaces.cli.pages import start  # noqa: PLC0415 - see the module

    start.init(folder, as_json=as_json)


def warm(as_json: JsonOption = False) -> None:
    """Compile ahead what the other commands use.

    The first run after an installation compiles its kernels, which takes about a minute; they are
    kept beside howdah's modules. This runs every command on a little data once, in a folder that
    is removed again, so that no later run has to wait.
    """
    from howdah.surfaces.cli.pages import warm as page  # noqa: PLC0415 - see the module

    page.run(as_json=as_json)
