"""Predictions by small convolutions."""

import numpy as np

from skimp.golden.zap import STAGES, Predictor, predict, quantize, scores
from skimp.sim.models.operands import signed
from skimp.sim.models.planes import PlanesModel
from skimp.sim.models.words import pack

__all__ = ["TRAINED", "ZapModel"]

#: Fields of the two halves of a set, in their order, with their elements.
HALVES = ({"b1": 1, "shift": 1, "w1": 9}, {"b2": 1, "w2": 9})
FIELDS = {name: count for half in HALVES for name, count in half.items()}
#: Those of a trained ZAP: its threshold is chosen here.
TRAINED = tuple(name for name in FIELDS if name != "b2")
# Of filters that real planes go through.
SMOOTH = np.outer((0.5, 1, 0.5), (0.5, 1, 0.5))


class ZapModel(PlanesModel):
    """Operands: ``i``, codes of planes; ``w1``, ``b1``, ``shift``, ``w2``, ``b2``.

    These are the parameters of each lane, (count, lanes) or (count, 9 lanes).
    """

    golden = staticmethod(predict)
    second = "parameter"

    def __init__(self, manifest):
        super().__init__(manifest)
        names = ("input_bits", "weight_bits", "hidden_bits")
        self.options = {name: self.parameters[name] for name in names}
        inputs, weight, hidden = self.options.values()
        self.widths = {"b1": inputs + weight + 4, "shift": 4, "w1": weight,
                       "b2": hidden + weight + 4, "w2": weight}
        self.words_of_set = self.manifest["words"]
        # The second half comes while the plane is between the stages, which is a row and a bit
        # more; the first of the next plane when the second has been taken, a clock before the
        # plane's first pixel is at the output.
        half, between = self.words_of_set // 2, self.columns * (self.rows > 1)
        self.in_time = between > half and self.takes >= self.manifest["latency"] - 1 + half

    def random(self, count, rng):
        """Return planes with parameters of every size, the ends of their ranges among them."""
        x = {"i": self.codes(count, rng)}
        for name, elements in FIELDS.items():
            shape = count, self.lanes * elements
            if name == "shift":
                x[name] = rng.integers(0, 16, shape) >> rng.integers(0, 4, (count, 1))
                continue
            top = (1 << self.widths[name] - 1) - 1
            # Small biases: with large ones all is decided.
            most = np.maximum(top >> rng.integers(0, 6 if elements == 1 else 3, (count, 1)), 1)
            values = rng.integers(-most, most + 1, shape)
            x[name] = np.where(rng.random(shape) < 0.1, rng.choice([-top, top], shape), values)
        # In three of four planes no bias decides, but every weight has its say: hidden values use
        # their range, and the limit is in the middle of the scores.
        often = np.arange(count) % 4 > 0
        options = self.options
        usual = options["input_bits"] + options["weight_bits"] - options["hidden_bits"]
        x["b1"] = np.where(often[:, np.newaxis], x["b1"] % (1 << options["input_bits"]), x["b1"])
        x["shift"] = np.where(often[:, np.newaxis],
                              np.clip(usual + rng.integers(-1, 2, x["shift"].shape), 0, 15),
                              x["shift"])
        for number in np.flatnonzero(often):
            plane = self.planes(x)[number]
            given = scores(plane[np.newaxis], self.predictor(x, number)).reshape(-1, self.lanes)
            x["b2"][number] = -np.median(given, axis=0).astype(np.int64)
        return x

    def drawn(self, drawn):
        width, codes = self.options["weight_bits"], self.drawn_codes(drawn)
        words = drawn["parameter"].elements(width)
        words += words == 1 << width - 1                # as the unit has them encoded
        count, half = len(codes), self.words_of_set // 2
        words = words[:count * self.words_of_set].reshape(count, 2, half, self.lanes)
        bits = words[..., np.newaxis] >> np.arange(width) & 1
        bits = np.moveaxis(bits, 3, 2).reshape(count, 2, self.lanes, half * width)
        x = {"i": codes}
        for part, fields in enumerate(HALVES):
            low = half * width - sum(self.widths[name] * more for name, more in fields.items())
            for name, elements in fields.items():
                each = self.widths[name]
                field = bits[:, part, :, low:low + each * elements]
                values = field.reshape(count, -1, each) @ (1 << np.arange(each))
                x[name] = values if name == "shift" else signed(values, each)
                low += each * elements
        return x

    def real(self, **arrays):
        """Return planes with a ZAP: a trained one, the arrays of which are there, or another.

        That has two filters that smooth, not quite alike.
        """
        seen, codes = arrays["seen"], arrays["codes"]
        given = {name: arrays[name] for name in TRAINED if name in arrays}
        zap = self.skipping(self.zap(**given) if given else self.smoothing(seen), seen)
        return {"i": self.real_codes(codes),
                **{name: np.tile(getattr(zap, name).reshape(1, -1), (len(codes), 1))
                   for name in FIELDS}}

    def smoothing(self, seen):
        """Return a ZAP that nobody trained."""
        rng = np.random.default_rng(1)
        ones = np.ones(self.lanes)
        parameters = {f"{name}{stage}": ones * value for stage in STAGES for name, value in (
            ("gamma", 1), ("var", 1), ("bias", 0), ("beta", 0), ("mean", 0))}
        parameters |= {f"weight{stage}": SMOOTH + rng.normal(0, 0.3, (self.lanes, 3, 3))
                       for stage in STAGES}
        return quantize(parameters, seen, step=1.0, kind=self.kind, **self.options)

    def zap(self, **arrays):
        """Return a golden predictor of the arrays of `FIELDS`; without ``b2`` it is 0."""
        arrays = {"b2": np.zeros(self.lanes, np.int64), **arrays}
        return Predictor(kind=self.kind, unit=np.ones(self.lanes), offset=np.zeros(self.lanes),
                         **arrays, **self.options)

    def sets(self, x):
        width, half = self.options["weight_bits"], self.words_of_set // 2
        words = []
        for fields in HALVES:
            bits = [x[name].reshape(-1, self.lanes, elements)[..., np.newaxis]
                    >> np.arange(self.widths[name]) & 1 for name, elements in fields.items()]
            bits = np.concatenate([field.reshape(len(x["i"]), self.lanes, -1) for field in bits],
                                  axis=2)
            bits = np.pad(bits, ((0, 0), (0, 0), (half * width - bits.shape[2], 0)))
            values = bits.reshape(len(bits), self.lanes, half, width) @ (1 << np.arange(width))
            words.append(np.moveaxis(values, 1, 2))
        words = np.concatenate(words, axis=1)
        return pack(self.port("parameter"), payload=words.reshape(-1, self.lanes))

    def keep(self, x):
        return np.concatenate([predict(plane[np.newaxis], self.predictor(x, number))
                               for number, plane in enumerate(self.planes(x))])

    def predictor(self, x, number):
        """Return the golden predictor of a plane."""
        sizes = {name: (self.lanes, 3, 3) if elements == 9 else (self.lanes,)
                 for name, elements in FIELDS.items()}
        return self.zap(**{name: x[name][number].reshape(size) for name, size in sizes.items()})
