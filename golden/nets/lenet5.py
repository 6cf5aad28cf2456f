"""LeNet-5 in 8-bit integers on Fashion-MNIST, and the traffic of its first layers.

Shape: LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998), with ReLU and
2 x 2 max pooling: conv1 6 filters 5 x 5 (pad 2), conv2 16 filters 5 x 5, dense 120, 84, 10. So a
window has 25 taps, the workload of the popcount sorting unit (Han et al., arXiv 2601.14087). The
weights are this project's (`golden.nets.train`); images and attribution: `golden.nets`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from skimp.golden.nets.layers import Layer, max_pool, windows

__all__ = ["LAYERS", "ORDERS", "LeNet5", "Packets", "load"]

#: Shape of each layer's weights; dense layers read rows, columns, channels, channels fastest.
LAYERS = {
    "conv1": (6, 5, 5, 1),
    "conv2": (16, 5, 5, 6),
    "fc1": (120, 400),
    "fc2": (84, 120),
    "fc3": (10, 84),
}

#: Packet orders: nesting within an image, outermost first. In "output-stationary" one accumulator
#: is finished before the next begins, in "filter-inner" one window visits every filter, in
#: "weight-stationary" one kernel plane visits every pixel. Pixels are row-major.
ORDERS = {
    "output-stationary": ("filter", "row", "column", "channel"),
    "filter-inner": ("row", "column", "channel", "filter"),
    "weight-stationary": ("filter", "channel", "row", "column"),
}

_AXES = ORDERS["output-stationary"]
_BATCH = 200                                 # images at a time: keeps the windows near the caches


class Packets(NamedTuple):
    """Traffic, one packet a row: element ``i`` of both arrays is one operand pair."""

    #: uint8 ``(packets, taps)``.
    activations: np.ndarray
    #: int8 ``(packets, taps)``, or None where there are no weights: pooling.
    weights: np.ndarray | None


def _checked(images):
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(f"Images must be uint8, not {images.dtype}")
    if images.shape[1:] != (28, 28):
        raise ValueError(f"Images must have the shape (images, 28, 28), not {images.shape}")
    return images


@dataclass(frozen=True, kw_only=True)
class LeNet5:
    """The quantised network: integers in, integers out.

    Images are uint8 arrays ``(images, 28, 28)``; a pixel is its own code. Other types raise a
    TypeError, other shapes a ValueError.
    """

    #: The five layers by the names of `LAYERS`.
    layers: dict[str, Layer]
    #: How the weights were made, and the accuracies measured then.
    metadata: dict

    def activations(self, images):
        """Return what every layer reads, by name, in order: a dict of uint8 arrays.

        "conv1", "pool1", "conv2", "pool2" ``(images, rows, columns, channels)``; "fc1", "fc2",
        "fc3" ``(images, inputs)``. Pooling reads requantised activations. All of it is in memory
        at once, about 9 kB an image.
        """
        reads = {"conv1": _checked(images)[..., np.newaxis]}
        reads["pool1"] = self.layers["conv1"].apply(reads["conv1"])
        reads["conv2"] = max_pool(reads["pool1"])
        reads["pool2"] = self.layers["conv2"].apply(reads["conv2"])
        reads["fc1"] = max_pool(reads["pool2"]).reshape(len(images), 400)
        reads["fc2"] = self.layers["fc1"].apply(reads["fc1"])
        reads["fc3"] = self.layers["fc2"].apply(reads["fc2"])
        return reads

    def forward(self, images):
        """Return the logits: int64 ``(images, 10)``, the class being the largest.

        The accumulators of the last layer have a unit a class; the logits are brought to the finest
        of them (``layers["fc3"].output_step``), rounded half to even.
        """
        images = _checked(images)
        logits = [np.empty((0, 10), np.int64)]
        for start in range(0, len(images), _BATCH):
            x = self.activations(images[start:start + _BATCH])["fc3"]
            acc = self.layers["fc3"].accumulate(x) * self.layers["fc3"].scale
            logits.append(np.rint(acc).astype(np.int64))
        return np.concatenate(logits)

    def accuracy(self, images, labels):
        """Return the share of ``images`` whose largest logit is at the label (the first if equal).

        Raises
        ------
        ValueError
            If there is no image, or not one label for each.
        """
        classes, labels = self.forward(images).argmax(axis=1), np.asarray(labels)
        if labels.shape != classes.shape or not len(classes):
            raise ValueError(f"Accuracy needs at least one image and a label for each, "
                             f"not {len(classes)} images and labels of shape {labels.shape}")
        return np.count_nonzero(classes == labels) / len(classes)

    def traffic_by_image(self, layer, images, *, order="output-stationary", filters=None):
        """Give the traffic of one image after the other; an iterator of `Packets`.

        Parameters, errors and the packets of an image are those of `traffic`; wrong arguments are
        refused by the call, not by the first image.
        """
        conv = {"conv1": "conv1", "pool1": "conv1", "conv2": "conv2", "pool2": "conv2"}.get(layer)
        if conv is None:
            raise ValueError(f"Traffic is that of conv1, pool1, conv2 or pool2, not of {layer!r}")
        if order not in ORDERS:
            raise ValueError(f"The packet order must be one of {', '.join(ORDERS)}, not {order!r}")
        weights, images = self.layers[conv].weights, _checked(images)
        chosen = np.arange(len(weights)) if filters is None else np.asarray(list(filters))
        if chosen.size and chosen.dtype.kind not in "iu":
            raise TypeError(f"Filters must be integers, not {chosen.dtype}")
        if chosen.size and not (0 <= chosen.min() and chosen.max() < len(weights)):
            raise ValueError(f"Filters of {layer} must be in [0, {len(weights)}), "
                             f"not [{chosen.min()}, {chosen.max()}]")
        if not chosen.size:
            raise ValueError("Traffic needs at least one filter, not an empty choice")
        axes = [_AXES.index(name) for name in ORDERS[order]] + [4]
        return (self._packets(layer, image, chosen, axes) for image in images)

    def _packets(self, layer, image, filters, axes):
        x = self.activations(image[np.newaxis])[layer]
        if layer.startswith("pool"):
            # A filter's output channel pools alone: filters are the channels, one input each.
            taps = windows(x[..., filters], 2, stride=2)[0]
            return Packets(_arrange(np.moveaxis(taps, 2, 0)[:, :, :, np.newaxis], axes), None)
        conv = self.layers[layer]
        taps = windows(x, conv.weights.shape[1], pad=conv.pad)[0]        # row, column, channel, tap
        kernels = np.moveaxis(conv.weights[filters], -1, 1)              # filter, channel, tap
        kernels = kernels.reshape(len(filters), 1, 1, taps.shape[2], taps.shape[3])
        shape = (len(filters), *taps.shape)
        return Packets(_arrange(np.broadcast_to(taps, shape), axes),
                       _arrange(np.broadcast_to(kernels, shape), axes))

    def traffic(self, layer, images, *, order="output-stationary", filters=None):
        """Return the packets that a layer's operands make on their way to the arithmetic.

        A convolution's packet is one 5 x 5 window of one input channel, taps row-major, the zeros
        of the padded border included, and the kernel plane it meets: summed over channels, the dot
        products of the packets are the accumulators less the bias. A pooling packet is one 2 x 2
        window of one channel.

        Parameters
        ----------
        layer : {"conv1", "conv2", "pool1", "pool2"}
        images : uint8 array ``(images, 28, 28)``
            Images are the outermost loop in every order.
        order : str
            A name in `ORDERS`. Pooling has one input channel for each filter of the convolution
            before it.
        filters : iterable of int, optional
            Only these filters (for pooling: channels), in this order; all of them by default.

        Returns
        -------
        Packets
            Arrays of ``images * filters * 784`` rows of 25 for conv1, ``images * filters * 600``
            of 25 for conv2, ``images * filters * 196`` and ``* 25`` of 4 for pool1 and pool2.

        Raises
        ------
        TypeError
            If images are not uint8 or filters not integers.
        ValueError
            If there is no image or filter, a filter or name does not exist, or the images' shape is
            not ``(images, 28, 28)``.
        """
        parts = list(self.traffic_by_image(layer, images, order=order, filters=filters))
        if not parts:
            raise ValueError("Traffic needs at least one image, not an empty array")
        weights = [part.weights for part in parts if part.weights is not None]
        return Packets(np.concatenate([part.activations for part in parts]),
                       np.concatenate(weights) if weights else None)


def _arrange(packets, axes):
    """Order packets ``(filter, row, column, channel, tap)`` by ``axes`` into rows of taps."""
    return packets.transpose(axes).reshape(-1, packets.shape[-1])


def load(path=None):
    """Load the network from an ``.npz`` file; the shipped one by default.

    Per layer of `LAYERS` the file holds ``conv1.weights``, ``.bias``, ``.weight_steps``,
    ``.input_step``, ``.output_step`` and ``.pad``, the members of `golden.nets.layers.Layer`; and
    ``metadata``, a JSON object as text.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If an array is missing, or weights are not int8 of the shapes of `LAYERS`.
    """
    path = Path(__file__).with_name("lenet5.npz") if path is None else Path(path)
    with np.load(path) as file:
        try:
            layers = {name: Layer(
                weights=file[f"{name}.weights"],
                bias=file[f"{name}.bias"],
                weight_steps=file[f"{name}.weight_steps"],
                input_step=float(file[f"{name}.input_step"]),
                output_step=float(file[f"{name}.output_step"]),
                pad=int(file[f"{name}.pad"]),
            ) for name in LAYERS}
            metadata = json.loads(str(file["metadata"]))
        except KeyError as error:
            raise ValueError(f"A LeNet-5 file must hold every array, "
                             f"but {path.name}: {error.args[0]}") from error
    for name, layer in layers.items():
        if layer.weights.dtype != np.int8 or layer.weights.shape != LAYERS[name]:
            raise ValueError(f"Weights of {name} must be int8 of shape {LAYERS[name]}, "
                             f"not {layer.weights.dtype} of shape {layer.weights.shape}")
    return LeNet5(layers=layers, metadata=metadata)
