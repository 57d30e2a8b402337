"""Checking a claim of an event against the text again, whatever made it."""
