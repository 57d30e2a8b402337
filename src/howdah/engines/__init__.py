"""Where heavy work runs: locally on DuckDB, over Arrow in and Arrow out."""

from howdah.engines.local import connect, quoted, quoted_list, text_literal

__all__ = ["connect", "quoted", "quoted_list", "text_literal"]
