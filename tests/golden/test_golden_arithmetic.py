"""`golden.arithmetic`: text forms, there and back, what is wrong with others; whole networks."""

import doctest

import numpy as np
import pytest

from skimp.golden import arithmetic
from skimp.golden.arithmetic import (
    Exact,
    Mixed,
    Nbsmt,
    Sparq,
    Static,
    Threads,
    parse,
    parse_scheme,
)
from skimp.golden.arithmetic.sparq import CONFIGS, matmul


@pytest.mark.parametrize("text, scheme", [
    ("exact", Exact()),
    ("static:4", Static(4)),
    ("static:8:3", Static(8, 3)),
    ("static:8:8:pow2", Static(8, 8, True)),
    ("static:3:2:pow2", Static(3, 2, True)),
    ("static:8:8:tensor", Static(8, 8, per_tensor=True)),
    ("static:8:4:pow2:tensor", Static(8, 4, True, True)),
    ("sparq:5opt", Sparq(**CONFIGS["5opt"])),
    ("sparq:7opt:trim:single", Sparq(**CONFIGS["7opt"], rounding="trim", paired=False)),
    ("sparq:5@0.3", Sparq(5, (0, 3))),
    ("sparq:1@0.1.6.7:trim", Sparq(1, (0, 1, 6, 7), "trim")),
    ("nbsmt:2:wA", Nbsmt()),
    ("nbsmt:4:A:reorder", Nbsmt(4, "A", reordered=True)),
    ("nbsmt:1:W0:floor:saturate:dense:depthwise",
     Nbsmt(1, "W0", "floor", saturate=True, sparsity=False, depthwise=True)),
])
def test_texts_there_and_back(text, scheme):
    assert parse(text) == scheme
    assert str(scheme) == text


@pytest.mark.parametrize("text, scheme", [
    ("static:4:pow2", Static(4, 8, True)),
    ("sparq:3opt:single:trim", Sparq(**CONFIGS["3opt"], rounding="trim", paired=False)),
    ("sparq:3opt:round:pairs", Sparq(**CONFIGS["3opt"])),
    ("sparq:4@0.2.4", Sparq(**CONFIGS["3opt"])),
    ("nbsmt:2", Nbsmt()),
    ("nbsmt:4:reorder:A:nearest", Nbsmt(4, "A", reordered=True)),
])
def test_other_ways_to_say_it(text, scheme):
    assert parse(text) == scheme


