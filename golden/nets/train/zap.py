"""Training ZAPs (`golden.zap`) on the activations of a network in 8 bits, without labels.

Shomron, Banner, Shkolnik, Weiser, "Thanks for Nothing: Predicting Zero-Valued Activations with
Lightweight CNNs", ECCV 2020, arXiv 1909.07636. The loss is theirs: the mean, over the places that
are not computed first, of ``(clamp(p, 0, 1) - t)**2``, where t is 1 where the activation is above
0. Each ZAP is trained by itself, the network untouched.

Ours, each of which skipped more at the same loss: batches of 16 images instead of 128; a rate that
falls to 0 as a cosine; predictions that begin around 1/2, for outside of 0 to 1 the clamp has no
gradient; and activations that are read in as few bits as hardware reads them (of all, this matters
most: in 2 bits it skips a quarter more than a ZAP that was trained on 8).
"""

import importlib
from dataclasses import dataclass

import numpy as np

from skimp.golden import zap
from skimp.golden.masks import mask
from skimp.golden.nets.engine import Model
from skimp.golden.nets.limits import outputs
from skimp.golden.nets.predict import sites

__all__ = ["Schedule", "fit", "train"]

torch = importlib.import_module("torch")
nn = torch.nn

#: Predictions begin with this mean and standard deviation.
BEGIN = 0.5, 0.25
#: Images over which hidden values are scaled.
SCALED = 500


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast to train a ZAP, by Adam."""

    steps: int = 2000
    batch: int = 16
    #: At the first step; it falls to 0 as a cosine.
    rate: float = 0.02

    def __post_init__(self):
        if self.steps < 1:
            raise ValueError(f"Training needs at least one step, not {self.steps}")


def fit(codes, *, step, kind, input_bits, schedule, seed):
    """Return the float parameters of a trained ZAP, as `golden.zap.forward` takes them.

    Parameters
    ----------
    codes : uint8 array ``(images, rows, columns, channels)``
        What the ReLU gives.
    step : float
        What a unit of a code is worth.
    kind : int
        The mask, of `golden.masks.KINDS`.
    input_bits : int
        Of an activation as it is read, 2 to 8.
    schedule : Schedule
    seed : int
    """
    if not 2 <= input_bits <= 8:
        raise ValueError(f"A ZAP is trained on activations of 2 to 8 bits, not {input_bits}")
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    net = _zap(codes.shape[-1])
    predicted = torch.from_numpy(~mask(kind, *codes.shape[1:3]))
    optimizer = torch.optim.Adam(net.parameters(), lr=schedule.rate)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, schedule.steps)
    for images in _batches(len(codes), schedule):
        x = codes[images]
        seen = zap.read(x, kind, input_bits) * np.float32(step * (1 << 8 - input_bits))
        p, above = net(_channels_first(seen)), _channels_first(x > 0)
        loss = ((p.clamp(0, 1) - above.float()).square() * predicted).sum() / (
            predicted.sum() * p[:, :, 0, 0].numel())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()
    return _parameters(net)


def _zap(channels):
    """Return the float network, with random weights."""
    def stage():
        return (nn.Conv2d(channels, channels, 3, padding=1, groups=channels),
                nn.BatchNorm2d(channels, eps=zap.EPS))
    net = nn.Sequential(*stage(), nn.ReLU(), *stage())
    mean, deviation = BEGIN
    nn.init.constant_(net[-1].bias, mean)
    nn.init.constant_(net[-1].weight, deviation)
    return net


def _batches(count, schedule):
    """Yield the numbers of each step's images: all of them in random order, again and again."""
    batch, left = min(count, schedule.batch), torch.empty(0, dtype=torch.int64)
    for _ in range(schedule.steps):
        if len(left) < batch:
            left = torch.cat([left, torch.randperm(count)])
        yield left[:batch].numpy()
        left = left[batch:]


def _channels_first(x):
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2), dtype=np.float32))


def _parameters(net):
    """Return the arrays of `golden.zap.ARRAYS` of both stages."""
    found = {}
    for stage, (conv, norm) in zip(zap.STAGES, (net[:2], net[3:]), strict=True):
        arrays = (conv.weight[:, 0], conv.bias, norm.weight, norm.bias, norm.running_mean,
                  norm.running_var)
        found |= {name + stage: array.detach().numpy()
                  for name, array in zip(zap.ARRAYS, arrays, strict=True)}
    return found


def train(quantized, images, wanted, *, schedule, seed, progress=None):
    """Train ZAPs of a network.

    Parameters
    ----------
    quantized : golden.nets.quantized.Quantized
    images : uint8 array ``(images, rows, columns, channels)``
        None that ZAPs are judged on.
    wanted : sequence of tuple
        Masks, each with bits of activations, weights and hidden values: ``(3, (2, 4, 4))``.
    schedule : Schedule
    seed : int
    progress : callable, optional
        ``progress(text)`` is told what has been trained.

    Returns
    -------
    list of dict of str to golden.zap.Predictor
        By ReLU, for each of those wanted; thresholds are 0.

    Raises
    ------
    ValueError
        If no ReLU of the network can be predicted.
    """
    names = list(sites(quantized.network))
    if not names:
        raise ValueError("The network has no ReLU that can be predicted: one behind a convolution "
                         "that does not read pixels")
    codes, found = outputs(Model(quantized), images, names), []
    for kind, (read, weight, hidden) in wanted:
        made = {}
        for name in names:
            floats = fit(codes[name], step=quantized.steps[name], kind=kind, input_bits=read,
                         schedule=schedule, seed=seed)
            made[name] = zap.quantize(floats, codes[name][:SCALED], step=quantized.steps[name],
                                      kind=kind, input_bits=read, weight_bits=weight,
                                      hidden_bits=hidden)
            if progress is not None:
                progress(f"mask {kind}, bits {read},{weight},{hidden}: {name}")
        found.append(made)
    return found
