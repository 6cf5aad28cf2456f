"""The verb that takes units to FPGA boards."""

import math
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from skimp.catalogue.ranges import Range
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Selected
from skimp.cli.notes import NOTES, progress
from skimp.cli.options import FOLDER, Number, option, verb
from skimp.fpga.boards import Board, find_board
from skimp.fpga.build import SEED, build, tool_versions
from skimp.fpga.selftest import self_test
from skimp.hw.emit import write_whole
from skimp.jobs import cache, tools
from skimp.jobs.documents import to_json
from skimp.show import tables
from skimp.show.boards import boards_table
from skimp.sim.launch import run_bench
from skimp.sim.models.selftest import SelfTestModel

__all__ = ["COMMANDS"]


def fpga(chosen: list[Selected], board: str, words: int, simulate: bool, output: Path,
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
    output.mkdir(parents=True, exist_ok=True)
    if not os.access(output, os.W_OK):
        raise ValueError(f"cannot write to the folder {output}")
    if simulate and not shutil.which("iverilog"):
        NOTES.print("skimp: Icarus Verilog is missing, so nothing is simulated; Debian's package "
                    "iverilog brings it")
        simulate = False
    mark = _announce_first_build(target.family)

    def built(one: Selected) -> dict[str, Any]:
        row = _build(one, target, words, simulate, output)
        done()
        return row

    with progress("build", len(chosen)) as done, tools.workers() as pool:
        rows = list(pool.map(built, chosen))
    cache.mark(mark)
    tables.show(rows, as_json, boards_table)


def _build(one: Selected, board: Board, words: int, simulate: bool,
           output: Path) -> dict[str, Any]:
    facts = board.facts
    # Of a failure the LED blinks once in 0.7 to 1.4 seconds.
    blink_bits = max(math.ceil(math.log2(facts["board_clock_mhz"] * 0.7e6)), 20)
    test = self_test(one, words, blink_bits)
    if simulate:
        with tools.scratch() as folder:
            run_bench(test, SelfTestModel, folder)
    placed = asdict(build(test, board))
    products, folder = placed.pop("products"), output / f"{one.name}_{board.name}"
    folder.mkdir(parents=True, exist_ok=True)
    row = {"block": one.block.name, "config": one.config, "parameters": asdict(one.params),
           "harness": one.harness.block.name if one.block.harness else None,
           "words": test.manifest["parameters"]["words"],
           "signature": [f"{part:08x}" for part in test.manifest["parameters"]["signature"]],
           **facts, **placed, "meets_board_clock": placed["fmax_mhz"] >= facts["board_clock_mhz"],
           "simulated": "passed" if simulate else None, "seed": SEED,
           "tools": tool_versions(board.family),
           "bitstream": str(folder / f"{one.name}.{next(iter(products))}")}
    for suffix, content in products.items():
        write_whole(folder / f"{one.name}.{suffix}", content)
    write_whole(folder / f"{one.name}.v", test.verilog)
    write_whole(folder / "report.json", to_json(row, indent=1) + "\n")
    return row


def _announce_first_build(family: str) -> str:
    """Say why the first build takes long: tools compile themselves. Give the mark of a later one.
    """
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
