"""The verbs of the command, a file a topic: what each does, and its flags."""

from skimp.verbs import units, workloads

__all__ = ["COMMANDS"]

COMMANDS = (*units.COMMANDS, *workloads.COMMANDS)
