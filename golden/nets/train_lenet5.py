"""Train LeNet-5 on Fashion-MNIST, quantise it and write the two files that `golden.nets` ships.

    python -m golden.nets.train_lenet5

needs PyTorch (this project's extra ``train``; written with 2.13.0, CPU) and Debian's package
``dataset-fashion-mnist``. Pixels are divided by 255 and nothing else, so that activations stay
unsigned and the zeros of the padded border mean background.

Everything is seeded, on one thread (a sum's order depends on their number), and the files carry no
date: on one machine and PyTorch two runs write the same bytes. Another processor or another PyTorch
may round otherwise and end in other weights; the shipped integers are what all figures are about.
"""

import argparse
import gzip
import importlib
import io
import json
import sys
import time
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np

from golden.nets.layers import Layer
from golden.nets.lenet5 import LAYERS, LeNet5
from golden.quantize import (
    activation_step,
    quantize_activations,
    quantize_bias,
    quantize_weights,
)

__all__ = ["main", "quantize", "read_fashion_mnist", "read_idx", "train", "write_npz"]

DATA = Path("/usr/share/datasets/fashion-mnist")
BATCH, CALIBRATION = 128, 2000
#: Shipped: the first so many test images to measure on, and training images to calibrate keys on.
SHIPPED_TEST, SHIPPED_TRAIN = 1000, 50


def read_idx(path):
    """Read a gzipped IDX file of bytes: a uint8 array of the shape in its header."""
    content = gzip.decompress(Path(path).read_bytes())
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"An IDX file of bytes must begin with 0, 0, 8; {path} does not")
    shape = np.frombuffer(content, ">i4", count=content[3], offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def read_fashion_mnist(folder):
    """Read the data set: training images and labels, test images and labels."""
    return tuple(read_idx(Path(folder) / f"{part}-{kind}-ubyte.gz")
                 for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))


def write_npz(path, arrays):
    """Write ``arrays``, a dict, as a compressed ``.npz`` without dates: beside, then renamed."""
    part = path.with_name(path.name + ".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3                           # else it tells Windows from the rest
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array, order="C"), allow_pickle=False)
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    part.replace(path)


def _network(torch):
    """Return the float network, its steps named as in `LAYERS` where they have weights."""
    nn = torch.nn
    return nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(1, 6, 5, padding=2), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(6, 16, 5), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2), flatten=nn.Flatten(),
        fc1=nn.Linear(400, 120), relu3=nn.ReLU(),
        fc2=nn.Linear(120, 84), relu4=nn.ReLU(),
        fc3=nn.Linear(84, 10)))


