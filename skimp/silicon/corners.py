"""Corners: slow and fast Liberty files of the library's cells, for slack alone."""

from collections.abc import Iterable
from pathlib import Path

from skimp.silicon.library import Library
from skimp.silicon.mapping import Mapped
from skimp.silicon.timing import worst_slack

__all__ = ["corner_slacks", "open_corners"]


def open_corners(corners: Iterable[str], library: Library) -> tuple[tuple[str, Library], ...]:
    """Open the library of each ``NAME=FILE``; a name may have several files.

    Raises
    ------
    ValueError
        If one is not of this form, or its files lack cells of ``library`` or their timing.
    """
    files: dict[str, list[Path]] = {}
    for corner in corners:
        name, equals, file = corner.partition("=")
        if not (name and equals and file):
            raise ValueError(f"a corner must be NAME=FILE, such as slow=ss.lib, not {corner!r}")
        files.setdefault(name, []).append(Path(file))
    opened: dict[str, Library] = {}
    for name, paths in files.items():
        found = Library.find(paths, wire_ff=library.wire_ff, dont_use=library.dont_use,
                             clock_gating=library.clock_gating)
        assert found, "a file that is named is found or refused"
        missing = sorted(library.cells - found.cells)
        if missing:
            raise ValueError(f"corner {name!r} must have all cells of {library.name}, but "
                             f"{', '.join(map(str, paths))} has no {missing[0]}")
        opened[name] = found
    return tuple(opened.items())


def corner_slacks(mapped: Mapped, top: str,
                  corners: Iterable[tuple[str, Library]]) -> dict[str, float]:
    """Return the worst slack in ns of a netlist at its clock, at each of ``corners``."""
    return {name: worst_slack(mapped.netlist, top, corner, mapped.clock_ns)
            for name, corner in corners}
