"""Energy of a unit at work: what `skimp power` reports.

The mapped netlist runs in Icarus, fed operands of a real network, with the delays that OpenSTA
finds for its cells; the toggles of its nets, the Liberty file's tables and a stated model of wires
give the energy of an operation. No placement is made: there is no clock tree, and a net's wire is
so many fF for each pin on it. The bench checks all results on the way.

A row:

block, config, parameters, measured_in
    What was measured; an element within an array.
library, tools, volts, wire_ff, clock_ns, slack_ns, area_um2
    Conditions. ``clock_ns`` sets leakage and power, hardly energy.
workload, operation, operations, clocks
    What it was fed, what counts as an operation ("product" or "packet"), how many there were, in
    how many clocks without an idle one.
pj : float
    Energy of an operation; of an element, that of the elements alone. ``pj_whole``: with the array.
switching_pj, internal_pj, clock_pj, leakage_pj : float
    What makes up the whole: nets but the clock's; inside cells; clock net and pins; leakage.
kinds_pj, parts_pj : dict of str to float
    The whole by kind of cell, and by part of the unit, largest first.
milliwatts, toggles_per_clock
    Power at the clock; transitions of all nets in a clock, clock included.
annotated_percent, nets
    Share of the nets on pins of cells whose toggles were traced, and the number of nets.
uniform_mw
    Our power and OpenSTA's at one activity for all nets, by part: see `skimp.power.sta`. They
    agree, or there is no row. None where OpenSTA is no check of this library, for the reason
    ``not_checked``.
baseline, to_baseline
    The plain unit of the same size, fed the same, and the energy of an operation relative to its.
"""
