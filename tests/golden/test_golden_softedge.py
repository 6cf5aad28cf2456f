"""Soft-edge codes on integers: nearest values by trying all, the paper's rule, refusals."""

from fractions import Fraction

import numpy as np
import pytest

from skimp.golden.softedge import CODES, SoftEdge

#: Values in q of codes 0, 1, ..., written out from the segments of each.
LADDERS = {
    "aligned": [*range(64), *range(64, 576, 4), *range(576, 1585, 16)],
    "short": [*range(64), *range(64, 512, 4), *range(512, 1777, 16)],
    "signed8": [*range(64), *range(64, 512, 4), *range(512, 753, 16), *range(-64, 0)],
    "signed8-fine": [*range(96), *range(96, 352, 4), *range(352, 849, 16), *range(-64, 0)],
    "signed6": [*range(16), *range(16, 128, 4), *range(128, 177, 16), *range(-16, 0)],
    "signed5": [*range(8), *range(8, 64, 4), 64, 80, *range(-8, 0)],
    "signed4": [*range(4), *range(4, 32, 4), 32, *range(-4, 0)],
}
NEAREST = sorted(LADDERS)


def ladder(name):
    """Values of all codes of ``name``, one with a sign bit as often again below zero."""
    values = LADDERS[name]
    return values if min(values) < 0 else [*values, *(-value for value in values)]


def nearest(values, x):
    """The value nearest to a fraction, of two the one further from zero."""
    return min(values, key=lambda value: (abs(value - x), -abs(value)))


