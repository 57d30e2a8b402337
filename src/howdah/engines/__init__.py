"""Where heavy work runs: locally on DuckDB, over Arrow in and Arrow out."""

from howdah.engines.local import connect, parquet, quoted, quoted_list, text_literal

__all__ = ["connect", "parquet", "quoted", "quoted_list", "text_literal"]
