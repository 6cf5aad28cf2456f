"""The self-test of a configuration, simulated and built for a board."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skimp.catalogue.selection import Design
from skimp.fpga.boards import Board
from skimp.fpga.build import SEED, build, tool_versions
from skimp.fpga.figures import BoardRecord
from skimp.fpga.selftest import self_test
from skimp.hw.emit import write_whole
from skimp.jobs import tools
from skimp.jobs.documents import to_json
from skimp.jobs.job import Job
from skimp.sim.launch import run_bench
from skimp.sim.models.selftest import SelfTestModel

__all__ = ["BoardTest"]


@dataclass(frozen=True, eq=False)
class BoardTest(Job[BoardRecord]):
    """A bitstream that tests a configuration on a board."""

    one: Design
    board: Board
    words: int          # that each input takes at least
    simulate: bool      # whether the self-test runs in Icarus first
    output: Path        # its folder is below this one

    def run(self, needed: Mapping[Job[Any], Any]) -> BoardRecord:
        one, board, facts = self.one, self.board, self.board.facts
        # After a failure the LED blinks once in 0.7 to 1.4 seconds.
        blink_bits = max(math.ceil(math.log2(facts["board_clock_mhz"] * 0.7e6)), 20)
        test = self_test(one, self.words, blink_bits)
        if self.simulate:
            with tools.scratch() as folder:
                run_bench(test, SelfTestModel, folder)
        placed, products = build(test, board)
        folder = self.output / f"{one.name}_{board.name}"
        folder.mkdir(parents=True, exist_ok=True)
        row = BoardRecord(
            block=one.block.name, config=one.config, parameters=asdict(one.params),
            harness=one.harness.block.name if one.block.harness else None,
            words=test.manifest["parameters"]["words"],
            signature=[f"{part:08x}" for part in test.manifest["parameters"]["signature"]],
            **facts, **vars(placed), meets_board_clock=placed.fmax_mhz >= facts["board_clock_mhz"],
            simulated="passed" if self.simulate else None, seed=SEED,
            tools=tool_versions(board.family),
            bitstream=str(folder / f"{one.name}.{next(iter(products))}"))
        for suffix, content in products.items():
            write_whole(folder / f"{one.name}.{suffix}", content)
        write_whole(folder / f"{one.name}.v", test.verilog)
        write_whole(folder / "report.json", to_json(row, indent=1) + "\n")
        return row
