"""LeNet-5 quantised to the integers of `golden.nets.lenet5`, which all link figures rest on."""

import importlib

import numpy as np

from skimp.golden.nets.layers import Layer
from skimp.golden.nets.lenet5 import LAYERS
from skimp.golden.nets.train.loop import pixels
from skimp.golden.quantize import (
    activation_step,
    quantize_activations,
    quantize_bias,
    quantize_weights,
)

__all__ = ["quantize"]

torch = importlib.import_module("torch")


def quantize(net, images):
    """Quantise the float network as `golden.quantize` says, calibrated on ``images``.

    Parameters
    ----------
    net : torch.nn.Sequential
        From `golden.nets.train.models.lenet5`.
    images : uint8 array ``(images, 28, 28)``

    Returns
    -------
    dict of str to Layer
        The layers of `LAYERS`. The code of an input pixel is the pixel itself.

    Raises
    ------
    ValueError
        If the calibration images are too dark for that: the step would not be a pixel's.
    """
    reads, x = {}, pixels(images)
    with torch.no_grad():
        for name, step in net.named_children():
            if name in LAYERS:
                reads[name] = activation_step(x.numpy())
            x = step(x)
    codes = np.arange(256)
    if not np.array_equal(quantize_activations(codes / 255, reads["conv1"]), codes):
        raise ValueError(f"The input step must keep the pixels as they are, but it is "
                         f"{reads['conv1'] * 255:.4f} pixels")

    layers, names = {}, list(LAYERS)
    for name, successor in zip(names, [*names[1:], None], strict=True):
        layer = net.get_submodule(name)
        weights = layer.weight.detach().numpy()
        if name == "fc1":                       # PyTorch flattens channels first, golden.nets last
            weights = weights.reshape(-1, 16, 5, 5).transpose(0, 2, 3, 1).reshape(LAYERS[name])
        elif weights.ndim == 4:
            weights = weights.transpose(0, 2, 3, 1)
        codes, steps = quantize_weights(weights)
        units = reads[name] * steps
        layers[name] = Layer(
            weights=codes, bias=quantize_bias(layer.bias.detach().numpy(), units),
            weight_steps=steps, input_step=reads[name],
            output_step=reads[successor] if successor else float(units.min()),
            pad=layer.padding[0] if weights.ndim == 4 else 0)
    return layers
