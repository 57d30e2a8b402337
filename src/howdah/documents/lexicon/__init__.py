"""Which words say which metric a number is of: data, and how they are found in a text."""

from howdah.documents.lexicon.metrics import MetricEntry, MetricLexicon, Trigger, metric_lexicon

__all__ = ["MetricEntry", "MetricLexicon", "Trigger", "metric_lexicon"]
