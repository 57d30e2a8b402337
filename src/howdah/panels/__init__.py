"""Device-panel logs to audience metrics with standard errors."""
