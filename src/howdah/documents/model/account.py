"""An account of a model's part in a run: what it cost, what it changed, what was turned down."""

from collections import Counter
from dataclasses import dataclass, field

from howdah.documents.model.endpoint import Reply

#: Documents read by rules alone that are named; all are counted.
_MOST_NAMED = 20

#: Reasons that are told of each kind, and that are told apart.
_MOST_TOLD = 8
_MOST_APART = 50


@dataclass(slots=True)
class Account:
    """Counts of one run.

    Attributes
    ----------
    n_asked
        Questions that the server answered.
    n_kept
        Questions whose answer was kept from an earlier run, and so cost nothing.
    tokens_in, tokens_out, n_uncounted
        Tokens of answered questions as the server counts them, and questions of which it does not.
    seconds
        Time that the server took, with waits and failures.
    n_choices, n_changed, n_turned_down
        Fields of numbers that it chose, those that it chose otherwise than the rules, and those of
        these that the checks, or the other choices, turned down again.
    n_proposed, n_passed
        Claims that it proposed, and those that passed the gate.
    turned_down
        Proposals by why they were turned down.
    refused
        Answers that did not fit their schema, by why.
    n_by_rules, by_rules
        Documents that were read by rules alone because the model gave no answer, and the first of
        them with why.
    """

    n_asked: int = 0
    n_kept: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    n_uncounted: int = 0
    seconds: float = 0.0
    n_choices: int = 0
    n_changed: int = 0
    n_turned_down: int = 0
    n_proposed: int = 0
    n_passed: int = 0
    turned_down: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    n_by_rules: int = 0
    by_rules: dict[str, str] = field(default_factory=dict)

    @property
    def is_used(self) -> bool:
        """Whether any document was read with it, or should have been."""
        return bool(self.n_asked or self.n_kept or self.n_by_rules)

    def answered(self, reply: Reply) -> None:
        """Count a question that the server answered."""
        self.n_asked += 1
        self.tokens_in += reply.tokens_in or 0
        self.tokens_out += reply.tokens_out or 0
        self.n_uncounted += reply.tokens_in is None or reply.tokens_out is None

    def refuse(self, reason: str) -> None:
        """Count an answer that does not fit its schema."""
        _count(self.refused, reason)

    def turn_down(self, reason: str) -> None:
        """Count a proposal that is no claim."""
        _count(self.turned_down, reason)

    def failed(self, doc: str, reason: str) -> None:
        """Count a document that is read by rules alone."""
        self.n_by_rules += 1
        if len(self.by_rules) < _MOST_NAMED:
            self.by_rules[doc] = reason

    def row(self) -> dict[str, object]:
        """The account for programs."""
        return {
            "n_asked": self.n_asked,
            "n_kept": self.n_kept,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "n_uncounted": self.n_uncounted,
            "seconds": round(self.seconds, 3),
            "n_choices": self.n_choices,
            "n_changed": self.n_changed,
            "n_turned_down": self.n_turned_down,
            "n_proposed": self.n_proposed,
            "n_passed": self.n_passed,
            "turned_down": dict(sorted(self.turned_down.items())),
            "refused": dict(sorted(self.refused.items())),
            "n_by_rules": self.n_by_rules,
            "by_rules": self.by_rules,
        }

    def sentences(self, model: str) -> list[str]:
        """The account for people.

        Parameters
        ----------
        model
            What the model is called, and where it is asked.
        """
        uncounted = f" ({self.n_uncounted} answers without a count)" if self.n_uncounted else ""
        said = [
            (
                f"{model}: {self.n_asked:,} new answers, {self.n_kept:,} kept from before; "
                f"{self.tokens_in:,} tokens read and {self.tokens_out:,} written as the server "
                f"counts them{uncounted}, {self.seconds:.1f} seconds"
            ),
        ]
        if self.n_choices or self.n_proposed:
            said.append(
                f"of {self.n_choices:,} choices {self.n_changed:,} otherwise than the rules, "
                f"{self.n_turned_down:,} of these turned down; of {self.n_proposed:,} proposals "
                f"{self.n_passed:,} passed the checks and wait for review"
            )
        for title, reasons in (
            ("proposals turned down", self.turned_down),
            ("answers refused", self.refused),
        ):
            if reasons:
                told = "; ".join(f"{n:,} {why}" for why, n in reasons.most_common(_MOST_TOLD))
                said.append(f"{title}: {told}")
        if self.n_by_rules:
            doc, why = next(iter(self.by_rules.items()))
            said.append(f"read by rules alone: {self.n_by_rules:,}, the first {doc}: {why}")
        return said


def _count(reasons: Counter[str], reason: str) -> None:
    """Count a reason; some hold names or places, and there is no end of these."""
    is_known = reason in reasons or len(reasons) < _MOST_APART
    reasons[reason if is_known else "for other reasons"] += 1
