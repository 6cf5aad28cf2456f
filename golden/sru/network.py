"""A bidirectional SRU: its sizes, its weights, and the file that keeps them.

Lei et al., "Simple Recurrent Units for Highly Parallelizable Recurrence", EMNLP 2018, arXiv
1709.02755. Bidirectional layers ``L0`` to ``L3``; a projection ``P1`` to ``P3`` before each layer
but the first; a linear layer ``FC`` on each frame, whose logits are averaged. All matrices but
``FC`` have no bias. What a matrix holds, and how many entries, follows from the sizes alone.
"""

import json
from dataclasses import dataclass, field
from math import exp, sqrt
from pathlib import Path

import numpy as np

from skimp.golden.checks import at_least_one
from skimp.golden.nets.npz import json_object, read_npz, write_npz

__all__ = ["GATE_BIAS", "Network", "Sizes", "load", "save", "shipped"]

FORMAT = 1
#: Bias that the reset gate begins with: a layer begins as nearly the identity.
GATE_BIAS = -1.0
WEIGHTS = Path(__file__).parents[1] / "nets" / "weights"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Sizes of a network.

    Parameters
    ----------
    inputs, cells, layers, projection, classes : int
        Features of a frame; cells of a direction; bidirectional layers; outputs of a projection;
        logits.

    Raises
    ------
    ValueError
        If one is below 1.
    """

    inputs: int = 23
    cells: int = 64
    layers: int = 4
    projection: int = 32
    classes: int = 10

    def __post_init__(self):
        for name, value in vars(self).items():
            at_least_one(f"{name.capitalize()} of an SRU", value)

    @property
    def width(self):
        """Outputs of a layer, both directions."""
        return 2 * self.cells

    @property
    def matrices(self):
        """Shapes ``(inputs, outputs)`` by name, in the order in which they are applied.

        A layer's matrix has the columns of candidate, forget gate and reset gate, ``width`` each;
        then those of the skip term, if the layer's input is not as wide as its output. Each part
        has the forward cells first.
        """
        shapes = {}
        for layer in range(self.layers):
            read = self.inputs if layer == 0 else self.width
            parts = 3 if read == self.width else 4
            if layer:
                shapes[f"P{layer}"] = (self.width, self.projection)
            shapes[f"L{layer}"] = (self.projection if layer else read, parts * self.width)
        return shapes | {"FC": (self.width, self.classes)}

    @property
    def vectors(self):
        """Shapes of what is no matrix: recurrent weights and biases of both gates, last bias."""
        shapes = {f"L{layer}.{name}": (2, self.width)
                  for layer in range(self.layers) for name in ("recurrent", "bias")}
        return shapes | {"FC.bias": (self.classes,)}

    @property
    def macs(self):
        """Multiplications of a frame, by matrix: each weight is used once. Gates do not count."""
        return {name: rows * columns for name, (rows, columns) in self.matrices.items()}

    @property
    def vector_entries(self):
        """Numbers that are in no matrix."""
        return sum(int(np.prod(shape)) for shape in self.vectors.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Sizes and float32 arrays, by the names of `Sizes.matrices` and `Sizes.vectors`.

    ``deviation`` ``(inputs,)`` is what each feature is divided by, ``metadata`` any object of JSON.

    Raises
    ------
    ValueError
        If an array is missing, is of another shape, or has a number that is not finite.
    """

    sizes: Sizes
    arrays: dict[str, np.ndarray]
    deviation: np.ndarray
    metadata: dict = field(default_factory=dict)

    def __post_init__(self):
        shapes = {**self.sizes.matrices, **self.sizes.vectors, "deviation": (self.sizes.inputs,)}
        there = {**self.arrays, "deviation": self.deviation}
        for name in there:
            if name not in shapes:
                raise ValueError(f"An SRU has the arrays {', '.join(shapes)}, but not {name}")
        for name, shape in shapes.items():
            if name not in there or there[name].shape != shape:
                what = there[name].shape if name in there else "missing"
                raise ValueError(f"{name} must have shape {shape}, not be {what}")
            if there[name].dtype.kind != "f" or not np.isfinite(there[name]).all():
                raise ValueError(f"{name} must be of finite floats")
        if self.deviation.min() <= 0:
            raise ValueError("Every feature's deviation must be above 0")

    def skip_scale(self):
        """Return what the skip term is multiplied by, so that variances last through layers.

        ``sqrt(1 + 2 exp(b))`` with the bias ``b`` that reset gates begin with.
        """
        return np.float32(sqrt(1 + 2 * exp(GATE_BIAS)))


def save(path, network):
    """Write a network to an ``.npz`` file, its floats rounded to 16 bits."""
    arrays = {"sru": np.array(json.dumps({"format": FORMAT, **vars(network.sizes)})),
              "metadata": np.array(json.dumps(network.metadata))}
    for name, array in {**network.arrays, "deviation": network.deviation}.items():
        if np.abs(array).max() > np.finfo(np.float16).max:
            raise ValueError(f"{name} must fit in 16 bits, not reach {np.abs(array).max()}")
        arrays[name] = array.astype(np.float16)
    write_npz(Path(path), arrays)


def load(path):
    """Return the network of an ``.npz`` file that `save` has written.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is another file, or its arrays do not fit together.
    """
    path = Path(path)
    arrays = read_npz(path)
    try:
        sizes, metadata = (json_object(arrays, name, "An SRU's file")
                           for name in ("sru", "metadata"))
        if sizes.pop("format", None) != FORMAT or sizes.keys() != vars(Sizes()).keys() or not all(
                type(size) is int for size in sizes.values()):
            raise ValueError(f"The array sru must have format {FORMAT} and the integers "
                             f"{', '.join(vars(Sizes()))}")
        floats = {name: array.astype(np.float32) if array.dtype.kind == "f" else array
                  for name, array in arrays.items() if name not in ("sru", "metadata")}
        deviation = floats.pop("deviation", np.zeros(0, np.float32))
        return Network(sizes=Sizes(**sizes), arrays=floats, deviation=deviation, metadata=metadata)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def shipped(name):
    """Return a network that comes with the project, by the name of its file."""
    path = WEIGHTS / f"{name}.npz"
    if not name.startswith("sru") or not path.exists():
        known = ", ".join(sorted(path.stem for path in WEIGHTS.glob("sru*.npz")))
        raise ValueError(f"A shipped SRU is one of {known}, not {name!r}")
    return load(path)
