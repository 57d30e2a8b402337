"""Where heavy work runs: locally on DuckDB, over Arrow in and Arrow out."""

from howdah.engines.local import connect, parquet, quoted, quoted_list, text_literal
from howdah.engines.output import OutputFile, OutputFolder, output_file, output_folder
from howdah.engines.tables import Check, Column, StageTable, read_table

__all__ = [
    "Check",
    "Column",
    "OutputFile",
    "OutputFolder",
    "StageTable",
    "connect",
    "output_file",
    "output_folder",
    "parquet",
    "quoted",
    "quoted_list",
    "read_table",
    "text_literal",
]
