"""The file of a network's trained ZAPs: integers of `golden.zap`, for some masks and bits.

The file is an ``.npz``. Its array ``zaps`` is JSON text, an object of four members:

format
    1.
network
    SHA-256 of the network's layers and weights: ZAPs are of no use to another network.
layers
    Channels of each ReLU that is predicted, by name, in order.
metadata
    How they were trained; anything JSON has.

For each mask and bits there are arrays of the channels of all these layers, one after another.
Their names begin with what `name_of` gives: ``3:2,4,4.w1`` is of mask 3, 2-bit activations, 4-bit
weights and 4-bit hidden values.

========= ================== =======================================
``w1``    (channels, 3, 3)   int8, the first stage
``b1``    (channels,)        int32
``shift`` (channels,)        int8
``w2``    (channels, 3, 3)   int8, the second stage
``unit``  (channels,)        float32, what a unit of a score is worth
``offset`` (channels,)       float32, what is added to it
[``b2``]  (channels,)        int32, thresholds, if they were chosen
========= ================== =======================================

Without ``b2`` ZAPs are loaded with the threshold 0: they serve every operating point.
"""

import hashlib
import json
from itertools import accumulate
from pathlib import Path

import numpy as np

from skimp.golden.nets.network import record
from skimp.golden.nets.npz import json_object, read_npz, write_npz
from skimp.golden.nets.predict import sites
from skimp.golden.zap import Predictor

__all__ = ["SHIPPED", "digest", "load", "name_of", "save", "shipped", "ships"]

FORMAT = 1
#: Those that come with the project, in the words of `golden.nets.asked`.
SHIPPED = ("zap:3:8,8,8", "zap:3:2,4,4", "zap:5:8,8,8", "zap:5:2,4,4")
TYPES = {"w1": np.int8, "b1": np.int32, "shift": np.int8, "w2": np.int8, "unit": np.float32,
         "offset": np.float32}
LIMITS = {"b2": np.int32}


def name_of(kind, bits):
    """Return how a file names the ZAPs of a mask and bits.

    >>> name_of(3, (2, 4, 4))
    '3:2,4,4'
    """
    return f"{kind}:{','.join(map(str, bits))}"


def digest(network):
    """Return the SHA-256 of a network's layers and weights, in hexadecimal."""
    found = hashlib.sha256(json.dumps([
        list(network.input_shape), network.input_step, [record(node) for node in network.nodes],
    ]).encode())
    for node in network.nodes:
        for name in sorted(node.arrays):
            found.update(node.arrays[name].astype("<f4").tobytes())
    return found.hexdigest()


def save(path, network, trained, metadata=None, *, chosen=False):
    """Write ZAPs to an ``.npz`` file; the same ones give the same bytes.

    Parameters
    ----------
    path : path
    network : golden.nets.graph.Network
    trained : list of dict of str to golden.zap.Predictor
        Of each mask and bits, the ZAPs of all ReLUs of `golden.nets.predict.sites`.
    metadata : dict, optional
    chosen : bool
        Whether their thresholds are stored, too.
    """
    layers = _layers(network)
    arrays = {"zaps": np.array(json.dumps({
        "format": FORMAT, "network": digest(network), "layers": layers,
        "metadata": metadata or {}}))}
    for zaps in trained:
        if set(zaps) != set(layers):
            raise ValueError(f"ZAPs must be those of {', '.join(layers) or 'no layer'}, "
                             f"not of {', '.join(zaps)}")
        first = next(iter(zaps.values()))
        name = name_of(first.kind, (first.input_bits, first.weight_bits, first.hidden_bits))
        for key, dtype in (TYPES | LIMITS if chosen else TYPES).items():
            arrays[f"{name}.{key}"] = np.concatenate(
                [getattr(zaps[layer], key) for layer in layers]).astype(dtype)
    write_npz(Path(path), arrays)


def load(path, network, *, kind, bits):
    """Load the ZAPs of a network from a file in this module's format.

    Parameters
    ----------
    path : path
    network : golden.nets.graph.Network
        For which they were trained.
    kind : int
        The mask, of `golden.masks.KINDS`.
    bits : tuple of int
        Of activations, weights and hidden values.

    Returns
    -------
    dict of str to golden.zap.Predictor
        By ReLU, with the thresholds of the file, or 0.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not in the format, is of another network, or has no ZAPs of that mask and
        bits.
    """
    path = Path(path)
    arrays = read_npz(path)
    try:
        return _load(arrays, network, kind, bits)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def shipped(name, network, *, kind, bits):
    """Load the ZAPs that come with a shipped network, the name of which is ``name``; see `load`."""
    path = _file(name)
    if not path.exists():
        raise ValueError(f"No trained ZAPs come with {name}: train them, see golden.nets.train")
    return load(path, network, kind=kind, bits=bits)


def ships(name, *, kind, bits):
    """Return whether ZAPs of that mask and bits come with a shipped network."""
    path = _file(name)
    return path.exists() and f"{name_of(kind, bits)}.w1" in read_npz(path)


def _file(name):
    return Path(__file__).with_name("weights") / f"zap_{name}.npz"


def _layers(network):
    """Return the channels of the ReLUs that ZAPs predict, by name."""
    return {name: site.shape[-1] for name, site in sites(network).items()}


def _load(arrays, network, kind, bits):
    head = json_object(arrays, "zaps", "A file of ZAPs")
    if set(head) != {"format", "network", "layers", "metadata"}:
        raise ValueError(f"The array zaps must have format, network, layers and metadata, "
                         f"not {', '.join(head) or 'nothing'}")
    if head["format"] != FORMAT:
        raise ValueError(f"The format must be {FORMAT}, not {head['format']!r}")
    layers = _layers(network)
    if head["network"] != digest(network) or head["layers"] != layers:
        raise ValueError("These ZAPs were trained for another network, or other weights: "
                         "train them for this one")
    name, sets = name_of(kind, bits), {key.rpartition(".")[0] for key in arrays} - {""}
    if name not in sets:
        raise ValueError(f"ZAPs of the mask and bits {name} must be among those trained: "
                         f"{', '.join(sorted(sets)) or 'none'}")
    own = {key: _array(arrays, f"{name}.{key}", dtype, sum(layers.values()))
           for key, dtype in (TYPES | LIMITS if f"{name}.b2" in arrays else TYPES).items()}
    ends = list(accumulate(layers.values()))
    parts = {key: np.split(array, ends[:-1]) for key, array in own.items()}
    return {layer: _predictor({key: part[number] for key, part in parts.items()}, kind, bits)
            for number, layer in enumerate(layers)}


def _array(arrays, name, dtype, channels):
    if name not in arrays or arrays[name].dtype != dtype or arrays[name].shape[:1] != (channels,):
        raise ValueError(f"The array {name} must be there, {np.dtype(dtype).name}, "
                         f"with {channels} channels")
    return arrays[name]


def _predictor(arrays, kind, bits):
    """Return a ZAP; an error names what is out of range."""
    if np.any(arrays["unit"] <= 0):
        raise ValueError("What a unit of a score is worth must be above 0")
    input_bits, weight_bits, hidden_bits = bits
    b2 = arrays.pop("b2", None)
    rough = Predictor(
        kind=kind, input_bits=input_bits, weight_bits=weight_bits, hidden_bits=hidden_bits,
        b2=np.zeros(len(arrays["unit"]), np.int64) if b2 is None else b2, **arrays)
    return rough if b2 is not None else rough.with_threshold(0.0)
