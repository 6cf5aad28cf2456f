"""Training of the SRU on spoken digits, and retraining under chosen bits.

Seeded and on one thread, as `golden.nets.train.loop` is. Rezk et al., "MOHAQ", arXiv 2108.01192,
retrain so: quantised weights in the forward pass, gradients copied to the float ones. Here they go
straight through activations, too, and steps are found anew at each epoch, not after each batch.
"""

import importlib
import sys
import time
from dataclasses import asdict, dataclass

import numpy as np

from skimp.golden.nets.train.sru import Tensors, begin, forward
from skimp.golden.sru.packing import Packing
from skimp.golden.sru.quantized import Bits, Quantized, step
from skimp.golden.workloads.speech import prepared, recordings

__all__ = ["BASE", "BEACON", "Schedule", "fit", "retrain", "train"]

torch = importlib.import_module("torch")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast to train."""

    epochs: int
    #: Of Adam, at first; it falls to 0 as a half cosine.
    rate: float
    batch: int = 32
    #: Share of a layer's outputs that is dropped.
    dropout: float = 0.1
    #: Noise on what enters each matrix and on its weights, against their root mean squares, about
    #: as large as what few bits do: networks that never saw it lose more in few bits.
    entering: float = 0.0
    on_weights: float = 0.0
    #: Augmentation. Deviation of noise on what the network reads; background noise, in dB against
    #: the mean of a recording, drawn from a range; a gain of what it reads, drawn around 1.
    noise: float = 0.25
    background_db: tuple[float, float] = (-35.0, -8.0)
    gain: float = 0.15
    #: Bands are read from elsewhere, by a factor around 1 and an offset, as if the vocal tract were
    #: of another length; a recording is so much longer or shorter, at most.
    factor: float = 0.12
    offset: float = 1.2
    tempo: float = 0.2

    def __post_init__(self):
        if self.epochs < 1:
            raise ValueError(f"Training needs at least one epoch, not {self.epochs}")


class _Straight(torch.autograd.Function):
    """Codes of a step in the forward pass; gradients go straight through."""

    @staticmethod
    def forward(ctx, x, bits, unit):
        half = 1 << bits - 1
        return torch.clamp(torch.round(x / unit), -half, half - 1) * unit

    @staticmethod
    def backward(ctx, *gradients):
        return gradients[0], None, None


def _disturbing(schedule):
    """Return what adds noise, of no gradient of its own."""
    def noise(x, share):
        return share * x.detach().square().mean().sqrt() * torch.randn(x.shape)

    return lambda name, x, weights: (x + noise(x, schedule.entering),
                                     weights + noise(weights, schedule.on_weights))


def _rounding(tensors, bits, frames, packing):
    """Return what rounds to ``bits``, with the steps that the present weights have."""
    now = tensors.network({})
    found = Quantized(now, frames, packing, bits)
    units = {name: step(now.arrays[name], bits[name].weights) for name in bits}

    def rounded(name, x, weights):
        return (_Straight.apply(x, bits[name].activations,
                                found.steps[name, bits[name].activations]),
                _Straight.apply(weights, bits[name].weights, units[name]))

    return rounded


def fit(network, part, schedule, *, seed, bits=None, calibration=None, told=None):
    """Return the `Tensors` of a network trained from ``network`` on.

    Parameters
    ----------
    network : golden.sru.network.Network
    part : golden.workloads.speech.Part
    schedule : Schedule
    seed : int
        Of order, noise, bands and dropout.
    bits : dict of str to golden.sru.quantized.Bits, optional
        Train under these, gradients straight through; steps are found anew at each epoch, those of
        activations on the part ``calibration``.
    told : callable, optional
        Is told the words of each epoch; by default stderr is.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False     # it takes a fifth of the time
    rng = np.random.default_rng(seed)
    tensors = Tensors(network)
    optimizer = torch.optim.Adam(tensors.values(), lr=schedule.rate)
    batches = -(-len(part.lengths) // schedule.batch)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, schedule.epochs * batches)
    begins = np.cumsum(part.lengths) - part.lengths
    settings = {"dropout": schedule.dropout}
    if schedule.entering or schedule.on_weights:
        settings["rounded"] = _disturbing(schedule)
    began = time.monotonic()
    for epoch in range(schedule.epochs):
        losses = 0.0
        if bits:
            settings["rounded"] = _rounding(tensors, bits, *prepared(network, calibration))
        for chosen in np.array_split(rng.permutation(len(part.lengths)), batches):
            places, packing = _stretched(part.lengths[chosen], schedule.tempo, rng)
            x = _augmented(part.frames[begins[chosen][packing.ranked][packing.rank] + places],
                           network.deviation, packing, schedule, rng)
            loss = torch.nn.functional.cross_entropy(
                forward(tensors, torch.from_numpy(x), packing, **settings),
                torch.from_numpy(part.digits[chosen].astype(np.int64)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cosine.step()
            losses += loss.item()
        (told or (lambda text: print(text, file=sys.stderr, flush=True)))(
            f"epoch {epoch + 1}/{schedule.epochs}, loss {losses / batches:.4f}, "
            f"{time.monotonic() - began:.0f} s")
    return tensors


def _stretched(lengths, tempo, rng):
    """Return which of its frames each place of the recordings has, at another tempo each."""
    longer = np.maximum(np.rint(lengths * rng.uniform(1 - tempo, 1 + tempo, len(lengths))), 1)
    packing = Packing(longer.astype(np.int64))
    ratio = (lengths / longer)[packing.ranked][packing.rank]
    return (packing.step * ratio).astype(np.int64), packing


def _augmented(x, deviation, packing, schedule, rng):
    """Return what the network reads of frames ``(frames, bands)`` of bytes, made different."""
    bands, count, rank = x.shape[1], packing.active[0], packing.rank

    def drawn(low, high):
        return rng.uniform(low, high, (count, 1))[rank]

    at = np.clip(np.arange(bands) * (1 + drawn(-schedule.factor, schedule.factor))
                 + drawn(-schedule.offset, schedule.offset), 0, bands - 1)
    low = np.minimum(at.astype(np.int64), bands - 2)
    share = at - low
    x = np.take_along_axis(x, low, 1) * (1 - share) + np.take_along_axis(x, low + 1, 1) * share
    # Powers add up, and those of noise are exponential; a unit is 0.5 dB.
    level = packing.mean(x).mean(axis=1)[packing.ranked][rank, np.newaxis]
    level = level + 2 * drawn(*schedule.background_db)
    x = 20 * np.log10(10 ** (x / 20) + 10 ** (level / 20) * rng.exponential(1, x.shape))
    x = (x - packing.mean(x)[packing.ranked][rank]) / deviation
    x *= drawn(1 - schedule.gain, 1 + schedule.gain)
    return (x + schedule.noise * rng.standard_normal(x.shape)).astype(np.float32)


#: Of the base network, and of those that are retrained from it.
BASE = Schedule(epochs=40, rate=3e-3, entering=0.3, on_weights=0.2)
BEACON = Schedule(epochs=4, rate=1.5e-3)


def train(schedule=BASE, *, seed=0):
    """Return a network trained from random weights on the training recordings, in 16 bits."""
    part = recordings("train")
    deviation = np.sqrt(np.square(part.centred, dtype=np.float64).mean(axis=0))
    torch.manual_seed(seed)
    tensors = fit(begin(deviation), part, schedule, seed=seed)
    return tensors.network(_metadata(schedule, seed), half=True)


def retrain(network, bits, schedule=BEACON, *, seed=0, told=None):
    """Return a network retrained from ``network`` under ``bits``, its weights in 16 bits.

    Its metadata has the bits as ``trained_for``, as `golden.workloads.speech.speech` reads them.
    """
    tensors = fit(network, recordings("train"), schedule, seed=seed, bits=bits,
                  calibration=recordings("calibration"), told=told)
    return tensors.network(_metadata(schedule, seed) | {
        "trained_for": {name: tuple(Bits(*pair)) for name, pair in bits.items()}}, half=True)


def _metadata(schedule, seed):
    return {"data": "Free Spoken Digit Dataset", "seed": seed, "schedule": asdict(schedule),
            "torch": str(torch.__version__)}
