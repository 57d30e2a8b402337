"""The HTTP API and the server of a market: it translates, on loopback only."""
