"""Limits: what a report cannot tell, each with what would change that."""

from collections import Counter

from howdah.core.estimate import UNCALIBRATED
from howdah.surfaces.reports.contents import Contents
from howdah.surfaces.reports.words import Words


def feed_summary(contents: Contents, words: Words) -> str:
    """How many feeds are in which state."""
    states = Counter(feed.state for feed in contents.feeds.feeds)
    broken = states["failing"] + states["never pulled"]
    parts = [
        words.t(f"basis.{key}", n=n)
        for key, n in (
            ("n_healthy", states["healthy"]),
            ("n_late", states["late"]),
            ("n_ended", states["ended"]),
            ("n_later", states["later"]),
            ("n_failing", broken),
        )
        if n
    ]
    return words.joined(parts) or words.t("basis.no_feeds")


def limits_of(contents: Contents, words: Words) -> list[str]:
    """What the report cannot tell, the widest first."""
    t = words.t
    found: list[str] = []
    calibrations = {card["calibration"] for card in contents.sources.cards}
    if UNCALIBRATED in calibrations:
        found.append(t("limits.uncalibrated"))
    findings = contents.radar.findings
    if any(finding.record.state in {"not asked", "too few"} for finding in findings):
        found.append(t("limits.not_backtested"))
    n_open = sum(finding.cause == "cannot tell" for finding in findings)
    if n_open:
        found.append(t("limits.cause", n=n_open))
    found += _feeds(contents, words)
    if contents.feeds.n_unmeasured:
        found.append(
            t(
                "limits.unmeasured",
                n=contents.feeds.n_unmeasured,
                total=contents.feeds.n_tracked,
            )
        )
    for page in contents.segments:
        if page.league is None or not page.league.places:
            found.append(
                t(
                    "limits.no_league",
                    segment=words.title(page.segment),
                    metric=words.metric(page.segment.headline),
                )
            )
        missing: dict[str, list[str]] = {}
        for name, metric in page.not_stated:
            missing.setdefault(metric, []).append(name)
        found += [
            t("limits.not_stated", metric=words.metric(metric), names=words.joined(names))
            for metric, names in missing.items()
        ]
    return found


def _feeds(contents: Contents, words: Words) -> list[str]:
    t = words.t
    titles = {feed.feed: feed.title for feed in contents.feeds.feeds}
    found = [
        t("limits.later", feed=titles.get(feed, feed), day=day, as_of=contents.as_of)
        for feed, day in contents.basis.later_feeds
    ]
    found += [
        t("limits.late", feed=titles.get(feed, feed), day=day, n=n)
        for feed, day, n in contents.basis.stale
    ]
    found += [
        t("limits.ended", feed=titles.get(feed, feed), day=day)
        for feed, day in contents.basis.ended
    ]
    for feed in contents.feeds.feeds:
        if feed.state in {"failing", "never pulled"}:
            state = t.name("state", feed.state)
            found.append(t("limits.failing", feed=feed.title, state=state, error=feed.error))
        if feed.n_quarantined:
            found.append(t("limits.quarantined", feed=feed.title, n=feed.n_quarantined))
    return found
