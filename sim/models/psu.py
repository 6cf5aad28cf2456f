"""Sorting units, of a vector per clock and of an element per clock."""

import numpy as np

from skimp.golden.psu import order
from skimp.sim.models.base import Model
from skimp.sim.models.vectors import vectors
from skimp.sim.models.words import pack

__all__ = ["SerialSortingModel", "SortingModel"]


class SortingModel(Model):
    """Operands: ``i``, the elements of each vector, (count, n)."""

    benches = ("skimp.sim.tb_stream",)
    golden = staticmethod(order)
    handshake = True
    fed = "packets"

    def __init__(self, manifest):
        super().__init__(manifest)
        self.n, self.width = self.parameters["n"], self.parameters["width"]
        self.bits = self.n * self.width

    @classmethod
    def of(cls, params):
        return SerialSortingModel if params.sorter == "serial" else cls

    def ranked(self, x):
        """Return the golden order of vectors."""
        names = ("width", "key", "buckets", "wires", "descending")
        return order(x, ties=self.manifest["ties"], **{name: self.parameters[name]
                                                       for name in names})

    def random(self, count, rng):
        return {"i": vectors(self.n, self.width, count, rng)}

    def drawn(self, drawn):
        return {"i": drawn["i"].elements(self.width).reshape(-1, self.n)}

    def real(self, **arrays):
        return {"i": arrays["activation"]}

    def expected(self, x):
        fields = {"order": self.ranked(x["i"])}
        if self.parameters["data"]:
            fields["data"] = np.take_along_axis(x["i"], fields["order"], axis=1)
        return {"o": self.sent(fields)}

    def sent(self, fields):
        """Return the words of sorted vectors."""
        return pack(self.port("o"), **fields)


class SerialSortingModel(SortingModel):
    """As `SortingModel`; elements come and go one after the other."""

    benches = (*SortingModel.benches, "skimp.sim.tb_serial")
    fed = ""

    def __init__(self, manifest):
        super().__init__(manifest)
        self.takes = self.gives = self.n

    @property
    def room(self):
        return self.n, 2 * self.n

    def words(self, x):
        return {"i": pack(self.port("i"), payload=x["i"].reshape(-1))}

    def sent(self, fields):
        last = np.zeros_like(fields["order"])
        last[:, -1] = 1
        return pack(self.port("o"), **{name: field.reshape(-1)
                                       for name, field in (fields | {"last": last}).items()})