@pytest.mark.parametrize("text, sentence", [
    ("", "must be exact, static:BITS, sparq:SETTING or nbsmt:THREADS, not ''"),
    ("Exact", "not 'Exact'"),
    ("exact:8", "not 'exact:8'"),
    ("static", "not 'static'"),
    ("static:0", "Static activations must have 1 to 8 bits, not 0"),
    ("static:9", "activations must have 1 to 8 bits, not 9"),
    ("static:4:1", "weights must have 2 to 8 bits, not 1"),
    ("static:four", "'static:four' must have a number where it has 'four'"),
    ("static:4:4:4", "must go on with one of pow2, tensor, not '4'"),
    ("static:4:pow2:pow2", "must say its power_of_two once, not 'pow2' too"),
    ("sparq:4opt", "SPARQ setting must be one of 5opt, .* not '4opt'"),
    ("sparq:5opt:floor", "'sparq:5opt:floor' must go on with one of round, .* not 'floor'"),
    ("sparq:5opt:trim:round", "say its rounding once, not 'round' too"),
    ("nbsmt:3", "Threads must be 1, 2 or 4, not 3"),
    ("nbsmt:", "must have a number where it has ''"),
    ("nbsmt:2,2", "must have a number where it has '2,2'"),
    ("mixed:a=exact", "must be exact, .* not 'mixed:a=exact'"),
    ("sparq:5@0.2", r"Shifts of a 5-bit window must ascend from 0 to 3, not be \[0, 2\]"),
    ("sparq:5@", "SPARQ setting must be one of 5opt, .* or WINDOW@SHIFTS .* not '5@'"),
    ("nbsmt:²", "must have a number where it has '²'"),
    ("nbsmt:2:B", "must go on with one of wA, .* not 'B'"),
    ("nbsmt:2:A:W", "must say its policy once, not 'W' too"),
])
def test_wrong_texts(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse(text)


@pytest.mark.parametrize("text, scheme", [
    ("static:8:3", Static(8, 3)),
    ("nbsmt:2,1,4:aW", Threads((Nbsmt(2, "aW"), Nbsmt(1, "aW"), Nbsmt(4, "aW")))),
    ("mixed:a=nbsmt:2:wA", Mixed((("a", Nbsmt()),))),
    ("mixed:b.conv=static:4,a=sparq:5@0.3:trim,c=exact",
     Mixed((("b.conv", Static(4)), ("a", Sparq(5, (0, 3), "trim")), ("c", Exact())))),
])
def test_schemes_there_and_back(text, scheme):
    assert parse_scheme(text) == scheme
    assert str(scheme) == text


@pytest.mark.parametrize("text, sentence", [
    ("nbsmt:2,,2", "must have a number where it has ''"),
    ("nbsmt:2,3", "Threads must be 1, 2 or 4, not 3"),
    ("mixed", "'mixed' must have LAYER=ARITHMETIC where it has ''"),
    ("mixed:", "'mixed:' must have LAYER=ARITHMETIC where it has ''"),
    ("mixed:a=exact,b", "must have LAYER=ARITHMETIC where it has 'b'"),
    ("mixed:=exact", "where it has '=exact'"),
    ("mixed:a=nbsmt:2,4", "where it has '4'"),
    ("mixed:a=", "must be exact, .* not ''"),
    ("mixed:a=mixed:b=exact", "not 'mixed:b=exact'"),
    ("mixed:a=exact,b=exact,a=static:4", "must have layer a once, not 2 times"),
])
def test_wrong_schemes(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_scheme(text)


LAYERS = {"conv": False, "deep": True, "fc": False}


@pytest.mark.parametrize("text, expected", [
    ("static:4", {"conv": "static:4", "deep": "static:4", "fc": "static:4"}),
    ("nbsmt:2", {"conv": "nbsmt:2:wA", "fc": "nbsmt:2:wA"}),
    ("nbsmt:4:A:depthwise", dict.fromkeys(LAYERS, "nbsmt:4:A:depthwise")),
    ("nbsmt:1,4,2:A", {"conv": "nbsmt:1:A", "deep": "nbsmt:4:A", "fc": "nbsmt:2:A"}),
    ("mixed:deep=nbsmt:2,conv=exact", {"deep": "nbsmt:2:wA", "conv": "exact"}),
])
def test_layers_of_a_scheme(text, expected):
    found = parse_scheme(text).over(LAYERS)
    assert {name: str(chosen) for name, chosen in found.items()} == expected


def test_layers_need_threads():
    for threads in (2, 4):
        with pytest.raises(ValueError, match=f"for the 3 reduced layers conv, .* for {threads}"):
            Threads((Nbsmt(),) * threads).over(LAYERS)


@pytest.mark.parametrize("text, threads, order", [
    ("static:4", None, None),
    ("nbsmt:2", "nbsmt:4,1:wA", "nbsmt:2:wA:reorder"),
    ("nbsmt:2,2", "nbsmt:4,1:wA", "nbsmt:2,2:wA:reorder"),
    ("mixed:a=exact", None, None),
    ("mixed:a=exact,b=nbsmt:2", None, "mixed:a=exact,b=nbsmt:2:wA:reorder"),
])
def test_threads_and_order_of_a_scheme(text, threads, order):
    scheme = parse_scheme(text)
    found = scheme.with_threads((4, 1)), scheme.with_order()
    assert tuple(one and str(one) for one in found) == (threads, order)


@pytest.mark.parametrize("text, expected", [
    ("exact", "exact"), ("static:8:8:pow2", "exact"), ("static:4:3:tensor", "static:4:3"),
    ("sparq:2opt:trim", "sparq:2opt:trim"), ("nbsmt:1:A:reorder", "exact"),
    ("nbsmt:4:A:reorder:depthwise", "nbsmt:4:A"),
])
def test_what_is_left_to_hardware(text, expected):
    assert str(parse(text).on_hardware()) == expected


def test_integers_are_multiplied_as_hardware_does():
    rng = np.random.default_rng(3)
    x, w = rng.integers(0, 256, (5, 8)), rng.integers(-128, 128, (8, 3))
    for text, expected in (("exact", x @ w), ("static:8:4", x @ w),
                           ("sparq:5@0.3:trim", matmul(x, w, window=5, shifts=(0, 3),
                                                       rounding="trim")),
                           ("nbsmt:4:A", arithmetic.nbsmt.matmul(x, w, threads=4, policy="A"))):
        np.testing.assert_array_equal(parse(text).matmul(x, w), expected)
    kept, shift = arithmetic.sparq.window(x)
    np.testing.assert_array_equal(parse("sparq:5opt:single").matmul(x, w), (kept << shift) @ w)


def test_examples_of_the_docstrings():
    assert doctest.testmod(arithmetic.text) == (0, 3)
