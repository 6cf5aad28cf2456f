"""Grids of configurations, measured in parallel: what `skimp sweep` reports.

A specification is a TOML file of grids::

    [[grid]]
    block = "psu"                   # or several: ["psu-odd-even", "psu-bitonic"]
    config = ["accurate", "gray2"]  # a named configuration or several; may be left out
    n = [9, 25]                     # any parameter of the block: a value or several
    wires = [[1, 0], [1, 2, 0]]     # a list is one value of wires, buckets, cuts and shifts
    data = false
    clock_ns = [6.0, 8.0]           # in ns; that of the block, if it is left out

A grid stands for the product of all its lists. A grid without ``config`` means the same as flags
without ``--config``: every named configuration if only sizes are set, else the block's defaults
with what is set. The same parameters at the same clock are one row, of the first grid with them.

A grid with ``measure = "energy"`` has rows of ``skimp power``, for which it may set ``layer``,
``amount`` and ``every``; those of ``"accuracy"`` and ``"traffic"`` are of schemes and of layers.

With ``--clock-gating`` units have what their rows of the catalogue set there, unless the grid sets
it itself.

A row is one of ``skimp area --json``, with the number of its ``grid``, from 1, first. Rows are in
the order of the file. Within a grid blocks run slowest, then configurations, then parameters as
they are written, clocks fastest.

Each result is kept in the cache at once, see `skimp.jobs.cache`, so an interrupted sweep can go on.
A result is used again while parameters, clock, sources, tool versions and Liberty file are the
same, see `skimp.jobs.job.Job.conditions`. Workers of a Dask cluster must have the same of all
these. They keep netlists in ``build/cache`` of the folders that they were started in.
"""