def paper(x):
    """The published rule on sixteenths of q."""
    a = abs(x)
    if a <= 63 * 16:
        return (a + 8) // 16
    return (48 + (a + 32) // 64 if a <= 572 * 16
            else 192 + min((a - 572 * 16 + 128) // 256, 63))


def test_facts():
    assert {name: code.bits for name, code in CODES.items()} == {
        "paper": 9, "aligned": 9, "short": 9, "signed8": 8, "signed8-fine": 8, "signed6": 6,
        "signed5": 5, "signed4": 4}
    assert {name: code.largest / 4 for name, code in CODES.items()} == {
        "paper": 395, "aligned": 396, "short": 444, "signed8": 188, "signed8-fine": 212,
        "signed6": 44, "signed5": 20, "signed4": 8}
    assert CODES["paper"].thresholds == (0, 64, 572)
    assert CODES["paper"].constants == (0, 192, 2500)
    assert CODES["signed8-fine"].constants == (0, 4 * 72, 16 * 138)
    assert [code.span for code in CODES.values()] == [127] * 5 + [31, 15, 7]


@pytest.mark.parametrize("name", NEAREST)
def test_each_code_has_its_value_and_each_value_its_code(name):
    code, codes = CODES[name], np.arange(1 << CODES[name].bits)
    values = code.decode(codes)
    assert values.tolist() == ladder(name)
    again = code.encode(values)
    assert ((again == codes) | (values == 0)).all() and again[values == 0].max() == 0


@pytest.mark.parametrize("name", NEAREST)
def test_nearest_at_every_sixteenth_of_the_fine_step(name):
    code, values = CODES[name], sorted(set(ladder(name)))
    x = np.arange(-(code.largest + 40) * 16, (code.largest + 40) * 16)
    # Halfway between neighbours, in thirty-seconds; from there on the further from zero is taken.
    halves = np.add(values[:-1], values[1:]) * 8
    place = np.searchsorted(halves, x, "right") - np.isin(x, halves[halves < 0])
    found = code.decode(code.encode(x, 4))
    np.testing.assert_array_equal(found, np.array(values)[place])
    for one in np.random.default_rng(0).choice(x, 50):
        assert nearest(values, Fraction(int(one), 16)) == code.decode(code.encode(one, 4))


def test_the_papers_rule():
    code = CODES["paper"]
    x = np.arange(-1700 * 16, 1700 * 16)
    magnitudes = list(map(paper, x.tolist()))
    np.testing.assert_array_equal(
        code.encode(x, 4), [m + 256 * (one < 0 < m) for m, one in zip(magnitudes, x, strict=True)])
    m = np.arange(256)
    values = np.where(m < 64, m, np.where(m < 192, 4 * m - 192, 16 * m - 2500))
    np.testing.assert_array_equal(code.decode(np.arange(512)), [*values, *-values])
    assert code.decode(code.encode([63 * 16 + 1, 572 * 16 + 1], 4)).tolist() == [64, 572]
    assert code.encode([572 * 16, 572 * 16 + 1], 4).tolist() == [191, 192]


@pytest.mark.parametrize("code", CODES.values(), ids=str)
def test_bits_below_q_are_rounded_once(code):
    """More of them change nothing but where one more decides."""
    x = np.random.default_rng(1).integers(-code.largest * 17, code.largest * 17, 4000)
    for fraction, shift in ((10, 6), (32, 28)):
        np.testing.assert_array_equal(code.encode(x << shift, fraction), code.encode(x, 4))
    ties = np.array(code.decode(np.arange(code.magnitudes - 1)))
    ties = (ties + code.decode(np.arange(1, code.magnitudes))) << 31
    up, down = code.encode(ties, 32), code.encode(ties - 1, 32)
    assert (up == down + 1).sum() >= code.magnitudes - 3        # but for the paper's two quirks
    extremes = code.encode([-(1 << 62) + 1, (1 << 62) - 1], 32)
    lowest = -code.largest if code.negative is None else -code.negative
    assert code.decode(extremes).tolist() == [lowest, code.largest]


@pytest.mark.parametrize("code", CODES.values(), ids=str)
def test_a_projection_reads_the_value_rounded_again(code):
    codes = np.arange(1 << code.bits)
    expected = [max(-128, min(127, (-1 if value < 0 else 1) * ((abs(value) + 2) // 4)))
                for value in code.decode(codes).tolist()]
    found = code.to_int8(codes)
    assert found.dtype == np.int8 and found.tolist() == expected
    assert code.to_int8(code.encode(2)) == 1        # 0.49 s became 0.5 s before


@pytest.mark.parametrize(("segments", "options", "sentence"), [
    ((), {}, r"Shifts of segments must ascend from 0, not be \[\]"),
    (((64, 1), (64, 2)), {}, r"ascend from 0, not be \[1, 2\]"),
    (((64, 0), (32, 2), (32, 2)), {}, r"ascend from 0, not be \[0, 2, 2\]"),
    (((64, 0), (0, 2), (64, 4)), {}, "at least 1 code, not 0"),
    (((62, 0), (66, 2)), {}, "Segment 1 must begin at a multiple of its step, 4 q, not at 62 q"),
    (((64, 0), (128, 2), (63, 4)), {}, "fill 2 to 12 bits, not be 510 in all"),
    (((1, 0),), {}, "fill 2 to 12 bits, not be 2 in all"),
    (((4096, 0),), {}, "fill 2 to 12 bits, not be 8192 in all"),
    (((64, 0), (64, 2)), {"negative": 65}, "must be 1 to 64, which the fine .* not 65"),
    (((64, 0), (64, 2)), {"negative": 0}, "must be 1 to 64, .* not 0"),
    (((64, 0), (64, 2)), {"negative": 32}, "fill 2 to 12 bits, not be 160 in all"),
    (((1024, 0), (1024, 10)), {}, "largest value must be below 65536 q"),
    (((64, 0), (112, 2), (80, 4)), {"quirks": True}, "Quirks must be those of the segments"),
])
def test_segments_that_do_not_fit_together(segments, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        SoftEdge(segments, **options)


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda code: code.encode([1.5]), TypeError, "Activations must be integers, not float64"),
    (lambda code: code.encode(1, 33), ValueError, "Fraction must be 0 to 32 bits, not 33"),
    (lambda code: code.encode(1, -1), ValueError, "Fraction must be 0 to 32 bits, not -1"),
    (lambda code: code.encode(1, 0.5), ValueError, "Fraction must be 0 to 32 bits, not 0.5"),
    (lambda code: code.encode([1 << 62]), ValueError, r"below 2\*\*62 in magnitude"),
    (lambda code: code.decode([0.0]), TypeError, "Codes must be integers"),
    (lambda code: code.decode([256]), ValueError, r"Codes must be in \[0, 256\), not \[256, 256\]"),
    (lambda code: code.to_int8([-1]), ValueError, r"Codes must be in \[0, 256\)"),
    (lambda code: code.check_reach(0.0174), ValueError, "at least 0.017406, so that 64 codes"),
])
def test_refused_with_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(CODES["signed8"])


def test_shapes():
    code = CODES["signed6"]
    for shape in ((), (0, 3), (2, 3, 4)):
        assert code.decode(code.encode(np.ones(shape, np.int8))).shape == shape
    code.check_reach(code.floor)
    CODES["paper"].check_reach(1e-9)
