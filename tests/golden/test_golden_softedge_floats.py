"""Soft-edge codes and their rivals on real numbers, where the last bit decides."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from skimp.golden.softedge import (
    ABLATIONS,
    CODES,
    Ablation,
    Float,
    SoftEdge,
    Uniform,
    figures,
    percentiles,
)

F = np.float32
STEPS = (F(0.0174), F(0.05266962), F(1e-30))


def around(values):
    """Float32 numbers and both neighbours of each, of either sign."""
    values = np.asarray(values, F)
    near = np.concatenate([values, np.nextafter(values, F(0)), np.nextafter(values, F(np.inf))])
    return np.concatenate([near, -near])


def authors(u, s):
    """The published rule on one float32, each operation rounded to float32."""
    q, a, half = F(s / F(4)), abs(u), F(0.5)
    end = F(F(143) * s)
    if a <= F(F(63) * q):
        value = F(F(np.floor(F(F(a / q) + half))) * q)
    elif a <= end:
        value = F(F(np.floor(F(F(a / s) + half))) * s)
    else:
        coarse = F(F(4) * s)
        times = F(np.floor(F(F(F(a - end) / coarse) + half)))
        value = F(end + F(min(times, F(63)) * coarse))
    return -value if u < 0 else value


@pytest.mark.parametrize("s", STEPS)
def test_paper_in_the_authors_order(s):
    code = CODES["paper"]
    places = np.array([0, 1, 2, 31.5, 62.5, 63, 63.5, 64, 65.5, 66, 570, 572, 573, 580, 1572, 1580])
    u = np.concatenate([around(F(places) * (s / F(4))), around([143 * s, 63 * (s / 4), 1e-45, 0])])
    expected = np.array([authors(one, s) for one in u], F)
    found = code.quantised(u, s)
    np.testing.assert_array_equal(found.view(np.uint32), expected.view(np.uint32))
    np.testing.assert_allclose(code.decode(code.encode_float(u, s)) * float(s / 4), expected,
                               rtol=1e-6)


@pytest.mark.parametrize("code", [code for code in CODES.values() if not code.quirks], ids=str)
@pytest.mark.parametrize("s", STEPS)
def test_others_are_nearest_to_the_last_bit(code, s):
    values = np.sort(code.decode(np.arange(1 << code.bits)))
    q = Fraction(float(s)) / 4
    halves = [(low + high) * float(s) / 8 for low, high in pairwise(values)]
    u = np.concatenate([around(halves), np.random.default_rng(2).normal(size=300).astype(F) * s])
    rows = code.decode(code.encode_float(u, s))
    for one, value in zip(u, rows, strict=True):
        exact = Fraction(float(one)) / q
        place = np.searchsorted(values, float(exact))
        near = values[max(0, place - 2):place + 2]
        best = min(abs(Fraction(int(other)) - exact) for other in near)
        ties = [other for other in near if abs(Fraction(int(other)) - exact) == best]
        assert value == max(ties, key=abs)
    np.testing.assert_array_equal(code.quantised(u, s), rows.astype(F) * (s / 4))


@pytest.mark.parametrize("code", [*CODES.values(), Uniform(), Uniform(4, zero=True)], ids=str)
def test_numbers_at_the_ends(code):
    step = 0.25
    if isinstance(code, SoftEdge):
        high = code.largest * step / 4
        low = -high if code.negative is None else -code.negative * step / 4
    else:                                       # 0.2785 is one step of 0.25
        low, high = (-128 * step, 127 * step) if code.bits == 8 else (-step, 14 * step)
    assert code.reach(step)[0] < low < high < code.reach(step)[1]
    u = np.array([np.inf, -np.inf, 3e38, -3e38, 1e-45, -1e-45, 0.0, -0.0], F)
    assert code.quantised(u, step).tolist() == [high, low, high, low, 0, 0, 0, 0]
    assert code.quantised([1e300, -1e300], step).tolist() == [high, low]
    assert code.quantised(np.array([1, -1], np.int8), step).dtype == F
    for shape in ((), (0, 2), (3, 1, 2)):
        assert code.quantised(np.zeros(shape), step).shape == shape
    if isinstance(code, SoftEdge):
        assert code.encode_float(u[4:], step).tolist() == [0] * 4


@pytest.mark.parametrize("code", [CODES["paper"], CODES["signed5"], Uniform(), Float()], ids=str)
def test_refused_with_a_sentence(code):
    with pytest.raises(ValueError, match="must be numbers, not NaN"):
        code.quantised([1, np.nan], 1.0)
    with pytest.raises(TypeError, match="must be real numbers, not complex128"):
        code.quantised([1j], 1.0)
    if not isinstance(code, Float):
        for step in (0, -1.0, np.inf, np.nan, 1e-40, 1e35):
            with pytest.raises(ValueError, match="A step must be positive and finite"):
                code.quantised([1.0], step)


def test_blocks_make_no_difference():
    u = np.random.default_rng(3).normal(size=(3, 20_000)).astype(F)
    for code in (*CODES.values(), Uniform(5, zero=True)):
        one = [code.quantised(part, 0.01) for part in np.split(u.ravel(), 16)]
        np.testing.assert_array_equal(code.quantised(u, 0.01).ravel(), np.concatenate(one))


def test_uniform_by_hand():
    assert Uniform().quantised([0.5, -0.5, 1.49, 126.5, -127.5, -200], 1).tolist() == [
        1, -1, 1, 127, -128, -128]
    assert Uniform().step(254.0) == 2
    zero = Uniform(8, zero=True)
    step = zero.step(2.2715)
    assert step == pytest.approx(0.01) and zero.zero_point(step) == 28
    assert zero.quantised([-9, -0.2785, 0, 9], 0.01).tolist() == pytest.approx(
        [-0.28, -0.28, 0, 2.27])
    for bits in (1, 9):
        with pytest.raises(ValueError, match=f"2 to 8 bits, not {bits}"):
            Uniform(bits)


@pytest.mark.parametrize("code", CODES.values(), ids=str)
def test_what_a_projection_reads(code):
    """With 8 bits and more what `to_int8` gives; with fewer the step of INT8, not the code's."""
    codes = np.arange(1 << code.bits)
    step = 0.25 if code.span == 127 else 0.25 * 127 / code.span
    values = code.decode(codes).astype(F) * F(step / 4)
    read = code.projected(values, step) / 0.25
    exact = np.clip(np.sign(values) * np.floor(np.abs(values) / 0.25 + 0.5), -128, 127)
    np.testing.assert_allclose(read, exact, rtol=1e-6)
    if code.span == 127:
        np.testing.assert_array_equal(read, code.to_int8(codes))


