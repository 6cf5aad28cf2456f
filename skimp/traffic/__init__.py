"""Bit transitions of real traffic under each ordering: what `skimp traffic` reports."""

from skimp.traffic.workloads import LAYERS, network_report, trace_report

__all__ = ["LAYERS", "network_report", "trace_report"]
