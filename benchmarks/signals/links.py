"""Who is who in several lists of software, by names alone: packages, repositories, products."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import polars as pl

#: What names of repositories have around the name of a package.
_AFFIXES = re.compile(r"^(?:python-|py-)|(?:-python|[-.]py|-sdk)$")


def squash(name: str) -> str:
    """A name without case and separators: ``Scikit_Learn`` and ``scikit-learn`` are one.

    >>> squash("Scikit_Learn")
    'scikitlearn'
    """
    return re.sub(r"[-_.\s]+", "", name.casefold())


def name_links(packages: Iterable[str], others: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(package, other) of those that are called alike, where one other alone is.

    Of ``owner/name`` the name counts; of several the one whose owner is called so too; then names
    without what repositories add; then an owner with a single repository.
    """
    by_name: dict[str, set[str]] = defaultdict(set)
    by_core: dict[str, set[str]] = defaultdict(set)
    by_owner: dict[str, set[str]] = defaultdict(set)
    for other in others:
        owner, _, name = other.rpartition("/")
        by_name[squash(name)].add(other)
        core = _AFFIXES.sub("", name.casefold())
        if core != name.casefold():
            by_core[squash(core)].add(other)
        if owner:
            by_owner[squash(owner)].add(other)
    for package in sorted(set(packages)):
        key = squash(package)
        found = by_name.get(key) or by_core.get(key) or by_owner.get(key) or set()
        if len(found) > 1:
            found = {other for other in found if squash(other.rpartition("/")[0]) == key}
        if len(found) == 1:
            yield package, next(iter(found))


def link_frame(packages: Iterable[str], lists: Iterable[Iterable[str]]) -> pl.DataFrame:
    """``entity, target`` over several lists."""
    known = list(packages)
    rows = sorted({pair for names in lists for pair in name_links(known, names)})
    return pl.DataFrame(rows, schema={"entity": pl.String, "target": pl.String}, orient="row")
