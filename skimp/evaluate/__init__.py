"""Accuracy of a network under reduced precision: what `skimp evaluate` reports."""

from skimp.evaluate.compare import ALL, DEFAULT, arrange, evaluate
from skimp.evaluate.kure import compare_bits
from skimp.evaluate.predict import predictions
from skimp.evaluate.workload import open_network, open_workload

__all__ = ["ALL", "DEFAULT", "arrange", "compare_bits", "evaluate", "open_network",
           "open_workload", "predictions"]
