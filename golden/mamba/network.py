"""The float Mamba and its file: a character in, the logits of the next one out.

The file is an ``.npz`` of floats in 16 or 32 bits, which become float32, with the text ``alphabet``
(the characters, each once) and ``metadata`` (JSON text, any object). Arrays of block number i are
named ``block{i}.NAME``; each has the shape of its field in `Block`.
"""

import json
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

import numpy as np

from skimp.golden.nets.npz import json_object, read_npz, write_npz

__all__ = ["SHIPPED", "Block", "Mamba", "load", "save", "shipped"]

#: The networks that come with the project: one recipe, a seed each.
SHIPPED = ("mamba", "mamba_second", "mamba_third")
TOP = ("embedding", "norm", "head")


@dataclass(frozen=True, eq=False)
class Block:
    """A block of Mamba-1: Gu, Dao, 2023, arXiv 2312.00752. All arrays are float32.

    Sizes are ``width`` between blocks, ``inner`` channels of the scan, ``states`` a channel,
    ``rank`` of dt, ``taps`` of the convolution.
    """

    #: ``(width,)``: scales of the RMS norm before the block.
    norm: np.ndarray
    #: ``(2 inner, width)``: to the convolution, then to the gate.
    in_proj: np.ndarray
    #: ``(inner, taps)``, the last tap meets the present; ``(inner,)``.
    conv: np.ndarray
    conv_bias: np.ndarray
    #: ``(rank + 2 states, inner)``: to dt in few numbers, to B, to C.
    x_proj: np.ndarray
    #: ``(inner, rank)``; ``(inner,)``.
    dt_proj: np.ndarray
    dt_bias: np.ndarray
    #: ``(inner, states)``: ``A = -exp(a_log)``.
    a_log: np.ndarray
    #: ``(inner,)``: D.
    skip: np.ndarray
    #: ``(width, inner)``.
    out_proj: np.ndarray

    def __post_init__(self):
        (width,), (inner, taps), (_, rank) = (
            _shape(self, name, axes) for name, axes in (("norm", 1), ("conv", 2), ("dt_proj", 2)))
        _, states = _shape(self, "a_log", 2)
        shapes = {"norm": (width,), "in_proj": (2 * inner, width), "conv": (inner, taps),
                  "conv_bias": (inner,), "x_proj": (rank + 2 * states, inner),
                  "dt_proj": (inner, rank), "dt_bias": (inner,), "a_log": (inner, states),
                  "skip": (inner,), "out_proj": (width, inner)}
        for name, shape in shapes.items():
            _must_have(name, getattr(self, name), shape)

    @property
    def inner(self):
        """Channels of the scan."""
        return len(self.skip)

    @property
    def states(self):
        """States of a channel."""
        return self.a_log.shape[1]

    @property
    def rank(self):
        """Numbers that dt is made of."""
        return self.dt_proj.shape[1]

    @property
    def a(self):
        """A, float32 ``(inner, states)``."""
        return -np.exp(self.a_log)


@dataclass(frozen=True, eq=False)
class Mamba:
    """A network; it refuses, with a ValueError, arrays that do not fit together."""

    #: The characters that it knows; a character's number is its place.
    alphabet: str
    #: float32 ``(characters, width)``, ``(width,)``, ``(characters, width)``.
    embedding: np.ndarray
    norm: np.ndarray
    head: np.ndarray
    blocks: tuple[Block, ...]
    metadata: dict = field(default_factory=dict)

    def __post_init__(self):
        if not self.blocks:
            raise ValueError("A Mamba must have a block at least")
        count = len(self.alphabet)
        if not 2 <= count <= 256 or len(set(self.alphabet)) < count:
            raise ValueError(f"An alphabet must be 2 to 256 different characters, "
                             f"not {self.alphabet!r}")
        (width,) = _shape(self, "norm", 1)
        for name, shape in {"embedding": (count, width), "norm": (width,),
                            "head": (count, width)}.items():
            _must_have(name, getattr(self, name), shape)
        for number, block in enumerate(self.blocks):
            if len(block.norm) != width:
                raise ValueError(f"Block {number} must have width {width}, as the embedding, "
                                 f"not {len(block.norm)}")

    @property
    def weights(self):
        """How many numbers it has been trained."""
        return sum(array.size for array in _arrays(self).values())


def _shape(owner, name, axes):
    """Return an array's shape; refuse it if it has other than so many axes."""
    shape = np.shape(getattr(owner, name))
    if len(shape) != axes or 0 in shape:
        raise ValueError(f"{name} must have {axes} axes and not be empty, but has shape {shape}")
    return shape


def _must_have(name, array, shape):
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, not {array.shape}")
    if array.dtype != np.float32 or not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite float32, not {array.dtype}, or not finite")


def _arrays(network):
    """Return all arrays by their names in a file."""
    found = {name: getattr(network, name) for name in TOP}
    for number, block in enumerate(network.blocks):
        found |= {f"block{number}.{entry.name}": getattr(block, entry.name)
                  for entry in fields(Block)}
    return found


def save(path, network):
    """Write a network in 16-bit floats, to which its weights must have been rounded.

    Raises
    ------
    ValueError
        If a weight is no 16-bit float: what is stored is to be what was measured.
    """
    arrays = {name: array.astype(np.float16) for name, array in _arrays(network).items()}
    for name, array in _arrays(network).items():
        if not np.array_equal(arrays[name].astype(np.float32), array):
            raise ValueError(f"{name} must be rounded to 16-bit floats before it is stored")
    write_npz(Path(path), arrays | {"alphabet": np.array(network.alphabet),
                                    "metadata": np.array(json.dumps(network.metadata))})


def load(path):
    """Load a network from its file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no file of a Mamba, or its arrays do not fit together.
    """
    path = Path(path)
    arrays = read_npz(path)
    try:
        return _network(arrays)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _network(arrays):
    metadata = json_object(arrays, "metadata", "A Mamba's file")
    alphabet = arrays.pop("alphabet", None)
    if alphabet is None or alphabet.dtype.kind != "U" or alphabet.ndim:
        raise ValueError("A Mamba's file must have the text alphabet")
    del arrays["metadata"]
    for name, array in arrays.items():
        if array.dtype not in (np.float16, np.float32):
            raise ValueError(f"{name} must be floats of 16 or 32 bits, not {array.dtype}")
    numbers = {name.partition(".")[0] for name in arrays if "." in name}
    names = [entry.name for entry in fields(Block)]
    wanted = set(TOP) | {f"block{i}.{name}" for i in range(len(numbers)) for name in names}
    for name in sorted(wanted ^ arrays.keys()):
        raise ValueError(f"A Mamba's file {'must' if name in wanted else 'must not'} "
                         f"have the array {name}")
    floats = {name: array.astype(np.float32) for name, array in arrays.items()}
    blocks = tuple(Block(**{name: floats[f"block{i}.{name}"] for name in names})
                   for i in range(len(numbers)))
    return Mamba(str(alphabet), **{name: floats[name] for name in TOP}, blocks=blocks,
                 metadata=metadata)


@cache
def shipped(name):
    """Load a network of `SHIPPED`; raise a ValueError if ``name`` is not among them."""
    if name not in SHIPPED:
        raise ValueError(f"A shipped Mamba is one of {', '.join(SHIPPED)}, not {name!r}")
    return load(Path(__file__).with_name("weights") / f"{name}.npz")
