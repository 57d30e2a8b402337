"""Remedies: what to write instead of a cell that cannot be read, beside why it cannot."""

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc


def with_remedies(quarantine: pa.Table, remedies: Mapping[str, Callable[[str], str]]) -> pa.Table:
    """A quarantine whose rows also say what to write instead, where that is told.

    Parameters
    ----------
    remedies
        By reason, what to write instead of a text; '' where nothing is told.
    """
    known = pc.is_in(quarantine["reason"], pa.array(list(remedies), pa.string()))
    said = quarantine.filter(known).select(["reason", "text"]).group_by(["reason", "text"])
    told = {
        (row["reason"], row["text"]): remedy
        for row in said.aggregate([]).to_pylist()
        if (remedy := remedies[row["reason"]](row["text"]))
    }
    if not told:
        return quarantine
    reasons = [
        f"{why} ({told[why, text]})" if (why, text) in told else why
        for why, text in zip(
            quarantine["reason"].to_pylist(), quarantine["text"].to_pylist(), strict=True
        )
    ]
    n = quarantine.schema.get_field_index("reason")
    return quarantine.set_column(n, quarantine.schema.field(n), pa.array(reasons, pa.string()))
