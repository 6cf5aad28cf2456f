"""Inference in floating point, as the network was trained; it calibrates the integer one."""

import numpy as np

__all__ = ["as_images", "forward", "logits"]

BATCH = 32      # images at a time


def as_images(network, images):
    """Return images ``(images, rows, columns, channels)``; an axis of length 1 may be missing.

    Raises
    ------
    TypeError
        If images are not uint8.
    ValueError
        If their shape is not the network's.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(f"Images must be uint8, not {images.dtype}")
    shape = network.input_shape
    if images.ndim == 3 and shape[2] == 1:
        images = images[..., np.newaxis]
    if images.shape[1:] != shape:
        raise ValueError(f"Images must have the shape (images, {', '.join(map(str, shape))}), "
                         f"not {images.shape}")
    return images


def forward(network, images, *, double=False):
    """Return the results of all nodes by name, and ``"input"``: arrays ``(images, ...)``.

    ``images`` and errors are those of `as_images`. All results are in memory at once; they are
    float64 if ``double``, else float32.
    """
    kind = np.float64 if double else np.float32
    pixels = as_images(network, images).astype(kind)
    values = {"input": pixels * kind(network.input_step)}
    for node in network.nodes:
        values[node.name] = node.real(*(values[name] for name in node.inputs))
    return values


def logits(network, images):
    """Return the result of the last node, float32 ``(images, classes)``; see `forward`."""
    images = as_images(network, images)
    parts = [np.empty((0, network.classes), np.float32)]
    for start in range(0, len(images), BATCH):
        parts.append(forward(network, images[start:start + BATCH])[network.nodes[-1].name])
    return np.concatenate(parts)
