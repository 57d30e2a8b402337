"""A number that was read at a place of a text."""

from dataclasses import dataclass, replace
from typing import Literal

from howdah.documents.quantities.lexicon import LEXICON

Blur = Literal["", "odd", "several", "range"]


Kind = Literal["digits", "han", "words", "fraction"]

#: "several" of a scale is two to nine of it.
FEW, MANY = 2.0, 9.0


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read at a place.

    Attributes
    ----------
    start, end
        Where it stands in the folded text.
    low, high
        Its ends; the same when one number is worded.
    step
        Place of its last digit that is not zero: what "odd" may add.
    scale
        The scale said last, which a range shares ("3至5亿"); 1 without.
    blur
        What made an interval of it: "130多万" odd, "数百万" several, "两三百" range.
    kind
        How it is written; a fraction is a share of one.
    """

    start: int
    end: int
    low: float
    high: float
    step: float = 1.0
    scale: float = 1.0
    blur: Blur = ""
    kind: Kind = "digits"

    def times(self, factor: float, end: int) -> "Numeral":
        """The numeral with a scale behind it."""
        return replace(
            self,
            end=end,
            low=clean(self.low * factor),
            high=clean(self.high * factor),
            step=self.step * factor,
            scale=self.scale * factor,
        )

    def odd(self, end: int) -> "Numeral":
        """The numeral with "odd" behind it: up to the next of its last place."""
        if self.blur:
            return replace(self, end=end)
        return replace(self, end=end, high=clean(self.low + self.step), blur="odd")

    def and_a_half(self) -> "Numeral":
        """Such as "一个半小时": the half behind its classifier."""
        value = self.low + 0.5
        return replace(self, end=self.end + 2, low=value, high=value, step=0.5)

    @property
    def ends(self) -> tuple[float, float]:
        """Its ends as a reader takes them: something over ten is 11 to 19."""
        if self.blur == "odd" and self.low == LEXICON.ten:
            return self.low + 1, self.high - 1
        return self.low, self.high


def clean(number: float) -> float:
    """A number without the dust of a product such as 1.3 times 1e12."""
    return float(f"{number:.12g}")
