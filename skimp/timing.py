"""Static timing with OpenSTA: the worst slack of a mapped netlist."""

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

__all__ = ["sta_version", "worst_slack"]

# Ideal clock and wires, inputs at the clock edge, outputs sampled at the next: what stands between
# registers, and between the unit's ports and its registers, has the whole period.
SCRIPT = """\
read_liberty {liberty}
read_verilog {netlist}
link_design {top}
{clock}
set_input_delay 0 -clock clk [all_inputs]
set_output_delay 0 -clock clk [all_outputs]
report_worst_slack
"""


@cache
def sta_version() -> str | None:
    """Version of OpenSTA, or None where there is none."""
    if not shutil.which("sta"):
        return None
    run = subprocess.run(["sta", "-version"], capture_output=True, text=True, check=False)
    return f"OpenSTA {run.stdout.strip()}"


def worst_slack(netlist: str, top: str, liberty: Path, clock_ns: float) -> float:
    """Worst setup slack in ns of module ``top`` of a mapped ``netlist`` (its Verilog text).

    Raises
    ------
    RuntimeError
        If OpenSTA fails.
    """
    source = "[get_ports clk]" if re.search(r"\binput (wire )?clk\b", netlist) else ""
    with tempfile.TemporaryDirectory() as folder:
        verilog, script = Path(folder, "netlist.v"), Path(folder, "sta.tcl")
        verilog.write_text(re.sub(r"\bsigned\b", "", netlist))      # OpenSTA 2.0 does not know it
        script.write_text(SCRIPT.format(
            liberty=liberty.resolve(), netlist=verilog, top=top,
            clock=f"create_clock -name clk -period {clock_ns} {source}"))
        run = subprocess.run(["sta", "-no_splash", "-exit", script], capture_output=True, text=True,
                             check=False)
    found = re.search(r"worst slack (-?[\d.]+|INF)", run.stdout)
    if run.returncode or not found:
        raise RuntimeError(f"OpenSTA failed: {(run.stdout + run.stderr).strip()[-400:]}")
    return float(found[1])
