"""The league as a NiceGUI page, as its documentation builds one: AG Grid, events, its own server.

python nicegui_page.py PORT      # RIVAL_ROWS names the rows
"""

import json
import os
import sys
from pathlib import Path

from nicegui import events, ui

ROWS = json.loads(Path(os.environ["RIVAL_ROWS"]).read_text(encoding="utf-8"))


@ui.page("/", title="League")
def league() -> None:
    """The page of one client."""
    ui.label("League").classes("text-2xl")
    ui.input(
        "Filter by name",
        on_change=lambda e: grid.run_grid_method("setGridOption", "quickFilterText", e.value),
    )
    grid = ui.aggrid(
        {
            "columnDefs": [{"field": name} for name in ROWS[0]],
            "rowData": ROWS,
            "animateRows": False,
            "rowSelection": {
                "mode": "singleRow",
                "checkboxes": False,
                "enableClickSelection": True,
            },
        }
    ).style("height: 600px")
    details = ui.column().props("id=details")

    def tell(event: events.GenericEventArguments) -> None:
        details.clear()
        with details:
            for name, value in event.args["data"].items():
                ui.label(f"{name}: {value}")

    grid.on("cellClicked", tell)


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
