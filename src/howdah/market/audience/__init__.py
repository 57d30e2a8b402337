"""Panels and censuses of a market: their logs taken in, and the audience of an entity told."""
