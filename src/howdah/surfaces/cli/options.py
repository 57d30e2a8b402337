"""Options that several commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

MarketOption = Annotated[
    Path | None,
    typer.Option(
        "--market",
        metavar="DIR",
        help="Market folder; otherwise HOWDAH_MARKET, this folder or ./howdah-demo.",
    ),
]

AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Answer from what was known on this date: 2025-01-31 or today.",
    ),
]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of a screen.")
]

SegmentOption = Annotated[
    str | None, typer.Option("--segment", metavar="ID", help="Only this segment's members.")
]

PeriodOption = Annotated[
    str | None,
    typer.Option("--period", metavar="PERIOD", help="2024, 2024-Q3, 2024-09; else the latest."),
]

OutOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder to write; it is there whole or not.")
]

ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what an earlier run wrote there.")
]

StrictOption = Annotated[
    bool, typer.Option("--strict", help="Exit with 3 when rows were quarantined.")
]

SummaryOption = Annotated[
    bool, typer.Option("--json", help="Print a summary as one JSON object on stdout.")
]
