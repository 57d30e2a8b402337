"""Texts become sourced claims: what is found in a document, and where it stands."""
