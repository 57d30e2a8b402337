"""Documents as a source of a market: read, kept sentence by sentence, settled into claims."""
