"""Figures of units on FPGA boards."""

from dataclasses import dataclass

from skimp.jobs.record import Record, UnitRecord, figure, text

__all__ = ["BoardRecord", "Placed"]


@dataclass(frozen=True, kw_only=True)
class Placed(Record):
    """A self-test, placed and routed."""

    luts: int = figure("LUTs", "", ",", "of the unit alone, before placement")
    flip_flops: int = figure("flip-flops", "", ",", "of the unit alone, before placement")
    all_luts: int = figure("LUTs with test", "", ",", "of the whole")
    all_flip_flops: int = figure("flip-flops with test", "", ",", "of the whole")
    cells: int = figure("cells", "", ",", "logic cells that nextpnr used")
    cells_available: int = figure("of", "", ",", "logic cells of the device")
    fmax_mhz: float = figure("fmax", "MHz", ".1f", "by nextpnr's timing analysis")
    limited_by: str = text("in the", "where the slowest path runs: unit, or self-test alone")


@dataclass(frozen=True, kw_only=True)
class BoardRecord(Placed, UnitRecord):
    """A unit built for a board."""

    harness: str | None = text("tested in", "the array of an element")
    words: int = figure("words", "", ",", "that each input takes")
    signature: list[str] = text("signature", "of what comes out")
    board: str = text("board", "as in amaranth-boards")
    device: str = text("device", "of the board")
    package: str = text("package", "of the device")
    speed_grade: str | None = text("speed grade", "of the device")
    board_clock_mhz: float = figure(
        "clock", "MHz", "g", "of the board",
        mark=lambda _, row: "missed" if row.get("meets_board_clock") is False else "")
    meets_board_clock: bool = text("clock met", "by fmax")
    simulated: str | None = text("simulated", "passed, or None")
    seed: int = text("seed", "of nextpnr's placement")
    tools: list[str] = text("tools", "versions of all that figures depend on")
    bitstream: str = text("bitstream", "its file")
