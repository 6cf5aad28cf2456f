"""Masks, groups and slots of predictors; planes that they refuse."""

import pytest

from skimp.golden.masks import KINDS as GOLDEN
from skimp.golden.masks import mask
from skimp.hw.predict.masks import KINDS, NEAR, group, known, period, phases, slots
from skimp.hw.predict.neighbour import NeighbourParams
from skimp.hw.predict.window import Reach
from skimp.hw.predict.zap import ZapParams


def test_masks_are_the_golden_ones():
    assert KINDS == GOLDEN
    for kind in KINDS:
        places = mask(kind, 11, 13)
        assert [[known(kind, row, column) for column in range(13)]
                for row in range(11)] == places.tolist()


def test_groups_are_of_places_of_which_one_is_computed_first():
    assert {kind: group(kind, 28) for kind in KINDS} == {
        1: 3, 2: 2, 3: 3, 4: 1, 5: 2, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1}
    assert (group(3, 5, 2), group(3, 6, 2), group(5, 1)) == (1, 3, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", [None, False])
def test_slots_hold_what_each_place_sees_once(kind, first):
    size, centres = group(kind, 28), phases(kind, first)
    dealt = slots(kind, size, NEAR, centres)
    for row, column in centres:
        seen = {(down, right) for down, right in NEAR if known(kind, row + down, column + right)}
        held = [slot.place[row, column] for slot in dealt if (row, column) in slot.place]
        assert len(held) == len(seen) and set(held) == seen
        for slot in dealt:
            if (row, column) in slot.place:
                down, right = slot.place[row, column]
                assert slot.entry[row, column] == (down, (column % size + right) // size)
    most = max(sum(known(kind, row + down, column + right) for down, right in NEAR)
               for row, column in centres)
    assert len(dealt) == most


def test_how_far_the_units_look():
    def lag(**parameters):
        return NeighbourParams(**parameters).reach.lag
    assert lag() == 28 + 2                              # mask 5: not beyond the group below
    assert lag(kind=3) == 28 + 6
    assert lag(kind=9) == 28 + 2
    assert lag(rule="window", kind=3) == 2 * 28 + 3
    assert lag(rows=1) == 4
    assert ZapParams().lag == 28 + 6 + 28 + 2
    assert Reach.of(None, 4, 1, NEAR).lag == 2
    assert period(6) == 5


@pytest.mark.parametrize("parameters, sentence", [
    ({"rows": 1, "columns": 2}, "more than 2 pixels, not 1 x 2"),
    ({"kind": 11}, "kind must be one of"), ({"rows": 0}, "rows must be an integer of 1 to 512"),
    ({"rule": "mean"}, "rule must be one of sum, window"), ({"bits": 9}, "bits must be")])
def test_what_neighbours_refuse(parameters, sentence):
    with pytest.raises(ValueError, match=sentence):
        NeighbourParams(**parameters)


def test_planes_that_a_zap_refuses():
    with pytest.raises(ValueError, match="more than 4 pixels, not 2 x 2"):
        ZapParams(rows=2, columns=2)
    with pytest.raises(ValueError, match="weight_bits must be an integer of 3 to 8"):
        ZapParams(weight_bits=2)
