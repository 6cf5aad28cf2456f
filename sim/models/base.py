"""A unit in words at its ports: benches, self-tests and energy runs all use it."""

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
    """What a self-test draws for an input: bits of operands, (count, bits), and marks, (count,)."""

    bits: NDArray[np.uint8]
    marks: NDArray[np.uint8]

    def elements(self, width: int, low: int = 0, high: int | None = None) -> Integers:
        """Read bits ``low`` to ``high`` as elements of ``width`` bits, a row a word."""
        bits = self.bits[:, low:high].astype(np.int64).reshape(len(self.bits), -1, width)
        return bits @ (1 << np.arange(width, dtype=np.int64))


class Model:
    """What a unit takes and gives, word for word.

    Attributes
    ----------
    benches : tuple of str
        Modules with the tests that run on the unit.
    golden : callable
        The function that says what is right.
    inputs, outputs : tuple of str
        Streams, or ports, the lowest bits of a self-test's word first.
    handshake : bool
        Whether they are streams. If not, outputs follow inputs ``latency`` clocks later.
    takes, gives : int
        Words that an item of a stream has at the input and at the output.
    fed : str
        Real operands that it can be fed: those of a ``layer`` of a network, ``packets`` of a link,
        or none.
    facts : dict
        What the manifest must say.
    bits : int
        Bits of an item: the more, the fewer are tried.
    """

    benches: tuple[str, ...]
    golden: Callable[..., Any]
    inputs: tuple[str, ...] = ("i",)
    outputs: tuple[str, ...] = ("o",)
    handshake = False
    takes = gives = 1
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
        """Words that a stream takes while its output stalls: at least, and at most."""
        return self.latency, self.latency

    def port(self, name: str) -> Mapping[str, Any]:
        """Return the record of a stream's payload, or of a port."""
        return self.manifest["ports"][f"{name}__payload" if self.handshake else name]

    def random(self, count: int, rng: Generator) -> Operands:
        """Return ``count`` random items; if there are fewer, or few in all, every one."""
        raise NotImplementedError

    def drawn(self, drawn: Mapping[str, Drawn]) -> Operands:
        """Return the operands that a self-test has drawn for each input."""
        raise NotImplementedError

    def real(self, **arrays: Integers) -> Operands:
        """Return the operands that are made of real ones: see `fed`."""
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
