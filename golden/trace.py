"""A user's own traffic: arrays of operands in an ``.npz`` file, checked before they are used.

The arrays are those of `golden.workloads.packets.Packets`: ``activations`` and, if there are any,
``weights``, a packet per row; element ``i`` of both is an operand pair.
"""

from pathlib import Path

import numpy as np

from skimp.golden.checks import as_words
from skimp.golden.nets.npz import read_arrays
from skimp.golden.workloads.packets import Packets

__all__ = ["ELEMENTS", "WIDTHS", "load"]

#: Fewest and most elements of a packet.
ELEMENTS = (2, 64)
#: Fewest and most bits of an element.
WIDTHS = (4, 16)


def _arrays(path):
    """Read every array of the file; a dict."""
    try:
        return read_arrays(path)
    except FileNotFoundError:
        raise ValueError(f"Trace {path} does not exist") from None
    except (IsADirectoryError, ValueError) as error:
        reason = "is a folder" if isinstance(error, IsADirectoryError) else error
        raise ValueError(f"Trace {path} must be an .npz file of NumPy arrays of numbers, "
                         f"but {reason}") from error


def load(path, *, width=8):
    """Load a trace.

    Parameters
    ----------
    path : path of an ``.npz`` file
        Holds ``activations``, unsigned integers of the shape ``(packets, n)``, n in `ELEMENTS`,
        packets in the order of sending; and ``weights``, signed or unsigned integers of the same
        shape, where the packets carry operand pairs. Nothing else.
    width : int
        Bits of an element, in `WIDTHS`.

    Returns
    -------
    Packets
        Unsigned words of ``width`` bits, negative weights in two's complement.

    Raises
    ------
    ValueError
        If the file is missing, is no ``.npz`` file, or breaks a rule above.
    """
    path = Path(path)
    if not WIDTHS[0] <= width <= WIDTHS[1]:
        raise ValueError(f"Width of a trace must be {WIDTHS[0]} to {WIDTHS[1]} bits, not {width!r}")
    arrays = _arrays(path)
    if "activations" not in arrays:
        raise ValueError(f"Trace {path} must hold an array named activations, but holds "
                         f"{', '.join(arrays) or 'none'}")
    for name, array in arrays.items():
        if name not in Packets._fields:
            raise ValueError(f"Trace {path} may hold activations and weights, but no array {name}")
        array = arrays[name] = np.asarray(array)
        if array.dtype.kind not in "iu":
            raise ValueError(f"Array {name} of trace {path} must be of integers, not {array.dtype}")
        if array.ndim != 2 or not len(array):
            raise ValueError(f"Array {name} of trace {path} must have the shape (packets, n) and "
                             f"a packet, not the shape {array.shape}")
        if not ELEMENTS[0] <= array.shape[1] <= ELEMENTS[1]:
            raise ValueError(f"Packets of trace {path} must have {ELEMENTS[0]} to {ELEMENTS[1]} "
                             f"elements, not {array.shape[1]} as {name} has")
    activations, weights = arrays["activations"], arrays.get("weights")
    if activations.min() < 0:
        raise ValueError(f"Array activations of trace {path} must not be negative, "
                         f"not {activations.min()}")
    if weights is not None and weights.shape != activations.shape:
        raise ValueError(f"Array weights of trace {path} must have the shape of activations, "
                         f"{activations.shape}, not {weights.shape}")
    try:
        return Packets(as_words(activations, width, "Array activations"),
                       None if weights is None else as_words(weights, width, "Array weights"))
    except ValueError as error:
        raise ValueError(f"{error}: trace {path} does not fit in {width} bits") from error
