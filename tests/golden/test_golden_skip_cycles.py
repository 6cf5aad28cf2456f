"""Clocks of skipped outputs: by hand, tile by tile in loops, and against whole products."""

import doctest
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skimp.golden.array import gemm, schedule
from skimp.golden.masks import KINDS, mask
from skimp.golden.skip import cycles as module
from skimp.golden.skip.cycles import SCHEDULES, cycles

sizes = st.integers(1, 6)
ONE: dict[str, Any] = {"k": 10, "rows": 4, "cols": 2, "kind": 5}


def keeps(shape, kind, share, seed=0):
    """Random outputs to keep, all places that are computed first among them."""
    random = np.random.default_rng(seed).random(shape) < share
    return random | mask(kind, *shape[-3:-1])[..., None]


def slow_tiles(keep, rows, cols, kind, name):
    """Deal out places to tiles, one by one."""
    tiles = 0
    for image in keep:
        for start in range(0, keep.shape[3], cols):
            counts = {True: 0, False: 0}
            for place in np.ndindex(image.shape[:2]):
                early = bool(mask(kind, *image.shape[:2])[place])
                if early or name != "skip" or image[(*place, slice(start, start + cols))].any():
                    counts[early or name == "dense"] += 1
            tiles += sum(len(range(0, count, rows)) for count in counts.values())
    return tiles


@given(shape=st.tuples(*[st.integers(1, 3), sizes, sizes, sizes]), kind=st.sampled_from(KINDS),
       share=st.sampled_from([0, 0.1, 0.5, 1]), rows=sizes, cols=sizes, k=st.integers(1, 9),
       name=st.sampled_from(SCHEDULES))
def test_tiles_follow_each_other(shape, kind, share, rows, cols, k, name):
    keep = keeps(shape, kind, share)
    got = cycles(keep, k=k, rows=rows, cols=cols, kind=kind, schedule=name, threads=2)
    tiles = slow_tiles(keep, rows, cols, kind, name)
    last = schedule(np.full(tiles, -(-k // 2)), rows=rows, cols=cols)
    assert got == (last.rows[-1, -1] + 1 if tiles else 0)


@pytest.mark.parametrize("name, phases", [("dense", [13]), ("phases", [7, 7])])
def test_a_plane_of_fourteen_has_a_tile_more_in_two_phases(name, phases):
    size: dict[str, Any] = {"rows": 16, "cols": 16}
    got = cycles(np.ones((14, 14, 32), bool), k=144, kind=5, schedule=name, **size)
    drain = 2 + 8 + 16          # the elements, the groups of columns, the rows
    assert got == 2 * sum(phases) * 144 + drain
    if name == "dense":
        assert got == gemm(196, 144, 32, **size).cycles


def test_a_single_output_keeps_a_tile_of_its_block():
    keep = keeps((4, 4, 4), 5, 0)
    alone = cycles(keep, schedule="skip", **ONE)
    assert alone == 4 * 10 + 2 + 1 + 4, "two tiles of places computed first in two blocks"
    keep[0, 1, 3] = True
    assert cycles(keep, schedule="skip", **ONE) == alone + 10
    keep[0, 1, 2] = keep[0, 3, 3] = keep[1, 0, 2] = keep[1, 2, 2] = True
    assert cycles(keep, schedule="skip", **ONE) == alone + 10, "four places are a tile"
    keep[3, 0, 2] = True
    assert cycles(keep, schedule="skip", **ONE) == alone + 20
    keep[3, 0, 1] = True
    assert cycles(keep, schedule="skip", **ONE) == alone + 30, "another block"


@pytest.mark.parametrize("name", SCHEDULES)
def test_whole_pixels_are_blocks(name):
    pixels = keeps((2, 7, 5, 3), 5, 0.5)
    whole = np.repeat(pixels, 2, axis=-1)
    got = cycles(pixels, schedule=name, blocks=True, **ONE)
    assert got == cycles(whole, schedule=name, **ONE)
    assert got == cycles(whole[..., :-1], schedule=name, **ONE), "the last block is not full"


def test_images_drain_once():
    pixels = keeps((1, 6, 6, 4), 3, 0.3)
    one, three = (cycles(np.repeat(pixels, count, axis=0), schedule="skip", **dict(ONE, kind=3))
                  for count in (1, 3))
    assert cycles(pixels[0], schedule="skip", **dict(ONE, kind=3)) == one
    assert three - one == 2 * (one - 7)


def test_tiles_are_no_shorter_than_their_rows():
    dense = cycles(np.ones((4, 4, 2), bool), schedule="dense", **dict(ONE, k=1))
    assert dense == 1 + 3 * 4 + 2 + 1 + 4


def test_nothing_takes_no_clock():
    assert cycles(np.ones((0, 4, 4, 2), bool), schedule="dense", **ONE) == 0
    assert cycles(np.zeros((1, 1, 2), bool), schedule="skip", **dict(ONE, kind=1)) == 0


@pytest.mark.parametrize("keep, change, error, sentence", [
    (np.ones((2, 2, 2)), {}, TypeError, "Outputs to keep must be bool, not float64"),
    (np.ones((2, 2), bool), {}, ValueError, r"must have shape .* not \(2, 2\)"),
    (np.zeros((2, 2, 2), bool), {}, ValueError, "lack places that mask 5 computes first"),
    (np.ones((2, 2, 2), bool), {"schedule": "early"}, ValueError,
     "Schedule must be one of dense, phases, skip, not 'early'"),
    (np.ones((2, 2, 2), bool), {"rows": 0}, ValueError, "Rows must be at least 1, not 0"),
    (np.ones((2, 2, 2), bool), {"cols": 0}, ValueError, "Columns must be at least 1, not 0"),
    (np.ones((2, 2, 2), bool), {"k": 0}, ValueError, "K must be at least 1, not 0"),
    (np.ones((2, 2, 2), bool), {"group": 3}, ValueError, "Group must be 0 or divide 2 columns"),
])
def test_errors_name_the_rule_and_the_offender(keep, change, error, sentence):
    with pytest.raises(error, match=sentence):
        cycles(keep, **{"schedule": "skip", **ONE, **change})


def test_examples_of_the_docstring():
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
