"""Chips of our own arrays, and the modes of each: what a layer can be told without a gate more.

A chip is chosen once: a block and its elements. A mode is chosen for each layer, a field of its
descriptor: operands are fed in another way, zeros beside them where a mode makes fewer products.

=================== ======== ========= ===========================================================
chip                mode     products  how it is fed
=================== ======== ========= ===========================================================
plain-array 8b-8b   exact    1         an activation and a weight a clock
sparq-array 5opt    exact    1         each activation beside a zero, so it keeps its 8 bits
..                  sparq    2         pairs
..                  static:4 2         codes of 4 bits: windows at shift 0
sysmt-array 2t, A   threads=1 1        one thread, zeros in the other
..                  threads=2 2        both; K is reordered
..                  static:4 2         codes of 4 bits never collide in what policy A reduces
sysmt-array 4t, A   threads=1, 2, 4    as above; the threads that are not used get zeros
..                  static:4:4 4       codes of 4 bits on both sides
=================== ======== ========= ===========================================================

Policies, rounding and options of SPARQ sit in the elements or at their edge, so they are chosen
with the chip. Reordering K is never worse at the same price, so no mode does without: it is a
permutation of rows of weights made beforehand, and the same order of reading activations. Where it
is not one of whole channels, the address generator needs a table, which is not priced.
"""

from typing import NamedTuple

__all__ = ["CHIPS", "MODES", "PLAIN", "Chip", "Mode"]


class Mode(NamedTuple):
    """How a layer is fed."""

    #: As `skimp power --mode` takes it.
    name: str
    #: Products that an element makes in a clock.
    products: int
    #: What `golden.arithmetic.parse` reads.
    arithmetic: str


class Chip(NamedTuple):
    """An array without its size."""

    block: str
    #: Named configuration of its elements, and their parameters.
    config: str
    parameters: tuple[tuple[str, int], ...]
    #: From the most exact to the one that loses most.
    modes: tuple[Mode, ...]

    @property
    def name(self) -> str:
        """Block and configuration."""
        return f"{self.block} {self.config}"


TWO = Mode("threads=2", 2, "nbsmt:2:A:saturate:reorder")
STATIC = Mode("static:4", 2, "static:4")
#: Every mode, from the most exact to the one that loses most; those of a chip are some of them.
MODES = (Mode("exact", 1, "exact"), Mode("sparq", 2, "sparq:5opt"), TWO, STATIC,
         Mode("threads=4", 4, "nbsmt:4:A:saturate:reorder"), Mode("static:4:4", 4, "static:4:4"))
EXACT, SPARQ, _, _, FOUR, NARROW = MODES
ONE = EXACT._replace(name="threads=1")

CHIPS = (
    Chip("plain-array", "8b-8b", (), (EXACT,)),
    Chip("sparq-array", "5opt", (), (EXACT, SPARQ, STATIC)),
    Chip("sysmt-array", "2t", (("threads", 2),), (ONE, TWO, STATIC)),
    Chip("sysmt-array", "4t", (("threads", 4),), (ONE, TWO, STATIC, FOUR, NARROW)),
)
#: What others are compared with.
PLAIN = CHIPS[0]
