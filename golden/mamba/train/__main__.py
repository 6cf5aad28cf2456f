"""Train the shipped Mambas, measure them, write their files and the text: `golden.mamba.train`."""

import argparse
import importlib
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from skimp.golden.mamba.network import SHIPPED, save
from skimp.golden.mamba.ranges import CHARACTERS, measured
from skimp.golden.mamba.text import LENGTH
from skimp.golden.mamba.train.text import Blocks, read_bible

__all__ = ["main"]


def main(argv=None):
    """Train, measure and write; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m skimp.golden.mamba.train",
        description="Train Mambas on the King James Bible and write them as .npz files, with the "
                    "text that tests and calibrates.")
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"networks, all by default: {', '.join(SHIPPED)}")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parents[1],
                        help="folder for king_james.npz and weights/NAME.npz")
    parser.add_argument("--steps", type=int, help="instead of the schedule's own number")
    args = parser.parse_args(argv)
    for name in args.names:
        if name not in SHIPPED:
            parser.error(f"NAME must be one of {', '.join(SHIPPED)}, not {name!r}")
    if args.steps is not None and args.steps < 1:
        parser.error(f"--steps must be at least 1, not {args.steps}")
    try:
        blocks = Blocks(read_bible())
    except (FileNotFoundError, subprocess.CalledProcessError):
        print("The text is needed, but the command bible does not give it: install Debian's "
              "packages bible-kjv and bible-kjv-text.", file=sys.stderr)
        return 2
    try:
        importlib.import_module("torch")
    except ImportError:
        print("Training needs PyTorch, which is not installed: pip install torch, or this "
              "project's extra `train`.", file=sys.stderr)
        return 2
    (args.output / "weights").mkdir(parents=True, exist_ok=True)
    blocks.write(args.output / "king_james.npz")
    for name in args.names or SHIPPED:
        _train(name, blocks, args)
    return 0


def _train(name, blocks, args):
    # Not before PyTorch is known to be there.
    loop, export = (importlib.import_module(f"skimp.golden.mamba.train.{module}")
                    for module in ("loop", "export"))
    schedule, seed, began = loop.Schedule(), SHIPPED.index(name), time.monotonic()
    if args.steps is not None:
        schedule = replace(schedule, steps=args.steps)
    print(f"{name}:", file=sys.stderr)
    net = loop.fit(blocks.alphabet, blocks.training, schedule, seed=seed)
    test = blocks.test.reshape(-1, LENGTH)
    metadata = {"network": name, "data": "King James Bible", "seed": seed,
                "schedule": asdict(schedule), "torch": importlib.import_module("torch").__version__,
                "float32_bits": loop.bits(net, test)}
    loop.round_to_half(net)
    metadata["float_bits"] = loop.bits(net, test)
    network = export.export(net.state_dict(), blocks.alphabet, metadata)
    calibration = blocks.calibration.reshape(-1, LENGTH)[:CHARACTERS // LENGTH]
    metadata["ranges"] = measured(network, calibration).record()
    path = args.output / "weights" / f"{name}.npz"
    save(path, network)
    print(f"{name}: {metadata['float_bits']:.4f} bits per character of {test.size} of test, "
          f"{path.stat().st_size / 1000:.0f} kB, {time.monotonic() - began:.0f} s; "
          f"written to {path}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
