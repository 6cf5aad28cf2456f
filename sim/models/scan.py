"""A lane of a selective scan."""

from dataclasses import fields

import numpy as np

from skimp.golden.scan import ScanForm, selective_scan
from skimp.golden.softedge.named import CODES
from skimp.sim.models.base import Model
from skimp.sim.models.operands import signed
from skimp.sim.models.words import pack

__all__ = ["ScanModel"]


class ScanModel(Model):
    """Operands: a row a step, of all lanes.

    ``u`` codes, ``dt``, ``skip``, (count, lanes); ``first``, (count,), whether a sequence begins;
    ``decay`` as fractions of ``2**decay_bits``, (count, states x lanes); ``b``, ``c``, (count,
    states).
    """

    benches = ("skimp.sim.tb_scan",)
    golden = staticmethod(selective_scan)
    handshake = True
    inputs = ("i", "states")
    fed = "scan"

    def __init__(self, manifest):
        super().__init__(manifest)
        names = ("states", "lanes", "code")
        self.states, self.lanes, self.code = (self.parameters[name] for name in names)
        self.takes = self.states
        names = {field.name for field in fields(ScanForm)}
        given = {name: value for name, value in self.parameters.items() if name in names}
        self.form = ScanForm(u_bits=manifest["u_bits"], **given)
        self.code_bits = self.port("i")["fields"]["u"][1] // self.lanes
        self.bits = self.port("i")["width"] + self.states * self.port("states")["width"]

    @property
    def room(self):
        # States: those of the step whose sum waits, and the first of the next.
        return self.states + 1, self.states + 1

    def random(self, count, rng):
        """Return sequences of a few steps: numbers of all sizes, and some that saturate."""
        form, (states, lanes) = self.form, (self.states, self.lanes)
        most = 1 << form.factor_bits - 1
        first = rng.random(count) < 0.15
        kind = rng.integers(0, 4, count)[np.cumsum(first) % count]      # of each sequence

        def sized(low, high, *shape):
            values = rng.integers(low, high + 1, (count, *shape))
            small = np.maximum(values >> rng.integers(0, int(high).bit_length(), values.shape), low)
            ends = rng.choice([low, high], (count, *shape))
            chosen = kind.reshape(-1, *(1 for _ in shape))
            return np.where(chosen == 0, small, np.where(chosen == 1, ends, values))

        x = {"u": rng.integers(0, 1 << self.code_bits, (count, lanes)),
             "dt": sized(0, (1 << form.dt_bits) - 1, lanes),
             "skip": sized(-most, most - 1, lanes), "first": first.astype(np.int64),
             "decay": sized(1, 1 << form.decay_bits, states * lanes),
             "b": sized(-most, most - 1, states), "c": sized(-most, most - 1, states)}
        # States that grow step by step: the same large input, hardly any decay.
        grows = kind == 3
        x["decay"][grows] = (1 << form.decay_bits) - rng.integers(0, 3)
        x["u"][grows] = rng.integers(0, 1 << self.code_bits, lanes)
        x["b"][grows] = rng.integers(-most, most, states)
        return x

    def drawn(self, drawn):
        bits, form, lanes = drawn["i"].bits, self.form, self.lanes
        widths = {"u": self.code_bits, "dt": form.dt_bits, "skip": form.factor_bits}
        x, low = {"first": drawn["i"].marks.astype(np.int64)}, 0
        for name, width in widths.items():
            x[name] = drawn["i"].elements(width, low, low + width * lanes)
            low += width * lanes
        low = form.decay_bits * lanes
        x["decay"] = drawn["states"].elements(form.decay_bits, 0, low) + 1
        for name in ("b", "c"):
            x[name] = drawn["states"].elements(form.factor_bits, low, low + form.factor_bits)
            low += form.factor_bits
        for name in ("skip", "b", "c"):
            x[name] = signed(x[name], form.factor_bits)
        count = len(bits) // self.states
        return {name: values[:count] if name in ("u", "dt", "skip", "first")
                else values[:count * self.states].reshape(count, -1) for name, values in x.items()}

    def real(self, **arrays):
        """Return steps of lanes: ``u`` as values, (steps, lanes), ``decay`` (steps, lanes, states).

        The other arrays are as they are. The first step begins a sequence.
        """
        u, decay = arrays["u"], arrays["decay"]
        codes = (CODES[self.code].encode(u) if self.code in CODES
                 else u.astype(np.int64) % (1 << self.code_bits))
        return {**arrays, "u": codes, "decay": np.moveaxis(decay, 2, 1).reshape(len(u), -1),
                "first": (np.arange(len(u)) == 0).astype(np.int64)}

    def words(self, x):
        states = {"decay": x["decay"].reshape(-1, self.lanes) - 1, "b": x["b"].ravel(),
                  "c": x["c"].ravel()}
        return {"i": pack(self.port("i"), **{name: x[name] for name in (
            "u", "dt", "skip", "first")}), "states": pack(self.port("states"), **states)}

    def expected(self, x):
        return {"o": pack(self.port("o"), payload=self.sums(x))}

    def sums(self, x):
        """Return y of each step and lane; the first step begins a sequence, whatever it says."""
        u = (CODES[self.code].decode(x["u"]) if self.code in CODES
             else signed(x["u"], self.code_bits))
        decay = np.moveaxis(x["decay"].reshape(-1, self.states, self.lanes), 1, 2)
        begins = [0, *(np.flatnonzero(x["first"][1:]) + 1), len(u)]
        parts = []
        for low, high in zip(begins[:-1], begins[1:], strict=True):
            u_part, dt, skip, decays, b, c = (array[np.newaxis, low:high] for array in (
                u, x["dt"], x["skip"], decay, x["b"], x["c"]))
            y, _ = selective_scan(u_part, dt, skip, decays, b, c, self.form)
            parts.append(y[0])
        return np.concatenate(parts)
