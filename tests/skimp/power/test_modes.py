"""Modes of arrays: what is fed, and what no array can be told."""

import pytest

from skimp.catalogue.selection import select
from skimp.power.measure import feed_of


def array(name, config, **parameters):
    one, = select((name,), config, {"rows": 2, "cols": 4, **parameters})
    return one


SYSMT, SPARQ = ("sysmt-array", "2t-4x4"), ("sparq-array", "5opt-8x8")
FOUR = ("sysmt-array", "4t-4x4")


@pytest.mark.parametrize("one, mode, useful", [
    (("plain-array", "8b-8b-4x4"), "exact", 1), (SPARQ, "exact", 1 / 2), (SPARQ, "sparq", 1),
    (SPARQ, "static:4", 1), (SYSMT, "threads=1", 1 / 2), (SYSMT, "threads=2", 1),
    (SYSMT, "static:4", 1), (FOUR, "threads=1", 1 / 4), (FOUR, "threads=2", 1 / 2),
    (FOUR, "threads=4", 1), (FOUR, "static:4", 1 / 2), (FOUR, "static:4:4", 1)])
def test_arrays_compute_what_they_are_told(one, mode, useful):
    """What is fed gives the sums of the mode in the model of the unit, or it would be refused."""
    feed = feed_of(array(*one), amount=1, mode=mode)
    assert feed.useful == useful and f"mode {mode}" in feed.workload
    zeros = (feed.arrays["x"] == 0).all(axis=0).mean()
    assert zeros >= 1 - useful


def test_zeros_at_the_end_of_k_are_not_counted():
    feed = feed_of(array(*FOUR), layer="lenet5:conv2", amount=1, mode="threads=4")
    assert feed.arrays["x"].shape[1] == 152 and feed.useful == 150 / 152


def test_every_lane_of_a_plain_element_is_exact():
    assert feed_of(array("plain-array", None, lanes=2), amount=1, mode="exact").useful == 1


def test_an_array_that_skips_says_its_mode_too():
    workload = feed_of(array(*SYSMT, skip=True), amount=1, mode="threads=1").workload
    assert "mode threads=1" in workload and "rows in raster order" in workload


@pytest.mark.parametrize("one, mode, sentence", [
    (("plain-array", "8b-8b-4x4"), "static:4", "--mode of plain-array must be one of exact, not"),
    (SYSMT, "threads=4", "must be one of threads=1, threads=2, static:BITS"),
    (SYSMT, "static:9", "not 'static:9'"), (SYSMT, "sparq", "not 'sparq'"),
    (SYSMT, "static:8:3", "--mode static:8:3 is none of an array"),
    (("psu", "gray2"), "exact", "--mode is of arrays and their elements"),
])
def test_what_an_array_cannot_be_told_is_refused(one, mode, sentence):
    with pytest.raises(ValueError, match=sentence):
        feed_of(array(*one) if one[0] != "psu" else select(("psu",), "gray2")[0], mode=mode)


@pytest.mark.parametrize("config", ["6opt", "7opt"])
def test_windows_of_few_bits_are_never_exact(config):
    one, = select(("sparq-pe",), config)
    with pytest.raises(ValueError, match="elements reduce some of what it feeds"):
        feed_of(one, amount=1, mode="exact")
