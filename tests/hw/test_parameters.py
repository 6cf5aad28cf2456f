"""Every refusal of a parameter class: the rule and the offender in one sentence."""

import pytest

from skimp.golden.softedge import CODES
from skimp.hw.arith.booth import BoothRecodeParams
from skimp.hw.arith.popcount import PopcountParams
from skimp.hw.plain.dot import PlainDotParams
from skimp.hw.plain.pe import PlainArrayParams, PlainPeParams
from skimp.hw.psu.link import LinkOrdererParams
from skimp.hw.psu.unit import SORTERS, SortingUnitParams
from skimp.hw.softedge.decode import SoftEdgeDecodeParams
from skimp.hw.softedge.encode import SoftEdgeEncodeParams
from skimp.hw.softedge.layout import LAYOUTS, Code, Layout
from skimp.hw.sparq.dot import SparqDotParams
from skimp.hw.sparq.pe import SparqArrayParams, SparqPeParams
from skimp.hw.sparq.window import WindowParams
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.pe import SysmtArrayParams

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
    (WindowParams, {"window": 0}, "window must be an integer of 1 to 7, not 0"),
    (WindowParams, {"window": 8, "shifts": (0,)}, "window must be an integer of 1 to 7, not 8"),
    (WindowParams, {"shifts": ()}, "shifts must ascend from 0 to 8 - window = 4, not none"),
    (WindowParams, {"shifts": (1, 4)}, "shifts must ascend from 0 to .* not 1, 4"),
    (WindowParams, {"shifts": (0, 1, 3)}, "shifts must ascend from 0 to .* not 0, 1, 3"),
    (WindowParams, {"shifts": (0, 2, 1, 4)}, "shifts must ascend from 0 to .* not 0, 2, 1, 4"),
    (WindowParams, {"shifts": (0, 2, 2, 4)}, "shifts must ascend from 0 to .* not 0, 2, 2, 4"),
    (WindowParams, {"shifts": (0, 5)}, "shifts must be an integer of 0 to 4, not 5"),
    (WindowParams, {"shifts": (0, 2.0, 4)}, "shifts must be an integer of 0 to 4, not 2.0"),
    (WindowParams, {"window": 3, "shifts": (0, 3, 5)}, "window of 3 bits must contain 2"),
    (WindowParams, {"window": 2, "shifts": (0, 4, 6)}, "window of 2 bits must contain 2"),
    (WindowParams, {"rounding": "up"}, "rounding must be one of round, trim, not 'up'"),
    (SparqPeParams, {"weight_width": 6}, "weight_width must be one of 8, 4, not 6"),
    (SparqDotParams, {"pairs": 0}, "pairs must be an integer of 1 to 64, not 0"),
    (SparqDotParams, {"weight_width": 2}, "weight_width must be one of 8, 4, not 2"),
    (SparqDotParams, {"input": "dense"}, "input must be one of encoded, raw, sparse24, not 'dense"),
    (PlainPeParams, {"activation_width": 5}, "activation_width must be one of 8, 4, 9, .* not 5"),
    (PlainPeParams, {"activation_width": 9}, "must be 8 or 4 where activations are unsigned.* 9"),
    (PlainPeParams, {"activation_width": 4, "signed": True}, "must be 8 to 12 where .* are signed"),
    (PlainPeParams, {"activation_width": 13, "signed": True}, "activation_width .*, 12, not 13"),
    (PlainPeParams, {"weight_width": 16}, "weight_width must be one of 8, 4, not 16"),
    (PlainPeParams, {"lanes": 5}, "lanes must be an integer of 1 to 4, not 5"),
    (PlainDotParams, {"activation_width": 0}, "activation_width must be one of 8, 4, not 0"),
    (PlainDotParams, {"weight_width": 5}, "weight_width must be one of 8, 4, not 5"),
    (PlainDotParams, {"products": 129}, "products must be an integer of 1 to 128, not 129"),
    (BoothRecodeParams, {"weight_width": 7}, "weight_width must be one of 8, 4, not 7"),
    (SysmtPeParams, {"threads": 3}, "threads must be one of 1, 2, 4, not 3"),
    (SysmtPeParams, {"threads": True}, "threads must be one of 1, 2, 4, not True"),
    (SysmtPeParams, {"policy": "Aw"}, "policy must be one of wA, A, A0, aW, W, W0, not 'Aw'"),
    (SysmtPeParams, {"rounding": "up"}, "rounding must be one of nearest, floor, not 'up'"),
    (SysmtPeParams, {"saturate": 2}, "saturate must be one of False, True, not 2"),
    (SysmtPeParams, {"sparsity": None}, "sparsity must be one of False, True, not None"),
    (SysmtPeParams, {"sum_width": 49}, "sum_width must be an integer of 24 to 48, not 49"),
    (SysmtArrayParams, {"rows": 0}, "rows must be an integer of 1 to 64, not 0"),
    (SysmtArrayParams, {"cols": 65}, "cols must be an integer of 1 to 64, not 65"),
    (SysmtArrayParams, {"threads": 8}, "threads must be one of 1, 2, 4, not 8"),
    (SparqArrayParams, {"cols": 3, "group": 2}, "group must divide cols: 2 does not divide 3"),
    (PlainArrayParams, {"group": 3}, "group must be one of 0, 1, 2, 4, not 3"),
    (SoftEdgeDecodeParams, {"code": "soft"}, "code must be one of paper, .* not 'soft'"),
    (SoftEdgeDecodeParams, {"form": "ones"}, "form must be one of twos-complement, .* not 'ones'"),
    (SoftEdgeEncodeParams, {"width": 33}, "width must be an integer of 4 to 32, not 33"),
    (SoftEdgeEncodeParams, {"fraction": 21}, "fraction must be an integer of 0 to 20, not 21"),
    (SoftEdgeEncodeParams, {"fraction": 5}, "width must be at least 17 .* 1580 q, .* not 16"),
    (Layout, {"segments": ((64, 0), (8, 3), (8, 2))}, r"must ascend from 0, not be \[0, 3, 2\]"),
    (Layout, {"segments": ((63, 0), (65, 1))}, "at a multiple of its step, 2 q, not at 63 q"),
    (Layout, {"segments": ((64, 0), (0, 1))}, "a segment must have at least 1 code, not 0"),
    (Layout, {"segments": ((64, 0),), "negative": 65}, "below zero must be at most 64, .* not 65"),
    (Layout, {"segments": ((64, 0), (4, 1))}, "codes must fill their bits, not be 136 in all"),
    (Layout, {"segments": ((64, 0),), "quirks": True}, r"quirks must be .* not of \(\(64, 0\),\)"),
]


@pytest.mark.parametrize("parameters, given, sentence", REFUSED)
def test_refused(parameters, given, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        parameters(**given)
    assert "\n" not in str(refusal.value)


def test_layouts_are_those_of_the_golden_codes():
    assert list(LAYOUTS) == [*Code] and list(CODES) == [str(code) for code in Code]
    for code, layout in LAYOUTS.items():
        golden = CODES[code]
        assert ((layout.segments, layout.negative or None, layout.quirks, layout.bits)
                == (golden.segments, golden.negative, golden.quirks, golden.bits))
        assert layout.largest == golden.largest


@pytest.mark.parametrize("sorter", SORTERS)
def test_every_step_can_be_cut(sorter):
    params = SortingUnitParams(n=5, sorter=sorter)
    steps = SORTERS[sorter].steps(5, params.bucket_count)
    for step in range(steps):
        assert SortingUnitParams(n=5, sorter=sorter, cuts=(step,)).cuts == (step,)
    with pytest.raises(ValueError, match="cuts"):
        SortingUnitParams(n=5, sorter=sorter, cuts=(steps,))
