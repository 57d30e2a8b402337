"""The league as a Dash page, as its documentation builds one: AG Grid, callbacks, gunicorn.

gunicorn --workers 2 --bind 127.0.0.1:PORT dash_page:server      # RIVAL_ROWS names the rows
"""

import json
import os
from pathlib import Path
from typing import Any

import dash_ag_grid as dag
from dash import Dash, Input, Output, Patch, callback, dcc, html

ROWS = json.loads(Path(os.environ["RIVAL_ROWS"]).read_text(encoding="utf-8"))

app = Dash(title="League", compress=True)
server = app.server

app.layout = html.Main(
    [
        html.H1("League"),
        html.Label("Filter by name", htmlFor="filter"),
        dcc.Input(id="filter", type="text"),
        dag.AgGrid(
            id="grid",
            rowData=ROWS,
            columnDefs=[{"field": name} for name in ROWS[0]],
            columnSize="sizeToFit",
            style={"height": "600px"},
            dashGridOptions={
                "animateRows": False,
                "rowSelection": {
                    "mode": "singleRow",
                    "checkboxes": False,
                    "enableClickSelection": True,
                },
            },
        ),
        html.Div(id="details"),
    ]
)


@callback(Output("grid", "dashGridOptions"), Input("filter", "value"), prevent_initial_call=True)
def narrow(text: str | None) -> Patch:
    """Rows that hold a text."""
    options = Patch()
    options["quickFilterText"] = text or ""
    return options


@callback(Output("details", "children"), Input("grid", "selectedRows"), prevent_initial_call=True)
def tell(rows: list[dict[str, Any]]) -> list[html.P]:
    """All that is known of the row that was chosen."""
    return [html.P(f"{name}: {value}") for row in rows for name, value in row.items()]
