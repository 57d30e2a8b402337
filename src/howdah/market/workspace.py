"""What every use case of one market works with: its files, stores, clock and resolver.

The only place that opens a store, a clock or a network client; the floors below are handed
what they need.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from howdah.claims import (
    AppendOnlyTable,
    ClaimStore,
    VerdictTable,
    claims_query,
    read_claims,
)
from howdah.core import settings
from howdah.core.calendar import end_of_day, parse_date
from howdah.core.entity import Entity, Identifier
from howdah.core.errors import SpecError, UnknownNameError
from howdah.core.metrics import MetricRegistry, builtin_metrics
from howdah.engines import connect
from howdah.entities import REGISTER_SCHEMA, Catalogue, JudgementTable, Resolver, read_catalogue
from howdah.estimates import CLAIM_INPUT, VERDICTS, FeedTraits, Models, observe, with_entities
from howdah.market.config import MarketConfig, Segment, read_config
from howdah.market.naming import naming_of
from howdah.market.pages.names import ChineseNames
from howdah.market.parts import Parts
from howdah.market.speakers import Speakers
from howdah.market.state import State
from howdah.sources import SIMULATED, FeedSpec, read_spec

T = TypeVar("T")

#: Answers that are remembered: a league of ten thousand takes some ten megabytes.
_MOST_RECENT = 8


def is_simulated(canonical_id: str) -> bool:
    """Whether an entity is of a simulation."""
    return canonical_id.startswith(f"{SIMULATED}:")


class Workspace:
    """One opened market.

    Parameters
    ----------
    folder
        The market's folder.
    now
        The clock, in UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], dt.datetime]) -> None:
        self.folder = folder
        self.now = now
        self.config: MarketConfig = read_config(folder)
        self.store = ClaimStore(folder / "lake")
        self.register = AppendOnlyTable(folder / "lake" / "register", REGISTER_SCHEMA)
        self.judgements = JudgementTable(folder / "lake" / "judgements")
        self.verdicts = VerdictTable(folder / "lake" / "verdicts")
        self.parts = Parts(folder / "lake" / "parts")
        self.state = State(folder / "state.db")
        #: Small answers that only an update can change.
        self.cache: dict[str, pl.DataFrame] = {}
        #: Models that were kept for a date.
        self.models: dict[dt.date, Models] = {}
        #: Whole answers that were asked for lately, the last asked last; see `remember`.
        self.recent: OrderedDict[Hashable, Any] = OrderedDict()
        #: Documents in force on a date, as `market.documents.showing` has looked them up.
        self.shelves: dict[dt.date, Any] = {}

    @cached_property
    def engine(self) -> duckdb.DuckDBPyConnection:
        """The engine of this market's reads."""
        return connect()

    @cached_property
    def metrics(self) -> MetricRegistry:
        """The built-in metrics and the market's own."""
        own = self.folder / "metrics.toml"
        return builtin_metrics().extended(own) if own.is_file() else builtin_metrics()

    @cached_property
    def specs(self) -> dict[str, FeedSpec]:
        """Feed specs by id, in order of id."""
        specs: dict[str, FeedSpec] = {}
        for path in sorted((self.folder / "feeds").glob("*.toml")):
            spec = read_spec(path)
            if spec.id in specs:
                raise SpecError(path, 0, "id", f"feed {spec.id!r} has a spec already.")
            specs[spec.id] = spec
        return specs

    @cached_property
    def speakers(self) -> Speakers:
        """The sources whose own figures the feeds bring."""
        return Speakers.read(self.store, self.specs)

    def traits(self, as_of: dt.date) -> dict[str, FeedTraits]:
        """What estimation must know of each feed, and whom its texts cite as known at a date."""
        instant = end_of_day(as_of)
        return {
            feed: FeedTraits(spec.nature, spec.anchor, self.speakers.beside(spec, instant))
            for feed, spec in self.specs.items()
        }

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the market's ``entities`` folder declares."""
        return read_catalogue(self.folder / "entities")

    @cached_property
    def resolver(self) -> Resolver:
        """Who is who, from the catalogue, the register and all judgements."""
        return Resolver(self.catalogue, self.register.read(), self.judgements.read())

    @cached_property
    def chinese_names(self) -> ChineseNames:
        """Whom readers of Chinese call otherwise than answers do."""
        return ChineseNames.of(map(self.resolver.entity, self.catalogue.entities))

    @cached_property
    def mapping(self) -> pa.Table:
        """Every (scheme, subject) that feeds name, with its entity.

        What is simulated is always its own: no judgement or catalogue makes it something real.
        """
        found = self.resolver.mapping()
        is_simulated = pc.equal(found["scheme"], SIMULATED)
        own = pc.binary_join_element_wise(found["scheme"], found["subject"], ":")
        entity = pc.if_else(is_simulated, own, found["entity"])
        return found.set_column(found.schema.get_field_index("entity"), "entity", entity)

    @cached_property
    def _members(self) -> dict[str, tuple[str, ...]]:
        return {}

    def forget(self, *, names: bool = True) -> None:
        """Drop what was read before the store changed; who is who stays without `names`."""
        self.cache.clear()
        self.models.clear()
        self.recent.clear()
        self.shelves.clear()
        dropped = ["_members", "segments", "specs", "speakers", "metrics"]
        if names:
            dropped += ["resolver", "mapping", "catalogue", "chinese_names"]
        for name in dropped:
            self.__dict__.pop(name, None)

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """An answer that was made lately, else made now: parts of one are asked one by one."""
        if key not in self.recent:
            made = make()
            self.recent[key] = made
            while len(self.recent) > _MOST_RECENT:
                self.recent.popitem(last=False)
        self.recent.move_to_end(key)
        found: T = self.recent[key]
        return found

    def resolve(self, text: str) -> Entity:
        """The entity that a text means.

        Raises
        ------
        UnknownNameError
            Nothing goes by the text, or several entities do; it says how to name it.
        """
        try:
            return self.resolver.resolve(text)
        except UnknownNameError as error:
            if ":" not in text and not self.resolver.candidates(text):
                error.message += f" If it is new, {naming_of(self.folder, text)}."
            raise

    def find_spec(self, feed: str) -> FeedSpec:
        """Spec of a feed.

        Raises
        ------
        UnknownNameError
            The market has no such feed.
        """
        if feed not in self.specs:
            raise UnknownNameError("feed", feed, self.specs)
        return self.specs[feed]

    def find_segment(self, segment_id: str) -> Segment:
        """A segment of the market.

        Raises
        ------
        UnknownNameError
            The market has no such segment.
        """
        segment = self.config.find_segment(segment_id)
        if segment is None:
            raise UnknownNameError("segment", segment_id, [s.id for s in self.config.segment])
        return segment

    def find_as_of(self, as_of: dt.date | str | None) -> dt.date:
        """The knowledge date asked for, else the market's default, else today."""
        today = self.now().date()
        if as_of is None:
            return self.config.as_of or today
        return as_of if isinstance(as_of, dt.date) else parse_date(as_of, today=today)

    @property
    def prob(self) -> float:
        """Mass inside the intervals that are shown."""
        return settings.get_number("prob")

    def members(self, segment: Segment) -> tuple[str, ...]:
        """Canonical ids of a segment's members, those that the market knows."""
        if segment.id not in self._members:
            ids = dict.fromkeys(self.resolve(m).canonical_id for m in segment.members)
            ids |= dict.fromkeys(self._of_types(segment) if segment.types else ())
            # Each is of one kind alone: nobody takes a simulated place in a league for a real one.
            self._members[segment.id] = tuple(
                id_ for id_ in ids if is_simulated(id_) == segment.simulated
            )
        return self._members[segment.id]

    @cached_property
    def segments(self) -> dict[str, str]:
        """Segment of each entity that is in one: of several the one that the market names first."""
        found: dict[str, str] = {}
        for segment in self.config.segment:
            for entity in self.members(segment):
                found.setdefault(entity, segment.id)
        return found

    def _of_types(self, segment: Segment) -> list[str]:
        if not segment.linked:
            mapping = self.mapping
            kinds = zip(
                mapping["entity"].to_pylist(), mapping["entity_type"].to_pylist(), strict=True
            )
            return sorted({entity for entity, kind in kinds if kind in segment.types})
        found: dict[str, None] = {}
        for declared in self.catalogue.entities:
            for entity, _ in self.resolver.descendants(declared):
                if entity.type in segment.types:
                    found[entity.canonical_id] = None
        return sorted(found)

    def claims(
        self,
        as_of: dt.date,
        *,
        subjects: Sequence[Identifier] | None = None,
        metrics: Sequence[str] | None = None,
        columns: Sequence[str] = CLAIM_INPUT,
    ) -> pl.DataFrame:
        """Latest revisions known at a date, with their entities."""
        return pl.concat(
            self.claim_batches(as_of, subjects=subjects, metrics=metrics, columns=columns)
        )

    def claim_batches(
        self,
        as_of: dt.date,
        *,
        subjects: Sequence[Identifier] | None = None,
        metrics: Sequence[str] | None = None,
        since: dt.date | None = None,
        columns: Sequence[str] = CLAIM_INPUT,
    ) -> Iterator[pl.DataFrame]:
        """The same batch by batch, the first one empty; `since` as in `read_claims`."""
        batches = read_claims(
            self.engine,
            self.store,
            as_of=end_of_day(as_of),
            subjects=subjects,
            metrics=metrics,
            since=since,
            columns=columns,
        )
        return with_entities(batches, self.mapping)

    def observations(
        self,
        as_of: dt.date,
        *,
        subjects: Sequence[Identifier] | None = None,
        metrics: Sequence[str] | None = None,
        since: dt.date | None = None,
    ) -> pl.DataFrame:
        """Observations known at a date, with the verdicts that were."""
        claims = self.claim_batches(as_of, subjects=subjects, metrics=metrics, since=since)
        return self.observed(claims, as_of)

    def observed(self, claims: Iterable[pl.DataFrame], as_of: dt.date) -> pl.DataFrame:
        """Observations among claims that have their entities, with the verdicts of a date."""
        traits = self.traits(as_of)
        observations = pl.concat(observe(batch, self.metrics, traits) for batch in claims)
        said = self.verdicts.read(end_of_day(as_of))
        if said.is_empty():
            return observations
        verdict = pl.col("claim_id").replace_strict(
            said["claim_id"],
            said["verdict"].replace_strict(VERDICTS, return_dtype=pl.Int8),
            default=0,
            return_dtype=pl.Int8,
        )
        return observations.with_columns(verdict.alias("verdict"))

    def vintages(self, as_of: dt.date, feeds: Sequence[str] | None = None) -> list[dt.date]:
        """Publication dates of the statements known at a date, oldest first."""
        query = claims_query(self.store, as_of=end_of_day(as_of), feeds=feeds, prints="all")
        if query is None:
            return []
        days = self.engine.sql(
            f"SELECT DISTINCT published_at::DATE AS day FROM ({query}) "
            "WHERE published_at IS NOT NULL ORDER BY day"
        ).to_arrow_table()
        found: list[dt.date] = days["day"].to_pylist()
        return found
