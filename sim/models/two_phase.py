"""Places that are dealt out to tiles in two phases."""

import numpy as np

from skimp.golden.gather import Gathered, gather
from skimp.golden.masks import mask
from skimp.golden.skip.deal import deal
from skimp.sim.models.base import Model
from skimp.sim.models.words import pack

__all__ = ["TwoPhaseModel"]


class TwoPhaseModel(Model):
    """Operands: ``place``, ``keep`` and ``last`` of survivors, (count, 1), (count, cols), (count,).
    """

    benches = ("skimp.sim.tb_two_phase",)
    golden = staticmethod(deal)
    handshake = True

    def __init__(self, manifest):
        super().__init__(manifest)
        names = ("rows", "cols", "blocks", "kind")
        self.rows, self.cols, self.blocks, self.kind = (self.parameters[name] for name in names)
        self.shape = self.parameters["plane_rows"], self.parameters["plane_columns"]
        self.places = self.shape[0] * self.shape[1]
        self.bits = self.places * self.blocks * (1 + self.cols)

    def random(self, count, rng):
        """Return the survivors of ``count`` planes of every kind."""
        shape = count * self.blocks, self.places, self.cols
        share = rng.choice([0, 0.02, 0.3, 1], (shape[0], 1, 1))
        known = np.broadcast_to(mask(self.kind, *self.shape).ravel(), shape[:2])
        return self.survivors(gather(known, rng.random(shape) < share))

    def survivors(self, gathered):
        """Return operands of what `golden.gather` gives."""
        return {"place": gathered.place[:, np.newaxis], "keep": gathered.keep,
                "last": gathered.last.astype(np.int64)}

    def drawn(self, drawn):
        source, width = drawn["i"], self.port("i")["fields"]["place"][1]
        return {"place": source.elements(width, 0, width), "keep": source.elements(1, width),
                "last": (source.marks == 1) | (np.arange(len(source.marks))
                                               == len(source.marks) - 1)}

    def clocks(self, x):
        """Return in which clocks words are offered if nothing idles or stalls.

        A place or a word that is passed over takes a clock, and so does the end of a phase.
        """
        known, ends = mask(self.kind, *self.shape).ravel(), np.flatnonzero(x["last"]) + 1
        offers = []
        for number, kept in enumerate(np.split(x["keep"].any(axis=1), ends)):
            block = number % self.blocks
            early = min(2, self.blocks) if block == 0 else int(block + 1 < self.blocks)
            for phase in [known] * early + [kept]:
                offers += [phase, np.ones(-phase.sum() % self.rows, bool), [False]]
        return np.flatnonzero(np.concatenate(offers))

    def expected(self, x):
        dealt = deal(Gathered(x["place"][:, 0], x["keep"] == 1, x["last"] == 1), shape=self.shape,
                     rows=self.rows, blocks=self.blocks, kind=self.kind)
        return {"o": pack(self.port("o"), **dealt._asdict())}
