"""Traffic: the operands of a network's layer, in packets, on their way to the arithmetic.

A convolution's packet is one window of one input channel, taps row-major, the zeros of the padded
border included, and the kernel plane it meets: summed over channels, the dot products of the
packets are the accumulators less the bias. A depthwise convolution's filter has but its own
channel; so has pooling, which has no weights. Where a window has a single tap (a linear layer, a 1
x 1 convolution) a packet has as many channels as divide theirs, 64 at most.
"""

from typing import Any, NamedTuple

import numpy as np

from skimp.golden.checks import one_of
from skimp.golden.nets.floating import as_images
from skimp.golden.quantize import quantize_weights

__all__ = ["ORDERS", "Extent", "Packets", "extents", "join", "packets", "packets_by_image"]

#: Most elements of a packet.
LONGEST = 64

#: Packet orders: nesting within an image, outermost first. In "output-stationary" one accumulator
#: is finished before the next begins, in "filter-inner" one window visits every filter, in
#: "weight-stationary" one kernel plane visits every pixel. Pixels are row-major.
ORDERS = {
    "output-stationary": ("filter", "row", "column", "channel"),
    "filter-inner": ("row", "column", "channel", "filter"),
    "weight-stationary": ("filter", "channel", "row", "column"),
}

_AXES = ORDERS["output-stationary"]


class Packets(NamedTuple):
    """Traffic, a packet per row: element ``i`` of both arrays is an operand pair."""

    #: uint8 ``(packets, elements)``.
    activations: np.ndarray
    #: int8 ``(packets, elements)``, or None where there are no weights: pooling.
    weights: np.ndarray | None


class Extent(NamedTuple):
    """How many packets an image makes, the product of the first four, and how long they are."""

    filters: int
    rows: int
    columns: int
    channels: int
    elements: int


def _taps(node, x) -> Any:
    """Return what a layer reads: ``(images, rows, columns, channels, elements)``, or None."""
    x = node.taps(x)
    if x is None or node.by_channel or x.shape[-1] > 1:
        return x
    channels = x.shape[3]
    longest = next(n for n in range(min(channels, LONGEST), 0, -1) if channels % n == 0)
    return x.reshape(*x.shape[:3], -1, longest)


def extents(network):
    """Return the layers of a network that have packets of 2 to 64 elements: `Extent` by name."""
    found = {}
    for node in network.nodes:
        read = network.tensors[node.inputs[0]]
        cut = _taps(node, np.zeros((1, *read.shape), np.uint8))
        if cut is None or not read.unsigned:
            continue
        _, rows, columns, channels, elements = cut.shape
        if 2 <= elements <= LONGEST:
            found[node.name] = Extent(network.tensors[node.name].shape[-1], rows, columns,
                                      1 if node.by_channel else channels, elements)
    return found


def packets_by_image(model, layer, images, *, order="output-stationary", filters=None):
    """Return the traffic of image after image; an iterator of `Packets`.

    Parameters, errors and the packets of an image are those of `packets`; wrong arguments are
    refused by the call, not by the first image.
    """
    there = extents(model.network)
    if layer not in there:
        raise ValueError(f"Traffic is that of {', '.join(there)}, not of {layer!r}")
    one_of("The packet order", order, tuple(ORDERS))
    every, images = there[layer].filters, as_images(model.network, images)
    chosen = np.arange(every) if filters is None else np.asarray(list(filters))
    if chosen.size and chosen.dtype.kind not in "iu":
        raise TypeError(f"Filters must be integers, not {chosen.dtype}")
    if chosen.size and not (0 <= chosen.min() and chosen.max() < every):
        raise ValueError(f"Filters of {layer} must be in [0, {every}), "
                         f"not [{chosen.min()}, {chosen.max()}]")
    if not chosen.size:
        raise ValueError("Traffic needs at least one filter, not an empty choice")
    axes = [_AXES.index(name) for name in ORDERS[order]] + [4]
    return (_packets(model, layer, image[np.newaxis], chosen, axes) for image in images)


def _packets(model, layer, image, filters, axes):
    node, x = next((node, reads[0].codes) for node, reads, _ in model.run(image)
                   if node.name == layer)
    taps = _taps(node, x)[0]                                # row, column, channel, element
    if node.by_channel:
        taps = np.moveaxis(taps[:, :, filters], 2, 0)[:, :, :, np.newaxis]
    else:
        taps = np.broadcast_to(taps, (len(filters), *taps.shape))
    if "weights" not in node.arrays:
        return Packets(_arrange(taps, axes), None)
    codes, _ = quantize_weights(node.arrays["weights"][filters])
    if codes.ndim == 4:
        codes = np.moveaxis(codes, 3, 1)                    # channels before taps
    kernels = codes.reshape(len(filters), 1, 1, *taps.shape[3:])
    return Packets(_arrange(taps, axes), _arrange(np.broadcast_to(kernels, taps.shape), axes))


def packets(model, layer, images, *, order="output-stationary", filters=None) -> Packets:
    """Return the packets that a layer's operands make on their way to the arithmetic.

    Parameters
    ----------
    model : golden.nets.engine.Model
    layer : str
        A name in `extents`.
    images : uint8 array ``(images, rows, columns, channels)``
        Images are the outermost loop in every order.
    order : str
        A name in `ORDERS`.
    filters : iterable of int, optional
        Only these filters (for pooling: channels), in this order; all of them by default.

    Raises
    ------
    TypeError
        If images are not uint8 or filters not integers.
    ValueError
        If there is no image or filter, a filter or name does not exist, or the images are not of
        the network's shape.
    """
    parts = list(packets_by_image(model, layer, images, order=order, filters=filters))
    if not parts:
        raise ValueError("Traffic needs at least one image, not an empty array")
    return join(parts)


def join(parts):
    """Return packets one after the other, all with weights or none."""
    weights = [part.weights for part in parts if part.weights is not None]
    return Packets(np.concatenate([part.activations for part in parts]),
                   np.concatenate(weights) if weights else None)


def _arrange(packets, axes):
    """Order packets ``(filter, row, column, channel, element)`` by ``axes`` into rows."""
    return packets.transpose(axes).reshape(-1, packets.shape[-1])
