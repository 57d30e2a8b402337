"""The report: one self-contained HTML file a language, of everything a market can say."""

from howdah.surfaces.reports.report import write_report, write_reports

__all__ = ["write_report", "write_reports"]
