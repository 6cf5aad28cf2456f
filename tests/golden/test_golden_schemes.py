"""`golden.nets.schemes`: text forms, there and back, and what is wrong with others."""

import pytest

from skimp.golden.nets.schemes import Exact, Nbsmt, Sparq, Static, parse


@pytest.mark.parametrize("text, scheme", [
    ("exact", Exact()),
    ("static:4", Static(4)),
    ("static:8:3", Static(8, 3)),
    ("static:8:8:pow2", Static(8, 8, True)),
    ("static:3:2:pow2", Static(3, 2, True)),
    ("static:8:8:tensor", Static(8, 8, per_tensor=True)),
    ("static:8:4:pow2:tensor", Static(8, 4, True, True)),
    ("sparq:5opt", Sparq("5opt")),
    ("sparq:7opt:trim:single", Sparq("7opt", "trim", False)),
    ("nbsmt:2:wA", Nbsmt()),
    ("nbsmt:4:A:reorder", Nbsmt(4, "A", reordered=True)),
    ("nbsmt:1:W0:floor:saturate:dense:depthwise",
     Nbsmt(1, "W0", "floor", saturate=True, sparsity=False, depthwise=True)),
    ("nbsmt:2,1,4:aW", Nbsmt((2, 1, 4), "aW")),
])
def test_texts_there_and_back(text, scheme):
    assert parse(text) == scheme
    assert str(scheme) == text


@pytest.mark.parametrize("text, scheme", [
    ("static:4:pow2", Static(4, 8, True)),
    ("sparq:3opt:single:trim", Sparq("3opt", "trim", False)),
    ("sparq:3opt:round:pairs", Sparq("3opt")),
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
    ("nbsmt:2,,2", "must have a number where it has ''"),
    ("nbsmt:²", "must have a number where it has '²'"),
    ("nbsmt:2:B", "must go on with one of wA, .* not 'B'"),
    ("nbsmt:2:A:W", "must say its policy once, not 'W' too"),
])
def test_wrong_texts(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse(text)


def test_layers_need_threads():
    with pytest.raises(ValueError, match="for each reduced layer, not for none"):
        Nbsmt(())
