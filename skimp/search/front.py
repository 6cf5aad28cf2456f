"""Fronts: what no other candidate beats, and how much of a box it dominates."""

import numpy as np

__all__ = ["hypervolume", "undominated"]


def undominated(points: np.ndarray) -> np.ndarray:
    """Return which rows of ``points``, to be minimised, no other row dominates: sorted indices.

    Of equal rows the first stays.
    """
    order = np.lexsort(points.T[::-1])
    kept: list[int] = []
    front = np.empty((0, points.shape[1]))
    for place in order:             # none is dominated by a later one
        if not (front <= points[place]).all(axis=1).any():
            kept.append(int(place))
            front = points[kept]
    return np.sort(np.array(kept, dtype=np.int64))


def hypervolume(gains: np.ndarray) -> float:
    """Return the volume of the union of boxes from 0 to each row, each at least 0.

    Slabs along the first axis, of one axis less each: enough for some hundred rows of four.
    """
    gains = gains[(gains > 0).all(axis=1)]
    if not len(gains):
        return 0.0
    if gains.shape[1] == 1:
        return float(gains.max())
    gains = gains[np.argsort(-gains[:, 0], kind="stable")]
    depths = gains[:, 0] - np.append(gains[1:, 0], 0)
    if gains.shape[1] == 2:
        return float(depths @ np.maximum.accumulate(gains[:, 1]))
    return float(sum(depth * hypervolume(gains[:number, 1:])
                     for number, depth in enumerate(depths, 1) if depth))
