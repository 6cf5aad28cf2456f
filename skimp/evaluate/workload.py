"""What is evaluated: a network, and the images it is calibrated and measured on."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np

from skimp.golden.nets import network
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.floating import as_images
from skimp.golden.nets.graph import Network
from skimp.golden.nets.npz import read_npz
from skimp.golden.nets.onnx_import import load as load_onnx
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.recalibrate import BATCH, BATCHES
from skimp.golden.workloads.images import Images

__all__ = ["count_pieces", "open_network", "open_workload"]

CALIBRATION = 500       # images that steps are chosen by; shipped, so the same everywhere
#: Training images that limits of predictors are chosen with: the first third for limits, the
#: others for levels of layers.
CHOOSING = slice(3000, 4500)
ARRAYS = ("test_images", "test_labels", "train_images")


def open_network(name: str) -> Network:
    """Return a shipped network, or that of an ``.npz`` or ``.onnx`` file."""
    if name in network.SHIPPED:
        return network.shipped(name)
    path = Path(name)
    if path.suffix not in (".npz", ".onnx"):
        raise ValueError(f"NET must be one of {', '.join(network.SHIPPED)}, or an .npz or .onnx "
                         f"file, not {name}")
    if not path.exists():
        raise ValueError(f"there is no file {name}")
    if path.suffix == ".npz":
        return network.load(path)
    try:
        return load_onnx(path)
    except ImportError as error:
        raise RuntimeError(str(error)) from error


def open_workload(name: str, net: Network, *, images: int | None, data: Path | None) -> Images:
    """Quantise ``net`` and fetch ``images`` test images (1,000 of Fashion-MNIST, or all of yours).

    Raises
    ------
    ValueError
        If there are not so many, or they are not of the network's shape or classes.
    """
    wanted = BATCH * BATCHES
    if data is None:
        if net.input_shape != (28, 28, 1) or net.classes != 10:
            shape = " x ".join(map(str, net.input_shape))
            raise ValueError(f"Fashion-MNIST has images of 28 x 28 x 1 and 10 classes, not "
                             f"{shape} and {net.classes} as {name}: give yours with --data")
        test, labels = measuring_images(1000 if images is None else images)
        calibration, calibrated_on = training_images(CALIBRATION)
        training, trained_on = training_images(wanted)
        choosing, source = training_images(CHOOSING.stop)
        choosing = choosing[CHOOSING]
        chosen_on = f"the last {len(choosing)} of {source}"
        source = f"the first {len(test)} test images of Fashion-MNIST"
    else:
        test, labels, calibration = _own(net, data)
        count = len(test) if images is None else images
        if not 1 <= count <= len(test):
            raise ValueError(f"Images must be 1 to {len(test)}, which {data.name} has, not {count}")
        test, labels = test[:count], labels[:count]
        enough = len(calibration) >= CHOOSING.stop
        choosing = (calibration[CHOOSING] if enough else
                    np.resize(calibration, (max(3, len(calibration)), *calibration.shape[1:])))
        chosen_on = (f"train_images {CHOOSING.start:,} to {CHOOSING.stop - 1:,}" if enough
                     else f"the {len(calibration)} of train_images")
        training = np.resize(calibration, (wanted, *calibration.shape[1:]))
        trained_on = (f"the first {min(wanted, len(calibration))} of train_images"
                      + (f", repeated to {wanted}" if len(calibration) < wanted else ""))
        calibration = calibration[:CALIBRATION]
        calibrated_on = f"the first {len(calibration)} of train_images"
        source = f"the first {len(test)} of test_images of {data.name}"
    return Images(name=name, quantized=quantize(net, calibration), images=test, labels=labels,
                  training=training, choosing=choosing, conditions={
                      "images": len(test), "measured_on": source, "calibrated_on": calibrated_on,
                      "recalibrated_on": trained_on,
                      "choosing_on": chosen_on})


def _own(net: Network, path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read a file of the user's images: test images, their labels, training images."""
    if not path.exists():
        raise ValueError(f"there is no file {path}")
    arrays = read_npz(path)
    for name in ARRAYS:
        if name not in arrays:
            raise ValueError(f"{path.name} must have the arrays {', '.join(ARRAYS)}, "
                             f"but has no {name}")
    try:
        test, training = (as_images(net, arrays[name]) for name in ("test_images", "train_images"))
    except TypeError as error:
        raise ValueError(f"{path.name}: {error}") from error
    labels = arrays["test_labels"]
    if labels.shape != (len(test),) or labels.dtype.kind not in "iu" or not (
            len(test) and 0 <= labels.min() and labels.max() < net.classes):
        raise ValueError(f"test_labels of {path.name} must be a class, 0 to {net.classes - 1}, for "
                         f"each of {len(test)} images")
    return test, labels, training


def count_pieces(progress: Callable[..., None] | None, pieces: int) -> Callable[[], None]:
    """Return what to call after each of ``pieces``; it passes the number done to ``progress``.
    """
    done = itertools.count(1)
    return lambda: progress(next(done), pieces) if progress is not None else None
