"""Places dealt out to tiles: in order, each once, as many tiles as the clocks are of."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skimp.golden.array import schedule
from skimp.golden.gather import Gathered, gather
from skimp.golden.masks import KINDS, mask
from skimp.golden.skip import deal as module
from skimp.golden.skip.cycles import cycles
from skimp.golden.skip.deal import deal

sizes = st.integers(1, 5)


@given(shape=st.tuples(sizes, sizes), rows=sizes, cols=sizes, blocks=sizes,
       kind=st.sampled_from(KINDS), share=st.sampled_from([0, 0.1, 0.6, 1]))
def test_each_output_is_dealt_once_in_as_many_tiles_as_clocks_are_of(
        shape, rows, cols, blocks, kind, share):
    first = mask(kind, *shape)
    keep = np.random.default_rng(1).random((*shape, blocks, cols)) < share
    keep |= first[..., np.newaxis, np.newaxis]
    by_block = keep.reshape(-1, blocks, cols).swapaxes(0, 1)
    known = np.broadcast_to(first.ravel(), by_block.shape[:2])
    dealt = deal(gather(known, by_block), shape=shape, rows=rows, blocks=blocks, kind=kind)
    # Behind them are first phases of the next plane.
    ahead = min(blocks, 2) * -(-int(first.sum()) // rows) * rows
    words = len(dealt.place) - ahead
    seen = np.zeros((blocks, first.size, cols), int)
    np.add.at(seen, (dealt.block[:words], dealt.place[:words]), dealt.keep[:words])
    np.testing.assert_array_equal(seen, by_block)
    assert (dealt.block.reshape(-1, rows) == dealt.block[::rows, np.newaxis]).all()
    got = cycles(keep.reshape(*shape, -1), k=7, rows=rows, cols=cols, kind=kind, schedule="skip")
    tiles = np.full(words // rows, 7)
    assert got == (schedule(tiles, rows=rows, cols=cols).rows[-1, -1] + 1 if words else 0)


def test_the_second_phase_of_a_block_is_behind_the_first_of_the_next():
    known = np.array([[True, False, True]] * 3)
    keep = np.array([[[False]], [[True]], [[True]]]).repeat(3, axis=1)
    dealt = deal(gather(known, keep), shape=(1, 3), rows=2, blocks=3, kind=5)
    tiles = list(zip(dealt.block[::2].tolist(), dealt.place.reshape(-1, 2).tolist(), strict=True))
    first, second = [0, 2], [1, 0]
    assert tiles == [(0, first), (1, first), (2, first), (1, second), (2, second), (0, first),
                     (1, first)]


def test_what_has_no_end_is_not_filled_up():
    part = Gathered(np.array([1, 3]), np.ones((2, 1), bool), np.array([False, False]))
    dealt = deal(part, shape=(1, 4), rows=3, blocks=1, kind=5)
    assert dealt.place.tolist() == [0, 2, 0, 1, 3]
    assert dealt.keep[:, 0].tolist() == [True, True, False, True, True]


@pytest.mark.parametrize("change, sentence", [
    ({"rows": 0}, "Rows must be at least 1, not 0"),
    ({"blocks": 0}, "Blocks must be at least 1, not 0"),
    ({"kind": 11}, "A mask is one of"),
])
def test_errors_name_the_rule_and_the_offender(change, sentence):
    one = Gathered(np.array([1]), np.ones((1, 1), bool), np.array([True]))
    with pytest.raises(ValueError, match=sentence):
        deal(one, **{"shape": (2, 2), "rows": 1, "blocks": 1, "kind": 5, **change})


def test_examples_of_the_docstring():
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
