"""A unit as words at its ports, for benches, self-tests and energy runs."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from skimp.sim.models.words import pack

__all__ = ["Drawn", "Integers", "Model", "Operands"]

Integers = NDArray[np.int64]
#: Arrays by name, each with a row an item. The names are the model's own.
Operands = Mapping[str, NDArray[Any]]


class Drawn(NamedTuple):
    """Draws of a self-test for an input: bits of operands, (count, bits), and marks, (count,)."""

    bits: NDArray[np.uint8]
    marks: NDArray[np.uint8]

    def elements(self, width: int, low: int = 0, high: int | None = None) -> Integers:
        """Read bits ``low`` to ``high`` as elements of ``width`` bits, a row a word."""
        bits = self.bits[:, low:high].astype(np.int64).reshape(len(self.bits), -1, width)
        return bits @ (1 << np.arange(width, dtype=np.int64))


class Model:
    """The words that a unit takes and returns.

    ``facts`` must be in the manifest; ``bits`` are those of an item: the more, the fewer are tried.
    """

    #: Modules with the tests that run on the unit.
    benches: tuple[str, ...]
    #: The function that defines the right results.
    golden: Callable[..., Any]
    #: Streams, or ports, the lowest bits of a self-test's word first.
    inputs: tuple[str, ...] = ("i",)
    outputs: tuple[str, ...] = ("o",)
    #: Whether they are streams. If not, outputs follow inputs ``latency`` clocks later.
    handshake = False
    #: Words of an item at the input and at the output.
    takes = gives = 1
    #: Its real operands: those of a ``layer`` of a network, ``packets`` of a link, ``planes`` of
    #: a layer's output, steps of a ``scan``, or none.
    fed = ""

    def __init__(self, manifest: Mapping[str, Any]):
        self.manifest, self.parameters = manifest, manifest["parameters"]
        self.latency: int = manifest["latency"]
        self.facts: dict[str, Any] = {}
        self.bits: int = sum(self.port(name)["width"] for name in self.inputs)

    @classmethod
    def of(cls, params: Any) -> "type[Model]":
        """Return the model of a unit with these parameters: this one, or a variant."""
        return cls

    @property
    def room(self) -> tuple[int, int]:
        """The fewest and the most words that a stream takes while its output stalls."""
        return self.latency, self.latency

    def port(self, name: str) -> Mapping[str, Any]:
        """Return the record of a stream's payload, or of a port."""
        return self.manifest["ports"][f"{name}__payload" if self.handshake else name]

    def random(self, count: int, rng: Generator) -> Operands:
        """Return ``count`` random items; all, if there are not many."""
        raise NotImplementedError

    def drawn(self, drawn: Mapping[str, Drawn]) -> Operands:
        """Return the operands that a self-test has drawn for each input."""
        raise NotImplementedError

    def real(self, **arrays: Integers) -> Operands:
        """Return the operands of real arrays: see `fed`."""
        raise NotImplementedError

    def words(self, x: Operands) -> dict[str, list[int]]:
        """Return the words that go in, for each input: operands by the names of its fields."""
        ports = {name: self.port(name) for name in self.inputs}
        return {name: pack(port, **({field: x[field] for field in port["fields"]}
                                    if "fields" in port else {"payload": x[name]}))
                for name, port in ports.items()}

    def expected(self, x: Operands) -> dict[str, list[int]]:
        """Return the words that must come out, for each output."""
        raise NotImplementedError
