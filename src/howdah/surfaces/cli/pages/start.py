"""What `howdah init` and `howdah demo` answer."""

from pathlib import Path

import typer

from howdah.market import DEMO_FOLDER, Market, copy_example
from howdah.market import init as make
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.pages import radar
from howdah.surfaces.cli.progress import working
from howdah.surfaces.cli.screen import Screen


def init(folder: Path, *, as_json: bool) -> None:
    """Make an empty market and say what to do with it."""
    made = make(folder)
    if as_json:
        write_json({"folder": made.resolve()}, market=made)
        return
    screen = Screen()
    screen.text(f"Made an empty market in {made}.")
    screen.fields(
        [
            ("1", f"Say what it is and which products are yours: {made}/market.toml"),
            ("2", f"Describe a feed: {made}/feeds/NAME.toml"),
            ("3", f"Try it: howdah feed check {made}/feeds/NAME.toml FILE --market {made}"),
            ("4", f"Take it in: howdah update --market {made}"),
        ]
    )
    screen.write()


def demo(folder: Path | None, *, as_json: bool) -> None:
    """Build the example market, show its radar, and say what to try next."""
    with working("copying the example") as progress:
        market = Market(copy_example(folder or DEMO_FOLDER))
        updates = market.update(progress=progress)
        page = market.radar(progress=progress)
    failed = [update for update in updates if update.error]
    if as_json:
        radar.write_radar(market, page)
    else:
        screen = Screen()
        for update in failed:
            screen.text(f"{update.feed} failed: {update.error}", hang=2, style="bold")
        radar.draw_radar(screen, market, page)
        where = "" if folder is None else f" --market {folder}"
        screen.heading("Try next")
        screen.fields(
            [
                (f"howdah show 豆包{where}", "everything known of one product"),
                (f"howdah compare Doubao Kimi{where}", "two side by side"),
                (f"howdah rank dau{where}", "a league table with honest places"),
                (
                    f"howdah split 'Simulated advertiser J'{where}",
                    "what ads bought; simulated, as no real spend is known",
                ),
                (f"howdah feeds{where}", "what is watched, what it reaches"),
                (f"howdah serve{where}", "all of it in a browser"),
            ]
        )
        screen.write()
    if failed:
        raise typer.Exit(1)
