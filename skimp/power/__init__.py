"""Energy of a unit at work: what `skimp power` reports.

The mapped netlist runs in Icarus, fed operands of a real network, with the delays that OpenSTA
finds for its cells; the toggles of its nets, the Liberty file's tables and a stated model of wires
give the energy of an operation. No placement is made: there is no clock tree, and a net's wire is
so many fF for each pin on it. The bench checks all results on the way.
"""
