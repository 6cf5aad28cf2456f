"""Where a network's activations can be predicted, and what that spares."""

from typing import NamedTuple

from skimp.golden.nets.ops import Add, BatchNorm, Product, Relu

__all__ = ["Site", "check_predictors", "sites"]


class Site(NamedTuple):
    """A ReLU whose activations can be predicted."""

    #: Layers whose products an activation that is not computed spares: one, or of an addition
    #: first the one that makes most, then a projecting shortcut.
    layers: tuple[str, ...]
    #: Products of an activation in each of them.
    k: tuple[int, ...]
    #: Rows, columns and channels.
    shape: tuple[int, int, int]


def sites(network) -> dict[str, Site]:
    """Return the ReLUs that can be predicted, by name, in order.

    Those whose activations are made by convolutions, depthwise ones among them, through batch norm
    and additions alone, and that nobody else reads. The first layer, which reads pixels, and
    linear layers are left out, as Shomron et al., arXiv 1909.07636, do.
    """
    readers = [name for node in network.nodes for name in node.inputs]
    pixels = {"input"}
    for node in network.nodes:
        if not isinstance(node, Product) and set(node.inputs) <= pixels:
            pixels.add(node.name)

    def spared(name):
        """Yield the products that make a tensor, if nobody else reads them."""
        node = network[name]
        if readers.count(name) > 1:
            return
        if isinstance(node, Product):
            yield node
        elif isinstance(node, BatchNorm | Add):
            for source in node.inputs:
                if source != "input":
                    yield from spared(source)

    found = {}
    for node in network.nodes:
        shape = network.tensors[node.name].shape
        if isinstance(node, Relu) and len(shape) == 3 and node.inputs[0] != "input":
            layers = tuple(spared(node.inputs[0]))
            layers = tuple(sorted(layers, key=lambda layer: -layer.kernel.shape[1]))
            if layers and not any(set(layer.inputs) & pixels for layer in layers):
                found[node.name] = Site(tuple(layer.name for layer in layers),
                                        tuple(layer.kernel.shape[1] for layer in layers), shape)
    return found


def check_predictors(network, predictors):
    """Refuse predictors of other layers than `sites`, or with limits for other channels."""
    known = sites(network)
    for name, predictor in predictors.items():
        if name not in known:
            raise ValueError(f"A predictor needs a ReLU behind a convolution that does not read "
                             f"pixels: {', '.join(known) or 'the network has none'}; not {name!r}")
        channels = known[name].shape[-1]
        units = -(-channels // predictor.cols)
        if len(predictor.limits) != units:
            raise ValueError(f"The predictor of {name} has {len(predictor.limits)} limits, but its "
                             f"{channels} channels need {units}")
