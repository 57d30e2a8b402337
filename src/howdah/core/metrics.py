"""The metric registry: what each metric id means, how it is counted and how it behaves.

The built-in metrics are data in ``metrics.toml``; a market adds its own in a file of the same
form. Formulas and traps of the audience metrics are in docs/reference/metrics.md, which is
generated from that data.
"""

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

from howdah.core.errors import SpecError, UnknownNameError, closest

Scale = Literal["log", "logit", "linear", "rank", "none"]
Shape = Literal["stock", "flow", "ratio", "rank", "event"]
Relates = Literal["", "ratio", "difference", "rank"]
Count = Literal["", "whole", "tally"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes
    ----------
    scale
        Where errors add up: log for counts and money, logit for shares, linear for ratings,
        rank for positions, none for events that carry no number.
    shape
        stock (a level at a date), flow (a sum over a period), ratio, rank or event.
    units
        Allowed units; the first is the one that a claim without a unit gets.
    better
        Which way is up for a reader of a league table: high or low.
    companions
        Metrics without which this one misleads; shown beside it, "not stated" when absent.
    relates, relation
        For a comparison of a metric `relates` of the subject with that of the object: whether
        it is their ratio, their difference, or the subject's rank by it.
    count
        For what comes in whole numbers: "whole" of things that are there whether counted or
        not, "tally" of reported events, of which unreported ones may exist; "" for the rest.
    """

    id: str
    title: str
    title_zh: str
    scale: Scale
    shape: Shape
    units: tuple[str, ...]
    meaning: str
    better: Literal["high", "low"] = "high"
    companions: tuple[str, ...] = ()
    relates: str = ""
    relation: Relates = ""
    count: Count = ""


@dataclass(frozen=True)
class MetricRegistry:
    """All metrics of a market, by id."""

    metrics: dict[str, Metric] = field(default_factory=dict)

    def __getitem__(self, metric_id: str) -> Metric:
        try:
            return self.metrics[metric_id]
        except KeyError:
            raise UnknownNameError(
                "metric", metric_id, self.metrics, hint="`howdah metrics` lists them."
            ) from None

    def __contains__(self, metric_id: object) -> bool:
        return metric_id in self.metrics

    def extended(self, path: Path) -> "MetricRegistry":
        """The same registry with a market's own ``metrics.toml`` on top.

        Raises
        ------
        SpecError
            The file is not valid TOML or an entry is wrong.
        """
        return MetricRegistry({**self.metrics, **_parse(path.read_text(encoding="utf-8"), path)})


@cache
def builtin_metrics() -> MetricRegistry:
    """The metrics that every market knows.

    Examples
    --------
    >>> builtin_metrics()["dau"].shape
    'stock'
    """
    resource = files("howdah.core") / "metrics.toml"
    return MetricRegistry(_parse(resource.read_text(encoding="utf-8"), Path("metrics.toml")))


def _parse(text: str, path: Path) -> dict[str, Metric]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(path, 0, "", f"not valid TOML: {error}.") from None
    return {metric_id: _metric(metric_id, table, path) for metric_id, table in tables.items()}


def _metric(metric_id: str, table: object, path: Path) -> Metric:
    if not isinstance(table, dict):
        raise SpecError(path, 0, metric_id, "is not a table.", f"a table [{metric_id}]")
    known = [own.name for own in fields(Metric) if own.name != "id"]
    for key in table:
        if key not in known:
            near = closest(key, known, limit=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise SpecError(path, 0, f"{metric_id}.{key}", f"unknown key.{hint}", ", ".join(known))
    for key, allowed, default in (
        ("scale", get_args(Scale), None),
        ("shape", get_args(Shape), None),
        ("relation", get_args(Relates), ""),
        ("better", ("high", "low"), "high"),
        ("count", get_args(Count), ""),
    ):
        received = table.get(key, default)
        if received not in allowed:
            said = ", ".join(name for name in allowed if name)
            raise SpecError(path, 0, f"{metric_id}.{key}", f"got {received!r}.", said)
    units = table.get("units", ["count"])
    if not isinstance(units, list):
        raise SpecError(path, 0, f"{metric_id}.units", "is not a list.", '["people"]')
    if not units:
        raise SpecError(path, 0, f"{metric_id}.units", "is empty.", '["people"]')
    title = str(table.get("title", metric_id))
    return Metric(
        id=metric_id,
        title=title,
        title_zh=str(table.get("title_zh", title)),
        scale=table["scale"],
        shape=table["shape"],
        units=tuple(str(unit) for unit in units),
        meaning=str(table.get("meaning", "")),
        better=table.get("better", "high"),
        companions=tuple(str(name) for name in table.get("companions", [])),
        relates=str(table.get("relates", "")),
        relation=table.get("relation", ""),
        count=table.get("count", ""),
    )
