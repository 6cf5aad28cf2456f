"""Fronts and hypervolumes, against all pairs and against counted cells."""

import itertools

import numpy as np
import pytest

from skimp.search.front import hypervolume, undominated

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_undominated_is_what_no_other_row_beats(axes):
    points = RNG.integers(0, 5, (60, axes))
    unique = {tuple(point) for point in points.tolist()}
    expected = {one for one in unique if not any(
        other != one and all(a <= b for a, b in zip(other, one, strict=True))
        for other in unique)}
    found = [tuple(points[place].tolist()) for place in undominated(points)]
    assert sorted(found) == sorted(expected), "each once"


@pytest.mark.parametrize("axes", [1, 2, 3, 4])
def test_hypervolume_counts_the_cells_that_are_dominated(axes):
    gains = RNG.integers(-1, 5, (9, axes))
    cells = sum(bool(np.all(gains > np.array(cell), axis=1).any())
                for cell in itertools.product(range(5), repeat=axes))
    rows = gains[(gains > 0).all(axis=1)]
    assert hypervolume(gains.astype(float)) == cells if len(rows) else cells == 0


def test_nothing_has_no_volume():
    assert hypervolume(np.zeros((0, 2))) == hypervolume(np.array([[0.0, 1.0]])) == 0
