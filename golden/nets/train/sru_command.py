"""``python -m skimp.golden.nets.train sru``: train the SRU of spoken digits and its beacons."""

import argparse
import importlib
import sys
import time
from dataclasses import replace
from pathlib import Path

from skimp.golden.sru.network import WEIGHTS, load, save, shipped
from skimp.golden.sru.quantized import Bits
from skimp.golden.workloads.speech import speech

__all__ = ["BEACONS", "main"]

#: Bits that beacons are retrained for, weights and then activations, in the order of matrices.
BEACONS = {
    "sru_a": ((4, 2, 2, 4, 2, 2, 2, 4), (8, 4, 2, 8, 2, 8, 2, 8)),
    "sru_b": ((2, 2, 2, 2, 2, 2, 2, 2), (2, 2, 2, 2, 2, 2, 2, 2)),
    "sru_c": ((2, 2, 2, 2, 2, 2, 2, 4), (4, 2, 2, 2, 2, 2, 2, 4)),
}


def main(argv):
    """Train, measure and write; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m skimp.golden.nets.train sru",
        description="Train the SRU of spoken digits, and networks retrained from it in few bits.")
    parser.add_argument("names", nargs="*", metavar="NAME", default=[],
                        help=f"sru, {', '.join(BEACONS)}; all by default")
    parser.add_argument("-o", "--output", type=Path, default=WEIGHTS, help="folder for NAME.npz")
    parser.add_argument("--epochs", type=int, help="instead of each network's own number")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    known = ("sru", *BEACONS)
    for name in args.names:
        if name not in known:
            parser.error(f"NAME must be one of {', '.join(known)}, not {name!r}")
    if args.epochs is not None and args.epochs < 1:
        parser.error(f"--epochs must be at least 1, not {args.epochs}")
    try:
        importlib.import_module("torch")
    except ImportError:
        print("Training needs PyTorch, which is not installed: pip install torch, or this "
              "project's extra `train`.", file=sys.stderr)
        return 2
    args.output.mkdir(parents=True, exist_ok=True)
    for name in args.names or known:
        began = time.monotonic()
        path = args.output / f"{name}.npz"
        save(path, _trained(name, args))
        print(f"{name}: {_errors(path)}, {path.stat().st_size / 1000:.0f} kB, "
              f"{time.monotonic() - began:.0f} s; written to {path}", file=sys.stderr, flush=True)
    return 0


def _trained(name, args):
    """Return the network of that name; a beacon begins with the base that was written before."""
    training = importlib.import_module("skimp.golden.nets.train.speech")
    schedule = training.BASE if name == "sru" else training.BEACON
    if args.epochs is not None:
        schedule = replace(schedule, epochs=args.epochs)
    if name == "sru":
        return training.train(schedule, seed=args.seed)
    path = args.output / "sru.npz"
    base = load(path) if path.exists() else shipped("sru")
    bits = dict(zip(base.sizes.matrices, map(Bits, *BEACONS[name]), strict=True))
    return training.retrain(base, bits, schedule, seed=args.seed)


def _errors(path):
    """Return the errors of a written network on both parts that it was not trained on, in words."""
    found = []
    for part in ("search", "test"):
        one = speech(path.stem, part, network := load(path))
        trained = network.metadata.get("trained_for")
        answers = one.run({name: Bits(*pair) for name, pair in trained.items()}
                          if trained else None)
        found.append(f"{one.score(answers, answers).value:.1%} {part} error")
    return ", ".join(found)
