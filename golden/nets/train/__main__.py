"""Train the shipped networks, measure them and write their files: see `golden.nets.train`."""

import argparse
import importlib
import sys
import time
from dataclasses import replace
from pathlib import Path

from skimp.golden.nets import zaps
from skimp.golden.nets.asked import parse_predictor
from skimp.golden.nets.dataset import DATA, read_fashion_mnist
from skimp.golden.nets.network import SHIPPED, load, shipped
from skimp.golden.nets.train import sru_command, zap_command

__all__ = ["main"]


def main(argv=None):
    """Train, measure and write; return the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["zap"]:
        return zap_command.main(argv[1:])
    if argv[:1] == ["sru"]:
        return sru_command.main(argv[1:])
    parser = argparse.ArgumentParser(
        prog="python -m golden.nets.train",
        description="Train networks on Fashion-MNIST and write them as .npz files; or, with zap "
                    "and more after it, the ZAPs of a network; or, with sru, that of speech.")
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"networks, all by default: {', '.join(SHIPPED)}")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the four IDX files")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parents[1],
                        help="folder for the images and weights/NAME.npz")
    parser.add_argument("--epochs", type=int, help="instead of each network's own number")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    for name in args.names:
        if name not in SHIPPED:
            parser.error(f"NAME must be one of {', '.join(SHIPPED)}, not {name!r}")
    if args.epochs is not None and args.epochs < 1:
        parser.error(f"--epochs must be at least 1, not {args.epochs}")
    try:
        data = read_fashion_mnist(args.data)
    except FileNotFoundError as error:
        print(f"Fashion-MNIST is needed, but there is no {error.filename}: install Debian's "
              f"package dataset-fashion-mnist, or name the folder with --data.", file=sys.stderr)
        return 2
    try:
        importlib.import_module("torch")
    except ImportError:
        print("Training needs PyTorch, which is not installed: pip install torch, or this "
              "project's extra `train`.", file=sys.stderr)
        return 2
    _train_all(args, data)
    return 0


def _train_all(args, data):
    # Not before PyTorch is known to be there.
    recipes, predicted = (importlib.import_module(f"skimp.golden.nets.train.{name}")
                          for name in ("recipes", "predicted"))
    images, labels, *test = data
    args.output.mkdir(parents=True, exist_ok=True)
    recipes.write_images(args.output, *data)
    states = {}

    def trained(name):
        recipe = recipes.RECIPES[name]
        if args.epochs is not None:
            recipe = replace(recipe, schedule=replace(recipe.schedule, epochs=args.epochs))
        if recipe.base not in (None, *states) and not recipe.predict:
            trained(recipe.base)
        print(f"{name}:", file=sys.stderr)
        state, prediction = states.get(recipe.base), ({}, {})
        if recipe.predict:
            base = shipped(recipe.base)
            state = predicted.state_of(base)
            prediction = predicted.choose(base, images, parse_predictor(recipe.predict).zap,
                                          recipe.skip, seed=args.seed)
        net = recipes.train(recipe, images, labels, seed=args.seed, state=state,
                            prediction=prediction)
        states[name] = {key: tensor.clone() for key, tensor in net.state_dict().items()}
        return net, recipe, prediction[1]

    for name in args.names or SHIPPED:
        began = time.monotonic()
        net, recipe, its_zaps = trained(name)
        path = args.output / "weights" / f"{name}.npz"
        share = recipes.write_network(path, name, net, recipe, images, *test, seed=args.seed)
        if its_zaps:
            zaps.save(path.with_name(f"zap_{name}.npz"), load(path), [its_zaps],
                      {"base": recipe.base, "skip": recipe.skip, "seed": args.seed}, chosen=True)
        print(f"{name}: {share:.2%} of {len(test[0])} test images, "
              f"{path.stat().st_size / 1000:.0f} kB, {time.monotonic() - began:.0f} s; "
              f"written to {path}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
