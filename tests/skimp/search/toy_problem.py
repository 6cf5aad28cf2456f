"""A network whose losses are known in closed form, for searches without recordings."""

from dataclasses import dataclass

from skimp.golden.sru.quantized import Bits
from skimp.jobs.job import Job
from skimp.jobs.local import threads
from skimp.search.figures import Loss
from skimp.search.networks import Searched
from skimp.search.platforms import BITS
from skimp.search.platforms.base import Layer, Work
from skimp.search.problem import Problem

#: Points that a matrix loses by the bits of its weights or activations.
EACH = {16: 0.0, 8: 0.2, 4: 0.8, 2: 4.0}


@dataclass(frozen=True)
class ToyLoss(Job):
    parameters: str
    settings: tuple[Bits, ...]
    part: str

    record = Loss

    def run(self, needed):
        loss = sum((place + 1) * EACH[bits.weights] + 0.5 * EACH[bits.activations]
                   for place, bits in enumerate(self.settings))
        if self.parameters != "toy":
            loss = 0.5 + loss / 4
        loss = round(loss, 6)
        return Loss(value=10 + loss, loss=loss, loss_error=0.5)


WORK = Work({"a": Layer(8, 8), "b": Layer(4, 8), "c": Layer(8, 2)}, 4)


class Toy(Searched):
    name, data, notes, beacons = "toy", "none", "", ("near", "far")
    unit, limit, score = "points", 8.0, "% errors"

    @property
    def work(self):
        return WORK

    def loss(self, settings, parameters, part="search"):
        return ToyLoss(parameters if isinstance(parameters, str) else "new", settings, part)

    def trained_for(self, beacon):
        return (Bits(2, 2),) * 3 if beacon == "near" else (Bits(16, 16),) * 3

    def retrained(self, settings, seed):
        return ToyLoss("new", settings, "train")

    def distance(self, one, other):
        return sum(abs(mine.weights - its.weights) for mine, its in zip(one, other, strict=True))

    def short(self, settings):
        return str(settings)


def problem(platform="bitfusion", *, loss_limit=8.0, compression=5.0, told=lambda: None):
    network = Toy()
    return Problem(network, BITS[platform](WORK, compression=compression), loss_limit,
                   threads, told)
