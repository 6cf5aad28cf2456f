"""One page of all that was measured: documents, plots drawn of them, the page made of both.

A document is what a verb prints with ``--json``, whole, and can be written and read again:
``catalogue`` (`skimp list`), ``area`` (`skimp area`), ``evaluate``, ``traffic`` (with
``--sorters``), ``power``, ``search``, a list of searches, and ``fpga``, a list of the reports of
all boards that units were built for. ``area_gated`` and ``power_gated`` are of ``--clock-gating``,
the first of the blocks that are made for it. All but ``evaluate`` and ``traffic`` are lists.
"""