def train(torch, images, labels, *, epochs, seed):
    """Return the float network after ``epochs`` of SGD, one cycle of the rate, random mirroring."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    x, y = _pixels(torch, images), torch.from_numpy(labels.astype(np.int64))
    net = _network(torch)
    batches = -(-len(x) // BATCH)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True,
                                weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=epochs * batches)
    began = time.monotonic()
    for epoch in range(epochs):
        losses = 0.0
        for number, chosen in enumerate(torch.randperm(len(x)).split(BATCH), 1):
            mirrored = (torch.rand(len(chosen)) < 0.5).reshape(-1, 1, 1, 1)
            batch = torch.where(mirrored, x[chosen].flip(-1), x[chosen])
            loss = torch.nn.functional.cross_entropy(net(batch), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses += loss.item()
            if number == batches or (number % 20 == 0 and sys.stderr.isatty()):
                print(f"\repoch {epoch + 1}/{epochs}, batch {number}/{batches}, "
                      f"loss {losses / number:.4f}, {time.monotonic() - began:.0f} s",
                      end="\n" if number == batches else "", file=sys.stderr, flush=True)
    return net


def _pixels(torch, images):
    return torch.from_numpy(images[:, np.newaxis].astype(np.float32) / 255)


def quantize(torch, net, images):
    """Quantise the float network as `golden.quantize` says, calibrated on ``images``.

    Returns
    -------
    dict of str to Layer
        The layers of `LAYERS`. The code of an input pixel is the pixel itself.

    Raises
    ------
    ValueError
        If the calibration images are too dark for that: the step would not be a pixel's.
    """
    reads, x = {}, _pixels(torch, images)
    with torch.no_grad():
        for name, step in net.named_children():
            if name in LAYERS:
                reads[name] = activation_step(x.numpy())
            x = step(x)
    pixels = np.arange(256)
    if not np.array_equal(quantize_activations(pixels / 255, reads["conv1"]), pixels):
        raise ValueError(f"The input step must keep the pixels as they are, but it is "
                         f"{reads['conv1'] * 255:.4f} pixels")

    layers, names = {}, list(LAYERS)
    for name, successor in zip(names, [*names[1:], None], strict=True):
        layer = net.get_submodule(name)
        weights = layer.weight.detach().numpy()
        if name == "fc1":                       # PyTorch flattens channels first, golden.nets last
            weights = weights.reshape(-1, 16, 5, 5).transpose(0, 2, 3, 1).reshape(LAYERS[name])
        elif weights.ndim == 4:
            weights = weights.transpose(0, 2, 3, 1)
        codes, steps = quantize_weights(weights)
        units = reads[name] * steps
        layers[name] = Layer(
            weights=codes, bias=quantize_bias(layer.bias.detach().numpy(), units),
            weight_steps=steps, input_step=reads[name],
            output_step=reads[successor] if successor else float(units.min()),
            pad=layer.padding[0] if weights.ndim == 4 else 0)
    return layers


def main(argv=None):
    """Train, quantise, measure and write; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m golden.nets.train_lenet5",
                                     description="Train and quantise LeNet-5 on Fashion-MNIST.")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the four IDX files")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent,
                        help="folder for lenet5.npz and fashion_mnist.npz")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    if args.epochs < 1:
        parser.error(f"--epochs must be at least 1, not {args.epochs}")
    try:
        images, labels, test_images, test_labels = read_fashion_mnist(args.data)
    except FileNotFoundError as error:
        print(f"Fashion-MNIST is needed, but there is no {error.filename}: install Debian's "
              f"package dataset-fashion-mnist, or name the folder with --data.", file=sys.stderr)
        return 2
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        print("Training needs PyTorch, which is not installed: pip install torch, or this "
              "project's extra `train`.", file=sys.stderr)
        return 2

    net = train(torch, images, labels, epochs=args.epochs, seed=args.seed)
    metadata = {"network": "LeNet-5", "data": "Fashion-MNIST", "epochs": args.epochs,
                "seed": args.seed, "torch": str(torch.__version__), "numpy": np.__version__,
                "calibration_images": CALIBRATION, "test_images": len(test_images),
                "shipped_test_images": SHIPPED_TEST}
    quantized = LeNet5(layers=quantize(torch, net, images[:CALIBRATION]), metadata=metadata)
    with torch.no_grad():
        classes = net(_pixels(torch, test_images)).argmax(1).numpy()
    metadata["float_accuracy"] = np.count_nonzero(classes == test_labels) / len(classes)
    metadata["int8_accuracy"] = quantized.accuracy(test_images, test_labels)
    metadata["int8_accuracy_shipped"] = quantized.accuracy(test_images[:SHIPPED_TEST],
                                                           test_labels[:SHIPPED_TEST])

    arrays = {}
    for name, layer in quantized.layers.items():
        arrays |= {f"{name}.{member}": value for member, value in vars(layer).items()}
    args.output.mkdir(parents=True, exist_ok=True)
    write_npz(args.output / "lenet5.npz", arrays | {"metadata": json.dumps(metadata)})
    write_npz(args.output / "fashion_mnist.npz", {
        "test_images": test_images[:SHIPPED_TEST], "test_labels": test_labels[:SHIPPED_TEST],
        "train_images": images[:SHIPPED_TRAIN], "train_labels": labels[:SHIPPED_TRAIN]})
    print(f"float {metadata['float_accuracy']:.2%}, int8 {metadata['int8_accuracy']:.2%} of "
          f"{len(test_images)} test images, int8 {metadata['int8_accuracy_shipped']:.1%} of the "
          f"{SHIPPED_TEST} shipped; written to {args.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
