"""The verbs of the command, a file a topic: what each does, and its flags."""

from skimp.verbs import power, ppa, sweep, units, workloads

__all__ = ["COMMANDS"]

COMMANDS = (*units.COMMANDS, *sweep.COMMANDS, *ppa.COMMANDS, *power.COMMANDS,
            *workloads.COMMANDS)
