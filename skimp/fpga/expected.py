"""What the golden model says to the operands of a self-test: one function for each kind of unit.

A unit's bench knows its ports, so it is the bench's name that says of which kind a unit is.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skimp.golden.arithmetic.sparq import effective, encode, pair, window
from skimp.golden.link import flits
from skimp.golden.psu import keys, order
from skimp.golden.selftest import operands
from skimp.sim.named import function_named
from skimp.sim.operands import activation_codes, signed, weight_codes, words
from skimp.sim.streams import pack

__all__ = ["KINDS", "Drawn", "Kind"]

Integers = NDArray[np.int64]


class Drawn(NamedTuple):
    """The words of one input: its operands' bits, (count, bits), and marks, (count,)."""

    bits: NDArray[np.uint8]
    marks: NDArray[np.uint8]

    @classmethod
    def of(cls, seeds: tuple[int, ...], count: int, drawn: int) -> "Drawn":
        """Draw ``count`` words of ``drawn`` bits."""
        return cls(*operands(seeds, count, drawn=drawn))

    def elements(self, width: int, low: int = 0, high: int | None = None) -> Integers:
        """Read bits ``low`` to ``high`` as elements of ``width`` bits, a row a word."""
        bits = self.bits[:, low:high].astype(np.int64).reshape(len(self.bits), -1, width)
        return bits @ (1 << np.arange(width, dtype=np.int64))


class Kind(NamedTuple):
    """A kind of unit.

    Attributes
    ----------
    expected : callable
        Gives the words that come out: takes the unit's manifest and what was drawn for each input.
    group : callable
        Gives the number of words that belong together, from the unit's parameters.
    streams : bool
        Whether words are handed over; else one comes out in each clock.
    """

    expected: Callable[[Mapping[str, Any], Mapping[str, Drawn]], list[int]]
    group: Callable[[Any], int] = lambda params: 1
    streams: bool = True


