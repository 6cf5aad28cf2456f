"""The SRU in float32: the recurrence, and the network without quantisation."""

import numpy as np

__all__ = ["answers", "layers", "logits", "recurrence", "sigmoid"]


def sigmoid(x):
    """Return ``1 / (1 + exp(-x))``; far below zero it is 0, without a warning."""
    return np.float32(1) / (np.float32(1) + np.exp(np.minimum(-x, np.float32(80))))


def recurrence(network, layer, sums, skip, packing):
    """Return the output of a layer, float32 ``(frames, width)``.

    With ``c'`` the state a step before, 0 at first: ``f = sigmoid(U_f + v_f c' + b_f)``,
    ``r = sigmoid(U_r + v_r c' + b_r)``, ``c = f c' + (1 - f) U_x``, ``h = r c + (1 - r) s``, where
    the skip term ``s`` is the layer's input times `Network.skip_scale`. The backward cells read
    each sequence reversed in its own length, so both directions are one recurrence.

    Parameters
    ----------
    network : golden.sru.network.Network
    layer : str
        Its name, such as L0.
    sums : float32 ``(frames, columns)``
        Products of the layer's matrix, as `Sizes.matrices` orders them.
    skip : float32 ``(frames, width)`` or None
        What the layer read before its projection; None if the matrix has the skip term.
    packing : golden.sru.packing.Packing
    """
    width, cells = network.sizes.width, network.sizes.cells
    skip = sums[:, 3 * width:] if skip is None else network.skip_scale() * skip

    def turned(x):
        """Return ``x`` with the backward cells' sequences reversed."""
        x = x.copy()
        x[:, cells:] = x[packing.reverse, cells:]
        return x

    recurrent, bias = network.arrays[f"{layer}.recurrent"], network.arrays[f"{layer}.bias"]
    read = turned(sums[:, :width])
    gates = sums[:, width:3 * width].reshape(-1, 2, width) + bias
    gates[:, :, cells:] = gates[packing.reverse, :, cells:]
    states = np.empty_like(read)
    state = np.zeros((packing.active[0], width), np.float32)
    for places in packing.slices:
        state = state[:places.stop - places.start]
        gates[places] += recurrent * state[:, np.newaxis]
        forget = sigmoid(gates[places, 0])
        state = read[places] + forget * (state - read[places])
        states[places] = state
    # Of the reset gate only the state is recurrent, so it is made for all steps at once.
    skip = turned(skip)
    return turned(skip + sigmoid(gates[:, 1]) * (states - skip))


def layers(network, x, packing, product, begin=0):
    """Yield the output of each layer from ``begin`` on, float32 ``(frames, width)``.

    Parameters
    ----------
    network : golden.sru.network.Network
    x : float32 ``(frames, features)``
        What the first of these layers reads.
    packing : golden.sru.packing.Packing
    product : callable
        Of a matrix' name and what enters it: the float32 products.
    begin : int
    """
    for layer in range(begin, network.sizes.layers):
        read = product(f"P{layer}", x) if layer else x
        x = recurrence(network, f"L{layer}", product(f"L{layer}", read),
                       x if x.shape[1] == network.sizes.width else None, packing)
        yield x


def answers(network, x, packing, product):
    """Return the mean logits of each sequence, float32 ``(sequences, classes)``.

    ``x`` is the output of the last layer; the others are as in `layers`.
    """
    return packing.mean(product("FC", x) + network.arrays["FC.bias"])


def logits(network, frames, packing):
    """Return the logits of each sequence in float32, ``(sequences, classes)``.

    ``frames`` are float32 ``(frames, inputs)`` in the order of ``packing``.
    """
    def product(name, x):
        return x @ network.arrays[name]

    *_, last = layers(network, frames, packing, product)
    return answers(network, last, packing, product)
