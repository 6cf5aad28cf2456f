"""Networks small enough for loops, with every op, seeded."""

import numpy as np

from skimp.golden.nets.graph import Network
from skimp.golden.nets.ops import (
    Add,
    AvgPool,
    BatchNorm,
    Conv,
    Depthwise,
    Flatten,
    Linear,
    MaxPool,
    Relu,
)


def weights(rng, *shape):
    """Random weights; the first filter is zero."""
    w = rng.normal(size=shape).astype(np.float32)
    w[0] = 0
    return w


def norm(rng, channels):
    return {"gamma": rng.uniform(0.5, 1.5, channels), "beta": rng.normal(size=channels) / 4,
            "mean": rng.normal(size=channels) / 4, "var": rng.uniform(0.5, 2, channels)}


def nodes(seed=0):
    """A residual part, a depthwise layer, odd pads and strides, both poolings, two classifiers."""
    rng = np.random.default_rng(seed)
    return (
        Conv(name="conv1", pad=1, arrays={"weights": weights(rng, 4, 3, 3, 3)}),
        BatchNorm(name="norm1", inputs=("conv1",), arrays=norm(rng, 4)),
        Relu(name="relu1", inputs=("norm1",)),
        Depthwise(name="deep", inputs=("relu1",), stride=2, pad=(0, 0, 1, 1),
             arrays={"weights": weights(rng, 4, 3, 3) + 0.1, "bias": rng.normal(size=4)}),
        Relu(name="relu2", inputs=("deep",), maximum=2.5),
        Conv(name="conv2", inputs=("relu2",), pad=(1, 0, 0, 2),
             arrays={"weights": weights(rng, 6, 2, 3, 4)}),
        BatchNorm(name="norm2", inputs=("conv2",), eps=1e-3, arrays=norm(rng, 6)),
        MaxPool(name="pool1", inputs=("relu1",), size=2),
        Conv(name="short", inputs=("pool1",),
             arrays={"weights": weights(rng, 6, 1, 1, 4), "bias": rng.normal(size=6) / 4}),
        Add(name="sum", inputs=("norm2", "short")),
        BatchNorm(name="norm3", inputs=("sum",), arrays=norm(rng, 6)),
        Relu(name="relu3", inputs=("norm3",)),
        AvgPool(name="pool2", inputs=("relu3",), size=2, stride=1),
        Flatten(name="flat", inputs=("pool2",)),
        Linear(name="fc1", inputs=("flat",),
             arrays={"weights": weights(rng, 7, 24) / 4, "bias": rng.normal(size=7) / 4}),
        Relu(name="relu4", inputs=("fc1",)),
        Linear(name="fc2", inputs=("relu4",),
             arrays={"weights": weights(rng, 5, 7), "bias": rng.normal(size=5)}),
    )


def network(seed=0):
    """A network of `nodes` for images of 6 x 6 x 3 and 5 classes."""
    return Network(input_shape=(6, 6, 3), classes=5, nodes=nodes(seed), metadata={"seed": seed})


def images(count, seed=1, shape=(6, 6, 3)):
    """Random images, a third of the pixels zero."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (count, *shape), dtype=np.uint8)
    return np.where(rng.random(pixels.shape) < 1 / 3, 0, pixels).astype(np.uint8)
