"""Fine-tuning a network with prediction on: weights learn to do without what is skipped.

As Shomron et al., "Thanks for Nothing", ECCV 2020, arXiv 1909.07636, do: SGD, the ZAPs frozen, and
their limits too; gradients pass where an activation is kept.
"""

import importlib
from contextlib import contextmanager

import numpy as np

from skimp.golden.masks import mask
from skimp.golden.nets.engine import Model
from skimp.golden.nets.limits import measure
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.train import zap
from skimp.golden.skip.choose import NEVER

__all__ = ["choose", "predicting", "state_of"]

torch = importlib.import_module("torch")

#: Names of arrays in a module.
KEYS = {"weights": "weight", "gamma": "weight", "beta": "bias", "mean": "running_mean",
        "var": "running_var"}
#: Training images that steps, ZAPs and limits are chosen on, and that answers are compared on.
CALIBRATION, ZAPS = slice(500), slice(6000, 12_000)
LIMITS, JUDGED = slice(1000, 1300), slice(1300, 1600)


def state_of(network):
    """Return the state of the module that a `golden.nets.graph.Network` was exported from.

    If no dense layer reads rows and columns, whose features have another order.
    """
    state = {}
    for node in network.nodes:
        for name, array in node.arrays.items():
            tensor = torch.from_numpy(array)
            if name == "weights" and node.op == "conv":
                tensor = tensor.movedim(-1, 1)
            elif name == "weights" and node.op == "depthwise":
                tensor = tensor[:, None]
            state[f"{node.name}.{KEYS.get(name, name)}"] = tensor
        if node.op == "batchnorm":
            state[f"{node.name}.num_batches_tracked"] = torch.tensor(0)
    return state


def choose(network, images, wanted, share, *, seed):
    """Train a network's ZAPs and choose their limits; return the steps of tensors, and the ZAPs.

    Parameters
    ----------
    network : golden.nets.graph.Network
    images : uint8 array ``(images, rows, columns)``
        Training images, 12,000 or more.
    wanted : tuple
        Mask, and bits: ``(3, (2, 4, 4))``.
    share : float
        Of all products that are to be skipped.
    seed : int
    """
    quantized = quantize(network, images[CALIBRATION])
    zaps, = zap.train(quantized, images[ZAPS], [wanted], schedule=zap.Schedule(), seed=seed)
    levels = measure(Model(quantized), zaps, images[LIMITS], images[JUDGED]).at(share)
    return quantized.steps, {
        name: levels.get(name, one.with_limits(np.full(len(one.limits), NEVER)))
        for name, one in zaps.items()}


@contextmanager
def predicting(net, steps, zaps):
    """Predict what the ReLUs of ``net`` give, by their names: `golden.zap.Predictor`."""
    hooks = [net.get_submodule(name).register_forward_hook(_Masked(one, steps[name]))
             for name, one in zaps.items()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


class _Masked:
    """The integers of `golden.zap` in float32, which holds them all."""

    def __init__(self, predictor, step):
        self.predictor, self.step = predictor, step
        self.w1, self.w2 = (torch.from_numpy(w[:, None]).float()
                            for w in (predictor.w1, predictor.w2))
        self.b1 = torch.from_numpy(predictor.b1).float()
        self.unit, self.limits = (torch.from_numpy(x).float()[:, None, None]
                                  for x in (1 << predictor.shift, predictor.limits))

    def __call__(self, module, inputs, out):
        with torch.no_grad():
            keep = self.keep((out / self.step).round().clamp(0, 255))
        return out * keep

    def keep(self, codes):
        """Return which of the codes ``(images, channels, rows, columns)`` are kept."""
        one = self.predictor
        known, unit = torch.from_numpy(mask(one.kind, *codes.shape[2:])), 1 << 8 - one.input_bits
        read = (codes / unit).ceil().clamp(max=(1 << one.input_bits) - 1) * known
        hidden = (_depthwise(read, self.w1, self.b1).clamp(min=0) / self.unit + 0.5).floor()
        hidden = hidden.clamp(max=(1 << one.hidden_bits) - 1)
        return (_depthwise(hidden, self.w2) > self.limits) | known


def _depthwise(x, weights, bias=None):
    return torch.nn.functional.conv2d(x, weights, bias, padding=1, groups=len(weights))
