"""A model of language beside the rules: it chooses and proposes, and the gate decides."""

from howdah.documents.model.account import Account
from howdah.documents.model.answers import Answers
from howdah.documents.model.endpoint import KEY_VARIABLE, Endpoint
from howdah.documents.model.reading import Assistant

__all__ = ["KEY_VARIABLE", "Account", "Answers", "Assistant", "Endpoint"]
