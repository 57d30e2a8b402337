"""The form in which findings are kept: JSON of all that was found, without the record.

The record of a class and its past cases grow after a finding was kept, so they are joined to it
when it is read.
"""

import dataclasses
import datetime as dt
import json

from howdah.core.calendar import Period
from howdah.core.finding import Finding, Reason

#: Joined when a finding is read.
_JOINED = ("record", "analogues")


def finding_document(finding: Finding) -> str:
    """A finding as the JSON that it is kept as."""
    fields = {
        key: value for key, value in dataclasses.asdict(finding).items() if key not in _JOINED
    }
    return json.dumps(fields, default=str, ensure_ascii=False)


def finding_from(document: str) -> Finding:
    """A finding from the JSON that it was kept as."""
    fields = json.loads(document)
    period = fields.pop("period")
    dates = {
        name: dt.date.fromisoformat(period[name]) if period[name] else None
        for name in ("start", "end")
    }
    fields["period"] = Period(dates["start"], dates["end"], period["precision"])
    fields["as_of"] = dt.date.fromisoformat(fields["as_of"])
    why = fields["cause_reason"]
    values = tuple((name, value) for name, value in why["values"])
    fields["cause_reason"] = Reason(why["key"], values)
    fields["claim_ids"] = tuple(fields["claim_ids"])
    fields["vintages"] = tuple(dt.date.fromisoformat(day) for day in fields["vintages"])
    return Finding(**fields)
