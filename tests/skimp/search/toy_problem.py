"""A network whose losses are known in closed form, for searches without recordings."""

from dataclasses import dataclass
from typing import Any

from skimp.golden.sru.quantized import Bits
from skimp.jobs.job import Job
from skimp.jobs.local import threads
from skimp.search.figures import Loss
from skimp.search.platforms import PLATFORMS
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
        if self.parameters != "sru":
            loss = 0.5 + loss / 4
        loss = round(loss, 6)
        return Loss(value=10 + loss, loss=loss, loss_error=0.5)


class Toy:
    name, data, notes, beacons = "toy", "none", "", ("near", "far")
    work = Work({"a": Layer(8, 8), "b": Layer(4, 8), "c": Layer(8, 2)}, 4)

    def loss(self, settings, parameters="sru", part="search"):
        return ToyLoss(parameters if isinstance(parameters, str) else "new", settings, part)

    def trained_for(self, name):
        return (Bits(2, 2),) * 3 if name == "near" else (Bits(16, 16),) * 3

    def retrained(self, settings, seed):
        return ToyLoss("new", settings, "train")

    def distance(self, one, other):
        return sum(abs(mine.weights - its.weights) for mine, its in zip(one, other, strict=True))

    def short(self, settings):
        return str(settings)


def problem(platform="bitfusion", *, loss_limit=8.0, compression=5.0, told=lambda: None):
    network: Any = Toy()
    return Problem(network, PLATFORMS[platform](network.work), loss_limit, compression,
                   threads, told)
