"""Networks small enough for loops, with every op, seeded."""

import numpy as np

from skimp.golden.nets.network import Network, Node


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
        Node(name="conv1", op="conv", pad=1, arrays={"weights": weights(rng, 4, 3, 3, 3)}),
        Node(name="norm1", op="batchnorm", inputs=("conv1",), arrays=norm(rng, 4)),
        Node(name="relu1", op="relu", inputs=("norm1",)),
        Node(name="deep", op="depthwise", inputs=("relu1",), stride=2, pad=(0, 0, 1, 1),
             arrays={"weights": weights(rng, 4, 3, 3) + 0.1, "bias": rng.normal(size=4)}),
        Node(name="relu2", op="relu", inputs=("deep",), maximum=2.5),
        Node(name="conv2", op="conv", inputs=("relu2",), pad=(1, 0, 0, 2),
             arrays={"weights": weights(rng, 6, 2, 3, 4)}),
        Node(name="norm2", op="batchnorm", inputs=("conv2",), eps=1e-3, arrays=norm(rng, 6)),
        Node(name="pool1", op="maxpool", inputs=("relu1",), size=2),
        Node(name="short", op="conv", inputs=("pool1",),
             arrays={"weights": weights(rng, 6, 1, 1, 4), "bias": rng.normal(size=6) / 4}),
        Node(name="sum", op="add", inputs=("norm2", "short")),
        Node(name="norm3", op="batchnorm", inputs=("sum",), arrays=norm(rng, 6)),
        Node(name="relu3", op="relu", inputs=("norm3",)),
        Node(name="pool2", op="avgpool", inputs=("relu3",), size=2, stride=1),
        Node(name="flat", op="flatten", inputs=("pool2",)),
        Node(name="fc1", op="linear", inputs=("flat",),
             arrays={"weights": weights(rng, 7, 24) / 4, "bias": rng.normal(size=7) / 4}),
        Node(name="relu4", op="relu", inputs=("fc1",)),
        Node(name="fc2", op="linear", inputs=("relu4",),
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
