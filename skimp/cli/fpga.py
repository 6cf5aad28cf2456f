"""The verb that takes units to FPGA boards."""

import shutil
from pathlib import Path

from skimp.catalogue.ranges import Range
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Design
from skimp.cli.notes import NOTES, check_folder, progress
from skimp.cli.options import FOLDER, Number, option, verb
from skimp.fpga.boards import find_board
from skimp.fpga.build import tool_versions
from skimp.fpga.job import BoardTest
from skimp.jobs import cache
from skimp.jobs.batch import results_of
from skimp.show import units
from skimp.show.terminal import show

__all__ = ["COMMANDS"]


def fpga(chosen: list[Design], board: str, words: int, simulate: bool, output: Path,
         as_json: bool) -> None:
    """Build a bitstream that tests each configuration on a board; LUTs, flip-flops, fmax.

    Pseudo-random operands go in; a signature of what comes out is compared with the golden
    model's. The board's first LED: on, passed; blinking, failed; off, not finished, which takes
    less than two seconds. It is simulated before it is built. Boards are those of amaranth-boards
    with an iCE40 or ECP5, such as icebreaker, ice40hx8kbevn, ulx3s-85f, versaecp5.
    """
    if {one.block.name for one in chosen} == set(CATALOGUE):
        raise ValueError("name a block to build for a board: the whole catalogue takes hours")
    target = find_board(board)
    check_folder(output)
    if simulate and not shutil.which("iverilog"):
        NOTES.print("skimp: Icarus Verilog is missing, so nothing is simulated; Debian's package "
                    "iverilog brings it")
        simulate = False
    mark = _announce_first_build(target.family)

    jobs = [BoardTest(one, target, words, simulate, output) for one in chosen]
    with progress("build", len(jobs)) as done:
        rows = results_of(jobs, done=done)
    cache.mark(mark)
    show(rows, as_json, units.boards)


def _announce_first_build(family: str) -> str:
    """Note that tools compile themselves in the first build; return the mark of its end."""
    mark = f"{'-'.join(tool_versions(family)).replace(' ', '-')}-compiled"
    if not cache.is_marked(mark):
        NOTES.print("skimp: the first run of Yosys, nextpnr and the packer compiles each, which "
                    "takes about a minute")
    return mark


COMMANDS = (
    verb(fpga,
         option("--board", required=True, help="board to build for, as in amaranth-boards"),
         option("--words", type=Number(Range(64, 16384, integer=True)), default=4096,
                help="words, or steps of a tile, that each input takes"),
         option("--simulate/--no-simulate", default=True, help="simulate the self-test first"),
         option("-o", "--output", type=FOLDER, default=Path("build/fpga"), help="folder")),
)
