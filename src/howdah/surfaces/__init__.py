"""Surfaces: what people and programs meet; they translate what a market answers, never compute."""
