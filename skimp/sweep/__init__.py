"""Grids of configurations, measured in parallel: what `skimp sweep` reports.

A specification is a TOML file of grids::

    [[grid]]
    block = "psu"                   # or several: ["psu-odd-even", "psu-bitonic"]
    config = ["accurate", "gray2"]  # a named configuration or several; may be left out
    n = [9, 25]                     # any parameter of the block: a value or several
    wires = [[1, 0], [1, 2, 0]]     # a list is one value of wires, buckets, cuts and shifts
    data = false
    clock_ns = [6.0, 8.0]           # in ns; that of the block, if it is left out

A grid stands for the product of all its lists. Where it has no ``config``, it means what the
command means by flags without ``--config``: every named configuration if no parameter but a size is
set, else the block's defaults with what is set. The same parameters at the same clock are one row,
that of the first grid that has them.

A row of the report is one of ``skimp area --json``, with the number of its ``grid``, from 1, first.
Rows stand in the order of the file; within a grid blocks run slowest, then configurations, then
parameters as they are written, clocks fastest.

What was measured is kept in the cache, see `skimp.jobs.cache`, as soon as it is known, so a
sweep that was interrupted goes on where it was. A result is used again as long as parameters,
clock, sources, tool versions and Liberty file are the same: see `skimp.jobs.job.conditions`.
Workers of a Dask cluster must have the same of all these, and keep netlists in ``build/cache`` of
the folders that they were started in.
"""
