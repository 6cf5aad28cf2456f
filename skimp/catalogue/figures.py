"""What is said of configurations: listed, written, checked."""

from dataclasses import dataclass

from skimp.jobs.record import UnitRecord, figure, text

__all__ = ["CatalogueRecord", "VerifiedRecord", "WrittenRecord"]


@dataclass(frozen=True, kw_only=True)
class CatalogueRecord(UnitRecord):
    """A configuration of the catalogue."""

    summary: str = text("summary", "what it is for")
    golden: str = text("golden function", "what its Verilog is checked against")
    bench: str = text("bench", "the cocotb module that checks it")
    paper: str = text("paper", "where it is from")


@dataclass(frozen=True, kw_only=True)
class WrittenRecord(UnitRecord):
    """A configuration whose Verilog was written; JSON has its whole manifest."""

    verilog: str = text("Verilog", "the file")
    latency: int = figure("latency", "", ",", "clocks from input to output")
    sha256: str = figure("SHA-256", "", lambda digest: digest[:16], "of the Verilog")


@dataclass(frozen=True, kw_only=True)
class VerifiedRecord(UnitRecord):
    """A configuration whose bench passed."""

    design: str = text("design", "rtl, or netlist and its library")
    simulator: str = text("simulator", "icarus or verilator")
    tests_passed: int = figure("tests", "", ",", "tests that passed")
    seconds: float = figure("time", "s", ".1f", "that they took")
