"""Codes side by side on activations of one's own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from skimp.evaluate.figures_codes import CodeRecord, CodesReport
from skimp.evaluate.workload import count_pieces
from skimp.golden.nets.npz import read_npz
from skimp.golden.softedge import SILU_LOW, Code, figures, parse_code, percentiles

__all__ = ["COMPARED", "PERCENTILES", "compare", "open_activations"]

#: 8 bits first: what they are mostly compared with.
COMPARED = tuple(map(parse_code, (
    "int8", "int8:zero", "softedge:signed8", "softedge:signed8-fine", "softedge:paper",
    "softedge:aligned", "softedge:short", *(
        f"{family}{bits}{zero}" for bits in (6, 5, 4)
        for family, zero in (("int", ""), ("int", ":zero"), ("softedge:signed", ""))))))
PERCENTILES = (0.99, 0.999, 0.9995, 0.9999, 0.99999)


def open_activations(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file, float32.

    Raises
    ------
    ValueError
        If there is no such file, or it has other than arrays of two or more finite floats.
    """
    if not path.exists():
        raise ValueError(f"there is no file {path}")
    arrays = read_npz(path)
    if not arrays:
        raise ValueError(f"{path.name} must have an array of floats at least")
    return {name: _floats(f"The array {name} of {path.name}", array)
            for name, array in arrays.items()}


def _floats(what: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind != "f":
        raise ValueError(f"{what} must be of floats, not {array.dtype}")
    if array.size < 2:
        raise ValueError(f"{what} must have two values at least: half of them choose a percentile, "
                         "the others measure")
    with np.errstate(over="ignore"):
        array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise ValueError(f"{what} must be of finite float32 numbers, but has "
                         f"{array[~np.isfinite(array)][0]}")
    return array


def compare(path: Path, arrays: dict[str, np.ndarray],
            progress: Callable[..., None] | None = None) -> CodesReport:
    """Measure each code on each array, at the percentile that serves it best.

    The first axis is of sequences where there are two or more; else the array is one. The step is
    made of percentiles of the first half, and of these the one with the most dB there is taken; all
    figures are of the second half.

    Raises
    ------
    ValueError
        If the first half of an array is zero almost throughout, or too large or small for a step.
    """
    step = count_pieces(progress, len(arrays) * len(COMPARED))
    rows = []
    for name, array in arrays.items():
        first, second = _halves(array)
        found = percentiles(first, PERCENTILES)
        choices = [(alpha, c) for alpha, c in zip(PERCENTILES, found, strict=True) if c > 0]
        if not choices:
            raise ValueError(f"The first half of the array {name} must have values that are not "
                             f"zero, more than one in {1 / (1 - PERCENTILES[-1]):,.0f}")
        for code in COMPARED:
            try:
                rows.append(_row(name, code, first, second, choices))
            except ValueError as error:
                raise ValueError(f"The array {name} cannot be coded: {error}") from error
            step()
    return CodesReport(activations=path.name, rows=_marked(rows), conditions={
        "percentiles": list(PERCENTILES), "lowest_silu": SILU_LOW,
        "below_silu_percent": {name: 100 * float((array < SILU_LOW).mean())
                               for name, array in arrays.items()}})


def _halves(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sequences that choose and those that measure."""
    if array.ndim < 2 or len(array) < 2:
        flat = array.reshape(1, -1)
        half = flat.shape[1] // 2
        return flat[:, :half], flat[:, half:]
    half = len(array) // 2
    return array[:half], array[half:]


def _row(name: str, code: Code, first: np.ndarray, second: np.ndarray,
         choices: list[tuple[float, float]]) -> CodeRecord:
    tried = [(figures(code, first, code.step(c)).db, alpha, c) for alpha, c in choices]
    _, alpha, c = max(tried, key=lambda one: one[0])
    found = figures(code, second, code.step(c))
    return CodeRecord(layer=name, bits=code.bits, code=str(code), percentile=alpha, step=found.step,
                      db=found.db, segments_percent=[100 * share for share in found.shares],
                      saturated_percent=100 * found.saturated, best=False)


def _marked(rows: list[CodeRecord]) -> list[CodeRecord]:
    """Return rows that say whether they are the best of their layer and bits."""
    most: dict[tuple[str, int], float] = {}
    for row in rows:
        place = row.layer, row.bits
        most[place] = max(most.get(place, -np.inf), row.db or 0.0)
    return [replace(row, best=row.db == most[row.layer, row.bits]) for row in rows]
