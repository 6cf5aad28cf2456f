"""Verb on energy: what a unit spends on real operands."""


from skimp.catalogue.groups import measured
from skimp.catalogue.ranges import Range
from skimp.catalogue.selection import Design
from skimp.cli.notes import announce_first_synthesis, open_library, open_sta, progress
from skimp.cli.options import CLOCK, LIBRARY, LibraryChoice, Number, option, verb
from skimp.power.energy import check_energies
from skimp.power.feed import EVERY
from skimp.power.measure import energies, feed_of
from skimp.power.operands import LAYER, PACKET_COUNT, PACKETS, PLANE_COUNT, PLANES, TILES
from skimp.power.scans import RANDOM, SCAN, STEPS
from skimp.show import units
from skimp.show.terminal import show

__all__ = ["COMMANDS"]

# Tiles, packets, planes or steps: more simulate for hours.
MOST = 1000


def power(chosen: list[Design], clock_ns: float | None, choice: LibraryChoice, layer: str | None,
          amount: int | None, every: int, mode: str | None, as_json: bool) -> None:
    """Measure energy: each configuration's netlist runs on operands of a real network.

    Arrays and processing elements (in an array of 4 x 4, they alone in the figures) multiply a
    layer, sorting units and link orderers sort packets of LeNet-5, predictors get planes of a
    layer's output, scans steps of a Mamba on text. Nets toggle as they do in Icarus with the delays
    of cells, so with glitches. Without BLOCK, arrays of 8 x 8 and the sorting units of 25 elements;
    some ten minutes.
    """
    library = open_library(choice)
    check_energies(library)
    open_sta()
    for one in chosen:
        feed_of(one, layer, amount, every, mode)
    announce_first_synthesis()
    with progress("simulate", len(chosen)) as done:
        rows = energies(chosen, library, clock_ns, done, layer=layer, amount=amount, every=every,
                        mode=mode)
    show(rows, as_json, units.energies)


COMMANDS = (
    verb(power, CLOCK, *LIBRARY,
         option("--layer", metavar="NET:LAYER", help="where operands are from  "
                f"[default: {LAYER}; of sorting units {PACKETS}; for predictors of {PLANES}; of "
                f"scans {SCAN}, or {RANDOM}]"),
         option("--amount", type=Number(Range(1, MOST, integer=True)),
                help="tiles, packets, planes or steps that are counted  "
                f"[default: {TILES}; {PACKET_COUNT}; {PLANE_COUNT}; {STEPS}]"),
         option("--every", type=Number(EVERY), default=1, help="clocks from one packet, pixel or "
                "state to the next, not of arrays; the input holds it"),
         option("--mode", metavar="TEXT", help="of arrays, what a layer is told without a gate "
                "more: threads=1, 2 or 4, exact, sparq, static:BITS or static:BITS:BITS; zeros "
                "are fed where it makes fewer products, which are not counted"),
         standard=measured),
)
