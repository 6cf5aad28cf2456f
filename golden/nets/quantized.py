"""A network in 8-bit integers: the steps of its tensors, chosen by calibration images.

Every tensor that is never negative is stored as unsigned 8-bit codes, with a single step (see
`golden.quantize`): pixels, results of ReLUs, and sums and means of such. Max pooling and flattening
keep the codes they read. Others, between a matrix product and its ReLU, stay real numbers. Weights
are coded by output channel, batch norm not folded into them, so that it can be recalibrated under
frozen steps.
"""

from dataclasses import dataclass, field

import numpy as np

from skimp.golden.nets.floating import as_images, forward
from skimp.golden.nets.graph import Network
from skimp.golden.nets.ops import Product
from skimp.golden.quantize import activation_step, quantize_bias

__all__ = ["Quantized", "quantize"]

BATCH = 32      # calibration images at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Quantized:
    """A network and the steps of its 8-bit tensors."""

    network: Network
    #: Step of every tensor of codes, by the node that gives it; ``"input"`` too.
    steps: dict[str, float]
    #: The calibration images, uint8 ``(images, rows, columns, channels)``.
    images: np.ndarray
    #: Whether biases are whole units of the accumulator.
    whole_biases: bool = False
    #: What `golden.nets.engine.large_counts` has counted.
    counts: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def kept(self):
        """Names of the layers that stay in 8 bits: they read pixels, or give the classes."""
        reach = {"input": True}             # is what a node gives made without matrix products?
        first = []
        for node in self.network.nodes:
            plain = all(reach[name] for name in node.inputs)
            product = isinstance(node, Product)
            if product and plain:
                first.append(node.name)
            reach[node.name] = plain and not product
        needed = {self.network.nodes[-1].name}
        last = []
        for node in reversed(self.network.nodes):
            if node.name in needed and isinstance(node, Product):
                last.append(node.name)
            elif node.name in needed:
                needed.update(node.inputs)
        return tuple(node.name for node in self.network.gemms if node.name in first + last)

    @property
    def reduced(self):
        """The nodes of the layers that a scheme reduces, in order."""
        return tuple(node for node in self.network.gemms if node.name not in self.kept)

    def shape(self, node):
        """Return the `golden.nets.ops.Shape` of a layer's matrix product."""
        return node.shape(self.network.tensors[node.name])

    def offsets(self, node, units):
        """Return the biases of a layer whose accumulators have such units: float64 reals."""
        bias = node.arrays.get("bias")
        if bias is None:
            return np.zeros(len(units))
        return quantize_bias(bias, units) * units if self.whole_biases else bias.astype(np.float64)


def quantize(network, images, steps=None) -> Quantized:
    """Choose the steps of a network's tensors by calibration images, or use ``steps``.

    Parameters
    ----------
    network : golden.nets.graph.Network
    images : uint8 array ``(images, rows, columns, channels)``
        Typical ones, not those that accuracy is measured on.
    steps : dict of str to float, optional
        Of every tensor that is never negative, by the node that gives it, ``"input"`` too. Biases
        are then whole units of the accumulator, as hardware holds them; else real numbers.

    Raises
    ------
    TypeError, ValueError
        If images are not the network's, there is none, a tensor is zero for all of them, or the
        steps are of other tensors.
    """
    images = as_images(network, images)
    if not len(images):
        raise ValueError("Calibration needs at least one image, not none")
    coded = {name: tensor for name, tensor in network.tensors.items() if tensor.unsigned}
    if steps is None:
        return Quantized(network=network, steps=_calibrated(network, images), images=images)
    if set(steps) != set(coded):
        raise ValueError(f"Steps must be those of {', '.join(coded)}, not of {', '.join(steps)}")
    return Quantized(network=network, steps=steps, images=images, whole_biases=True)


def _calibrated(network, images):
    """Return the step of every tensor that is never negative."""
    coded = [node for node in network.nodes if network.tensors[node.name].unsigned]
    own = [node.name for node in coded if not node.keeps_codes]
    tops = {name: [] for name in own}
    for start in range(0, len(images), BATCH):
        values = forward(network, images[start:start + BATCH], double=True)
        for name in own:
            tops[name].append(values[name].reshape(len(values[name]), -1).max(axis=1))
    steps = {"input": network.input_step}
    for node in coded:
        if node.name in tops:
            top = np.concatenate(tops[node.name])[:, np.newaxis]
            if top.max() <= 0:
                raise ValueError(f"{node.name} must be above zero for some calibration image, "
                                 f"but it never is")
            # BLAS adds in an order of the machine's own; float32 does not see the difference.
            steps[node.name] = float(np.float32(activation_step(top)))
        else:
            steps[node.name] = steps[node.inputs[0]]
    return steps
