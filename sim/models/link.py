"""The link orderer: packets in, ordered flits out."""

import numpy as np

from skimp.golden.link import flits, transitions
from skimp.sim.models.psu import SortingModel
from skimp.sim.models.vectors import vectors
from skimp.sim.models.words import pack

__all__ = ["LinkModel"]


class LinkModel(SortingModel):
    """Operands: ``activation``, of pairs also ``weight``, the elements of a packet, (count, n)."""

    benches = (*SortingModel.benches, "skimp.sim.tb_link")
    golden = staticmethod(flits)

    def __init__(self, manifest):
        super().__init__(manifest)
        self.streams = tuple(self.port("i")["fields"])
        self.gives = -(-self.n // self.parameters["lanes"])

    @property
    def room(self):
        return 1, self.latency + 1

    def random(self, count, rng):
        """Return packets with corners among their keys, beside partners drawn independently."""
        keys = vectors(self.n, self.width, count, rng)
        others = rng.permutation(vectors(self.n, self.width, len(keys), rng))
        return {name: keys if name == self.parameters["by"] else others for name in self.streams}

    def drawn(self, drawn):
        return {name: drawn["i"].elements(self.width, low, low + bits)
                for name, (low, bits) in self.port("i")["fields"].items()}

    def real(self, **arrays):
        return {name: arrays[name] for name in self.streams}

    def flits(self, x):
        """Return the flits of each stream, (flits, lanes)."""
        layout = {name: self.parameters[name] for name in ("lanes", "width", "snake", "pads")}
        ranked = self.ranked(x[self.parameters["by"]])
        return {name: flits(x[name], ranked, **layout) for name in self.streams}

    def expected(self, x):
        sent = self.flits(x)
        last = np.arange(len(sent["activation"])) % self.gives == self.gives - 1
        return {"o": pack(self.port("o"), last=last, **sent)}

    def transitions(self, x):
        """Return the toggles of all wires that carry elements, from a reset on."""
        return transitions(np.hstack(list(self.flits(x).values())))
