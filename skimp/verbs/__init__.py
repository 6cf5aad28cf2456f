"""The verbs of the command, a file a topic: what each does, and its flags."""

from skimp.verbs import power, ppa, units, workloads

__all__ = ["COMMANDS"]

COMMANDS = (*units.COMMANDS, *ppa.COMMANDS, *power.COMMANDS, *workloads.COMMANDS)
