"""Corners: other Liberty files of the library's cells, slow and fast ones, for slack alone."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from skimp.library import Library
from skimp.synth import Mapped
from skimp.timing import worst_slack

__all__ = ["corner_slacks", "open_corners"]


def open_corners(corners: Iterable[str], library: Library) -> dict[str, Library]:
    """Open what ``NAME=FILE`` of each of ``corners`` says.

    Raises
    ------
    ValueError
        If one is not of this form, is named twice, or its file is no Liberty file of all cells of
        ``library``, with their timing.
    """
    opened: dict[str, Library] = {}
    for corner in corners:
        name, equals, file = corner.partition("=")
        if not (name and equals and file):
            raise ValueError(f"a corner must be NAME=FILE, such as slow=ss.lib, not {corner!r}")
        if name in opened:
            raise ValueError(f"corner {name!r} is named twice; each needs a name of its own")
        found = Library.find(Path(file))
        assert found, "a file that is named is found or refused"
        missing = sorted(library.cells - found.cells)
        if missing:
            raise ValueError(f"corner {name!r} must have all cells of {library.name}, but {file} "
                             f"has no {missing[0]}")
        opened[name] = found
    return opened


def corner_slacks(mapped: Mapped, top: str,
                  corners: Mapping[str, Library]) -> dict[str, float]:
    """Worst slack in ns of the same netlist at its clock, at each of ``corners``."""
    return {name: worst_slack(mapped.netlist, top, corner, mapped.clock_ns)
            for name, corner in corners.items()}
