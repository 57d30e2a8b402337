"""The command ``howdah serve``."""

from pathlib import Path
from typing import Annotated

import typer

from howdah.surfaces.http.memory import keep_compact

#: Not taken by anything common.
PORT = 8477


def serve_command(
    market: Annotated[
        Path | None,
        typer.Option(
            "--market",
            metavar="DIR",
            help="Market folder; otherwise HOWDAH_MARKET, this folder or ./howdah-demo.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="Address to bind to; loopback only.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Port to bind to.")
    ] = PORT,
    refresh: Annotated[
        bool,
        typer.Option("--refresh/--no-refresh", help="Pull the feeds on their cadence."),
    ] = True,
) -> None:
    """Serve the app and the HTTP API, to this machine alone."""
    # Before anything that is loaded starts threads, which would take heaps of their own.
    keep_compact()
    from howdah.market.folder import find_market  # noqa: PLC0415 - not for --help
    from howdah.surfaces.http.serving import listen, serve  # noqa: PLC0415

    folder = find_market(market)
    with listen(host, port) as listener:
        typer.echo(f"Serving {folder} at http://{host}:{port}/ (stop with Ctrl-C)")
        serve(folder, listener, pulls_feeds=refresh)


#: What the command line registers.
app_command = serve_command
