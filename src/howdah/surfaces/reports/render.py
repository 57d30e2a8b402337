"""Rendering: the contents of a report as one HTML page in one language."""

from functools import cache
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from howdah.core.phrases import NO_NAMES, Lang
from howdah.surfaces.reports.building import build_view
from howdah.surfaces.reports.contents import Contents
from howdah.surfaces.reports.leagues import BAR_WIDTH, SPARK_HEIGHT, SPARK_WIDTH
from howdah.surfaces.reports.limits import feed_summary, limits_of
from howdah.surfaces.reports.scorecards import card_grid, card_grids, feed_grid, revision_grid
from howdah.surfaces.reports.views import Views
from howdah.surfaces.reports.words import Words, visible

#: A source with fewer claims has no record to speak of; its row waits behind a click.
_MIN_CLAIMS = 3


def render(contents: Contents, lang: Lang, *, other: str = "") -> str:
    """The page in one language.

    Parameters
    ----------
    other
        Address, from this file, of the one in the other language; '' when there is none.
    """
    words = Words(contents.metrics, lang, contents.chinese_names if lang == "zh" else NO_NAMES)
    views = Views(contents, words)
    titles = {segment.id: words.title(segment) for segment in contents.config.segment}
    cards = [card for card in contents.sources.cards if card["group"] == "all"]
    told = [card for card in cards if card["n_claims"] >= _MIN_CLAIMS]
    few = [card for card in cards if card["n_claims"] < _MIN_CLAIMS]
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            w=words,
            t=words.t,
            version=version("howdah"),
            title=words.title(contents.config),
            as_of=contents.as_of.isoformat(),
            other=other,
            basis=contents.basis,
            feeds=contents.feeds,
            feed_summary=feed_summary(contents, words),
            withheld=contents.withheld,
            prob=words.share(views.prob),
            radar=contents.radar,
            followed=[titles[segment] for segment in contents.radar.followed],
            cards=views.cards,
            segments=views.segments(),
            source_cards=card_grids(told, words),
            few_cards=card_grid(few, words, words.t("sources.few", n=len(few))),
            revisions=revision_grid(contents.revisions.revisions, words),
            feed_grid=feed_grid(contents.feeds.feeds, words),
            limits=limits_of(contents, words),
            build=build_view(contents.guidance, words, contents.config),
            trails=contents.trails,
            names={id_: words.called(name) for id_, name in contents.names.items()},
            bar_width=BAR_WIDTH,
            spark_width=SPARK_WIDTH,
            spark_height=SPARK_HEIGHT,
        )
    )


@cache
def environment() -> Environment:
    """The templates; whatever they print is escaped."""
    return Environment(
        loader=PackageLoader("howdah.surfaces.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """What a template prints, without characters that hide or reorder their neighbours."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
