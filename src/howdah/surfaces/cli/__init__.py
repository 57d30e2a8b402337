"""The command line: one screen or one JSON object for each use case of a market."""

from howdah.surfaces.cli.application import app, main

__all__ = ["app", "main"]
