"""Sums of processing elements, in the parts that their registers have."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from skimp.sim.models.base import Integers
from skimp.sim.models.operands import signed
from skimp.sim.models.words import fields_of, unpack

__all__ = ["held", "parts", "settled"]


def held(loads: NDArray[np.bool_]) -> Integers:
    """Return for each clock the last one, itself included, in which a register loads.

    A register that has not loaded yet has what it gets in the first clock.
    """
    return np.maximum.accumulate(np.where(loads, np.arange(len(loads)), 0))


def parts(products: Integers, first: NDArray[np.bool_], adds: NDArray[np.bool_],
          port: Mapping[str, object]) -> dict[str, Integers]:
    """Return the fields of ``port`` behind each step: all (steps,).

    ``products`` is what each step adds. A step that neither ``adds`` nor is ``first`` leaves all as
    it is; steps before the first that is ``first`` do not count.
    """
    fields = fields_of(port)
    step_bits, above = fields["low"][1], fields["high"][1]
    taken = np.flatnonzero(adds | first)
    s, new = products[taken], first[taken]
    start = held(new)                                   # of the tile that each step is in
    total = np.cumsum(s)
    before = total - s                                  # all that was added up to the step
    # Where the low part would be if it had no end, behind the step and before it.
    begin = (1 << step_bits - 1) - before[start]
    reached, was = begin + total, begin + before
    high = np.where(new, 0, was >> step_bits)
    carry = (reached >> step_bits) - (was >> step_bits) + 1
    place = np.maximum(np.cumsum(adds | first) - 1, 0)
    found = {"low": reached % (1 << step_bits), "high": high % (1 << above), "carry": carry}
    return {name: values[place] for name, values in found.items()}


def settled(port: Mapping[str, object], words: list[int]) -> Integers:
    """Return the sums of words of ``port``, signed."""
    low, high, carry = (unpack(port, words, name) for name in ("low", "high", "carry"))
    _, step_bits = fields_of(port)["low"]
    width = step_bits + fields_of(port)["high"][1]
    return signed(low + ((high + carry - 1) << step_bits) - (1 << step_bits - 1), width)
