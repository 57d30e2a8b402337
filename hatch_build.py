"""Building howdah builds its web app first, so that a wheel holds it and a checkout has it."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebApp(BuildHookInterface[Any]):
    """Runs ``web/bundle.py`` before anything is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle."""
        del version, build_data
        runpy.run_path(str(Path(self.root) / "web" / "bundle.py"))["make"]()
