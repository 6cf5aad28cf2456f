"""Networks that are shown images of Fashion-MNIST."""

from functools import cache

from skimp.golden.nets import fashion_mnist, network
from skimp.golden.nets.engine import Model
from skimp.golden.nets.quantized import quantize

__all__ = ["in_hardware"]


@cache
def in_hardware(name):
    """Return a shipped network in exact 8 bits, as its traffic is measured.

    Its steps are those that its file notes; else they are calibrated on the 50 training images.

    Returns
    -------
    golden.nets.engine.Model
    """
    net = network.shipped(name)
    return Model(quantize(net, fashion_mnist().train_images, net.metadata.get("steps")))