def _key(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the keywords of `golden.psu.order` among parameters."""
    return {name: parameters[name] for name in ("width", "key", "buckets", "wires", "descending")}


def _options(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the window and shifts among parameters, if there are any."""
    return {name: parameters[name] for name in ("window", "shifts") if name in parameters}


def _popcount(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    # Of 64 bits, which a key cannot have, 32 at a time.
    bits = np.pad(drawn["i"].bits, [(0, 0), (0, 64 - drawn["i"].bits.shape[1])])
    return keys(Drawn(bits, bits[0]).elements(32), width=32).sum(axis=1).tolist()


def _window(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    parameters = manifest["parameters"]
    kept, shift = window(drawn["i"].elements(8)[:, 0], **parameters)
    return pack(manifest["ports"]["o"], kept=kept,
                code=np.searchsorted(parameters["shifts"], shift))


def _pair(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    lanes = pair(*drawn["i"].elements(8).T, **manifest["parameters"])
    return encode(lanes, **_options(manifest["parameters"])).tolist()


def _booth(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    width = manifest["parameters"]["weight_width"]
    weights = signed(drawn["i"].elements(width), width)
    return weight_codes(weights, width=width, encoding="booth")[0][:, 0].tolist()


def _sorted(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    parameters, port = manifest["parameters"], manifest["ports"]["o__payload"]
    x = drawn["i"].elements(parameters["width"]).reshape(-1, parameters["n"])
    ranked = order(x, ties=manifest["ties"], **_key(parameters))
    fields = {"order": ranked}
    if parameters["data"]:
        fields["data"] = np.take_along_axis(x, ranked, axis=1)
    if parameters["sorter"] == "serial":
        last = np.arange(x.size) % parameters["n"] == parameters["n"] - 1
        fields = {name: field.reshape(-1) for name, field in fields.items()} | {"last": last}
    return pack(port, **fields)


def _link(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    parameters, ports = manifest["parameters"], manifest["ports"]
    width, count = parameters["width"], -(-parameters["n"] // parameters["lanes"])
    x = {name: drawn["i"].elements(width, low, low + bits)
         for name, (low, bits) in ports["i__payload"]["fields"].items()}
    ranked = order(x[parameters["by"]], ties=manifest["ties"], **_key(parameters))
    layout = {name: parameters[name] for name in ("lanes", "width", "snake", "pads")}
    sent = {name: flits(elements, ranked, **layout) for name, elements in x.items()}
    last = np.arange(len(ranked) * count) % count == count - 1
    return pack(ports["o__payload"], last=last, **sent)


def _multiplied(manifest: Mapping[str, Any], a: Integers, w: Integers) -> Integers:
    """Give the dot products of rows of activations and weights."""
    options = _options(manifest["parameters"])
    if options:
        a = effective(a, **options, rounding=manifest["parameters"]["rounding"])
    return (a * w).sum(axis=1)


def _dot(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    parameters, i = manifest["parameters"], drawn["i"]
    width, count = parameters["weight_width"], manifest["macs"]
    sparse = parameters.get("input") == "sparse24"
    above = count * parameters.get("activation_width", 8) * (1 + sparse)
    a = i.elements(parameters.get("activation_width", 8), 0, above)
    w = signed(i.elements(width, above, above + count * width), width)
    if sparse:
        # Each of two slots of a group of four takes the activation that its index names.
        index = i.elements(2, above + count * width)
        a = np.take_along_axis(a.reshape(-1, 4), index.reshape(-1, 2), axis=1).reshape(w.shape)
        a = np.where(w == 0, 0, a)
    port = manifest["ports"]["o__payload"]
    return pack(port, sum=_multiplied(manifest, a, w) % (1 << port["width"]))


def _element(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    parameters, ports, latency = manifest["parameters"], manifest["ports"], manifest["latency"]
    a_width, w_width = parameters.get("activation_width", 8), parameters["weight_width"]
    a = drawn["activation"].elements(a_width)
    w = signed(drawn["weight"].elements(w_width), w_width)
    first = drawn["first"].marks.astype(bool)
    first[0] = True
    total = np.cumsum(_multiplied(manifest, a, w) + manifest["bias"])
    before = np.concatenate([[0], total[:-1]])
    starts = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    sums = (total - before[starts]) % (1 << ports["sum"]["width"])
    codes = (activation_codes(a, config=_options(parameters), width=a_width,
                              rounding=parameters.get("rounding", "round")),
             weight_codes(w, width=w_width, encoding=manifest["weight_encoding"]))
    passed_on = [words(ports[name], *code)
                 for name, code in zip(("activation", "weight"), codes, strict=True)]
    passed_on.append(first.astype(int).tolist())
    # Operands are passed on a clock later, sums come after the latency.
    together = zip(*(column[latency - 1:] for column in passed_on), sums.tolist(), strict=False)
    shifts = np.cumsum([0, *(ports[f"{name}_next"]["width"]
                             for name in ("activation", "weight", "first"))]).tolist()
    return [sum(value << shift for value, shift in zip(word, shifts, strict=True))
            for word in together]


def _array(manifest: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[int]:
    parameters, port = manifest["parameters"], manifest["ports"]["sum__payload"]
    rows, cols = parameters["rows"], parameters["cols"]
    multiply = function_named(manifest["golden"])
    keywords = {key: value for key, value in parameters.items()
                if key in inspect.signature(multiply).parameters}
    x = drawn["activation"].elements(parameters.get("activation_width", 8))
    width = parameters.get("weight_width", 8)
    w = signed(drawn["weight"].elements(width), width)
    parts = manifest.get("step_operands") == "parts"

    def side(steps: Integers, places: int) -> Integers:
        """Give what steps hold for each row or column of the array, along the inner dimension."""
        axes = (1, 2, 0) if parts else (1, 0, 2)
        return steps.reshape(len(steps), places, -1).transpose(axes).reshape(places, -1)

    last = drawn["activation"].marks.astype(bool)
    last[-1] = True
    sums, start = [], 0
    for end in (np.flatnonzero(last) + 1).tolist():
        sums.append(multiply(side(x[start:end], rows), side(w[start:end], cols).T, **keywords))
        start = end
    data = np.concatenate(sums) % (1 << port["fields"]["data"][1] // cols)
    return pack(port, data=data, last=np.arange(len(data)) % rows == rows - 1)


KINDS = {
    "skimp.sim.tb_popcount": Kind(_popcount, streams=False),
    "skimp.sim.tb_window_select": Kind(_window, streams=False),
    "skimp.sim.tb_pair_select": Kind(_pair, streams=False),
    "skimp.sim.tb_booth_recode": Kind(_booth, streams=False),
    "skimp.sim.tb_pe": Kind(_element, streams=False),
    "skimp.sim.tb_psu": Kind(_sorted),
    "skimp.sim.tb_psu_serial": Kind(_sorted, group=lambda params: params.n),
    "skimp.sim.tb_link_orderer": Kind(_link),
    "skimp.sim.tb_dot": Kind(_dot),
    "skimp.sim.tb_array": Kind(_array),
}
