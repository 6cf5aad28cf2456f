"""What is trained, how, and how it is stored: a row per network."""

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from skimp.golden.nets import network
from skimp.golden.nets.npz import write_npz
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.torch_export import export
from skimp.golden.nets.train import models
from skimp.golden.nets.train.loop import Schedule, accuracy, fit, prune, round_to_half
from skimp.golden.nets.train.predicted import predicting

__all__ = ["RECIPES", "Recipe", "train", "write_images", "write_network"]

torch = importlib.import_module("torch")

#: Shipped: the first so many test images to measure on, training images to calibrate on.
SHIPPED_TEST, SHIPPED_CALIBRATION = 1000, 1000


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained and stored."""

    #: Makes the network, with random weights.
    make: Callable
    schedule: Schedule
    #: The network whose trained weights to begin with; by default, random ones.
    base: str | None = None
    #: Share of each layer's weights that is pruned before training.
    pruned: float = 0.0
    #: ZAPs that predict activations in training, in the words of `golden.nets.asked`, and the share
    #: of all products that they skip; the base is then a shipped file.
    predict: str | None = None
    skip: float = 0.0
    #: Whether the file has 16 bits for a weight, not 32.
    half: bool = True
    #: Training images that activation steps are chosen by, which the file notes; 0: none.
    calibration: int = 0


_RESNET = Schedule(epochs=10, rate=0.1)

#: By the names of the files. The plain ResNet-8 and that with KURE begin with the same weights and
#: see the same images in the same order: the penalty is all that differs.
RECIPES = {
    "lenet5": Recipe(make=models.lenet5, half=False, calibration=2000, schedule=Schedule(
        epochs=8, rate=0.1, channels_last=False, reseed=False)),
    "resnet8": Recipe(make=models.ResNet8, schedule=_RESNET),
    "resnet8_kure": Recipe(make=models.ResNet8, schedule=replace(_RESNET, kure=1.0)),
    "resnet8_pruned": Recipe(make=models.ResNet8, schedule=Schedule(epochs=4, rate=0.02),
                             base="resnet8", pruned=0.4),
    "resnet8_zap": Recipe(make=models.ResNet8, schedule=Schedule(epochs=3, rate=0.02),
                          base="resnet8", predict="zap:3:2,4,4", skip=0.4),
    "dscnn": Recipe(make=models.dscnn, schedule=Schedule(epochs=10, rate=0.1, weight_decay=1e-4)),
}


def train(recipe, images, labels, *, seed, state=None, prediction=({}, {})):
    """Return a trained float network, a torch.nn.Module in evaluation mode.

    ``images`` are uint8 ``(images, 28, 28)``, ``labels`` uint8 ``(images,)``; ``state`` is the
    state of the network of ``recipe.base``; ``prediction`` what `predicted.choose` returned.
    """
    torch.manual_seed(seed)
    net, masks = recipe.make(), None
    if state is not None:
        net.load_state_dict(state)
    if recipe.pruned:
        masks = prune(net, recipe.pruned)
    with predicting(net, *prediction):
        fit(net, images, labels, recipe.schedule, seed=seed, masks=masks)
    return net


def write_network(path, name, net, recipe, calibration, images, labels, *, seed):
    """Write a float network in the format of `golden.nets.network`; return its accuracy.

    ``images`` and ``labels`` are those to measure on; the accuracy is that of the weights as they
    are stored. If they are stored in 16 bits, ``net`` is rounded to them. If the recipe asks for
    steps, the first of the images ``calibration`` choose them.
    """
    metadata = {"network": name, "data": "Fashion-MNIST", "seed": seed,
                "schedule": asdict(recipe.schedule), "base": recipe.base, "pruned": recipe.pruned,
                "torch": str(torch.__version__), "test_images": len(images)}
    if recipe.predict:
        metadata |= {"predict": recipe.predict, "skip": recipe.skip}
    if recipe.half:
        metadata["float32_accuracy"] = accuracy(net, images, labels)
        round_to_half(net)
    metadata["float_accuracy"] = accuracy(net, images, labels)
    if recipe.calibration:
        metadata["calibration_images"] = recipe.calibration
        metadata["steps"] = quantize(export(net), calibration[:recipe.calibration]).steps
    path.parent.mkdir(parents=True, exist_ok=True)
    network.save(path, export(net, metadata=metadata), half=recipe.half)
    return metadata["float_accuracy"]


def write_images(folder, images, labels, test_images, test_labels):
    """Write the parts of Fashion-MNIST that are shipped: two files."""
    write_npz(folder / "fashion_mnist.npz", {
        "test_images": test_images[:SHIPPED_TEST], "test_labels": test_labels[:SHIPPED_TEST]})
    write_npz(folder / "fashion_mnist_train.npz", {
        "images": images[:SHIPPED_CALIBRATION], "labels": labels[:SHIPPED_CALIBRATION]})
