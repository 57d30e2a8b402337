"""Who was active when, as bits: what audience metrics are counted from."""

from howdah.kernels.activity.words import Activity, Roster

__all__ = ["Activity", "Roster"]
