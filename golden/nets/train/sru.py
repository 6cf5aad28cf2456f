"""The bidirectional SRU in PyTorch, with the backward pass of its recurrence by hand.

Frames are packed as `golden.sru.packing` has them, so the recurrence is a loop over steps of a few
operations, and of its backward pass only one product with a sum is left in the loop.
"""

import importlib

import numpy as np

from skimp.golden.sru.network import GATE_BIAS, Network, Sizes

__all__ = ["Tensors", "begin", "forward"]

torch = importlib.import_module("torch")


class Recurrence(torch.autograd.Function):
    """The recurrence of `golden.sru.floating.recurrence`, directions already turned.

    With ``g`` the gradient of the states: ``g_t = gC_t + J_(t+1) g_(t+1)``, where ``gC`` has what
    comes from the outputs and from the reset gate a step later, and ``J_t = dc_t / dc_(t-1)``. All
    but this sum is made for all steps at once.
    """

    @staticmethod
    def forward(ctx, read, forget, reset, skip, recurrent, packing):
        """Return the outputs ``(frames, width)``; ``recurrent`` is ``(2, width)``."""
        states, gates = torch.empty_like(read), torch.empty_like(read)
        state = read.new_zeros(packing.active[0], read.shape[1])
        for places in packing.slices:
            state = state[:places.stop - places.start]
            gate = torch.sigmoid_(torch.addcmul(forget[places], state, recurrent[0]))
            state = torch.lerp(read[places], state, gate)
            gates[places], states[places] = gate, state
        before = torch.zeros_like(states)
        before[packing.active[0]:] = states[torch.from_numpy(packing.previous)]
        opened = torch.sigmoid(reset + recurrent[1] * before)
        ctx.packing = packing
        ctx.save_for_backward(read, skip, recurrent, states, before, gates, opened)
        return torch.lerp(skip, states, opened)

    @staticmethod
    def backward(ctx, *gradients):
        """Return the gradients of the first five arguments."""
        gradient, = gradients
        read, skip, recurrent, states, before, gates, opened = ctx.saved_tensors
        packing, first = ctx.packing, ctx.packing.active[0]
        of_reset = gradient * (states - skip) * opened * (1 - opened)
        of_states = gradient * opened
        of_states[torch.from_numpy(packing.previous)] += (of_reset * recurrent[1])[first:]
        slope = (before - read) * gates * (1 - gates)
        jacobian = gates + slope * recurrent[0]
        for places, earlier in zip(packing.slices[:0:-1], packing.slices[-2::-1], strict=True):
            count = places.stop - places.start
            of_states[earlier.start:earlier.start + count].addcmul_(
                jacobian[places], of_states[places])
        of_forget = of_states * slope
        of_recurrent = torch.stack([(of_forget * before).sum(0), (of_reset * before).sum(0)])
        return (of_states * (1 - gates), of_forget, of_reset, gradient * (1 - opened),
                of_recurrent, None)


class Tensors(dict):
    """The arrays of a network as parameters of PyTorch, by their names."""

    def __init__(self, network):
        super().__init__({name: torch.nn.Parameter(torch.from_numpy(array.astype(np.float32)))
                          for name, array in network.arrays.items()})
        self.origin = network

    def network(self, metadata, *, half=False):
        """Return the network of the present values, rounded to 16 bits if ``half``."""
        kind = np.float16 if half else np.float32
        return Network(sizes=self.origin.sizes, deviation=self.origin.deviation, arrays={
            name: value.detach().numpy().astype(kind).astype(np.float32)
            for name, value in self.items()}, metadata=metadata)


def begin(deviation, sizes=None):
    """Return a network with random weights, from the generator of PyTorch."""
    sizes = sizes or Sizes()
    arrays = {}
    for name, shape in sizes.matrices.items():
        # Uniform, of variance 1 / inputs.
        arrays[name] = ((torch.rand(shape) * 2 - 1) * (3 / shape[0]) ** 0.5).numpy()
    for name, shape in sizes.vectors.items():
        arrays[name] = np.zeros(shape, np.float32)
        if name.endswith(".recurrent"):
            arrays[name] = ((torch.rand(shape) * 2 - 1) * 0.5).numpy()
        elif len(shape) == 2:
            arrays[name][1] = GATE_BIAS
    # As it is stored: what is trained with it is then what is shipped.
    deviation = deviation.astype(np.float16).astype(np.float32)
    return Network(sizes=sizes, arrays=arrays, deviation=deviation)


def forward(tensors, frames, packing, *, rounded=lambda name, x, weights: (x, weights),
            dropout=0.0):
    """Return the logits of each sequence, a tensor ``(sequences, classes)``.

    Parameters
    ----------
    tensors : Tensors
    frames : float32 tensor ``(frames, inputs)``
    packing : golden.sru.packing.Packing
    rounded : callable
        Of a matrix' name, what enters it, and its weights: both as they are multiplied.
    dropout : float
    """
    sizes, origin = tensors.origin.sizes, tensors.origin
    reverse, width = torch.from_numpy(packing.reverse), sizes.width

    def product(name, x):
        read, weights = rounded(name, x, tensors[name])
        return read @ weights

    def turned(x):
        return torch.cat([x[:, :sizes.cells], x[reverse, sizes.cells:]], 1)

    x = frames
    for layer in range(sizes.layers):
        sums = product(f"L{layer}", product(f"P{layer}", x) if layer else x)
        skip = x * float(origin.skip_scale()) if x.shape[1] == width else sums[:, 3 * width:]
        bias = tensors[f"L{layer}.bias"]
        x = turned(Recurrence.apply(
            turned(sums[:, :width]), turned(sums[:, width:2 * width] + bias[0]),
            turned(sums[:, 2 * width:3 * width] + bias[1]), turned(skip),
            tensors[f"L{layer}.recurrent"], packing))
        x = torch.nn.functional.dropout(x, dropout, training=dropout > 0)
    total = torch.zeros(packing.active[0], sizes.classes).index_add(
        0, torch.from_numpy(packing.rank), product("FC", x) + tensors["FC.bias"])
    lengths = torch.from_numpy(packing.lengths[packing.ranked])
    return (total / lengths[:, None])[torch.from_numpy(np.argsort(packing.ranked))]
