"""What a run of `howdah fuse` says of itself: what went in, what was tested, what to know."""

from collections.abc import Mapping

from howdah.surfaces.cli.words import counted

#: Why nothing is said of young figures, although claims have the days they were published on.
NOTHING_PRINTED_AGAIN = "no source printed a figure again"
AGES_UNUSED = "a state does not keep the days on which claims were published"


def account(summary: Mapping[str, object]) -> list[str]:
    """The lines of a run, from its summary."""
    said = [_counts(summary), _tested(summary)]
    if not _number(summary, "n_claims"):
        day = summary["as_of"]
        since = "" if day is None else f" or was published by {day}"
        said = [f"nothing was fused: no claim can be used{since}"]
    if summary.get("periods_ignored"):
        said.append(
            "--static does not read the column 'period': all that is said of a series in any "
            "period was taken for one value"
        )
    if _number(summary, "n_sources") == 1 and "update" not in summary:
        said.append("one source speaks alone: nothing shows how far it is off")
    said += _copies(summary)
    if undecided := _number(summary, "n_undecided"):
        said.append(
            f"{counted(undecided, 'claim')} contradict one another by a unit, and nothing tells "
            "which is right: they stay in, with intervals that hold both"
        )
    if nothing := _number(summary, "n_without_value"):
        said.append(
            f"{counted(nothing, 'estimate')} {'has' if nothing == 1 else 'have'} no value: of such "
            "series nothing but 'more than' or 'less than' is said, and those bounds are given"
        )
    if repeats := _number(summary, "n_repeats"):
        said.append(
            f"{counted(repeats, 'row')} {'repeats' if repeats == 1 else 'repeat'} another word for "
            "word, and only the first of each counts"
        )
    if gave_way := _number(summary, "n_gave_way"):
        said.append(
            f"{counted(gave_way, 'earlier print')} gave way to newer ones of the same figure"
        )
    said += _young(summary.get("young"))
    said += _growth(summary.get("growth"))
    if summary.get("copies_looked_for") is False and _number(summary, "n_sources") > 1:
        said.append(
            "--static looks for no copies between sources: each of them counts as a witness of its "
            "own"
        )
    if reviews := _number(summary, "n_reviews"):
        unmatched = _number(summary, "n_reviews_unmatched")
        said.append(f"verdicts read: {reviews:,}; about no claim: {unmatched:,}")
        said += _unmatched(summary["reviews_unmatched"], unmatched)
    return said


def _unmatched(first: object, n: int) -> list[str]:
    """The first verdicts that are about no claim, and where all of them are."""
    assert isinstance(first, list)
    lines = [
        f"  {row['verdict']} {row['series']}, {row['source']}, {row.get('period') or 'all periods'}"
        for row in first
    ]
    if n > len(first):
        lines.append(f"  and {counted(n - len(first), 'other')}: reviews_unmatched.parquet has all")
    return lines


def _counts(summary: Mapping[str, object]) -> str:
    """What went into the run; of an update, what is new apart from what the state had."""
    n_claims, suspects = _number(summary, "n_claims"), _number(summary, "n_suspect")
    series = counted(_number(summary, "n_series"), "series", "series")
    taken = f"{series} from {counted(n_claims, 'claim')}"
    update = summary.get("update")
    if isinstance(update, dict):
        taken = (
            f"{counted(update['n_new_claims'], 'new claim')} taken in; {series} solved again from "
            f"{counted(n_claims, 'claim')}, those of the window that the state keeps among them"
        )
    return (
        f"{taken}; {counted(suspects, 'claim')} {'is' if suspects == 1 else 'are'} suspect and "
        f"{'was' if suspects == 1 else 'were'} left out"
    )


def _tested(summary: Mapping[str, object]) -> str:
    """Whether truth has tested the intervals, and in which run."""
    tested = "intervals were tested on truth that the fit did not see"
    untested = "no truth has tested the intervals (--anchors)"
    n_anchors = _number(summary, "n_anchors")
    if n_anchors and not summary["anchors_used"]:
        untested = (
            f"{counted(n_anchors, 'figure')} of truth (--anchors), none of a series that has "
            "claims: nothing was learnt from them"
        )
    elif summary["anchors_used"]:
        untested = (
            "there is too little truth to test the intervals: twenty series with some are needed"
        )
    update = summary.get("update")
    if isinstance(update, dict):
        if n := update["new_anchors"]["n"]:
            return f"{counted(n, 'new figure')} of truth tested the intervals of before"
        tested = (
            "this run tested nothing: the run that made the state tested its intervals on truth"
        )
    return tested if summary["is_calibrated"] else untested


def _growth(growth: object) -> list[str]:
    """Of how many series growth could be told."""
    if not isinstance(growth, dict):
        return []
    span = f"from {growth['period_from']} to {growth['period_to']}"
    line = f"growth {span}: {counted(growth['n_series'], 'series', 'series')}"
    if n := growth["n_outside"]:
        line += f"; {n:,} without claims on both sides of it {'has' if n == 1 else 'have'} none"
    return [line]


def _young(young: object) -> list[str]:
    """What became of figures that their source usually still restates."""
    if not isinstance(young, dict):
        return []
    if young["why_not"]:
        return [f"young figures stay as they are stated: {young['why_not']}"]
    lines = []
    if n := young["corrected"]:
        was = "was" if n == 1 else "were"
        lines.append(
            f"{counted(n, 'young figure')} {was} brought to what figures of that age usually end at"
        )
    reasons = []
    if n := young["too_few"]:
        reasons.append(f"{n:,} of an age of which too few figures were printed again")
    if n := young["no_history"]:
        reasons.append(
            f"{n:,} of sources that hardly ever print a figure again, so that nothing tells "
            "whether it would move"
        )
    if reasons:
        n = young["too_few"] + young["no_history"]
        stays = "stays as it is" if n == 1 else "stay as they are"
        told = ", ".join(reasons)
        lines.append(f"{counted(n, 'young figure')} {stays} stated, uncorrected: {told}")
    return lines


def _copies(summary: Mapping[str, object]) -> list[str]:
    """Sources that repeat another, and those of which nothing tells who copies."""
    copies = summary.get("copies", [])
    assert isinstance(copies, list)
    decided = [
        f"{link['source']} repeats {link['original']} in {link['share']:.0%} of what both say"
        + (f", {counted(link['lag_periods'], 'period')} later" if link["lag_periods"] else "")
        + ": what it repeats is left out"
        for link in copies
        if link["is_decided"]
    ]
    return decided + [
        f"{link['source']} and {link['original']} say the same in {link['share']:.0%} of what both "
        "say, and nothing tells who copies: "
        + (
            f"they count as one, and what {link['source']} repeats is left out"
            if link["is_left_out"]
            else "these claims stay in, and count half each"
        )
        for link in copies
        if not link["is_decided"]
    ]


def _number(summary: Mapping[str, object], name: str) -> int:
    """A count of a summary; 0 where this kind of run has none such."""
    found = summary.get(name, 0)
    assert isinstance(found, int), f"{name} is no count"
    return found
