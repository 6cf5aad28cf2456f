"""The verbs of the command, a file a topic: what each does, and its flags."""

from skimp.cli import fpga, power, ppa, report, sweep, units, workloads

__all__ = ["COMMANDS"]

COMMANDS = (*units.COMMANDS, *sweep.COMMANDS, *ppa.COMMANDS, *power.COMMANDS, *fpga.COMMANDS,
            *workloads.COMMANDS, *report.COMMANDS)
