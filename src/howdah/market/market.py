"""The Python API of a market: one method per use case."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from howdah.claims import ClaimVerdict, Fault, Verdict, write_lock
from howdah.core.entity import Judgement
from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import NO_NAMES
from howdah.core.progress import Progress, silent
from howdah.market import changes as _changes
from howdah.market import compare as _compare
from howdah.market import course as _course
from howdah.market import explain as _explain
from howdah.market import export as _export
from howdah.market import feeds as _feeds
from howdah.market import finding as _finding
from howdah.market import hits_page as _hits
from howdah.market import overview as _overview
from howdah.market import places as _places
from howdah.market import quarantine as _quarantine
from howdah.market import radar as _radar
from howdah.market import rank as _rank
from howdah.market import revisions as _revisions
from howdah.market import show as _show
from howdah.market import sources as _sources
from howdah.market import suspects as _suspects
from howdah.market import trail as _trail
from howdah.market.audience import flows as _flows
from howdah.market.audience import page as _audience
from howdah.market.audience.checking import PanelCheck, check_panel
from howdah.market.audience.lake import AudienceLake
from howdah.market.config import MarketConfig
from howdah.market.derived import derive
from howdah.market.documents.showing import passages_to_review
from howdah.market.documents.tables import DocumentTables
from howdah.market.due import FeedPulls
from howdah.market.pages import (
    AudiencePage,
    Comparison,
    EntityPage,
    Explanation,
    FeedsReport,
    Findings,
    HitsPage,
    League,
    PassagesToReview,
    Radar,
    RecordsPage,
    SourceCards,
    SourceRevisions,
    Suspects,
    Trail,
)
from howdah.market.records import bring_out as bring_out_records
from howdah.market.records import (
    judge_last,
    records_page,
    refresh_outlooks,
    refresh_records,
    settle_records,
)
from howdah.market.review import PairToJudge, judge, queue
from howdah.market.standing import NAMES_FILE, standing_of
from howdah.market.update import FeedUpdate, check_feed, update
from howdah.market.workspace import Workspace
from howdah.sources import read_spec

if TYPE_CHECKING:
    from howdah.core.phrases import Lang
    from howdah.guidance.decisions import Decision as Decided
    from howdah.market.documents.checking import DocumentsCheck
    from howdah.market.documents.judging import PassageJudged, PassageJudgement
    from howdah.market.pages.brief import BriefPage
    from howdah.market.pages.changes import Changes
    from howdah.market.pages.course import Course, Neighbours, Restated
    from howdah.market.pages.decisions import DecisionsPage
    from howdah.market.pages.directions import DirectionsPage, RecordPage
    from howdah.market.pages.entry import EntryPage
    from howdah.market.pages.features import FeaturesPage
    from howdah.market.pages.flows import Flows
    from howdah.market.pages.found import Found
    from howdah.market.pages.names import ChineseNames
    from howdah.market.pages.overview import Leagues, Overview
    from howdah.market.pages.places import Places
    from howdah.market.pages.split import SplitPage

AsOf = dt.date | str | None


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Market:
    """One opened market.

    Every method that reads takes ``as_of``: a date, an ISO text, ``today``, or None for the
    market's default. It filters on when a claim was recorded, everywhere.

    Parameters
    ----------
    folder
        The market's folder.
    now
        The clock, in UTC; tests pass their own.

    Raises
    ------
    NotAMarketError
        The folder holds no market.
    SpecError
        A file of the market is not valid.
    """

    def __init__(self, folder: str | Path, *, now: Callable[[], dt.datetime] = _utc_now) -> None:
        self._ws = Workspace(Path(folder), now)

    @property
    def folder(self) -> Path:
        """The market's folder."""
        return self._ws.folder

    @property
    def config(self) -> MarketConfig:
        """What ``market.toml`` says."""
        return self._ws.config

    @property
    def metrics(self) -> MetricRegistry:
        """The metrics that the market knows."""
        return self._ws.metrics

    def as_of(self, as_of: AsOf = None) -> dt.date:
        """The knowledge date that a read with this argument uses."""
        return self._ws.find_as_of(as_of)

    def update(
        self, feeds: Sequence[str] | None = None, *, progress: Progress = silent
    ) -> list[FeedUpdate]:
        """Pull feeds, append what is new, and derive what follows from it."""
        done = update(self._ws, list(feeds) if feeds else None, progress)
        with write_lock(self._ws.folder / "lake"):
            derive(self._ws, self.as_of(), progress)
            settle_records(self._ws, self.as_of(), progress)
        return done

    def overview(self, as_of: AsOf = None) -> "Overview":
        """What the market is, and between which dates it can be seen."""
        return _overview.overview(self._ws, self.as_of(as_of))

    def knowledge_dates(self) -> tuple[dt.date | None, dt.date | None]:
        """First and last day on which a claim was recorded; None before any."""
        return _overview.knowledge_dates(self._ws)

    def members(self, segment: str) -> tuple[str, ...]:
        """Canonical ids of a segment's members."""
        return self._ws.members(self._ws.find_segment(segment))

    def find(self, text: str, *, limit: int = 20) -> "Found":
        """Entities that a text may mean, by any of their names in any script."""
        return _finding.find(self._ws, text, limit)

    def chinese_names(self) -> "ChineseNames":
        """What readers of Chinese call those whom the market's answers name otherwise."""
        return self._ws.chinese_names

    def names(self, lang: "Lang") -> Mapping[str, str]:
        """What readers of a language call entities, by their names in answers."""
        return self._ws.chinese_names.by_name if lang == "zh" else NO_NAMES

    def prepare(self, as_of: AsOf = None, *, progress: Progress = silent) -> None:
        """Derive and keep what follows from what was known on a date, so that reads of it are fast.

        Raises
        ------
        StoreBusyError
            Another process writes to this market.
        """
        with write_lock(self._ws.folder / "lake"):
            derive(self._ws, self.as_of(as_of), progress)

    def pulls(self) -> tuple[FeedPulls, ...]:
        """How the last pulls of each feed went, for whoever keeps time."""
        found = []
        for spec in self._ws.specs.values():
            state = self._ws.state.feed(spec.id)
            found.append(
                FeedPulls(
                    spec.id, spec.cadence, state.last_attempt, state.last_success, state.last_error
                )
            )
        return tuple(found)

    def index_names(self) -> None:
        """Make the index of names that `howdah serve` searches, where it is not there yet."""
        folder = self._ws.folder
        _finding.index_names(self._ws, folder / NAMES_FILE, standing_of(folder).names)

    def radar(self, as_of: AsOf = None, *, progress: Progress = silent) -> Radar:
        """What changed, how sure, market or measurement."""
        return _radar.radar(self._ws, self.as_of(as_of), progress)

    def findings(
        self,
        as_of: AsOf = None,
        *,
        segment: str | None = None,
        kind: str | None = None,
        start: int = 0,
        limit: int = 100,
        progress: Progress = silent,
    ) -> Findings:
        """Everything that was found, best first, page by page."""
        return _radar.findings(
            self._ws,
            self.as_of(as_of),
            progress,
            segment=segment,
            kind=kind,
            start=start,
            limit=limit,
        )

    def changes(self, since: AsOf, as_of: AsOf = None, *, progress: Progress = silent) -> "Changes":
        """What changed between two knowledge dates: findings new and gone, estimates moved."""
        return _changes.changes(self._ws, self.as_of(since), self.as_of(as_of), progress)

    def records(self, as_of: AsOf = None) -> RecordsPage:
        """How past findings did, class by class, as far as it was kept."""
        return records_page(self._ws, self.as_of(as_of))

    def keep_records(
        self,
        as_of: AsOf = None,
        *,
        bring_out: str | Path | None = None,
        progress: Progress = silent,
    ) -> RecordsPage:
        """Run the detectors at past dates, keep what became of their findings, and tell it.

        Parameters
        ----------
        bring_out
            Folder to write the record to, for other copies of this market to take in.
        """
        with write_lock(self._ws.folder / "lake"):
            refresh_records(self._ws, self.as_of(as_of), progress)
            refresh_outlooks(self._ws, self.as_of(as_of), progress)
        if bring_out is not None:
            bring_out_records(self._ws, self.as_of(as_of), Path(bring_out))
        return self.records(as_of)

    def keep_last_record(self, *, progress: Progress = silent) -> int:
        """Judge the last past date that is missing, where a record is kept.

        Returns
        -------
        int
            Past dates judged: 0 when none is missing.
        """
        with write_lock(self._ws.folder / "lake"):
            return judge_last(self._ws, self.as_of(), progress)

    def hits(
        self, as_of: AsOf = None, *, segment: str | None = None, progress: Progress = silent
    ) -> HitsPage:
        """Who is next: the best candidates of the market's ranked lists, with their record."""
        return _hits.hits(self._ws, self.as_of(as_of), progress, segment=segment)

    def show(self, entity: str, as_of: AsOf = None) -> EntityPage:
        """Everything known of one entity, by any of its names."""
        return _show.show(self._ws, entity, self.as_of(as_of))

    def show_all(self, entities: Sequence[str], as_of: AsOf = None) -> dict[str, EntityPage | None]:
        """Pages of several entities, as `show` gives each; None where no one entity is meant."""
        return _show.show_all(self._ws, entities, self.as_of(as_of))

    def page(self, entity: str, as_of: AsOf = None) -> EntityPage:
        """As `show`, and remembered for a while: its parts are asked for one after another."""
        return _course.page_of(self._ws, entity, self.as_of(as_of))

    def course(
        self,
        entity: str,
        metric: str,
        *,
        definition: str | None = None,
        unit: str | None = None,
        party: str | None = None,
        as_of: AsOf = None,
    ) -> "Course":
        """One series of an entity over time, with who said what and what happened."""
        return _course.course(
            self._ws, entity, self.as_of(as_of), metric,
            definition=definition, unit=unit, party=party,
        )  # fmt: skip

    def restated(self, entity: str, as_of: AsOf = None) -> "Restated":
        """Every figure of an entity that was restated: first print against now."""
        return _course.restated(self._ws, entity, self.as_of(as_of))

    def neighbours(self, entity: str, as_of: AsOf = None) -> "Neighbours":
        """An entity and what is related to it, as a graph."""
        return _course.neighbours(self._ws, entity, self.as_of(as_of))

    def flows(self, as_of: AsOf = None) -> "Flows":
        """Who goes from which product to which, as panels count it."""
        return _flows.flows(self._ws, self.as_of(as_of))

    def audience(self, entity: str, as_of: AsOf = None) -> AudiencePage:
        """What panels and censuses say of an entity's users: levels, retention, growth, flows."""
        return _audience.audience(self._ws, entity, self.as_of(as_of))

    def compare(self, *entities: str, as_of: AsOf = None) -> Comparison:
        """Two to six entities side by side, definitions kept apart."""
        return _compare.compare(self._ws, entities, self.as_of(as_of))

    def rank(
        self,
        metric: str,
        *,
        segment: str | None = None,
        period: str | None = None,
        definition: str | None = None,
        unit: str | None = None,
        as_of: AsOf = None,
    ) -> League:
        """A league table with intervals and bands."""
        return _rank.rank(
            self._ws,
            metric,
            self.as_of(as_of),
            segment=segment,
            period=period,
            definition=definition,
            unit=unit,
        )

    def places(
        self,
        metric: str,
        *,
        segment: str | None = None,
        period: str | None = None,
        definition: str | None = None,
        unit: str | None = None,
        sort: _places.Sort = "place",
        is_descending: bool = False,
        text: str = "",
        start: int = 0,
        limit: int = 100,
        with_sparks: bool = False,
        as_of: AsOf = None,
    ) -> "Places":
        """Some places of a league table: sorted, filtered, a page of them."""
        return _places.places(
            self._ws,
            metric,
            self.as_of(as_of),
            segment=segment,
            period=period,
            definition=definition,
            unit=unit,
            sort=sort,
            is_descending=is_descending,
            text=text,
            start=start,
            limit=limit,
            with_sparks=with_sparks,
        )

    def leagues(self, as_of: AsOf = None) -> "Leagues":
        """Which league tables there are."""
        return _overview.leagues(self._ws, self.as_of(as_of))

    def entry(
        self, segment: str, as_of: AsOf = None, *, progress: Progress = silent
    ) -> "EntryPage":
        """What happened when giants entered a segment, and which giant is where."""
        # What guides is loaded only where it is used.
        from howdah.market.entry import entry  # noqa: PLC0415

        return entry(self._ws, segment, self.as_of(as_of), progress)

    def split(
        self,
        entity: str,
        *,
        outcome: str | None = None,
        as_of: AsOf = None,
        progress: Progress = silent,
    ) -> "SplitPage":
        """What an entity's ads brought and what came by itself, with a verdict first."""
        from howdah.market.split import split  # noqa: PLC0415 - as `entry`

        return split(self._ws, entity, self.as_of(as_of), outcome, progress)

    def features(
        self,
        *targets: str,
        ours: Sequence[str] = (),
        without: Sequence[str] = (),
        as_of: AsOf = None,
        progress: Progress = silent,
    ) -> "FeaturesPage":
        """Which product of some segments or entities has which feature, and what ours lack.

        Claims of the feeds `without` are left out.
        """
        from howdah.market.features import features  # noqa: PLC0415 - as above

        return features(self._ws, targets, self.as_of(as_of), ours, without, progress)

    def directions(self, as_of: AsOf = None, *, progress: Progress = silent) -> "DirectionsPage":
        """Segments ranked for what to build, term by term."""
        from howdah.market.directions import directions  # noqa: PLC0415

        return directions(self._ws, self.as_of(as_of), progress)

    def directions_record(self, as_of: AsOf = None, *, progress: Progress = silent) -> "RecordPage":
        """How `directions` would have done, asked on earlier dates on what was known then."""
        from howdah.market.directions import record  # noqa: PLC0415

        return record(self._ws, self.as_of(as_of), progress)

    def brief(
        self,
        segment: str,
        as_of: AsOf = None,
        *,
        without: Sequence[str] = (),
        progress: Progress = silent,
    ) -> "BriefPage":
        """Everything that speaks for or against going into a segment, for one page.

        Features that the feeds `without` claim are left out.
        """
        from howdah.market.brief import brief  # noqa: PLC0415 - as above

        return brief(self._ws, segment, self.as_of(as_of), progress, without)

    def decide(
        self,
        about: str,
        *,
        what: str,
        owner: str,
        expect: str,
        review: dt.date | str,
        by: str,
        definition: str | None = None,
        note: str = "",
        as_of: AsOf = None,
        progress: Progress = silent,
    ) -> "Decided":
        """Record a decision on a finding, by its id, or on a direction, by its segment."""
        from howdah.market.decisions import decide  # noqa: PLC0415 - as above

        return decide(
            self._ws,
            about,
            what=what,
            owner=owner,
            expect=expect,
            review=review,
            by=by,
            definition=definition,
            note=note,
            as_of=self.as_of(as_of),
            progress=progress,
        )

    def withdraw_decision(self, decision: str, *, by: str, note: str = "") -> "Decided":
        """Record that a decision holds no more."""
        from howdah.market.decisions import withdraw  # noqa: PLC0415 - as above

        return withdraw(self._ws, decision, by=by, note=note)

    def decisions(self, *, segment: str | None = None, as_of: AsOf = None) -> "DecisionsPage":
        """Decisions that were taken, and what later estimates say of what they were to bring."""
        from howdah.market.decisions import decisions  # noqa: PLC0415 - as above

        return decisions(self._ws, self.as_of(as_of), segment)

    def sources(self, as_of: AsOf = None) -> SourceCards:
        """The report card of every source."""
        return _sources.sources(self._ws, self.as_of(as_of))

    def revisions(self, as_of: AsOf = None) -> SourceRevisions:
        """How far each source's figures still move by age, and what restatements turned round."""
        return _revisions.revisions(self._ws, self.as_of(as_of))

    def feeds(self, as_of: AsOf = None) -> FeedsReport:
        """State of the feeds, and how much of the market they reach."""
        return _feeds.feeds(self._ws, self.as_of(as_of))

    def check_feed(self, spec: str | Path, file: str | Path) -> tuple[pl.DataFrame, list[Fault]]:
        """The claims and faults that a feed spec makes of a file; nothing is stored."""
        return check_feed(self._ws, read_spec(Path(spec)), Path(file))

    def check_panel(self, spec: str | Path, file: str | Path) -> PanelCheck:
        """What a panel feed reads of a log, its roster and its strata; nothing is stored."""
        return check_panel(self._ws, read_spec(Path(spec)), Path(file))

    def check_documents(self, spec: str | Path, file: str | Path) -> "DocumentsCheck":
        """What a feed of documents makes of a file, and what becomes of all that it says."""
        from howdah.market.documents.checking import check_documents  # noqa: PLC0415 - as below

        return check_documents(self._ws, read_spec(Path(spec)), Path(file))

    def quarantine(self, feed: str | None = None) -> list[dict[str, Any]]:
        """Rows that could not become claims, with their raw text and the reason, newest first.

        ``mended_at`` is when a later pull of the same place no longer had the fault, None while
        it is open.
        """
        return _quarantine.quarantine(self._ws, feed)

    def trail(self, id_: str, as_of: AsOf = None, *, progress: Progress = silent) -> Trail:
        """From any printed id to the claims behind it and their raw records."""
        return _trail.trail(self._ws, id_, self.as_of(as_of), progress)

    def explain(
        self,
        target: str,
        metric: str | None = None,
        *,
        period: str | None = None,
        definition: str | None = None,
        since: AsOf = None,
        as_of: AsOf = None,
        progress: Progress = silent,
    ) -> Explanation:
        """What each claim contributed to an estimate, and what changed since a date and why."""
        return _explain.explain(
            self._ws,
            target,
            self.as_of(as_of),
            metric=metric,
            period=period,
            definition=definition,
            since=None if since is None else self.as_of(since),
            progress=progress,
        )

    def export(
        self,
        target: str | Path,
        *,
        what: _export.What = "estimates",
        entities: Sequence[str] = (),
        metrics: Sequence[str] = (),
        segment: str | None = None,
        without: Sequence[str] = (),
        force: bool = False,
        as_of: AsOf = None,
    ) -> int:
        """Write estimates, claims or readings of texts to a file; returns the number of rows."""
        return _export.export(
            self._ws,
            Path(target),
            self.as_of(as_of),
            what=what,
            entities=entities,
            metrics=metrics,
            segment=segment,
            without=without,
            force=force,
        )

    def require_exportable(self) -> None:
        """Refuse where a feed of the market may not be exported, whatever is asked for.

        Raises
        ------
        LicenceError
            A feed's terms forbid it; `export` can leave the feed out.
        """
        _export.require_exportable(self._ws)

    def compact(self) -> tuple[int, int]:
        """Rewrite the claims clustered by subject, and the tables of audiences and documents.

        Returns
        -------
        (int, int)
            Files before and after.
        """
        lake = self._ws.folder / "lake"
        with write_lock(lake):
            of_claims = self._ws.store.compact()
            of_audiences = AudienceLake(lake, self._ws.engine).compact()
            of_documents = DocumentTables(lake).compact()
        self._ws.forget()
        before, after = zip(of_claims, of_audiences, of_documents, strict=True)
        return sum(before), sum(after)

    def review(self) -> tuple[PairToJudge, ...]:
        """Pairs of entities that may be the same: what is followed first, then the surest."""
        return queue(self._ws)

    def suspects(self, as_of: AsOf = None, *, limit: int | None = None) -> Suspects:
        """Claims that are held to be wrong and that no reviewer has judged."""
        return _suspects.suspects(self._ws, self.as_of(as_of), limit=limit)

    def judge_claim(self, claim: str, verdict: Verdict, *, by: str, note: str = "") -> ClaimVerdict:
        """Keep a claim whatever the rules say, or drop it; the last verdict holds."""
        return _suspects.judge_claim(self._ws, claim, verdict, by=by, note=note)

    def judge_group(
        self, group: str, verdict: Verdict, *, by: str, note: str = ""
    ) -> tuple[ClaimVerdict, ...]:
        """Keep or drop all claims of a group of copies in the queue of `suspects`."""
        as_of = self.as_of(None)
        return _suspects.judge_group(self._ws, group, as_of, verdict, by=by, note=note)

    def passages(self, as_of: AsOf = None, *, limit: int | None = None) -> PassagesToReview:
        """Sentences of documents that wait for a reviewer, and names that wait to be known."""
        return passages_to_review(self._ws, self.as_of(as_of), limit=limit)

    def judge_passage(
        self,
        passage: str,
        judgement: "PassageJudgement",
        *,
        by: str,
        note: str = "",
        fields: Mapping[str, str] | None = None,
        word: tuple[str, str] | None = None,
    ) -> "PassageJudged":
        """Accept, correct or reject what a sentence was read as; the last judgement holds."""
        # What reads texts is loaded only where it is used.
        from howdah.market.documents.judging import judge_passage  # noqa: PLC0415

        return judge_passage(
            self._ws, passage, judgement, by=by, note=note, fields=fields, word=word
        )

    def judge(self, left: str, right: str, judgement: Judgement, *, by: str, note: str = "") -> str:
        """Decide whether two entities are the same; returns the judgement's id."""
        return judge(self._ws, left, right, judgement, by=by, note=note)