def test_floors_let_codes_below_zero_reach():
    for code in CODES.values():
        step = code.step(1e-3)
        assert step == max(1e-3 / code.span, code.floor)
        low, _ = code.reach(step)
        assert code.negative is None or low == pytest.approx(-0.2785 - step / 8)
    assert CODES["signed8"].step(254) == 2


def test_percentiles_average_over_sequences():
    rng = np.random.default_rng(4)
    sequences = [rng.normal(size=(50, 4)) for _ in range(5)]
    for alpha in (0.9, 1):
        c = np.quantile(np.abs(sequences[0].astype(F)), alpha)
        for one in sequences[1:]:
            c += 0.01 * (np.quantile(np.abs(one.astype(F)), alpha) - c)
        assert percentiles(sequences, [0.5, alpha])[1] == pytest.approx(c, rel=1e-6)
    for wrong, sentence in (([], "needs a sequence"), ([[]], "must have numbers"),
                            ([[np.inf]], "all of them finite")):
        with pytest.raises(ValueError, match=sentence):
            percentiles(wrong, [0.9])
    for alpha in (0, 1.1):
        with pytest.raises(ValueError, match="above 0 and at most 1"):
            percentiles(sequences, [alpha])


def test_figures_by_hand():
    found = figures(CODES["signed8"], [0.0, 1.0, -2.0, 63.6, 600, -70, 800], 4.0)
    assert found.shares == pytest.approx((4 / 7, 1 / 7, 2 / 7))     # 63.6 is coded as 64
    assert found.saturated == pytest.approx(2 / 7)
    noise = 0.4**2 + 8**2 + 6**2 + 48**2
    assert found.db == pytest.approx(10 * np.log10((1 + 4 + 63.6**2 + 600**2 + 4900 + 640_000)
                                                   / noise), rel=1e-5)
    assert figures(Uniform(), [1.0, -3.0], 1.0).db == np.inf
    assert figures(Float(), [0.3], 1.0).shares == ()
    for wrong in ([], [np.inf]):
        with pytest.raises(ValueError, match="finite, and at least one"):
            figures(Uniform(), wrong, 1.0)


def test_ablations_by_hand():
    """With a step of 1: what INT8 clamps, and what it codes below 32."""
    u = np.array([0.3, -31.49, 31.5, 127.4, 127.5, -254.0, 200.0], F)
    made = {kind: Ablation(kind).quantised(u, 1).tolist() for kind in ABLATIONS}
    assert made == {
        "floats": u.tolist(), "large": [0, -31, 32, 127, 127.5, -254, 200],
        "second": [0, -31, 32, 127, 128, -254, 200],
        "fine": [0.25, -31.5, 32, 127, 127, -128, 127]}
    for kind in ABLATIONS:
        code = Ablation(kind)
        assert code.step(254.0) == 2
        assert code.projected(np.array(made[kind], F), 1).tolist() in (
            [0, -31, 32, 127, 127, -128, 127], [0, -32, 32, 127, 127, -128, 127])
    assert Ablation("second").quantised([0.3, -2.6], 1).tolist() == [0, -3]
    assert Ablation("fine").reach(2.0) == (-257, 255)
    with pytest.raises(ValueError, match="of a second INT8 must be finite"):
        Ablation("second").quantised([np.inf], 1)
