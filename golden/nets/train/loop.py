"""One training loop for every network: SGD, one cycle of the rate, half of the images mirrored.

Seeded and on one thread (a sum's order depends on their number): on one machine and PyTorch two
runs end in the same weights. Another processor or another PyTorch may round otherwise.
"""

import importlib
import sys
import time
from dataclasses import dataclass

import numpy as np

__all__ = ["Schedule", "accuracy", "fit", "kurtosis_penalty", "pixels", "prune", "round_to_half"]

torch = importlib.import_module("torch")

BATCH = 128
#: Kurtosis of a uniform distribution.
UNIFORM = 1.8


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast to train."""

    epochs: int
    #: Peak of the rate's single cycle.
    rate: float
    weight_decay: float = 5e-4
    #: Weight of `kurtosis_penalty` in the loss.
    kure: float = 0.0
    #: Channels last in memory: a quarter faster where there are many, but other roundings.
    channels_last: bool = True
    #: Draw images from the seed, so that networks with other first weights see the same images;
    #: else continue the generator that drew the weights.
    reseed: bool = True

    def __post_init__(self):
        if self.epochs < 1:
            raise ValueError(f"Training needs at least one epoch, not {self.epochs}")


def pixels(images):
    """Return uint8 images ``(images, 28, 28)`` as what a network reads: float32, divided by 255."""
    return torch.from_numpy(images[:, np.newaxis].astype(np.float32) / 255)


def _layers(net):
    """Return the convolutions, depthwise ones too, and dense layers of ``net``."""
    return [module for module in net.modules()
            if isinstance(module, torch.nn.Conv2d | torch.nn.Linear)]


def kurtosis_penalty(net):
    """Return the distance of the weights from a uniform distribution: the regulariser KURE.

    Mean over convolutions and dense layers of ``(kurtosis - 1.8)**2``, where a layer's kurtosis is
    the mean of ``((w - mean) / sigma)**4`` with the unbiased sigma. Shkolnik, Chmiel, Banner,
    Shomron et al., "Robust Quantization: One Model to Rule Them All", NeurIPS 2020.
    """
    kurtoses = [((layer.weight - layer.weight.mean()) / layer.weight.std()).pow(4).mean()
                for layer in _layers(net)]
    return (torch.stack(kurtoses) - UNIFORM).square().mean()


def prune(net, share):
    """Zero the ``share`` of smallest weights, by magnitude, of every convolution and dense layer.

    The share is that of each layer, not of the network: else nearly all pruned weights would be in
    the last stack, and the early layers, with most of the products, would stay dense.

    Returns
    -------
    dict of parameter to bool tensor
        True where a weight is kept; `fit` holds the others at zero.
    """
    masks = {}
    for layer in _layers(net):
        order = layer.weight.detach().abs().flatten().argsort(stable=True)
        mask = torch.ones(order.shape, dtype=torch.bool)
        mask[order[:round(share * len(order))]] = False
        masks[layer.weight] = mask.reshape(layer.weight.shape)
    _mask(masks)
    return masks


def _mask(masks):
    with torch.no_grad():
        for parameter, mask in masks.items():
            parameter *= mask


def _mirrored(x):
    """Mirror half of the images ``(batch, 1, rows, columns)``, drawn at random."""
    return torch.where((torch.rand(len(x)) < 0.5).reshape(-1, 1, 1, 1), x.flip(-1), x)


def fit(net, images, labels, schedule, *, seed, masks=None):
    """Train ``net`` in place.

    Parameters
    ----------
    net : torch.nn.Module
    images : uint8 array ``(images, 28, 28)``
    labels : uint8 array ``(images,)``
    schedule : Schedule
    seed : int
        Of the order of the images and their mirroring; the first weights are seeded by the caller.
    masks : dict of parameter to bool tensor, optional
        From `prune`: weights that stay zero.
    """
    if schedule.reseed:
        torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    x, y = pixels(images), torch.from_numpy(labels.astype(np.int64))
    layout = torch.channels_last if schedule.channels_last else torch.contiguous_format
    net.train().to(memory_format=layout)
    batches = -(-len(x) // BATCH)
    optimizer = torch.optim.SGD(net.parameters(), lr=schedule.rate, momentum=0.9, nesterov=True,
                                weight_decay=schedule.weight_decay)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, schedule.rate,
                                                total_steps=schedule.epochs * batches)
    began = time.monotonic()
    for epoch in range(schedule.epochs):
        losses = 0.0
        for number, chosen in enumerate(torch.randperm(len(x)).split(BATCH), 1):
            batch = _mirrored(x[chosen]).contiguous(memory_format=layout)
            loss = torch.nn.functional.cross_entropy(net(batch), y[chosen])
            losses += loss.item()
            if schedule.kure:
                loss = loss + schedule.kure * kurtosis_penalty(net)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cycle.step()
            _mask(masks or {})
            if number == batches or (number % 20 == 0 and sys.stderr.isatty()):
                print(f"\repoch {epoch + 1}/{schedule.epochs}, batch {number}/{batches}, "
                      f"loss {losses / number:.4f}, {time.monotonic() - began:.0f} s",
                      end="\n" if number == batches else "", file=sys.stderr, flush=True)
    net.eval()


def round_to_half(net):
    """Round weights, biases, and scales and offsets of batch norm to 16 bits, in place.

    Running statistics stay, as they do in files: a variance may be too small for 16 bits.
    """
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(parameter.half())


def accuracy(net, images, labels):
    """Return the share of ``images`` whose largest logit is at the label."""
    net.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(images), 500):
            classes = net(pixels(images[start:start + 500])).argmax(1).numpy()
            right += np.count_nonzero(classes == labels[start:start + 500])
    return right / len(images)
