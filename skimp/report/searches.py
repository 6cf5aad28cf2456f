"""The searches that the page shows: which they are, how they are made, and their tables."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from skimp.jobs.local import threads
from skimp.search.figures import SearchReport
from skimp.search.run import Search
from skimp.show.search import searched
from skimp.show.table import Table

__all__ = ["SEARCHES", "absent", "make", "tables"]

#: The smallest compression is MOHAQ's for each of its platforms; the beacons are those that ship.
SEARCHES = (Search(platform="silago", compression=3.5),
            Search(platform="bitfusion", compression=10.6, beacons=3),
            Search(network="resnet8", platform="skimp"))

Document = dict[str, Any]
Show = Callable[[str, int | None], AbstractContextManager[Callable[..., None]]]


def make(show: Show) -> list[SearchReport]:
    """Return the reports of `SEARCHES`, each kept or made here; none of them needs a solver."""
    return [asked.kept() or _made(asked, show) for asked in SEARCHES]


def _made(asked: Search, show: Show) -> SearchReport:
    # The search, that with beacons, and as many random candidates.
    total = asked.evaluations * (3 if asked.beacons else 2)
    with show(f"search {asked.network} on {asked.platform}", total) as done:
        report = asked.work(threads, done)
    asked.keep(report)
    return report


def absent(documents: list[Document]) -> list[str]:
    """Return a sentence for each of `SEARCHES` that is not among ``documents``."""
    known = {(one["network"], one["platform"]) for one in documents}
    return [f"{one.network} on {one.platform} is missing: `skimp report` searches."
            for one in SEARCHES if (one.network, one.platform) not in known]


def tables(documents: list[Document]) -> list[Table]:
    """Return the tables of searches, called by network and platform."""
    return [_placed(table, f"{document['network']} on {document['platform']}", place)
            for place, document in enumerate(documents) for table in searched(document)]


def _placed(table: Table, name: str, place: int) -> Table:
    """Return a table of one search as one of several: numbers know at which place they are."""
    rows = [[replace(cell, origin=cell.origin.replace("search.", f"search.{place}.", 1))
             for cell in row] for row in table.rows]
    return replace(table, title=f"{name}, {table.title[0].lower()}{table.title[1:]}", rows=rows)
