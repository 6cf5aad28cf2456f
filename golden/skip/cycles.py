"""Clocks of an output-stationary array that computes some outputs first and skips others."""

import numpy as np

from skimp.golden.array import gemm
from skimp.golden.checks import at_least_one, one_of
from skimp.golden.masks import mask

__all__ = ["SCHEDULES", "cycles"]

#: ``dense``: every place, in raster order; ``phases``: the places computed first, then all others;
#: ``skip``: the places computed first, then those with an output that is kept.
SCHEDULES = ("dense", "phases", "skip")


def cycles(keep, *, k, rows, cols, kind, schedule, blocks=False, group=0, threads=1,
           element_latency=2) -> int:
    """Return the clocks of a layer under a schedule.

    An array computes ``rows`` places of ``cols`` channels in a tile. A row of it is spared only if
    none of its ``cols`` outputs is kept, so places are left out for each block of ``cols``
    channels by itself. Places that are left are gathered: a phase of an image has as many tiles as
    hold them, for each block. Tiles of all phases and images follow each other as
    `golden.array.schedule` says, which drains once. So the prediction is taken to be there when the
    second phase starts.

    Parameters
    ----------
    keep : bool array ``(rows, columns, channels)`` or ``(images, rows, columns, channels)``
        Which outputs are computed: all of the places that the mask computes first. Only ``skip``
        looks at the others.
    k : int
        Products of an output.
    rows, cols, group, threads, element_latency : int
        As for `golden.array.gemm`.
    kind : int
        The mask of the places computed first, see `golden.masks.mask`.
    schedule : {"dense", "phases", "skip"}
        See `SCHEDULES`.
    blocks : bool
        Whether the last axis of ``keep`` has a bit for each block of channels instead: of whole
        pixels, or of a depthwise layer, each channel of which is a block.

    Returns
    -------
    int
        Clocks from the first step to the last row of sums, both included; 0 if nothing is computed.

    Raises
    ------
    TypeError
        If ``keep`` is not of bool.
    ValueError
        If ``keep`` has another shape or lacks a place that is computed first, there is no such
        mask or schedule, a count is below 1, or the group does not fit.

    Examples
    --------
    Of 4 x 4 places 8 are computed first, of the others none, or in one of two blocks a single one.

    >>> keep = np.repeat(mask(5, 4, 4)[..., None], 8, axis=2)
    >>> size = {"k": 100, "rows": 4, "cols": 4, "kind": 5}
    >>> cycles(keep, schedule="dense", **size), cycles(keep, schedule="skip", **size)
    (808, 408)
    >>> keep[0, 1, 7] = True
    >>> cycles(keep, schedule="skip", **size)
    508
    """
    keep = np.asarray(keep)
    if keep.dtype != bool:
        raise TypeError(f"Outputs to keep must be bool, not {keep.dtype}")
    if keep.ndim not in (3, 4):
        raise ValueError("Outputs to keep must have shape (rows, columns, channels) or "
                         f"(images, rows, columns, channels), not {keep.shape}")
    one_of("Schedule", schedule, SCHEDULES)
    for name, count in (("Rows", rows), ("Columns", cols)):
        at_least_one(name, count)
    keep = keep.reshape(-1, *keep.shape[-3:])
    first = mask(kind, *keep.shape[1:3])
    if not keep[:, first].all():
        raise ValueError(f"Outputs to keep lack places that mask {kind} computes first")
    if not blocks:
        keep = np.logical_or.reduceat(keep, range(0, keep.shape[-1], cols), axis=-1)

    if schedule != "skip":
        keep = np.ones_like(keep)
    phases = (np.ones_like(first),) if schedule == "dense" else (first, ~first)
    tiles = sum(int((-(-keep[:, phase].sum(axis=1) // rows)).sum()) for phase in phases)
    return gemm(tiles * rows, k, cols, rows=rows, cols=cols, group=group, threads=threads,
                element_latency=element_latency).cycles if tiles else 0
