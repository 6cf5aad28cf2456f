"""``python -m skimp.golden.nets.train zap``: train a network's ZAPs and write their file."""

import argparse
import importlib
import sys
import time
from pathlib import Path

from skimp.golden.nets import network, zaps
from skimp.golden.nets.asked import parse_predictor
from skimp.golden.nets.dataset import DATA, read_fashion_mnist
from skimp.golden.nets.npz import read_npz
from skimp.golden.nets.quantized import quantize

__all__ = ["main"]

#: Training images that steps are chosen by, as `skimp evaluate` has them; and those that ZAPs are
#: trained on: the first 6,000 are left to choose thresholds on, and to judge them.
CALIBRATION, TRAINING = 500, slice(6000, 12_000)


def main(argv):
    """Train and write; return the exit status."""
    args = _parse(argv)
    try:
        wanted = _wanted(args.wanted)
        net = (network.shipped(args.net) if args.net in network.SHIPPED
               else network.load(args.net))
        calibration, images = _images(args)
        trained, metadata = _train(args, wanted, quantize(net, calibration), images)
    except (FileNotFoundError, ImportError, ValueError, TypeError) as error:
        print(error if not isinstance(error, FileNotFoundError)
              else f"there is no file {error.filename}", file=sys.stderr)
        return 2
    zaps.save(args.output, net, trained, metadata)
    print(f"written to {args.output}, {args.output.stat().st_size / 1000:.1f} kB", file=sys.stderr)
    return 0


def _parse(argv):
    parser = argparse.ArgumentParser(
        prog="python -m skimp.golden.nets.train zap",
        description="Train a network's ZAPs, which predict the activations that are zero.")
    parser.add_argument("net", metavar="NET",
                        help=f"a shipped network, {', '.join(network.SHIPPED)}, or an .npz file")
    parser.add_argument("wanted", nargs="*", metavar="ZAP", default=list(zaps.SHIPPED),
                        help="mask, and bits of activations, weights and hidden values, as "
                             "`skimp evaluate --predict` takes them; by default "
                             f"{' '.join(zaps.SHIPPED)}")
    parser.add_argument("--images", type=Path, metavar="FILE",
                        help="an .npz with train_images, uint8, instead of Fashion-MNIST; the "
                             f"first {CALIBRATION} choose the steps")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the four IDX files")
    parser.add_argument("-o", "--output", type=Path, help="by default zap_NET.npz, beside the "
                        "shipped networks if it is one")
    parser.add_argument("--steps", type=int, help="of Adam, for each ZAP")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_intermixed_args(argv)
    if args.output is None:
        args.output = (Path(network.__file__).with_name("weights") / f"zap_{args.net}.npz"
                       if args.net in network.SHIPPED else Path(f"zap_{Path(args.net).stem}.npz"))
    return args


def _wanted(texts):
    """Return mask and bits of each text."""
    for text in texts:
        if parse_predictor(text).zap is None:
            raise ValueError(f"Only ZAPs are trained, such as zap:3:2,4,4, not {text}")
    return [parse_predictor(text).zap for text in texts]


def _images(args):
    """Return the images that choose the steps, and those to train on."""
    if args.images is None:
        images = read_fashion_mnist(args.data)[0]
        return images[:CALIBRATION], images[TRAINING]
    arrays = read_npz(args.images)
    if "train_images" not in arrays:
        raise ValueError(f"{args.images.name} must have the array train_images")
    return arrays["train_images"][:CALIBRATION], arrays["train_images"]


def _train(args, wanted, quantized, images):
    try:
        torch = importlib.import_module("torch")
    except ImportError as error:
        raise ImportError("Training needs PyTorch, which is not installed: pip install torch, or "
                          "this project's extra `train`.") from error
    training = importlib.import_module("skimp.golden.nets.train.zap")
    schedule = training.Schedule(**({} if args.steps is None else {"steps": args.steps}))
    began = time.monotonic()
    trained = training.train(
        quantized, images, wanted, schedule=schedule, seed=args.seed, progress=lambda text: print(
            f"{text}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True))
    return trained, {
        "schedule": vars(schedule), "seed": args.seed, "torch": str(torch.__version__),
        "images": len(images), "data": "Fashion-MNIST, training images from 6,000 on"
        if args.images is None else args.images.name}
