"""Which places of a plane are computed first, and where these are around the others."""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["KINDS", "NEAR", "Entry", "Phase", "group", "known", "period", "phases", "slots"]

#: By the number that Shomron et al., arXiv 1909.07636, give a mask: rows from the top.
TILES = {5: ("10", "01"), 6: ("11010", "10101", "01011", "10110", "01101"),
         7: ("110", "101", "011"), 8: ("11", "10"), 9: ("111", "101", "011"),
         10: ("111", "101", "111")}
#: Masks that have what these do not.
COMPLEMENTS = {4: 6, 3: 7, 2: 8, 1: 9}
KINDS = tuple(sorted((*TILES, *COMPLEMENTS)))

#: Rows and columns from a place to those around it, and itself.
NEAR = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1))

#: Row and column of a place, modulo the side of the tile.
Phase = tuple[int, int]
#: Rows and groups from the group of a place to another.
Entry = tuple[int, int]


def period(kind: int) -> int:
    """Return the side of the square that mask ``kind`` repeats."""
    return len(TILES[COMPLEMENTS.get(kind, kind)])


def known(kind: int, row: int, column: int) -> bool:
    """Return whether a place is computed first."""
    tile, side = TILES[COMPLEMENTS.get(kind, kind)], period(kind)
    return (tile[row % side][column % side] == "1") != (kind in COMPLEMENTS)


def phases(kind: int, first: bool | None = None) -> list[Phase]:
    """Return the phases of all places; of those computed ``first``, or not, if told which."""
    side = range(period(kind))
    return [(row, column) for row in side for column in side
            if first is None or known(kind, row, column) == first]


def group(kind: int, columns: int, groups: int = 1) -> int:
    """Return how many places side by side share one entry of a line.

    They are the columns of a tile if at most one of them is computed first, and if a plane of
    ``columns`` has ``groups`` of them; else each place has an entry.
    """
    side = period(kind)
    alone = all(sum(known(kind, row, column) for column in range(side)) <= 1
                for row in range(side))
    return side if alone and groups * side <= columns else 1


class Slot(NamedTuple):
    """One of the values that are looked at together: an entry, and a place, for each phase."""

    entry: dict[Phase, Entry]
    place: dict[Phase, tuple[int, int]]


def slots(kind: int, size: int, places: Iterable[tuple[int, int]],
          centres: Iterable[Phase]) -> list[Slot]:
    """Deal the computed ones around a place to as few slots as there are at most.

    Parameters
    ----------
    kind : int
        The mask.
    size : int
        Places of a group, see `group`.
    places : pairs of int
        Rows and columns from the place to those that are looked at.
    centres : phases
        Those of places that look around.

    Returns
    -------
    list of Slot
        Where a phase has fewer, it is not among the phases of the last slots. An entry is in the
        same slot at all phases, as far as possible, so that little is chosen from.
    """
    places, dealt = list(places), []
    for row, column in centres:
        left = {}
        for down, right in places:
            if known(kind, row + down, column + right):
                left[down, right] = (down, (column % size + right) // size)
        free = list(range(max(len(left), len(dealt))))
        dealt += [Slot({}, {}) for _ in free[len(dealt):]]
        # First those entries that a slot has already.
        for again in (True, False):
            for place, entry in list(left.items()):
                slot = next((slot for slot in free
                             if not again or entry in dealt[slot].entry.values()), None)
                if slot is not None:
                    dealt[slot].entry[row, column] = entry
                    dealt[slot].place[row, column] = place
                    free.remove(slot)
                    del left[place]
    return dealt
