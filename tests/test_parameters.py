"""Every refusal of a parameter class: the rule and the offender in one sentence."""

import pytest

from hw.psu.link import LinkOrdererParams
from hw.psu.popcount import PopcountParams
from hw.psu.unit import SORTERS, SortingUnitParams

REFUSED = [
    (SortingUnitParams, {"n": 1}, "n must be an integer of 2 to 64, not 1"),
    (SortingUnitParams, {"n": 65}, "n must be an integer of 2 to 64, not 65"),
    (SortingUnitParams, {"n": True}, "n must be an integer of 2 to 64, not True"),
    (SortingUnitParams, {"width": 0}, "width must be an integer of 1 to 32, not 0"),
    (SortingUnitParams, {"width": 33}, "width must be an integer of 1 to 32, not 33"),
    (PopcountParams, {"width": 65}, "width must be an integer of 1 to 64, not 65"),
    (SortingUnitParams, {"key": "parity"}, "key must be one of popcount, gray, .*'parity'"),
    (SortingUnitParams, {"sorter": "bubble"}, "sorter must be one of .*, not 'bubble'"),
    (SortingUnitParams, {"buckets": (0, 1)}, "buckets must have 9 entries, .* not 2"),
    (SortingUnitParams, {"buckets": (0, 0, 1, 0, 1, 1, 1, 1, 1)}, "count 3 has 0 behind 1"),
    (SortingUnitParams, {"buckets": (0, 0, 2, 2, 2, 2, 2, 2, 2)}, "count 2 has 2 behind 0"),
    (SortingUnitParams, {"buckets": (1,) * 9}, "count 0 has 1 behind 0"),
    (SortingUnitParams, {"buckets": (0,) * 9}, "at least two"),
    (SortingUnitParams, {"wires": (1,)}, "wires belong to the Gray keys"),
    (SortingUnitParams, {"key": "gray"}, "needs at least one of the element's wires"),
    (SortingUnitParams, {"key": "gray", "wires": ()}, "needs at least one"),
    (SortingUnitParams, {"key": "gray", "wires": (1, 1)}, "wires must be distinct.* 1 is named"),
    (SortingUnitParams, {"key": "gray", "wires": (8,)}, "wires must be an integer of 0 to 7.* 8"),
    (SortingUnitParams, {"key": "gray", "wires": (1,), "buckets": (0,) * 9}, "buckets belong to"),
    (SortingUnitParams, {"cuts": (3, 2)}, r"cuts must increase within 0 to 14, not \(3, 2\)"),
    (SortingUnitParams, {"cuts": (99,)}, "cuts must increase within"),
    (SortingUnitParams, {"sorter": "serial", "cuts": (0,)}, "cuts must be none"),
    (LinkOrdererParams, {"lanes": 0}, "lanes must be an integer of 1 to 25, not 0"),
    (LinkOrdererParams, {"lanes": 26}, "lanes must be an integer of 1 to 25, not 26"),
    (LinkOrdererParams, {"by": "bias"}, "by must be one of activation, weight, not 'bias'"),
    (LinkOrdererParams, {"by": "weight", "pairs": False}, "by must be 'activation'"),
    (LinkOrdererParams, {"pads": "float"}, "pads must be one of hold, zero, not 'float'"),
    (LinkOrdererParams, {"sorter": "serial"}, "sorter of a link must be one of .* not 'serial'"),
]


@pytest.mark.parametrize("parameters, given, sentence", REFUSED)
def test_refused(parameters, given, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        parameters(**given)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("sorter", SORTERS)
def test_every_step_can_be_cut(sorter):
    params = SortingUnitParams(n=5, sorter=sorter)
    steps = SORTERS[sorter].steps(5, params.bucket_count)
    for step in range(steps):
        assert SortingUnitParams(n=5, sorter=sorter, cuts=(step,)).cuts == (step,)
    with pytest.raises(ValueError, match="cuts"):
        SortingUnitParams(n=5, sorter=sorter, cuts=(steps,))
