"""A league table as a data frame: who may hold which place."""

import polars as pl

import howdah

market = howdah.open("howdah-demo")

league = market.rank("rating", segment="models")
table = league.to_polars().select("place", "band_first", "band_last", "name", "value")
with pl.Config(tbl_rows=10, tbl_hide_dataframe_shape=True):
    print(table.head(10))

tied = table.filter(pl.col("band_first") == 1)
print(f"{tied.height} of {table.height} models may be first in {league.period}.")
