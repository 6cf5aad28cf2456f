"""The network of spoken digits in a search: its work, its losses as jobs, its beacons."""

import base64
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from math import log2
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from skimp.golden.sru.network import Network, load, save, shipped
from skimp.golden.sru.quantized import Bits
from skimp.golden.workloads.speech import Speech, speech
from skimp.jobs.job import Job
from skimp.jobs.record import Record
from skimp.search.figures import Loss
from skimp.search.networks import Searched
from skimp.search.platforms.base import Layer, Work

__all__ = ["LossJob", "Retrained", "Spoken"]

BASE = "sru"
BEACONS = ("sru_a", "sru_b", "sru_c")
Settings = tuple[Bits, ...]


@dataclass(frozen=True)
class Retrained(Job[Network]):
    """A network retrained under the settings of a candidate; it needs PyTorch."""

    settings: Settings
    seed: int = 0

    kind = "beacon"
    size = 100

    def conditions(self) -> dict[str, str]:
        """PyTorch's version, too: it decides the last bits."""
        try:
            return super().conditions() | {"torch": version("torch")}
        except PackageNotFoundError:
            return super().conditions() | {"torch": "none"}

    def run(self, needed: Mapping[Job[Any], Any]) -> Network:
        """Train for some epochs, about ten seconds."""
        training = import_module("skimp.golden.nets.train.speech")
        base = shipped(BASE)
        bits = dict(zip(base.sizes.matrices, self.settings, strict=True))
        return training.retrain(base, bits, seed=self.seed, told=lambda words: None)

    def pack(self, result: Network) -> Any:
        """Return the network's file as text."""
        with tempfile.TemporaryDirectory(prefix="skimp-") as folder:
            save(path := Path(folder, "beacon.npz"), result)
            return {"npz": base64.b64encode(path.read_bytes()).decode()}

    def unpack(self, record: dict[str, Any]) -> Network:
        """Return the network of that text."""
        with tempfile.TemporaryDirectory(prefix="skimp-") as folder:
            (path := Path(folder, "beacon.npz")).write_bytes(base64.b64decode(record["npz"]))
            return load(path)


Parameters = str | Retrained


@dataclass(frozen=True)
class LossJob(Job[Loss]):
    """The loss of a parameter set under settings, against the base in 16 bits throughout."""

    parameters: Parameters
    settings: Settings
    part: str = "search"

    kind = "loss"
    record: ClassVar[type[Record] | None] = Loss

    def conditions(self) -> dict[str, str]:
        """Those of the parameter set."""
        return (super() if isinstance(self.parameters, str) else self.parameters).conditions()

    def needs(self) -> tuple[Job[Any], ...]:
        """The retrained network."""
        return () if isinstance(self.parameters, str) else (self.parameters,)

    def run(self, needed: Mapping[Job[Any], Any]) -> Loss:
        """Run all recordings of the part."""
        retrained = None if isinstance(self.parameters, str) else needed[self.parameters]
        workload = _opened(self.parameters, self.part, retrained)
        names = list(workload.floating.sizes.matrices)
        answers = workload.run(dict(zip(names, self.settings, strict=True)))
        score = workload.score(answers, _reference(self.part))
        # Shares of a few hundred: equal losses are to be equal numbers.
        return Loss(**{name: round(100 * share, 6) for name, share in zip(
            ("value", "loss", "loss_error"), score, strict=True)})


_OPEN: OrderedDict[tuple[Parameters, str], Speech] = OrderedDict()
_LOCK = threading.Lock()
MOST = 6        # workloads that are open at a time: each keeps layer results


def _opened(parameters: Parameters, part: str, network: Network | None = None) -> Speech:
    with _LOCK:
        if (parameters, part) not in _OPEN:
            name = parameters if isinstance(parameters, str) else "retrained"
            _OPEN[parameters, part] = speech(name, part, network)
            while len(_OPEN) > MOST:
                _OPEN.popitem(last=False)
        _OPEN.move_to_end((parameters, part))
        return _OPEN[parameters, part]


@cache
def _reference(part: str) -> np.ndarray:
    workload = _opened(BASE, part)
    return workload.run(dict.fromkeys(workload.floating.sizes.matrices, Bits(16, 16)))


class Spoken(Searched):
    """The bidirectional SRU of spoken digits, as a search sees it."""

    name = BASE
    data = ("Free Spoken Digit Dataset, speakers that were not trained on: 500 recordings to "
            "search on, 500 others to test on")
    notes: ClassVar[str] = (
        "Loss in points of the error rate. Settings: bits of the weights of each matrix, then of "
        "the activations that enter it; x is 16")
    unit: ClassVar[str] = "points of the error rate"
    limit: ClassVar[float] = 8.0
    score: ClassVar[str] = "% errors"
    beacons = BEACONS

    @property
    def work(self) -> Work:
        """Its matrices."""
        sizes = shipped(BASE).sizes
        return Work({name: Layer(*shape) for name, shape in sizes.matrices.items()},
                    sizes.vector_entries)

    def loss(self, settings: Settings, parameters: Parameters,
             part: str = "search") -> LossJob:
        """Return the job of a loss, in points of the error rate."""
        return LossJob(parameters, settings, part)

    def retrained(self, settings: Settings, seed: int) -> Retrained:
        """Return the job of a new parameter set."""
        return Retrained(settings, seed)

    def trained_for(self, beacon: str) -> Settings:
        """Return the settings that a beacon that ships was retrained under."""
        return tuple(Bits(*pair) for pair in shipped(beacon).metadata["trained_for"].values())

    def distance(self, one: Settings, other: Settings) -> float:
        """Return by how many halvings the bits of all weights differ: activations do not count."""
        return sum(abs(log2(mine.weights / its.weights))
                   for mine, its in zip(one, other, strict=True))

    def short(self, settings: Settings) -> str:
        """Return the bits of all weights, then of all activations, a digit each; x is 16."""
        return " ".join("".join("x" if bits == 16 else str(bits) for bits in kind)
                        for kind in zip(*settings, strict=True))

    def check_retraining(self) -> None:
        """Raise ValueError if nothing can be retrained."""
        if find_spec("torch") is None:
            raise ValueError(f"--beacons above {len(self.beacons)}, which ship, needs PyTorch to "
                             "retrain more, and it is not installed: `pip install 'skimp[train]'` "
                             "brings it")
